"""torch.jit.script."""
import enum
import functools
import inspect
import pickle
import sys
import warnings

from .. import _C
from .. import _jit_internal
from . import _recursive, _state
from ._state import _enabled
from .frontend import get_source_lines_and_file

ScriptFunction = _C.ScriptFunction
ScriptFunction.__module__ = "torch.jit"
ScriptFunction.__name__ = "ScriptFunction"
ScriptFunction.__qualname__ = "torch.jit.ScriptFunction"


class ScriptWarning(Warning):
    """A program that compiles but may not mean what it says."""


def _refuse_pickle(self, *args):
    raise pickle.PickleError("ScriptFunction cannot be pickled")


ScriptFunction.__reduce__ = _refuse_pickle
ScriptFunction.__reduce_ex__ = _refuse_pickle


class RecursiveScriptClass:
    """An object of a compiled class, with its attributes, methods, properties and operators."""

    def __init__(self, cpp_class):
        object.__setattr__(self, "_c", cpp_class)

    def __getattr__(self, name):
        cpp = object.__getattribute__(self, "_c")
        return cpp._get_method(name) if cpp._has_method(name) else cpp.getattr(name)

    def __setattr__(self, name, value):
        self._c.setattr(name, value)

    def __getstate__(self):
        raise pickle.PickleError("ScriptClasses cannot be pickled")

    def forward_magic_method(self, name, *args, **kwargs):
        """Calls the compiled method behind an operator; TypeError if the class has none."""
        if not self._c._has_method(name):
            raise TypeError(f"class {self._c.qualified_name} has no method {name}")
        return self._c._get_method(name)(*args, **kwargs)

    def __iadd__(self, other):
        return self.forward_magic_method("__iadd__" if self._c._has_method("__iadd__") else "__add__", other)

    # Python has an answer of its own where the class has none.

    def __eq__(self, other):
        return self.forward_magic_method("__eq__", other) if self._c._has_method("__eq__") else self is other

    def __ne__(self, other):
        return self.forward_magic_method("__ne__", other) if self._c._has_method("__ne__") else not self == other

    def __hash__(self):
        return self.forward_magic_method("__hash__") if self._c._has_method("__hash__") else object.__hash__(self)

    def __bool__(self):
        return self.forward_magic_method("__bool__") if self._c._has_method("__bool__") else True

    def __str__(self):
        return self.forward_magic_method("__str__") if self._c._has_method("__str__") else repr(self)


def _forwarded(name):
    def method(self, *args, **kwargs):
        return self.forward_magic_method(name, *args, **kwargs)
    method.__name__ = name
    return method


for _name in ("iter", "len", "neg", "mul", "contains", "add", "sub", "pow", "truediv", "mod", "lt", "gt", "le", "ge", "and", "or", "xor", "getitem",
              "setitem", "call", "int", "float", "enter", "exit"):
    setattr(RecursiveScriptClass, f"__{_name}__", _forwarded(f"__{_name}__"))


def Attribute(value, type):
    """Marks an attribute's type for the compiler."""
    return _Attribute(value, type)


class _Attribute(tuple):
    value = property(lambda self: self[0])
    type = property(lambda self: self[1])

    def __new__(cls, value, type):
        return super().__new__(cls, (value, type))


def _deprecated(function, instead):
    """The warning that PyTorch gives; hidden by Python's default filter like there."""
    if sys.version_info >= (3, 14):
        text = f"`torch.jit.{function}` is not supported in Python 3.14+ and may break. Please switch to {instead}."
    else:
        text = f"`torch.jit.{function}` is deprecated. Please switch to {instead}."
    warnings.warn(text, DeprecationWarning, stacklevel=1)


def script(obj, optimize=None, _frames_up=0, _rcb=None, example_inputs=None):
    """Compile a function, an nn.Module or a class; lists and dicts become containers that compiled code shares with Python.

    A function gives a ScriptFunction, a module a RecursiveScriptModule, a class itself, a list a ScriptList, a dict a ScriptDict.
    """
    if not _enabled:
        return obj
    _deprecated("script", "`torch.compile` or `torch.export`")
    if optimize is not None:
        warnings.warn("`optimize` is deprecated and has no effect. Use `with torch.jit.optimized_execution()` instead", FutureWarning, stacklevel=3)
    if isinstance(obj, (_C.ScriptFunction, _C.ScriptModule, RecursiveScriptClass)):
        return obj
    if hasattr(obj, "__prepare_scriptable__"):
        obj = obj.__prepare_scriptable__()
    if inspect.isclass(obj):
        return _script_class(obj)
    if inspect.isfunction(obj) or inspect.ismethod(obj):
        return _script_function(obj, _rcb)
    nn = _loaded_nn()
    if nn is not None and isinstance(obj, nn.Module):
        from . import _modules
        return _modules.script_module(obj)
    if isinstance(obj, list):
        return _C.ScriptList(obj)
    if isinstance(obj, dict):
        return _C.ScriptDict(obj)
    return _script_object(obj)


def _loaded_nn():
    return sys.modules.get(__package__.rsplit(".", 1)[0] + ".nn")


def _script_class(cls):
    nn = _loaded_nn()
    if nn is not None and issubclass(cls, nn.Module):
        raise RuntimeError(f"Type '<class '{_jit_internal._class_text(cls)}'>' cannot be compiled since it inherits from nn.Module, pass an instance "
                           "instead")
    if issubclass(cls, enum.Enum):
        return cls
    if "__dict__" not in dir(cls) and not hasattr(cls, "__slots__"):
        raise RuntimeError("TorchScript classes must be new-style classes. Please inherit from 'object'.")
    if not _jit_internal.can_compile_class(cls) or len(cls.mro()) > 2:
        raise RuntimeError("TorchScript classes does not support inheritance yet. Please directly inherit from 'object'.")
    if _state._get_script_class(cls) is None:
        _recursive.compile_class(cls)
    return cls


def _script_list(elements):
    """What a copied or pickled ScriptList is made of."""
    return _C.ScriptList(elements)


def _script_function(fn, lookup):
    if hasattr(fn, "__script_if_tracing_wrapper"):
        fn = fn.__original_fn
    is_first = _state._try_get_jit_cached_function(fn) is None
    compiled = _recursive.compile_function(fn, lookup)
    if is_first:
        compiled._prepare()
        compiled.__doc__ = fn.__doc__
        compiled.__name__ = "ScriptFunction"
        compiled.__qualname__ = "torch.jit.ScriptFunction"
        compiled._torchdynamo_inline = fn
        return compiled
    again = compiled._alias()
    again._torchdynamo_inline = fn
    return again


def _script_object(obj):
    """An instance of a class: the class is compiled, and the object's attributes become slots."""
    cls = type(obj)
    if cls.__module__ == "builtins":
        raise TypeError(f"{cls} is a built-in class")
    get_source_lines_and_file(cls)  # says so of classes that have none
    script_type = _recursive.try_class_type(cls, "")
    if script_type is None:
        raise RuntimeError(f"Could not get compile class {cls}")
    compiled = _C._create_object(script_type)
    for name, _ in compiled._slots():
        compiled.setattr(name, getattr(obj, name))
    return RecursiveScriptClass(compiled)


def script_if_tracing(fn):
    """Compiled only when it is called while a trace is recorded."""
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        if not _jit_internal.is_tracing():
            return fn(*args, **kwargs)
        return script(wrapper.__original_fn)(*args, **kwargs)
    wrapper.__original_fn = fn
    wrapper.__script_if_tracing_wrapper = True
    return wrapper


class CompilationUnit:
    """Functions compiled from text: ``CompilationUnit("def f(x):\\n  return x + 1\\n").f``."""

    def __init__(self, lang=None, _frames_up=0):
        self._c = _C.CompilationUnit()
        if lang is not None:
            self.define(lang, _frames_up=_frames_up + 1)

    def define(self, lang, rcb=None, _frames_up=0):
        lookup = rcb or _jit_internal.createResolutionCallbackFromFrame(_frames_up + 1)
        self._c.define(lang, lookup)
        return self

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        found = self._c.find_function(name)
        if found is None:
            raise AttributeError(f"'CompilationUnit' has no attribute '{name}'")
        return found

    def find_function(self, name):
        return self._c.find_function(name)

    def get_functions(self):
        return self._c.get_functions()

    def drop_all_functions(self):
        self._c.drop_all_functions()

    def set_optimized(self, optimized):
        pass
