"""What the compiler asks while it compiles: what a Python object means, and the compilation of functions and classes that it meets."""
import enum
import inspect
import types

from .. import _C
from .. import _jit_internal
from .._script_types import known_types, python_classes
from . import _builtins, _state
from .frontend import check_defaults, get_default_args, get_function_source, get_jit_class_methods


def compile_function(fn, lookup=None):
    """The compiled function of a Python function; each is compiled once."""
    cached = _state._try_get_jit_cached_function(fn)
    if cached is not None:
        return cached
    _check_directly_compilable(fn)
    source = get_function_source(fn)
    name = _jit_internal._qualified_name(fn)
    defaults = get_default_args(fn)
    check_defaults(fn, defaults)
    lookup = lookup or _jit_internal.createResolutionCallbackFromClosure(fn)
    compiled = _C._compile_function(name, source, lookup, defaults)
    _state._set_jit_function_cache(fn, compiled)
    return compiled


def _check_directly_compilable(fn):
    name = getattr(fn, "__name__", repr(fn))
    if _jit_internal._get_fn_overloads(_jit_internal._qualified_name(fn)) or _state._overload_cache.get(fn):
        raise RuntimeError(f"Function {name} cannot be directly compiled because it is overloaded. It must be used in a context of a function "
                           "where its inputs can determine which overload to call.")


def try_compile_fn(fn, location):
    """As compile_function, for a function that compiled code calls; None for what is no plain function."""
    if not inspect.isfunction(fn) and not inspect.ismethod(fn):
        return None
    fn = inspect.unwrap(fn) if getattr(fn, "__script_if_tracing_wrapper", False) else fn
    fn = getattr(fn, "__original_fn", fn)
    return compile_function(fn)


# ---- what an object means

def _special_forms():
    from . import annotate, fork, _fork, isinstance as jit_isinstance, is_scripting, is_tracing
    return {id(annotate): ("special", "annotate"), id(jit_isinstance): ("special", "isinstance"), id(_jit_internal._isinstance): ("special", "isinstance"),
            id(fork): ("special", "fork"), id(_fork): ("special", "fork"), id(_C.tensor): ("special", "tensor"),
            id(is_scripting): ("constant", True), id(is_tracing): ("constant", False)}


_special = None


def classify(obj, location):
    """(kind, detail) for python/src/resolver.cpp: builtin, special, constant, function, type, dispatch, unused, error, or value."""
    global _special
    if _special is None:
        _special = _special_forms()
    found = _special.get(id(obj))
    if found is not None:
        return found
    name = _builtins._find_builtin(obj)
    if name is not None:
        return "builtin", name
    if isinstance(obj, type):
        from .annotations import try_ann_to_type
        found = try_ann_to_type(obj, location)
        return ("type", found) if found is not None else ("value", None)
    bodies = _jit_internal._try_get_dispatched_fn(obj)
    if bodies is not None:
        return "dispatch", bodies
    if callable(obj):
        if _jit_internal.should_drop(obj):
            return "unused", None
        if _jit_internal.is_ignored_fn(obj):
            return "error", f"calls of Python functions marked with torch.jit.ignore are not implemented ('{getattr(obj, '__name__', obj)}')"
        unsupported = getattr(obj, "__script_unsupported", None)
        if unsupported:
            return "error", f"TorchScript error: {unsupported}"
        compiled = try_compile_fn(obj, location)
        if compiled is not None:
            return "function", compiled
    return "value", None


# ---- methods

def method_source(method, name, lookup=None):
    """What _C._compile_methods takes for one method: its source, the scope it was written in, its default values, and its name."""
    defaults = get_default_args(method)
    check_defaults(method, defaults)
    return get_function_source(method), lookup or _jit_internal.createResolutionCallbackFromClosure(method), defaults, name


def overload_source(declaration, implementation, name):
    """As method_source, for a declared overload: its signature and defaults with the body of the implementation."""
    source = get_function_source(implementation)
    source.signature = get_function_source(declaration)
    defaults = {**get_default_args(implementation), **get_default_args(declaration)}
    return source, _jit_internal.createResolutionCallbackFromClosure(implementation), defaults, name


# ---- classes

def try_class_type(cls, location, lookup=None):
    """The type of a script class, compiled now if it was not yet; None for classes that cannot be compiled."""
    name = getattr(cls, "_jit_script_class_name", None) if "_jit_script_class_name" in cls.__dict__ else None
    if name in known_types:
        return known_types[name]
    from ..nn import Module
    if issubclass(cls, Module) or not _jit_internal.can_compile_class(cls):
        return None
    return compile_class(cls)


def compile_class(cls, lookup=None):
    """Compiles all methods of a class; instances made in compiled code come back as instances of it."""
    lookup = lookup or _jit_internal.createResolutionCallbackFromClassMethods(cls)
    script_class = _C._create_class_type(_jit_internal._qualified_name(cls), False)
    cls._jit_script_class_name = script_class.qualified_name()
    _state._add_script_class(cls, script_class)
    methods = [method_source(method, method.__name__, lookup) for _, method in get_jit_class_methods(cls, cls.__name__)]
    try:
        _C._compile_methods(script_class, methods)
    except BaseException:
        del cls._jit_script_class_name
        known_types.pop(script_class.qualified_name(), None)
        python_classes.pop(script_class.qualified_name(), None)
        raise
    return script_class
