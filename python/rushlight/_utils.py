"""How tensors are copied and rebuilt: the functions that pickles of tensors name."""
from collections import OrderedDict

from . import _C
from ._tensor import Tensor


def _copy_layout(tensor):
    """A copy with the same strides, over a storage of its own."""
    copied = _C._find_function("empty_strided")(tensor.size(), tensor.stride(), dtype=tensor.dtype, device=tensor.device)
    return copied.copy_(tensor.detach())


def _reduce_tensor(tensor):
    """pickle and copy: storage, layout, requires_grad. Only plain attributes travel with it."""
    arguments = (tensor._typed_storage(), tensor.storage_offset(), tuple(tensor.size()), tensor.stride(), tensor.requires_grad, OrderedDict())
    if type(tensor) is Tensor and not tensor.__dict__:
        return _rebuild_tensor_v2, arguments
    return _rebuild_from_type_v2, (_rebuild_tensor_v2, type(tensor), arguments, dict(tensor.__dict__))


def _rebuild_tensor(storage, storage_offset, size, stride):
    return _C._tensor_over_storage(storage._untyped_storage, storage.dtype, tuple(size), tuple(stride), storage_offset)


def _rebuild_tensor_v2(storage, storage_offset, size, stride, requires_grad, backward_hooks, metadata=None):
    tensor = _rebuild_tensor(storage, storage_offset, size, stride)
    tensor.requires_grad = requires_grad
    tensor._backward_hooks = backward_hooks
    return tensor


def _rebuild_from_type_v2(function, new_type, arguments, state):
    tensor = function(*arguments)
    if type(tensor) is not new_type:
        tensor = tensor.as_subclass(new_type)
    if state:
        tensor.__dict__.update(state)
    return tensor


def _rebuild_parameter(data, requires_grad, backward_hooks):
    from .nn.parameter import Parameter
    parameter = Parameter(data, requires_grad)
    parameter._backward_hooks = backward_hooks
    return parameter


def _rebuild_parameter_with_state(data, requires_grad, backward_hooks, state):
    parameter = _rebuild_parameter(data, requires_grad, backward_hooks)
    parameter.__dict__.update(state)
    return parameter
