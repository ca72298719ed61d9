"""Adagrad."""
import rushlight as torch
from .optimizer import Optimizer, check_implementation, check_not_negative, check_rate, new_step, number


class Adagrad(Optimizer):
    """Each element's step is divided by the root of the sum of its squared gradients. Source: torch.optim.Adagrad; Duchi et al. 2011."""

    def __init__(self, params, lr=1e-2, lr_decay=0, weight_decay=0, initial_accumulator_value=0, eps=1e-10, foreach=None, *,
                 maximize=False, differentiable=False, fused=None):
        check_rate(lr)
        check_not_negative(lr_decay=lr_decay, weight_decay=weight_decay, initial_accumulator_value=initial_accumulator_value)
        if not 0.0 <= eps:
            raise ValueError(f"Invalid epsilon value: {eps}")
        super().__init__(params, dict(lr=lr, lr_decay=lr_decay, eps=eps, weight_decay=weight_decay,
                                      initial_accumulator_value=initial_accumulator_value, foreach=foreach, maximize=maximize,
                                      differentiable=differentiable, fused=fused))
        check_implementation(foreach, fused, differentiable)
        for group in self.param_groups:
            for parameter in group["params"]:
                self._init_state(self.state[parameter], parameter, group)

    def _init_state(self, state, parameter, group):
        value = group["initial_accumulator_value"]
        state["step"] = new_step()
        state["sum"] = torch.full_like(parameter, complex(value, value) if parameter.is_complex() else value,
                                       memory_format=torch.preserve_format)

    def share_memory(self):
        for state in self.state.values():
            state["sum"].share_memory_()

    def _update(self, parameter, grad, state, group):
        state["step"] += 1
        if group["weight_decay"] != 0:
            grad = grad.add(parameter, alpha=group["weight_decay"])
        rate = number(group["lr"]) / (1 + (state["step"].item() - 1) * group["lr_decay"])
        state["sum"].addcmul_(grad, grad, value=1)
        parameter.addcdiv_(grad, state["sum"].sqrt().add_(group["eps"]), value=-rate)
