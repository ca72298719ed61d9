"""Activations and softmax."""
import warnings
from typing import Optional

import rushlight as torch
from rushlight import Tensor, _nn
from ...overrides import handle_torch_function, has_torch_function_unary

DType = int  # what a dtype is to the compiler


def _threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """Elements that are not above `threshold` become `value`."""
    if has_torch_function_unary(input):
        return handle_torch_function(_threshold, (input,), input, threshold, value, inplace)
    if inplace:
        result = torch.threshold_(input, threshold, value)
    else:
        result = torch.threshold(input, threshold, value)
    return result


# `threshold` is also a parameter of this function, so the function has a name of its own.
threshold = _threshold


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(0, input)."""
    if has_torch_function_unary(input):
        return handle_torch_function(relu, (input,), input, inplace)
    if inplace:
        result = torch.relu_(input)
    else:
        result = torch.relu(input)
    return result


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """min(max(0, input), 6)."""
    if has_torch_function_unary(input):
        return handle_torch_function(relu6, (input,), input, inplace)
    if inplace:
        result = _nn.relu6_(input)
    else:
        result = _nn.relu6(input)
    return result


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """input where positive, else alpha * (exp(input) - 1)."""
    if has_torch_function_unary(input):
        return handle_torch_function(elu, (input,), input, alpha, inplace)
    if inplace:
        result = _nn.elu_(input, alpha)
    else:
        result = _nn.elu(input, alpha)
    return result


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """Scaled ELU. Source: Klambauer et al. 2017, "Self-normalizing neural networks"."""
    if has_torch_function_unary(input):
        return handle_torch_function(selu, (input,), input, inplace)
    if inplace:
        result = torch.selu_(input)
    else:
        result = torch.selu(input)
    return result


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """max(0, input) + min(0, alpha * (exp(input / alpha) - 1))."""
    if has_torch_function_unary(input):
        return handle_torch_function(celu, (input,), input, alpha, inplace)
    if inplace:
        result = torch.celu_(input, alpha)
    else:
        result = torch.celu(input, alpha)
    return result


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """Negative elements are scaled by negative_slope."""
    if has_torch_function_unary(input):
        return handle_torch_function(leaky_relu, (input,), input, negative_slope, inplace)
    if inplace:
        result = _nn.leaky_relu_(input, negative_slope)
    else:
        result = _nn.leaky_relu(input, negative_slope)
    return result


def rrelu(input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, inplace: bool = False) -> Tensor:
    """leaky_relu with slopes drawn from [lower, upper] in training, and their mean otherwise."""
    if has_torch_function_unary(input):
        return handle_torch_function(rrelu, (input,), input, lower, upper, training, inplace)
    if inplace:
        result = torch.rrelu_(input, lower, upper, training)
    else:
        result = torch.rrelu(input, lower, upper, training)
    return result


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """Elements limited to [min_val, max_val]. ValueError if that is empty."""
    if has_torch_function_unary(input):
        return handle_torch_function(hardtanh, (input,), input, min_val, max_val, inplace)
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    if inplace:
        result = _nn.hardtanh_(input, min_val, max_val)
    else:
        result = _nn.hardtanh(input, min_val, max_val)
    return result


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """min(max(0, input + 3), 6) / 6."""
    if has_torch_function_unary(input):
        return handle_torch_function(hardsigmoid, (input,), input, inplace)
    if inplace:
        return _nn.hardsigmoid_(input)
    return _nn.hardsigmoid(input)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """input * hardsigmoid(input)."""
    if has_torch_function_unary(input):
        return handle_torch_function(hardswish, (input,), input, inplace)
    if inplace:
        return _nn.hardswish_(input)
    return _nn.hardswish(input)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """input * sigmoid(input)."""
    if has_torch_function_unary(input):
        return handle_torch_function(silu, (input,), input, inplace)
    if inplace:
        return _nn.silu_(input)
    return _nn.silu(input)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """input * tanh(softplus(input))."""
    if has_torch_function_unary(input):
        return handle_torch_function(mish, (input,), input, inplace)
    if inplace:
        return _nn.mish_(input)
    return _nn.mish(input)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """The first half along `dim` times the sigmoid of the second."""
    if has_torch_function_unary(input):
        return handle_torch_function(glu, (input,), input, dim)
    if input.dim() == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    return _nn.glu(input, dim)


def tanh(input):
    """The function of each element."""
    return input.tanh()


def sigmoid(input):
    """The function of each element."""
    return input.sigmoid()


def tanhshrink(input):
    """input - tanh(input)."""
    if has_torch_function_unary(input):
        return handle_torch_function(tanhshrink, (input,), input)
    return input - input.tanh()


def softsign(input):
    """input / (1 + |input|)."""
    if has_torch_function_unary(input):
        return handle_torch_function(softsign, (input,), input)
    return input / (input.abs() + 1)


def _get_softmax_dim(name: str, ndim: int, stacklevel: int) -> int:
    # The dimension that softmax takes when the caller names none.
    warnings.warn(f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
                  stacklevel=stacklevel)
    if ndim == 0 or ndim == 1 or ndim == 3:
        ret = 0
    else:
        ret = 1
    return ret


def softmax(input: Tensor, dim: Optional[int] = None, _stacklevel: int = 3, dtype: Optional[DType] = None) -> Tensor:
    """exp(input) divided by its sum along `dim`; computed in `dtype` if that is given."""
    if has_torch_function_unary(input):
        return handle_torch_function(softmax, (input,), input, dim, _stacklevel, dtype)
    if dim is None:
        dim = _get_softmax_dim("softmax", input.dim(), _stacklevel)
    if dtype is None:
        ret = input.softmax(dim)
    else:
        ret = input.softmax(dim, dtype=dtype)
    return ret


def softmin(input: Tensor, dim: Optional[int] = None, _stacklevel: int = 3, dtype: Optional[DType] = None) -> Tensor:
    """softmax(-input)."""
    if has_torch_function_unary(input):
        return handle_torch_function(softmin, (input,), input, dim, _stacklevel, dtype)
    if dim is None:
        dim = _get_softmax_dim("softmin", input.dim(), _stacklevel)
    if dtype is None:
        ret = (-input).softmax(dim)
    else:
        ret = (-input).softmax(dim, dtype=dtype)
    return ret


def log_softmax(input: Tensor, dim: Optional[int] = None, _stacklevel: int = 3, dtype: Optional[DType] = None) -> Tensor:
    """The logarithm of softmax, computed without dividing."""
    if has_torch_function_unary(input):
        return handle_torch_function(log_softmax, (input,), input, dim, _stacklevel, dtype)
    if dim is None:
        dim = _get_softmax_dim("log_softmax", input.dim(), _stacklevel)
    if dtype is None:
        ret = input.log_softmax(dim)
    else:
        ret = input.log_softmax(dim, dtype=dtype)
    return ret


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """Samples of the Gumbel-softmax distribution; `hard`: one-hot, with the gradient of the soft sample.

    tau: temperature. Source: Jang et al. 2017, "Categorical reparameterization with Gumbel-softmax".
    """
    if has_torch_function_unary(logits):
        return handle_torch_function(gumbel_softmax, (logits,), logits, tau, hard, eps, dim)
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    gumbels = -torch.empty_like(logits, memory_format=torch.contiguous_format).exponential_().log()
    gumbels = (logits + gumbels) / tau
    y_soft = gumbels.softmax(dim)
    if hard:
        index = y_soft.max(dim, keepdim=True)[1]
        y_hard = torch.zeros_like(logits, memory_format=torch.contiguous_format).scatter_(dim, index, 1.0)
        ret = y_hard - y_soft.detach() + y_soft
    else:
        ret = y_soft
    return ret
