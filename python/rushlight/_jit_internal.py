"""Marks that tell the compiler of torch.jit what to do with Python functions, and the look-up of names in their scopes.

Imported by ``nn`` as well, so it must not import ``torch.jit``.
"""
import builtins
import collections
import inspect
import threading
import types
import typing
import warnings
import weakref
from enum import Enum
from typing import Any, Callable, Dict, Final, Generic, List, Optional, Tuple, TypeVar, Union

from . import _C
from ._tensor import Tensor

T = TypeVar("T")


# ---- generic types of the language

class _GetItemAlias:
    """Future[T] and its like in annotations."""

    def __init__(self, name):
        self._name = name

    def __getitem__(self, parameter):
        return _Parametrised(self, parameter)

    def __repr__(self):
        return f"torch.jit.{self._name}"


class _Parametrised:
    def __init__(self, origin, parameter):
        self.__origin__ = origin
        self.__args__ = (parameter,)

    def __repr__(self):
        return f"{self.__origin__!r}[{self.__args__[0]!r}]"


Await = _GetItemAlias("_Await")
RRef = _GetItemAlias("RRef")
Future = _C.Future
Future.__class_getitem__ = classmethod(_Parametrised)


class BroadcastingListCls:
    """BroadcastingList2[int]: an int stands for a list of two."""

    def __init__(self, length=None):
        self.length = length

    def __getitem__(self, element):
        return List[element]


BroadcastingList1 = BroadcastingListCls(1)
for _length in range(2, 7):
    globals()[f"BroadcastingList{_length}"] = BroadcastingListCls(_length)


def is_final(annotation):
    return getattr(annotation, "__module__", None) in ("typing", "typing_extensions") and (
        typing.get_origin(annotation) is Final or annotation is Final)


# ---- state

class _Compiling(threading.local):
    tracing = False


_compiling = _Compiling()


def is_scripting():
    """False here; the compiler replaces it by True."""
    return False


def is_tracing():
    return _C._is_tracing() if hasattr(_C, "_is_tracing") else False


# ---- what to do with a function

class FunctionModifiers:
    UNUSED = "unused (ignored and replaced with raising of an exception)"
    IGNORE = "ignore (leave as a call to Python, cannot be torch.jit.save'd)"
    EXPORT = "export (compile this function even if nothing calls it)"
    DEFAULT = "default (compile if called from a exported function / forward)"
    COPY_TO_SCRIPT_WRAPPER = "if this method is not scripted, copy the python method onto the scripted model"
    _DROP = "_drop (function is fully ignored, declaration can be unscriptable)"


def export(fn):
    """Compile this method though nothing compiled calls it."""
    fn._torchscript_modifier = FunctionModifiers.EXPORT
    return fn


def unused(fn):
    """Compile a call of this function (or a property) to raising an exception."""
    if isinstance(fn, property):
        for accessor in (fn.fget, fn.fset):
            if accessor is not None:
                accessor._torchscript_modifier = FunctionModifiers.UNUSED
        return fn
    fn._torchscript_modifier = FunctionModifiers.UNUSED
    return fn


def ignore(drop=False, **kwargs):
    """Leave calls of this function to Python."""
    if callable(drop):
        drop._torchscript_modifier = FunctionModifiers.IGNORE
        return drop
    if not isinstance(drop, bool):
        raise RuntimeError(f"Argument to @torch.jit.ignore must be a bool or a function but got {drop}")
    drop_on_export = kwargs.pop("drop_on_export", None)
    message = ("ignore({}) has been deprecated. TorchScript will now drop the function call on compilation. Use torch.jit.unused now. {{}}")
    if drop_on_export:
        warnings.warn(message.format("drop_on_export=True"), category=FutureWarning, stacklevel=2)
        drop = drop_on_export
    elif drop:
        warnings.warn(message.format("True"), category=FutureWarning, stacklevel=2)

    def decorator(fn):
        fn._torchscript_modifier = FunctionModifiers.UNUSED if drop else FunctionModifiers.IGNORE
        return fn
    return decorator


def _drop(fn):
    fn._torchscript_modifier = FunctionModifiers._DROP
    return fn


def _copy_to_script_wrapper(fn):
    fn._torchscript_modifier = FunctionModifiers.COPY_TO_SCRIPT_WRAPPER
    return fn


def get_torchscript_modifier(fn):
    if not callable(fn):
        return None
    if hasattr(fn, "__func__"):
        fn = fn.__func__
    return getattr(fn, "_torchscript_modifier", FunctionModifiers.DEFAULT)


def is_ignored_fn(fn):
    return get_torchscript_modifier(fn) in (FunctionModifiers.UNUSED, FunctionModifiers.IGNORE, FunctionModifiers._DROP)


def should_drop(fn):
    return get_torchscript_modifier(fn) in (FunctionModifiers.UNUSED, FunctionModifiers._DROP)


def module_has_exports(module):
    for name in dir(module):
        if hasattr(module, name) and get_torchscript_modifier(getattr(module, name)) is FunctionModifiers.EXPORT:
            return True
    return False


def is_static_fn(cls, name):
    return isinstance(inspect.getattr_static(cls, name, None), staticmethod)


def get_static_fn(cls, name):
    return inspect.getattr_static(cls, name).__func__


# ---- dispatch on a constant flag

boolean_dispatched = weakref.WeakKeyDictionary()


def boolean_dispatch(arg_name, arg_index, default, if_true, if_false, module_name, func_name):
    """One function with two bodies: the flag decides, at compile time in compiled code."""
    def fn(*args, **kwargs):
        flag = kwargs[arg_name] if arg_name in kwargs else args[arg_index] if arg_index < len(args) else default
        return (if_true if flag else if_false)(*args, **kwargs)

    if if_true.__doc__ is None and if_false.__doc__ is not None:
        if_true.__doc__ = fn.__doc__ = if_false.__doc__
    elif if_false.__doc__ is None and if_true.__doc__ is not None:
        if_false.__doc__ = fn.__doc__ = if_true.__doc__
    elif if_true.__doc__ is not None:
        raise RuntimeError("only one function can have a docstring")
    if module_name is not None:
        fn.__module__ = module_name
    if func_name is not None:
        fn.__name__ = func_name
    boolean_dispatched[fn] = {"if_true": if_true, "if_false": if_false, "index": arg_index, "default": default, "arg_name": arg_name}
    return fn


# ---- overloads

_overloaded_fns = {}
_overloaded_methods = {}
_overloaded_method_class_fileno = {}


def _overload(func):
    """Declares one overload; the implementation follows without this mark."""
    _overloaded_fns.setdefault(_qualified_name(func), []).append(func)
    return func


def _get_fn_overloads(qual_name):
    return _overloaded_fns.get(qual_name)


def _clear_fn_overloads(qual_name):
    _overloaded_fns.pop(qual_name, None)


def get_class_name_lineno(method):
    """Name and line of the class whose body is being executed two frames up."""
    frame = inspect.currentframe().f_back.f_back
    return frame.f_code.co_name, frame.f_code.co_firstlineno


def _overload_method(func):
    class_name, line = get_class_name_lineno(func)
    per_class = _overloaded_methods.setdefault(_qualified_name(func), {})
    per_class.setdefault(class_name, []).append(func)
    _overloaded_method_class_fileno.setdefault((_qualified_name(func), class_name), line)
    return func


def _get_overloaded_methods(method, mod_class):
    if not hasattr(method, "__name__"):
        return None
    per_class = _overloaded_methods.get(_qualified_name(method))
    return per_class.get(mod_class.__name__) if per_class else None


# ---- names

_package = __package__
_functional = f"{_package}.nn.functional"


def _class_text(cls):
    """A class as messages name it: "int", "torch.nn.modules.linear.Linear"."""
    return cls.__name__ if cls.__module__ == "builtins" else f"{cls.__module__.replace(_package, 'torch', 1)}.{cls.__qualname__}"


def _qualified_name(obj, mangle_name=True):
    """"__torch__.m.f": the name of a function or class in graphs and archives. Rushlight's own modules carry PyTorch's names."""
    if hasattr(obj, "_jit_override_qualname"):
        return obj._jit_override_qualname
    if isinstance(obj, _C.ScriptFunction):
        return obj.qualified_name
    name = obj.name if getattr(obj, "__name__", None) is None and hasattr(obj, "name") else obj.__name__
    if name == "<lambda>":
        name = "_lambda"
    module_name = obj.__module__
    if module_name == "torch._classes":
        return obj.qualified_name
    if module_name is None:
        raise RuntimeError(f"Could not get qualified name for class '{name}': __module__ can't be None.")
    if module_name.startswith(_functional + "."):
        module_name = _functional  # a file of that package for each family of functions
    if module_name == _package or module_name.startswith(_package + "."):
        module_name = "torch" + module_name[len(_package):]
    if mangle_name:
        module_name = "__torch__" if module_name == "__main__" else "__torch__." + module_name
    if "." in name:
        raise RuntimeError(f"Could not get qualified name for class '{name}': '{name}' is not a valid identifier")
    return module_name + "." + name


# ---- looking up names in the scope of a function

def createResolutionCallbackFromEnv(lookup_base):
    """Finds "torch.nn.functional.relu", or a type written as text ("Dict[str, m.Net]"), from the attributes of `lookup_base`."""
    def lookup(expression):
        try:
            value, rest = _read_nested(expression.strip(), lookup_base)
            return value if not rest else None
        except Exception:
            return None  # whatever it is, the compiler's own reader of types may know it
    return lookup


def _read_nested(text, scope):
    """(object, unread text) of a dotted name, perhaps with a subscript of the same."""
    end = next((i for i, c in enumerate(text) if c in ",[]"), len(text))
    if text[:end].strip() == "()":
        return (), text[end:]
    value = scope
    for part in text[:end].strip().split("."):
        value = getattr(value, part)
    rest = text[end:]
    if not rest.startswith("["):
        return value, rest
    parts = []
    while not rest.startswith("]"):
        part, rest = _read_nested(rest[1:], scope)
        parts.append(part)
    return value[tuple(parts) if len(parts) > 1 else parts[0]], rest[1:]


def createResolutionCallbackFromFrame(frames_up=0):
    """The scope of the caller, `frames_up` frames above the one that calls this."""
    frame = inspect.currentframe()
    for _ in range(frames_up + 1):
        frame = frame.f_back
    f_locals, f_globals = frame.f_locals, frame.f_globals

    class Environment:
        def __getattr__(self, key):
            if key in f_locals:
                return f_locals[key]
            if key in f_globals:
                return f_globals[key]
            if hasattr(builtins, key):
                return getattr(builtins, key)
            raise AttributeError(key)
    return createResolutionCallbackFromEnv(Environment())


def get_closure(fn):
    """Globals and closed-over variables of a function."""
    captures = dict(fn.__globals__)
    if fn.__closure__:
        for name, cell in zip(fn.__code__.co_freevars, fn.__closure__):
            try:
                captures[name] = cell.cell_contents
            except ValueError:
                pass  # not assigned yet
    return captures


def get_type_hint_captures(fn):
    """Objects that the annotations name although they are not in the function's scope any more (a class defined in a function)."""
    captures = {}
    for annotation in getattr(fn, "__annotations__", {}).values():
        for part in (annotation, *typing.get_args(annotation)):
            name = getattr(part, "__name__", None)
            if name and not isinstance(part, str):
                captures[name] = part
    return captures


def createResolutionCallbackFromClosure(fn):
    return _lookup_in({**get_type_hint_captures(fn), **get_closure(fn)})


def _lookup_in(captures):
    class Environment:
        def __getattr__(self, key):
            if key in captures:
                return captures[key]
            if hasattr(typing, key):
                return getattr(typing, key)
            if hasattr(builtins, key):
                return getattr(builtins, key)
            raise AttributeError(key)
    return createResolutionCallbackFromEnv(Environment())


def createResolutionCallbackFromClassMethods(cls):
    """The scopes of all methods of a class, together."""
    functions = [getattr(cls, name) for name in cls.__dict__ if inspect.isroutine(getattr(cls, name))]
    functions = [fn for fn in functions if not inspect.isbuiltin(fn) and hasattr(fn, "__globals__")]
    captures = {}
    for fn in functions:
        captures.update(get_closure(fn))
        captures.update(get_type_hint_captures(fn))
    return _lookup_in(captures)


def can_compile_class(cls):
    """Not for enums, exceptions, and classes with no code of their own."""
    if is_ignored_fn(cls):
        return False
    if issubclass(cls, (Enum, BaseException, tuple)) or cls.__module__ == "builtins":
        return False
    return all(not inspect.isbuiltin(fn) for fn in (getattr(cls, name) for name in cls.__dict__) if inspect.isroutine(fn))


def get_annotation_str(annotation):
    import ast
    return ast.unparse(annotation)


# ---- containers that are known by their annotation

def is_tuple(ann):
    return typing.get_origin(ann) is tuple or ann is Tuple


def is_list(ann):
    return typing.get_origin(ann) is list or ann is List


def is_dict(ann):
    return typing.get_origin(ann) is dict or ann is Dict


def is_union(ann):
    return typing.get_origin(ann) is Union or ann is Union or isinstance(ann, getattr(types, "UnionType", ()))


def is_optional(ann):
    return is_union(ann) and type(None) in typing.get_args(ann) and len(typing.get_args(ann)) == 2


def _isinstance(obj, target_type):
    """torch.jit.isinstance in eager mode: looks into containers."""
    origin = typing.get_origin(target_type)
    if isinstance(target_type, tuple):
        return any(_isinstance(obj, one) for one in target_type)
    if origin is None:
        if target_type in (List, list, Dict, dict, Tuple, tuple, Optional):
            raise_error_container_parameter_missing(getattr(target_type, "__name__", str(target_type)))
        return isinstance(obj, target_type) if target_type is not Any else True
    args = typing.get_args(target_type)
    if is_union(target_type):
        return any(obj is None if one is type(None) else _isinstance(obj, one) for one in args)
    if not isinstance(obj, origin):
        return False
    if origin is tuple:
        if len(args) == 2 and args[1] is Ellipsis:
            return all(_isinstance(item, args[0]) for item in obj)
        return len(obj) == len(args) and all(_isinstance(item, one) for item, one in zip(obj, args))
    if not obj:
        warnings.warn("The inner type of a container is lost when calling torch.jit.isinstance in eager mode. For example, List[int] would "
                      "become list and therefore falsely return True for List[float] or List[str].", stacklevel=2)
    if origin is dict:
        return all(_isinstance(key, args[0]) and _isinstance(value, args[1]) for key, value in obj.items())
    return all(_isinstance(item, args[0]) for item in obj)


def raise_error_container_parameter_missing(target_type):
    if target_type.endswith("ict"):
        raise RuntimeError(f"Attempted to use {target_type} without contained types. Please add contained type, e.g. {target_type}[int, int]")
    raise RuntimeError(f"Attempted to use {target_type} without a contained type. Please add a contained type, e.g. {target_type}[int]")


class SourceContext:
    """Where a function's text stands, for those who subclass it."""


def _try_get_dispatched_fn(fn):
    """The bodies of a function made by boolean_dispatch, or None."""
    if not callable(fn):
        return None
    try:
        return boolean_dispatched.get(fn)
    except TypeError:
        return None
