"""torch.overrides: no tensor type overrides functions here, so nothing ever has to be handed on.

The functions of the library ask all the same: compiled code takes the question as False, and its values are numbered as PyTorch numbers them.
"""


def has_torch_function(relevant_args):
    return False


def has_torch_function_unary(tensor):
    return False


def has_torch_function_variadic(*tensors):
    return False


def handle_torch_function(public_api, relevant_args, *args, **kwargs):
    return public_api(*args, **kwargs)


def is_tensor_like(value):
    from ._tensor import Tensor
    return isinstance(value, Tensor)


def is_tensor_method_or_property(func):
    return False
