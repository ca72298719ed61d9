"""Rushlight: TorchScript without PyTorch.

    import rushlight as torch

offers PyTorch's names: tensors, ``nn``, ``autograd``, ``optim``, ``jit``, ``save`` and ``load``. Operators are made from the
native module's table when they are first asked for; large parts (``nn``, ``optim``, ``jit``) are imported then too.
"""
import builtins as _builtins
import importlib as _importlib
import sys as _sys

from . import _C
from ._C import (Generator, Size, as_tensor, bfloat16, can_cast, channels_last, channels_last_3d, complex32, complex64, complex128,
                 contiguous_format, default_generator, device, dtype, float16, float32, float64, from_numpy, frombuffer,
                 get_default_dtype, int8, int16, int32, int64, is_grad_enabled, is_inference_mode_enabled, layout, memory_format,
                 preserve_format, promote_types, sparse_coo, sparse_csr, strided, tensor, uint8)
from ._C import FileRefused, LimitExceeded
from ._tensor import Tensor
from ._tensor_str import set_printoptions
from ._type_info import finfo, iinfo
from .random import get_rng_state, initial_seed, manual_seed, seed, set_rng_state
from .version import __version__
from .autograd.grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled

bool = _C.bool
half = float16
float = float32
double = float64
short = int16
int = int32
long = int64
chalf = complex32
cfloat = complex64
cdouble = complex128

from . import _tracer_warning  # for its filter
from ._predicates import (are_deterministic_algorithms_enabled, compiled_with_cxx11_abi, get_default_device, get_num_interop_threads,
                          get_num_threads, is_storage, is_tensor, set_default_dtype, set_default_tensor_type, set_num_interop_threads,
                          set_num_threads, typename, use_deterministic_algorithms)
from math import e, inf, nan, pi

torch = _sys.modules[__name__]  # as in PyTorch, where it is a by-product of imports

_SUBMODULES = frozenset((
    "amp", "autograd", "backends", "cpu", "cuda", "distributed", "fft", "functional", "futures", "fx", "hub", "jit", "library", "linalg", "masked",
    "mps", "multiprocessing", "nn", "onnx", "ops", "optim", "overrides", "package", "profiler", "random", "return_types", "serialization",
    "signal", "sparse", "special", "testing", "types", "utils", "version", "compiler", "export", "distributions", "_jit_internal",
    "_utils", "__config__", "accelerator", "classes"))

# Functions that are written in Python, and where.
_PYTHON_FUNCTIONS = {
    "svd_lowrank": "_lowrank", "pca_lowrank": "_lowrank",
    "save": "serialization", "load": "serialization", "from_dlpack": "utils.dlpack", "to_dlpack": "utils.dlpack", "from_torch": "utils.interop",
    **dict.fromkeys(("atleast_1d", "atleast_2d", "atleast_3d", "block_diag", "broadcast_shapes", "broadcast_tensors", "cartesian_prod",
                     "cdist", "chain_matmul", "einsum", "lu", "meshgrid", "nonzero", "norm", "split", "stft", "tensordot", "unique",
                     "unique_consecutive", "unravel_index"), "functional"),
    **dict.fromkeys(("get_device", "is_autocast_enabled", "is_complex", "is_conj", "is_floating_point", "is_inference", "is_neg", "is_nonzero",
                     "is_same_size", "is_signed", "numel"), "_tensor_questions"),
    "wait": "jit", "fork": "jit", "parse_ir": "_C", "parse_schema": "_C",
    "_assert": "_predicates", "range": "_predicates", "vmap": "_predicates", "compile": "_predicates",
    **{kind + "Tensor": "_legacy_types" for kind in ("Float", "Double", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool")},
    **{kind + "Storage": "storage" for kind in ("Untyped", "Typed", "Float", "Double", "Half", "BFloat16", "Long", "Int", "Short", "Char",
                                                 "Byte", "Bool", "ComplexFloat", "ComplexDouble")},
}


def _find(name):
    """The attribute `name` of this module that was not needed until now, or None."""
    if name == "torch":  # programs may write torch.torch.ops
        return _importlib.import_module(__name__)
    if name in _SUBMODULES:
        return _importlib.import_module(f"{__name__}.{name}")
    if name in _PYTHON_FUNCTIONS:
        return getattr(_importlib.import_module(f"{__name__}.{_PYTHON_FUNCTIONS[name]}"), name)
    return _C._find_function(name)


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(f"module 'torch' has no attribute '{name}'")
    found = _find(name)
    if found is None:
        raise AttributeError(f"module 'torch' has no attribute '{name}'")
    globals()[name] = found
    return found


def __dir__():
    return sorted({*globals(), *_SUBMODULES, *_PYTHON_FUNCTIONS, *_C._function_names()})
