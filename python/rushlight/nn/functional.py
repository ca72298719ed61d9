"""The functions behind the modules."""
import warnings

from .. import _C

_op = _C._find_function

linear = _op("linear")
conv1d = _op("conv1d")
conv2d = _op("conv2d")
conv3d = _op("conv3d")
conv_transpose1d = _op("conv_transpose1d")
conv_transpose2d = _op("conv_transpose2d")
conv_transpose3d = _op("conv_transpose3d")


def relu(input, inplace=False):
    return input.relu_() if inplace else input.relu()


def leaky_relu(input, negative_slope=0.01, inplace=False):
    return _op("leaky_relu_" if inplace else "leaky_relu")(input, negative_slope)


def silu(input, inplace=False):
    return _op("silu_" if inplace else "silu")(input)


def tanh(input):
    return input.tanh()


def sigmoid(input):
    return input.sigmoid()


def _implicit_dim(name, rank, stack_level):
    warnings.warn(f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
                  stacklevel=stack_level)
    return 0 if rank in (0, 1, 3) else 1


def softmax(input, dim=None, _stacklevel=3, dtype=None):
    return input.softmax(_implicit_dim("softmax", input.dim(), _stacklevel) if dim is None else dim, dtype)


def log_softmax(input, dim=None, _stacklevel=3, dtype=None):
    return input.log_softmax(_implicit_dim("log_softmax", input.dim(), _stacklevel) if dim is None else dim, dtype)


def dropout(input, p=0.5, training=True, inplace=False):
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    result = _op("dropout")(input, p, training)
    return input.copy_(result) if inplace else result


def _reduce(values, reduction):
    if reduction == "none":
        return values
    if reduction == "mean":
        return values.mean()
    if reduction == "sum":
        return values.sum()
    raise ValueError(f"{reduction} is not a valid value for reduction")


def mse_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """Squared differences; shapes broadcast."""
    return _reduce((input - target).pow(2), reduction)


def l1_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """Absolute differences; shapes broadcast."""
    return _reduce((input - target).abs(), reduction)
