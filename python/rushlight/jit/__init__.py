"""torch.jit: compiling, capturing, saving and loading programs."""
import contextlib
import sys
import warnings
from typing import Any

from .. import _C
from .._tracer_warning import TracerWarning
from .._jit_internal import (Final, Future, _drop, _isinstance, _overload, _overload_method, export, ignore, is_scripting, unused)
from ._state import _enabled

_C.JITException.__module__ = "torch.jit"
Error = _C.JITException


def annotate(the_type, the_value):
    """The value itself; tells the compiler its type."""
    return the_value


def isinstance(obj, target_type):
    """isinstance that looks into List, Dict, Tuple, Optional and Union, and that the compiler understands."""
    return _isinstance(obj, target_type)


def _unwrap_optional(x):
    assert x is not None, "Unwrapping null optional"
    return x


def _fork(func, *args, **kwargs):
    """Run ``func`` (at once, outside of compiled code) and give a Future."""
    if _C._is_tracing():
        return _C._fork_in_trace(func, *args, **kwargs)
    future = _C.Future()
    future.set_result(func(*args, **kwargs))
    return future


def _wait(future):
    return future.wait()


def _awaitable(func, *args, **kwargs):
    """A value that is computed when somebody waits for it; outside of compiled code at once."""
    return _fork(func, *args, **kwargs)


def fork(func, *args, **kwargs):
    """Run ``func``, in parallel when compiled; a Future of its result."""
    _deprecated("fork")
    return _fork(func, *args, **kwargs)


def wait(future):
    """The result of a Future."""
    _deprecated("wait")
    return _wait(future)


def _deprecated(name):
    warnings.warn(f"`torch.jit.{name}` is deprecated. Please use `torch.compile` instead.", DeprecationWarning, stacklevel=1)


@contextlib.contextmanager
def optimized_execution(should_optimize):
    """Accepted for PyTorch's sake: programs run optimised, and mean the same."""
    yield


@contextlib.contextmanager
def fuser(name):
    """Accepted for PyTorch's sake."""
    if name not in ("fuser0", "fuser1", "fuser2", "fuser3", "none"):
        raise Exception(f"unrecognized fuser option (name: {name})")
    yield


class strict_fusion:
    """Accepted in compiled code for PyTorch's sake: nothing is left to fuse there. Outside it only warns."""

    def __init__(self):
        if not is_scripting():
            warnings.warn("Only works in script mode", stacklevel=2)

    def __enter__(self):
        pass

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        pass


_fusion_strategy = [("STATIC", 2), ("DYNAMIC", 10)]


def _set_fusion_strategy(strategy):
    global _fusion_strategy
    old, _fusion_strategy = _fusion_strategy, list(strategy)
    return old


def set_fusion_strategy(strategy):
    """Kept and given back; code is compiled once for all shapes here."""
    _deprecated("set_fusion_strategy")
    return _set_fusion_strategy(strategy)


_onednn = {"enabled": False}


def enable_onednn_fusion(enabled):
    _onednn["enabled"] = bool(enabled)


def onednn_fusion_enabled():
    return _onednn["enabled"]


@contextlib.contextmanager
def _hide_source_ranges():
    old = _C.Graph.global_print_source_ranges()
    try:
        _C.Graph.set_global_print_source_ranges(False)
        yield
    finally:
        _C.Graph.set_global_print_source_ranges(old)


def _not_implemented(name):
    def function(*args, **kwargs):
        raise NotImplementedError(f"torch.jit.{name} is not implemented in Rushlight yet")
    function.__name__ = function.__qualname__ = name
    function.__doc__ = "Not implemented yet: raises NotImplementedError."
    return function


for _name in ("export_opnames",
              "last_executed_optimized_graph", "jit_module_from_flatbuffer", "save_jit_module_to_flatbuffer"):
    globals()[_name] = _not_implemented(_name)

from ._freeze import freeze, optimize_for_inference, run_frozen_optimizations
from ._serialization import load, save
from ._interface import interface
from ._script_method import ScriptMethodStub, script_method
from ._script import Attribute, CompilationUnit, RecursiveScriptClass, ScriptFunction, ScriptWarning, script, script_if_tracing

from ._trace import _get_trace_graph, is_tracing, trace, trace_module
from ._trace_check import TracingCheckError

_script_if_tracing = script_if_tracing

_PARTS = frozenset(("_logging", "_trace", "annotations", "frontend", "_builtins", "_recursive", "_script", "_state", "_modules"))


def __getattr__(name):
    import importlib
    if name in _PARTS:
        return importlib.import_module(f"{__name__}.{name}")
    if name in ("ScriptModule", "RecursiveScriptModule", "TracedModule", "TopLevelTracedModule"):
        return getattr(importlib.import_module(f"{__name__}._modules"), name)
    raise AttributeError(f"module 'torch.jit' has no attribute '{name}'")
