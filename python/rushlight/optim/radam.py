"""RAdam."""
import math

from .optimizer import Optimizer, check_betas, check_not_negative, check_rate, new_step, number, zeros_like


class RAdam(Optimizer):
    """Adam that trusts its mean square only when its variance is small enough. Source: torch.optim.RAdam; Liu et al. 2020."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, decoupled_weight_decay=False, *, foreach=None,
                 maximize=False, capturable=False, differentiable=False):
        check_rate(lr)
        if not 0.0 <= eps:
            raise ValueError(f"Invalid epsilon value: {eps}")
        check_betas(betas)
        check_not_negative(weight_decay=weight_decay)
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, maximize=maximize, foreach=foreach,
                                      capturable=capturable, decoupled_weight_decay=decoupled_weight_decay,
                                      differentiable=differentiable))

    def _init_state(self, state, parameter, group):
        state["step"] = new_step()
        state["exp_avg"] = zeros_like(parameter)
        state["exp_avg_sq"] = zeros_like(parameter)

    def _update(self, parameter, grad, state, group):
        lr, (beta1, beta2) = number(group["lr"]), group["betas"]
        state["step"] += 1
        step = state["step"].item()
        if group["weight_decay"] != 0:
            if group["decoupled_weight_decay"]:
                parameter.mul_(1 - lr * group["weight_decay"])
            else:
                grad = grad.add(parameter, alpha=group["weight_decay"])
        state["exp_avg"].lerp_(grad, 1 - beta1)
        state["exp_avg_sq"].mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        correction2 = 1 - beta2 ** step
        direction = state["exp_avg"] / (1 - beta1 ** step)
        longest = 2 / (1 - beta2) - 1  # the length of the moving average, in the limit and now
        length = longest - 2 * step * (beta2 ** step) / correction2
        if length > 5.0:
            rectification = math.sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
            direction = direction * lr * (math.sqrt(correction2) / state["exp_avg_sq"].sqrt().add_(group["eps"])) * rectification
        else:
            direction = direction * lr
        parameter.add_(direction, alpha=-1.0)
