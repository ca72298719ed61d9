"""Averaged stochastic gradient descent."""
import rushlight as torch
from .optimizer import Optimizer, check_not_negative, check_rate, new_step, number, zeros_like


class ASGD(Optimizer):
    """SGD with a rate that falls, and the mean of the parameters from step t0 on, in state["ax"].

    Source: torch.optim.ASGD; Polyak and Juditsky 1992, "Acceleration of stochastic approximation by averaging".
    """

    def __init__(self, params, lr=1e-2, lambd=1e-4, alpha=0.75, t0=1e6, weight_decay=0, foreach=None, maximize=False,
                 differentiable=False, capturable=False):
        check_rate(lr)
        check_not_negative(weight_decay=weight_decay)
        super().__init__(params, dict(lr=lr, lambd=lambd, alpha=alpha, t0=t0, weight_decay=weight_decay, foreach=foreach,
                                      maximize=maximize, differentiable=differentiable, capturable=capturable))

    def _init_state(self, state, parameter, group):
        state["step"] = new_step()
        state["eta"] = torch.as_tensor(float(number(group["lr"])), dtype=state["step"].dtype)
        state["mu"] = torch.ones_like(state["step"])
        state["ax"] = zeros_like(parameter)

    def _update(self, parameter, grad, state, group):
        state["step"] += 1
        step, eta = state["step"].item(), state["eta"].item()
        if group["weight_decay"] != 0:
            grad = grad.add(parameter, alpha=group["weight_decay"])
        parameter.mul_(1 - group["lambd"] * eta)
        parameter.add_(grad, alpha=-eta)
        if state["mu"].item() != 1:
            state["ax"].add_(parameter.sub(state["ax"]).mul_(state["mu"]))
        else:
            state["ax"].copy_(parameter)
        state["eta"].fill_(number(group["lr"]) / ((1 + group["lambd"] * number(group["lr"]) * step) ** group["alpha"]))
        state["mu"].fill_(1 / max(1, step - group["t0"]))
