"""torch.FloatTensor and its like: names for "a tensor of that dtype" from before dtypes existed."""
from . import _C
from ._tensor import Tensor

_NAMES = {"Float": "float32", "Double": "float64", "Half": "float16", "BFloat16": "bfloat16", "Long": "int64", "Int": "int32",
          "Short": "int16", "Char": "int8", "Byte": "uint8", "Bool": "bool", "ComplexFloat": "complex64", "ComplexDouble": "complex128"}


class _LegacyTensorMeta(type):
    def __instancecheck__(cls, instance):
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype

    def __repr__(cls):
        return f"<class 'torch.{cls.__name__}'>"


def _make(name, dtype_name):
    dtype = getattr(_C, dtype_name)

    def new(cls, *args):
        if len(args) == 1 and not isinstance(args[0], (int, _C.Size)):
            return args[0].to(dtype) if isinstance(args[0], Tensor) else _C.tensor(args[0], dtype=dtype)
        return Tensor(*args).to(dtype)
    return _LegacyTensorMeta(name + "Tensor", (), {"__module__": "torch", "dtype": dtype, "__new__": new})


globals().update({name + "Tensor": _make(name, dtype_name) for name, dtype_name in _NAMES.items()})


def name_of(dtype):
    """'FloatTensor' for torch.float32."""
    dtype_name = str(dtype).split(".")[1]
    return next(name for name, other in _NAMES.items() if other == dtype_name) + "Tensor"


def dtype_of(kind):
    """The dtype of a legacy type or of its name ('torch.FloatTensor')."""
    if isinstance(kind, str):
        found = globals().get(kind.rsplit(".", 1)[-1])
        if found is None:
            raise ValueError(f"invalid type: '{kind}'")
        return found.dtype
    return getattr(kind, "dtype", kind)
