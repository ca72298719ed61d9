"""Switches and registries of torch.jit."""
import os
import weakref

from .. import _C
from .._script_types import known_types, python_classes


class EnabledProxy:
    """Whether torch.jit does anything. PYTORCH_JIT=0 turns it off."""

    def __init__(self):
        self.enabled = os.environ.get("PYTORCH_JIT", "1") not in ("0", "false", "False", "")

    def parse_env(self, name, default, true_message, false_message):
        return os.environ.get(name, "1" if default else "0") == "1"

    def __bool__(self):
        return self.enabled


_enabled = EnabledProxy()


def disable():
    _enabled.enabled = False


def enable():
    _enabled.enabled = True


# Compiled functions by the Python function that they came from.
_function_cache = weakref.WeakKeyDictionary()
_overload_cache = weakref.WeakKeyDictionary()
_templates = weakref.WeakKeyDictionary()


def _try_get_jit_cached_function(key):
    try:
        return _function_cache.get(key)
    except TypeError:
        return None


def _set_jit_function_cache(key, value):
    try:
        _function_cache[key] = value
    except TypeError:
        pass


def _forget_jit_function(key):
    try:
        _function_cache.pop(key, None)
    except TypeError:
        pass


def _try_get_jit_cached_overloads(key):
    return _overload_cache.get(key)


def _set_jit_overload_cache(key, compiled):
    _overload_cache[key] = compiled


def _clear_class_state():
    python_classes.clear()
    known_types.clear()


def _add_script_class(python_class, script_class):
    python_classes[script_class.qualified_name()] = python_class
    known_types[script_class.qualified_name()] = script_class


def _get_script_class(python_class):
    name = python_class.__dict__.get("_jit_script_class_name")
    return known_types.get(name)


def _get_python_class(qualified_name):
    return python_classes.get(qualified_name)
