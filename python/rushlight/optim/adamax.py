"""Adamax."""
from .optimizer import Optimizer, check_betas, check_not_negative, check_rate, new_step, number, zeros_like


class Adamax(Optimizer):
    """Adam with the largest decayed magnitude instead of the root of the mean square. Source: torch.optim.Adamax; Kingma and Ba 2015."""

    def __init__(self, params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, foreach=None, *, maximize=False,
                 differentiable=False, capturable=False):
        check_rate(lr)
        if not 0.0 <= eps:
            raise ValueError(f"Invalid epsilon value: {eps}")
        check_betas(betas)
        check_not_negative(weight_decay=weight_decay)
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, foreach=foreach, maximize=maximize,
                                      differentiable=differentiable, capturable=capturable))

    def _init_state(self, state, parameter, group):
        state["step"] = new_step()
        state["exp_avg"] = zeros_like(parameter)
        state["exp_inf"] = zeros_like(parameter)

    def _update(self, parameter, grad, state, group):
        beta1, beta2 = group["betas"]
        state["step"] += 1
        if group["weight_decay"] != 0:
            grad = grad.add(parameter, alpha=group["weight_decay"])
        state["exp_avg"].lerp_(grad, 1 - beta1)
        largest = state["exp_inf"]
        largest.copy_(largest.mul_(beta2).maximum(grad.abs().add_(group["eps"])))
        parameter.addcdiv_(state["exp_avg"], largest, value=-number(group["lr"]) / (1 - beta1 ** state["step"].item()))
