"""Python callables that stand for operators when they are called from compiled code."""
import cmath
import collections
import inspect
import math
import warnings

from .. import _C
from .. import functional as _functional
from ..ops import OpOverloadPacket

# Functions of torch.functional that are compiled from their source instead of being taken for the operator of the same name.
_COMPILED_FROM_SOURCE = frozenset(("stft", "cdist", "norm", "lu", "unique", "unique_consecutive", "tensordot"))
_MATH = ("ceil", "copysign", "erf", "erfc", "exp", "expm1", "fabs", "floor", "gamma", "lgamma", "log", "log10", "log1p", "pow", "sqrt", "isnan",
         "isinf", "isfinite", "cos", "sin", "tan", "asin", "acos", "atan", "atan2", "cosh", "sinh", "tanh", "asinh", "acosh", "atanh", "degrees",
         "radians", "factorial", "fmod", "frexp", "gcd", "ldexp", "modf")
_CMATH = {"isnan": "isnan", "isfinite": "isfinite", "isinf": "isinf", "phase": "angle", "rect": "polar", "log": "log", "log10": "log10",
          "sqrt": "sqrt", "exp": "exp", "sin": "sin", "tan": "tan", "cos": "cos", "asin": "asin", "acos": "acos", "atan": "atan", "sinh": "sinh",
          "cosh": "cosh", "tanh": "tanh", "asinh": "asinh", "acosh": "acosh", "atanh": "atanh"}

_table = None


def _functions_of_torch():
    """The functions of the torch namespace that have no source for the compiler: each stands for the operator of its name, whether there is one or
    not. Those of torch.functional and jit, classes and what transforms functions are met as they are."""
    import rushlight
    table = {}
    for name, module in rushlight._PYTHON_FUNCTIONS.items():
        if module not in ("functional", "jit", "storage", "_legacy_types") and name not in ("compile", "vmap"):
            table[id(getattr(rushlight, name))] = f"aten::{name}"
    for name, value in list(vars(rushlight).items()):
        is_plain = inspect.isfunction(value) or type(value).__name__ in ("nb_func", "builtin_function_or_method")
        if is_plain and not name.startswith("_") and name not in rushlight._PYTHON_FUNCTIONS:
            table.setdefault(id(value), f"aten::{name}")
    return table


def _make_table():
    table = {}
    for name in _MATH:
        table[id(getattr(math, name))] = f"aten::{name}"
    table[id(math.remainder)] = "aten::mathremainder"
    table.update({id(getattr(cmath, name)): f"aten::{op}" for name, op in _CMATH.items()})
    for module in (math, cmath):  # what PyTorch lacks: builtins_python_math.cpp
        for name, value in vars(module).items():
            op = f"rushlight::{module.__name__}_{name}"
            if id(value) not in table and _C._jit_get_schemas_for_operator(op):
                table[id(value)] = op
    for name in dir(_functional):
        value = getattr(_functional, name)
        if callable(value) and not name.startswith("_") and name not in _COMPILED_FROM_SOURCE and getattr(value, "__module__", "") == _functional.__name__:
            table[id(value)] = f"aten::{name}"
    table.update(_functions_of_torch())
    from .. import (_jit_internal, device, enable_grad, finfo, get_default_dtype, iinfo, inference_mode, is_grad_enabled, manual_seed, overrides,
                    set_grad_enabled)
    from .._C import Size, as_tensor
    from ..autograd import backward, grad
    from ..nn import functional, init
    from ..nn.modules import utils as _utils
    from . import _logging, _unwrap_optional, _wait, wait
    table.update({id(getattr(overrides, name)): "aten::has_torch_function" for name in dir(overrides) if name.startswith("has_torch_function")})
    table.update({id(function): f"aten::{function.__name__}" for function in (_utils._single, _utils._pair, _utils._triple, _utils._quadruple)})
    table.update({id(getattr(init, name)): f"aten::{name}" for name in dir(init) if name.startswith("_no_grad_")})
    table.update({id(grad): "aten::grad", id(backward): "aten::backward", id(_utils._list_with_default): "aten::list_with_default",
                  id(functional._no_grad_embedding_renorm_): "aten::_no_grad_embedding_renorm_"})
    table.update({id(as_tensor): "aten::as_tensor", id(manual_seed): "aten::manual_seed", id(get_default_dtype): "aten::get_default_dtype",
                  id(is_grad_enabled): "aten::is_grad_enabled", id(set_grad_enabled): "aten::set_grad_enabled",
                  id(_unwrap_optional): "aten::_unwrap_optional", id(wait): "aten::wait", id(_wait): "aten::wait",
                  id(_C.is_grad_enabled): "aten::is_grad_enabled", id(enable_grad): "aten::enable_grad",
                  id(inference_mode): "aten::inference_mode", id(finfo): "aten::finfo", id(iinfo): "aten::iinfo", id(device): "aten::device",
                  id(_jit_internal.is_scripting): "aten::is_scripting", id(warnings.warn): "aten::warn", id(Size): "aten::Size",
                  id(_C.tensor): "aten::tensor", id(collections.OrderedDict): "aten::dict", id(_logging.add_stat_value): "prim::AddStatValue",
                  id(_logging.time_point): "prim::TimePoint"})
    return table


def _find_builtin(fn):
    """"aten::sqrt" for math.sqrt; None for functions that stand for no operator."""
    global _table
    if _table is None:
        _table = _make_table()
    if isinstance(fn, _C.OperatorFunction):
        return f"aten::{fn.__name__}"
    if isinstance(fn, OpOverloadPacket):
        return fn._qualified_op_name
    return _table.get(id(fn))


def _register_builtin(fn, op):
    _find_builtin(fn)
    _table[id(fn)] = op
