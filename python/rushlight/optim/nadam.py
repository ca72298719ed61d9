"""NAdam."""
import rushlight as torch
from .optimizer import Optimizer, check_betas, check_not_negative, check_rate, new_step, number, zeros_like


class NAdam(Optimizer):
    """Adam with Nesterov's momentum, whose weight grows with time. Source: torch.optim.NAdam; Dozat 2016."""

    def __init__(self, params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, momentum_decay=4e-3, decoupled_weight_decay=False, *,
                 foreach=None, maximize=False, capturable=False, differentiable=False):
        check_rate(lr)
        if not 0.0 <= eps:
            raise ValueError(f"Invalid epsilon value: {eps}")
        check_betas(betas)
        check_not_negative(weight_decay=weight_decay, momentum_decay=momentum_decay)
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay,
                                      decoupled_weight_decay=decoupled_weight_decay, maximize=maximize, foreach=foreach,
                                      capturable=capturable, differentiable=differentiable))

    def _init_state(self, state, parameter, group):
        state["step"] = new_step()
        state["mu_product"] = torch.ones_like(state["step"])
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
        mu, mu_next = (beta1 * (1.0 - 0.5 * 0.96 ** (when * group["momentum_decay"])) for when in (step, step + 1))
        state["mu_product"] *= mu
        product = state["mu_product"].item()
        state["exp_avg"].lerp_(grad, 1 - beta1)
        state["exp_avg_sq"].mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        denominator = state["exp_avg_sq"].div(1 - beta2 ** step).sqrt().add_(group["eps"])
        parameter.addcdiv_(grad, denominator, value=-lr * (1.0 - mu) / (1.0 - product))
        parameter.addcdiv_(state["exp_avg"], denominator, value=-lr * mu_next / (1.0 - product * mu_next))
