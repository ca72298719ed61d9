"""Tensor.to: reads its arguments, which mean different things by their types, and calls the overload that PyTorch calls."""
from . import _C

_find = _C._find_overload
_cache = {}


def _overload(name):
    if name not in _cache:
        _cache[name] = _find("aten::to", name)
    return _cache[name]


@_C._native_in_pytorch
def convert_arguments(*args, **kwargs):
    """(device or None, dtype or None, non_blocking, copy, memory_format or None)"""
    device = kwargs.pop("device", None)
    dtype = kwargs.pop("dtype", None)
    other = kwargs.pop("other", kwargs.pop("tensor", None))
    non_blocking = kwargs.pop("non_blocking", False)
    copy = kwargs.pop("copy", False)
    memory_format = kwargs.pop("memory_format", None)
    if kwargs:
        raise TypeError(f"to() got an unexpected keyword argument '{next(iter(kwargs))}'")
    rest = list(args)
    if rest and isinstance(rest[0], _C.TensorBase):
        other = rest.pop(0)
    elif rest and isinstance(rest[0], (str, int, _C.device)) and not isinstance(rest[0], bool):
        device = rest.pop(0)
        if rest and (rest[0] is None or _is_dtype(rest[0])):
            dtype = rest.pop(0)
    elif rest and _is_dtype(rest[0]):
        dtype = rest.pop(0)
    elif rest and rest[0] is None:
        rest.pop(0)
        if rest and _is_dtype(rest[0]):
            dtype = rest.pop(0)
    if rest:
        non_blocking = rest.pop(0)
    if rest:
        copy = rest.pop(0)
    if rest or not isinstance(non_blocking, bool) or not isinstance(copy, bool) or (dtype is not None and not _is_dtype(dtype)):
        given = ", ".join([type(a).__name__ for a in args])
        raise TypeError(f"to() received an invalid combination of arguments - got ({given}), but expected one of:\n"
                        " * (torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, bool copy = False, *, "
                        "torch.memory_format memory_format = None)\n"
                        " * (torch.dtype dtype, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n"
                        " * (Tensor tensor, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)\n")
    if other is not None:
        device, dtype = other.device, other.dtype
    return device, dtype, non_blocking, copy, memory_format


def _is_dtype(value):
    return isinstance(value, _C.dtype) or value in (float, int, bool, complex)


@_C._native_in_pytorch
def convert(tensor, device, dtype, non_blocking, copy, memory_format):
    if device is not None and not isinstance(device, _C.device):
        device = _C.device(device)
    if device is not None and dtype is not None:
        return _overload("device")(tensor, device, dtype, non_blocking, copy, memory_format=memory_format)
    if dtype is not None:
        return _overload("dtype")(tensor, dtype, non_blocking, copy, memory_format=memory_format)
    if device is None and memory_format is None and not copy:
        return tensor
    return _overload("dtype_layout")(tensor, dtype=tensor.dtype, layout=tensor.layout, device=device or tensor.device, non_blocking=non_blocking, copy=copy, memory_format=memory_format)
