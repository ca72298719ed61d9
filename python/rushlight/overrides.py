"""torch.overrides: no tensor type overrides functions here, so nothing ever has to be handed on."""


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
