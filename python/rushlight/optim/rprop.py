"""Rprop."""
import rushlight as torch
from .optimizer import Optimizer, check_rate, new_step, number, zeros_like


class Rprop(Optimizer):
    """Each element has a step of its own, which grows while its gradient keeps its sign, and shrinks when the sign changes.

    etas: the factors of shrinking and growing; step_sizes: the smallest and the largest step. Source: torch.optim.Rprop.
    """

    def __init__(self, params, lr=1e-2, etas=(0.5, 1.2), step_sizes=(1e-6, 50), *, capturable=False, foreach=None, maximize=False,
                 differentiable=False):
        check_rate(lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        super().__init__(params, dict(lr=lr, etas=etas, step_sizes=step_sizes, foreach=foreach, maximize=maximize,
                                      differentiable=differentiable, capturable=capturable))

    def _init_state(self, state, parameter, group):
        lr = number(group["lr"])
        state["step"] = new_step()
        state["prev"] = zeros_like(parameter)
        state["step_size"] = torch.full_like(parameter, complex(lr, lr) if parameter.is_complex() else lr)

    def _update(self, parameter, grad, state, group):
        shrink, grow = group["etas"]
        state["step"] += 1
        agreement = grad.mul(state["prev"])
        factor = torch.where(agreement > 0, grow, torch.where(agreement < 0, shrink, 1.0)).to(grad.dtype)
        state["step_size"].mul_(factor).clamp_(*group["step_sizes"])
        grad = torch.where(agreement < 0, 0.0, grad).to(grad.dtype)  # where the sign changed there is no step
        parameter.addcmul_(grad.sign(), state["step_size"], value=-1)
        state["prev"].copy_(grad)
