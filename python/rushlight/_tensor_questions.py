"""Functions of the torch namespace that ask a tensor something and give a plain Python value: each is a method of the tensor too."""
from ._tensor import Tensor


def _checked(input, function):
    if not isinstance(input, Tensor):
        raise TypeError(f"{function}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    return input


def is_floating_point(input):
    """Whether the elements are floating-point numbers."""
    return _checked(input, "is_floating_point").is_floating_point()


def is_complex(input):
    """Whether the elements are complex numbers."""
    return _checked(input, "is_complex").is_complex()


def is_signed(input):
    """Whether the elements can be below zero."""
    return _checked(input, "is_signed").is_signed()


def is_inference(input):
    """Whether the tensor was made in inference mode."""
    return _checked(input, "is_inference").is_inference()


def is_conj(input):
    """False: conjugates are computed at once here."""
    return _checked(input, "is_conj").is_conj()


def is_neg(input):
    """False: negatives are computed at once here."""
    return _checked(input, "is_neg").is_neg()


def is_nonzero(input):
    """Whether the one element is not zero. RuntimeError for another number of elements."""
    return bool(_checked(input, "is_nonzero"))


def is_same_size(input, other):
    """Whether both have the same sizes."""
    return _checked(input, "is_same_size").shape == other.shape


def get_device(input):
    """The number of the tensor's device; -1 on the CPU."""
    return _checked(input, "get_device").get_device()


def numel(input):
    """The number of elements."""
    return _checked(input, "numel").numel()


def is_autocast_enabled(device_type=None):
    """False: there is no automatic mixed precision here."""
    return False
