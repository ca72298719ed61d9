"""Stochastic gradient descent."""
from .. import enable_grad, no_grad
from .optimizer import Optimizer


class SGD(Optimizer):
    """p -= lr * d, where d is the gradient with weight decay and momentum.

    Source: torch.optim.SGD; Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning" (in PyTorch's
    form: the momentum buffer holds gradients, not steps).
    """

    def __init__(self, params, lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False, *, maximize=False, foreach=None,
                 differentiable=False, fused=None):
        if lr < 0.0:
            raise ValueError(f"Invalid learning rate: {lr}")
        if momentum < 0.0:
            raise ValueError(f"Invalid momentum value: {momentum}")
        if weight_decay < 0.0:
            raise ValueError(f"Invalid weight_decay value: {weight_decay}")
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(params, {"lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay, "nesterov": nesterov,
                                  "maximize": maximize, "foreach": foreach, "differentiable": differentiable, "fused": fused})

    def step(self, closure=None):
        """One step. closure: computes the loss again and returns it. Returns its result, or None."""
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        with no_grad():
            for group in self.param_groups:
                for parameter in group["params"]:
                    if parameter.grad is not None:
                        self._update(parameter, group)
        return loss

    def _update(self, parameter, group):
        direction = -parameter.grad if group["maximize"] else parameter.grad
        if group["weight_decay"] != 0:
            direction = direction.add(parameter, alpha=group["weight_decay"])
        if group["momentum"] != 0:
            state = self.state[parameter]
            buffer = state.get("momentum_buffer")
            if buffer is None:
                buffer = state["momentum_buffer"] = direction.detach().clone()
            else:
                buffer.mul_(group["momentum"]).add_(direction, alpha=1 - group["dampening"])
            direction = direction.add(buffer, alpha=group["momentum"]) if group["nesterov"] else buffer
        parameter.add_(direction, alpha=-group["lr"])
