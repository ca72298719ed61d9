"""Adafactor."""
import rushlight as torch
from .optimizer import Optimizer, check_rate, new_step, number


class Adafactor(Optimizer):
    """Steps by mean squares that are kept as the product of one row and one column for each matrix.

    beta2_decay: the exponent by which the mean becomes longer; eps: (least mean square, least norm of a parameter); d: the largest root
    mean square of a step. Source: torch.optim.Adafactor; Shazeer and Stern 2018.
    """

    def __init__(self, params, lr=1e-2, beta2_decay=-0.8, eps=(None, 1e-3), d=1.0, weight_decay=0.0, *, foreach=None, maximize=False):
        if isinstance(lr, torch.Tensor) and lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        if not 0.0 <= lr:
            raise ValueError(f"Learning rate should be >= 0 but is: {lr}")
        if not 0.0 >= beta2_decay:
            raise ValueError(f"beta2_decay should be <= 0 but is: {beta2_decay}")
        if eps[0] is not None and not 0.0 <= eps[0]:
            raise ValueError(f"epsilon1 should be >= 0 but is: {eps[0]}")
        if not 0.0 <= eps[1]:
            raise ValueError(f"epsilon2 should be >= 0 but is: {eps[1]}")
        if not 1.0 <= d:
            raise ValueError(f"Clipping threshold d should be >= 1 but is: {d}")
        if not 0.0 <= weight_decay:
            raise ValueError(f"weight_decay should be >= 0 but is: {weight_decay}")
        super().__init__(params, dict(lr=lr, beta2_decay=beta2_decay, eps=eps, d=d, weight_decay=weight_decay, foreach=foreach,
                                      maximize=maximize))

    def _update_one(self, parameter, group):
        if parameter.is_complex():
            raise RuntimeError("Adafactor does not support complex parameters")
        super()._update_one(parameter, group)

    def _init_state(self, state, parameter, group):
        grad = parameter.grad
        state["step"] = new_step()
        if grad.dim() > 1:
            rows, columns = list(grad.shape), list(grad.shape)
            rows[-1] = columns[-2] = 1
            state["row_var"] = grad.new_zeros(rows)
            state["col_var"] = grad.new_zeros(columns)
        else:
            state["variance"] = torch.zeros_like(grad)

    def _update(self, parameter, grad, state, group):
        least_square, least_norm = group["eps"]
        if least_square is None:
            least_square = torch.finfo(parameter.dtype).eps
        state["step"] += 1
        step = state["step"].item()
        share = step ** group["beta2_decay"]  # of the new gradient in the means
        rate = max(least_norm, parameter.norm(2).item() / parameter.numel() ** 0.5) * min(number(group["lr"]), 1 / step ** 0.5)
        if group["weight_decay"] != 0:
            parameter.mul_(1 - number(group["lr"]) * group["weight_decay"])
        if grad.dim() > 1:
            squares = grad.square()
            rows = state["row_var"].lerp_(squares.mean(dim=-1, keepdim=True), share)
            columns = state["col_var"].lerp_(squares.mean(dim=-2, keepdim=True), share)
            variance = (rows @ columns).div_(rows.mean(dim=-2, keepdim=True).clamp_(min=least_square))
        else:
            variance = state["variance"].lerp_(grad.square(), share).clone()
        update = variance.clamp_(min=least_square * least_square).rsqrt_().mul_(grad)
        excess = max(1.0, update.norm(2).item() / (update.numel() ** 0.5 * group["d"]))
        parameter.add_(update, alpha=-rate / excess)
