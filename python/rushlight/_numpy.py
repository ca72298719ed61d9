"""Tensors as NumPy arrays over the same memory. NumPy is imported only here, when somebody asks for an array."""
from . import _C

_TYPE_CODES = {"uint8": "|u1", "int8": "|i1", "int16": "<i2", "int32": "<i4", "int64": "<i8", "float16": "<f2", "float32": "<f4",
               "float64": "<f8", "complex64": "<c8", "complex128": "<c16", "bool": "|b1"}
_SCALAR_NAMES = {"bfloat16": "BFloat16", "complex32": "ComplexHalf"}


class _Memory:
    """What NumPy asks for an array; keeps the tensor alive as long as an array looks at it."""

    def __init__(self, tensor, type_code):
        self.tensor = tensor
        item = tensor.element_size()
        self.__array_interface__ = {"version": 3, "typestr": type_code, "data": (tensor.data_ptr(), False), "shape": tuple(tensor.shape),
                                    "strides": tuple(stride * item for stride in tensor.stride())}


@_C._native_in_pytorch
def to_numpy(tensor, force=False):
    if force:
        tensor = tensor.detach()
    if tensor.requires_grad:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
    if not _C._is_tracing():
        return _array_over(tensor)
    _C._warn_of_conversion("NumPy array")
    return _C._call_untraced(_array_over, tensor.detach().to("cpu").resolve_conj().resolve_neg())


def _array_over(tensor):
    import numpy
    name = str(tensor.dtype).split(".")[1]
    if name not in _TYPE_CODES:
        raise TypeError(f"Got unsupported ScalarType {_SCALAR_NAMES.get(name, name)}")
    if tensor.numel() == 0:
        return numpy.empty(tuple(tensor.shape), dtype=_TYPE_CODES[name])
    return numpy.asarray(_Memory(tensor, _TYPE_CODES[name]))
