"""Stochastic gradient descent."""
from .optimizer import Optimizer, check_implementation, check_rate, number


class SGD(Optimizer):
    """p -= lr * d, where d is the gradient with weight decay and momentum.

    Source: torch.optim.SGD; Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning" (in PyTorch's
    form: the momentum buffer holds gradients, not steps).
    """

    def __init__(self, params, lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False, *, maximize=False, foreach=None,
                 differentiable=False, fused=None):
        check_rate(lr)
        if momentum < 0.0:
            raise ValueError(f"Invalid momentum value: {momentum}")
        if weight_decay < 0.0:
            raise ValueError(f"Invalid weight_decay value: {weight_decay}")
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(params, dict(lr=lr, momentum=momentum, dampening=dampening, weight_decay=weight_decay, nesterov=nesterov,
                                      maximize=maximize, foreach=foreach, differentiable=differentiable, fused=fused))
        check_implementation(foreach, fused, differentiable)

    def _update(self, parameter, grad, state, group):
        if group["weight_decay"] != 0:
            grad = grad.add(parameter, alpha=number(group["weight_decay"]))
        if group["momentum"] != 0:
            buffer = state.get("momentum_buffer")
            if buffer is None:
                buffer = state["momentum_buffer"] = grad.clone() if group["differentiable"] else grad.detach().clone()
            else:
                buffer.mul_(group["momentum"]).add_(grad, alpha=1 - group["dampening"])
            grad = grad.add(buffer, alpha=group["momentum"]) if group["nesterov"] else buffer
        parameter.add_(grad, alpha=-number(group["lr"]))
