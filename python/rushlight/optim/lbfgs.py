"""L-BFGS."""
import rushlight as torch
from .optimizer import Optimizer, check_rate, number


def _cubic_minimum(x1, f1, g1, x2, f2, g2, bounds=None):
    """Where the cubic through two points with given slopes is least, within the bounds. Source: Nocedal and Wright, equation 3.59."""
    low, high = bounds if bounds is not None else (min(x1, x2), max(x1, x2))
    d1 = g1 + g2 - 3 * (f1 - f2) / (x1 - x2)
    square = d1 ** 2 - g1 * g2
    if square < 0:
        return (low + high) / 2.0
    d2 = square.sqrt() if isinstance(square, torch.Tensor) else square ** 0.5
    if x1 <= x2:
        minimum = x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2))
    else:
        minimum = x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2 * d2))
    return min(max(minimum, low), high)


def _strong_wolfe(evaluate, x, t, d, f, g, gtd, c1=1e-4, c2=0.9, tolerance_change=1e-9, max_ls=25):
    """A step t along d that satisfies the strong Wolfe conditions: (value, gradient, t, number of evaluations).

    Source: Nocedal and Wright, "Numerical optimization", algorithms 3.5 and 3.6.
    """
    d_norm = d.abs().max()
    g = g.clone()
    f_new, g_new = evaluate(x, t, d)
    evaluations = 1
    gtd_new = g_new.dot(d)
    t_prev, f_prev, g_prev, gtd_prev = 0, f, g, gtd
    done = False
    step = 0
    while step < max_ls:  # until an interval is found that holds such a step
        if f_new > (f + c1 * t * gtd) or (step > 1 and f_new >= f_prev):
            bracket, values, gradients, slopes = [t_prev, t], [f_prev, f_new], [g_prev, g_new.clone()], [gtd_prev, gtd_new]
            break
        if abs(gtd_new) <= -c2 * gtd:
            bracket, values, gradients = [t], [f_new], [g_new]
            done = True
            break
        if gtd_new >= 0:
            bracket, values, gradients, slopes = [t_prev, t], [f_prev, f_new], [g_prev, g_new.clone()], [gtd_prev, gtd_new]
            break
        least, most = t + 0.01 * (t - t_prev), t * 10
        previous, t_prev_old = t, t_prev
        t = _cubic_minimum(t_prev_old, f_prev, gtd_prev, t, f_new, gtd_new, bounds=(least, most))
        t_prev, f_prev, g_prev, gtd_prev = previous, f_new, g_new.clone(), gtd_new
        f_new, g_new = evaluate(x, t, d)
        evaluations += 1
        gtd_new = g_new.dot(d)
        step += 1
    if step == max_ls:
        bracket, values, gradients = [0, t], [f, f_new], [g, g_new]
    insufficient = False
    low, high = (0, 1) if values[0] <= values[-1] else (1, 0)
    while not done and step < max_ls:  # the interval becomes smaller
        if abs(bracket[1] - bracket[0]) * d_norm < tolerance_change:
            break
        t = _cubic_minimum(bracket[0], values[0], slopes[0], bracket[1], values[1], slopes[1])
        # Steps near the ends of the interval twice in a row are moved inside.
        edge = 0.1 * (max(bracket) - min(bracket))
        if min(max(bracket) - t, t - min(bracket)) < edge:
            if insufficient or t >= max(bracket) or t <= min(bracket):
                t = max(bracket) - edge if abs(t - max(bracket)) < abs(t - min(bracket)) else min(bracket) + edge
                insufficient = False
            else:
                insufficient = True
        else:
            insufficient = False
        f_new, g_new = evaluate(x, t, d)
        evaluations += 1
        gtd_new = g_new.dot(d)
        step += 1
        if f_new > (f + c1 * t * gtd) or f_new >= values[low]:
            bracket[high], values[high], gradients[high], slopes[high] = t, f_new, g_new.clone(), gtd_new
            low, high = (0, 1) if values[0] <= values[1] else (1, 0)
        else:
            if abs(gtd_new) <= -c2 * gtd:
                done = True
            elif gtd_new * (bracket[high] - bracket[low]) >= 0:
                bracket[high], values[high], gradients[high], slopes[high] = bracket[low], values[low], gradients[low], slopes[low]
            bracket[low], values[low], gradients[low], slopes[low] = t, f_new, g_new.clone(), gtd_new
    return values[low], gradients[low], bracket[low], evaluations


class LBFGS(Optimizer):
    """Newton's method with an inverse Hessian that is remembered as the last `history_size` steps and changes of the gradient.

    step(closure) does up to max_iter iterations and max_eval (by default 1.25 max_iter) evaluations. line_search_fn: "strong_wolfe", or
    None for steps of the size lr. One group of parameters only. Source: torch.optim.LBFGS; Liu and Nocedal 1989.
    """

    def __init__(self, params, lr=1, max_iter=20, max_eval=None, tolerance_grad=1e-7, tolerance_change=1e-9, history_size=100,
                 line_search_fn=None):
        check_rate(lr)
        if max_eval is None:
            max_eval = max_iter * 5 // 4
        super().__init__(params, dict(lr=lr, max_iter=max_iter, max_eval=max_eval, tolerance_grad=tolerance_grad,
                                      tolerance_change=tolerance_change, history_size=history_size, line_search_fn=line_search_fn))
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        self._params = self.param_groups[0]["params"]

    def _flat_gradient(self):
        parts = []
        for p in self._params:
            part = p.new_zeros(p.numel()) if p.grad is None else p.grad.reshape(-1)
            parts.append(torch.view_as_real(part).reshape(-1) if part.is_complex() else part)
        return torch.cat(parts, 0)

    def _add(self, step, direction):
        """parameters += step * direction"""
        offset = 0
        for p in self._params:
            target = torch.view_as_real(p) if p.is_complex() else p
            count = target.numel()
            target.add_(direction[offset:offset + count].reshape(target.shape), alpha=number(step))
            offset += count

    def _evaluate_at(self, closure, start, step, direction):
        """Value and gradient at start + step * direction; the parameters are put back."""
        self._add(step, direction)
        value = float(closure())
        gradient = self._flat_gradient()
        for p, saved in zip(self._params, start):
            p.copy_(saved)
        return value, gradient

    def step(self, closure):
        """closure: clears the gradients, computes the loss and its gradients, returns the loss. Returns the first loss."""
        with torch.no_grad():
            return self._step(torch.enable_grad()(closure))

    def _step(self, closure):
        group = self.param_groups[0]
        lr = number(group["lr"])
        line_search = group["line_search_fn"]
        state = self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first_loss = closure()
        loss = float(first_loss)
        evaluations = 1
        state["func_evals"] += 1
        gradient = self._flat_gradient()
        if gradient.abs().max() <= group["tolerance_grad"]:
            return first_loss
        d, t, previous = state.get("d"), state.get("t"), state.get("prev_flat_grad")
        old_dirs, old_stps, ro, H_diag = (state.get(name) for name in ("old_dirs", "old_stps", "ro", "H_diag"))
        previous_loss = state.get("prev_loss")
        n_iter = 0
        while n_iter < group["max_iter"]:
            n_iter += 1
            state["n_iter"] += 1
            if state["n_iter"] == 1:
                d = gradient.neg()
                old_dirs, old_stps, ro, H_diag = [], [], [], 1
            else:
                change, stride = gradient.sub(previous), d.mul(t)
                curvature = change.dot(stride)
                if curvature > 1e-10:
                    if len(old_dirs) == group["history_size"]:
                        for history in (old_dirs, old_stps, ro):
                            history.pop(0)
                    old_dirs.append(change)
                    old_stps.append(stride)
                    ro.append(1.0 / curvature)
                    H_diag = curvature / change.dot(change)
                d = self._direction(gradient, old_dirs, old_stps, ro, H_diag, group["history_size"], state)
            if previous is None:
                previous = gradient.clone()
            else:
                previous.copy_(gradient)
            previous_loss = loss
            t = min(1.0, 1.0 / gradient.abs().sum()) * lr if state["n_iter"] == 1 else lr
            slope = gradient.dot(d)
            if slope > -group["tolerance_change"]:
                break
            used = 0
            if line_search is not None:
                if line_search != "strong_wolfe":
                    raise RuntimeError("only 'strong_wolfe' is supported")
                start = [p.clone() for p in self._params]
                loss, gradient, t, used = _strong_wolfe(lambda x, step, along: self._evaluate_at(closure, x, step, along), start, t, d, loss,
                                                        gradient, slope)
                self._add(t, d)
                small_gradient = gradient.abs().max() <= group["tolerance_grad"]
            else:
                self._add(t, d)
                small_gradient = False
                if n_iter != group["max_iter"]:
                    # After the last iteration nobody needs the loss.
                    with torch.enable_grad():
                        loss = float(closure())
                    gradient = self._flat_gradient()
                    small_gradient = gradient.abs().max() <= group["tolerance_grad"]
                    used = 1
            evaluations += used
            state["func_evals"] += used
            if (n_iter == group["max_iter"] or evaluations >= group["max_eval"] or small_gradient
                    or d.mul(t).abs().max() <= group["tolerance_change"] or abs(loss - previous_loss) < group["tolerance_change"]):
                break
        state.update(d=d, t=t, old_dirs=old_dirs, old_stps=old_stps, ro=ro, H_diag=H_diag, prev_flat_grad=previous, prev_loss=previous_loss)
        return first_loss

    def _direction(self, gradient, old_dirs, old_stps, ro, H_diag, history_size, state):
        """Minus the inverse Hessian times the gradient, by the two loops of the method."""
        al = state.setdefault("al", [None] * history_size)
        q = gradient.neg()
        for i in range(len(old_dirs) - 1, -1, -1):
            al[i] = old_stps[i].dot(q) * ro[i]
            q.add_(old_dirs[i], alpha=-number(al[i]))
        d = torch.mul(q, H_diag)
        for i in range(len(old_dirs)):
            d.add_(old_stps[i], alpha=number(al[i] - old_dirs[i].dot(d) * ro[i]))
        return d
