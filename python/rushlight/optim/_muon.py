"""Muon."""
import math

from .optimizer import Optimizer, number, zeros_like


def _orthogonal(matrix, coefficients, steps, eps):
    """A matrix with the same singular vectors and singular values near 1, by Newton and Schulz's iteration in bfloat16."""
    a, b, c = coefficients
    x = matrix.bfloat16()
    if transposed := matrix.size(0) > matrix.size(1):
        x = x.T
    x = x / x.norm().clamp(min=eps)
    for _ in range(steps):
        gram = x @ x.T
        x = x.addmm(gram.addmm(gram, gram, beta=b, alpha=c), x, beta=a)
    return x.T if transposed else x


def _rate(adjust, lr, shape):
    """The learning rate for a matrix of this shape."""
    rows, columns = shape[:2]
    if adjust is None or adjust == "original":
        return lr * math.sqrt(max(1, rows / columns))
    return lr * 0.2 * math.sqrt(max(rows, columns))


class Muon(Optimizer):
    """Steps along the momentum, made orthogonal. Only for matrices.

    adjust_lr_fn: "original" or "match_rms_adamw", how the rate depends on the shape. Source: torch.optim.Muon; Jordan et al. 2024.
    """

    def __init__(self, params, lr=1e-3, weight_decay=0.1, momentum=0.95, nesterov=True, ns_coefficients=(3.4445, -4.775, 2.0315), eps=1e-7,
                 ns_steps=5, adjust_lr_fn=None):
        if not 0.0 <= lr:
            raise ValueError(f"Learning rate should be >= 0 but is: {lr}")
        if not 0.0 <= momentum:
            raise ValueError(f"momentum should be >= 0 but is: {momentum}")
        if not 0.0 <= weight_decay:
            raise ValueError(f"weight decay should be >= 0 but is: {weight_decay}")
        if adjust_lr_fn is not None and adjust_lr_fn not in ("original", "match_rms_adamw"):
            raise ValueError(f"Adjust learning rate function {adjust_lr_fn} is not supported")
        super().__init__(params, dict(lr=lr, weight_decay=weight_decay, momentum=momentum, nesterov=nesterov,
                                      ns_coefficients=ns_coefficients, eps=eps, ns_steps=ns_steps, adjust_lr_fn=adjust_lr_fn))
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.dim() != 2:
                    raise ValueError(f"Muon only supports 2D parameters whereas we found a parameter with size: {parameter.size()}")

    def _update_one(self, parameter, group):
        if parameter.is_complex():
            raise RuntimeError("Muon does not support complex parameters")
        super()._update_one(parameter, group)

    def _init_state(self, state, parameter, group):
        state["momentum_buffer"] = zeros_like(parameter.grad)

    def _update(self, parameter, grad, state, group):
        if len(group["ns_coefficients"]) != 3:
            raise ValueError("Coefficients must be a tuple of exactly 3 values")
        if group["ns_steps"] >= 100:
            raise ValueError("Number of steps must be less than 100 for computational efficiency")
        lr = number(group["lr"])
        buffer = state["momentum_buffer"].lerp_(grad, 1 - group["momentum"])
        update = grad.lerp(buffer, group["momentum"]) if group["nesterov"] else buffer
        update = _orthogonal(update, group["ns_coefficients"], group["ns_steps"], group["eps"])
        parameter.mul_(1 - lr * group["weight_decay"])
        parameter.add_(update, alpha=-_rate(group["adjust_lr_fn"], lr, parameter.shape))
