"""Small questions and process-wide switches of the torch namespace."""
import os
import warnings

from . import _C
from ._tensor import Tensor

_interop = {"threads": 0}  # 0: not set
_deterministic = {"enabled": False}


def is_tensor(obj, /):
    return isinstance(obj, Tensor)


def is_storage(obj, /):
    from .storage import TypedStorage, UntypedStorage
    return isinstance(obj, (TypedStorage, UntypedStorage))


def typename(obj, /):
    """The full name of a tensor's or an object's type: 'torch.FloatTensor', 'collections.OrderedDict'."""
    if isinstance(obj, Tensor):
        return obj.type()
    module = getattr(obj, "__module__", "") or ""
    name = getattr(obj, "__qualname__", "")
    if not name:
        module, name = type(obj).__module__ or "", type(obj).__qualname__
    return name if module in ("", "builtins") else f"{module}.{name}"


def range(*arguments, **options):
    """start, start + step, ... with the end, in floating point. Deprecated by PyTorch in favour of arange."""
    warnings.warn("torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with Python's range "
                  "builtin. Instead, use torch.arange, which produces values in [start, end).", UserWarning, stacklevel=2)
    return _C._find_function("range")(*arguments, **options)


def set_default_dtype(d, /):
    """The dtype of new floating-point tensors."""
    _C._set_default_dtype(d)


def set_default_tensor_type(t, /):
    if isinstance(t, str):
        t = t.rsplit(".", 1)[-1]
        from . import _legacy_types
        t = getattr(_legacy_types, t)
    _C._set_default_dtype(t.dtype)


def get_default_device():
    return _C.device("cpu")


def _checked_count(function, number):
    if not isinstance(number, int) or isinstance(number, bool):
        raise RuntimeError(f"{function} expects an int, but got {type(number).__name__}")
    if number <= 0:
        raise RuntimeError(f"{function} expects a positive integer")
    if number >= 2**31:
        raise ValueError("Overflow when unpacking long")
    return number


def get_num_threads():
    """Threads that one operator may use: at the start the number of cores, or fewer where OMP_NUM_THREADS or MKL_NUM_THREADS say so."""
    return _C._get_num_threads()


def set_num_threads(number, /):
    _C._set_num_threads(_checked_count("set_num_threads", number))


def get_num_interop_threads():
    return _interop["threads"] or os.cpu_count() or 1


def set_num_interop_threads(number, /):
    """Kept for those who ask for it: tasks of programs (`torch.jit.fork`) always find a thread. RuntimeError when set twice."""
    count = _checked_count("set_num_interop_threads", number)
    if _interop["threads"]:
        raise RuntimeError("Error: cannot set number of interop threads after parallel work has started or set_num_interop_threads called")
    _interop["threads"] = count


def use_deterministic_algorithms(mode, *, warn_only=False):
    """All kernels here give the same result every time; the switch is kept for those who ask for it."""
    _deterministic["enabled"] = bool(mode)


def are_deterministic_algorithms_enabled():
    return _deterministic["enabled"]


def compiled_with_cxx11_abi():
    return True


def _assert(condition, message):
    """An assert that stays a call when a function is traced."""
    if not condition:
        raise AssertionError(message)


def vmap(func, in_dims=0, out_dims=0, randomness="error", *, chunk_size=None):
    raise NotImplementedError("torch.vmap is not implemented in Rushlight")


def compile(model=None, **options):
    """Rushlight runs programs as they are: returns the model (or a decorator that does)."""
    if model is None:
        return lambda function: function
    return model
