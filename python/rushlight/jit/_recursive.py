"""What the compiler asks while it compiles: what a Python object means, and the compilation of functions and classes that it meets."""
import dataclasses
import inspect
import sys
import types

from .. import _C
from .. import _jit_internal
from .._script_types import known_types, python_classes
from . import _builtins, _dataclasses, _state
from .annotations import legacy_dtype
from .frontend import (check_defaults, get_class_assigns, get_class_properties, get_default_args, get_function_source, get_jit_class_methods,
                       get_source_lines_and_file)


def compile_function(fn, lookup=None):
    """The compiled function of a Python function; each is compiled once."""
    cached = _state._try_get_jit_cached_function(fn)
    if cached is not None:
        return cached
    _check_directly_compilable(fn)
    source = get_function_source(fn)
    name = _jit_internal._qualified_name(fn)
    defaults = get_default_args(fn)
    check_defaults(source, defaults)
    lookup = lookup or _jit_internal.createResolutionCallbackFromClosure(fn)
    if "return" in getattr(fn, "__annotations__", ()):
        # It may call itself, and as a decorator runs its name stands for nothing yet.
        lookup = _with_itself(fn, lookup)
    compiled = _C._declare_function(name, source, lookup)
    # A function that is met again while it is compiled calls itself: it is found, and the compiler says so.
    _state._set_jit_function_cache(fn, compiled)
    try:
        _C._define_function(compiled, defaults, source)
    except BaseException:
        _state._forget_jit_function(fn)
        raise
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


def _template(fn):
    """What stands for a function whose `*args` or `**kwargs` have no annotation: it is compiled for each shape of its calls. None for others."""
    if not inspect.isfunction(fn) or not fn.__code__.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
        return None
    gathering = [p for p in inspect.signature(fn).parameters.values() if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if all(p.annotation is not p.empty for p in gathering) or hasattr(fn, "__original_fn") or hasattr(fn, "__script_if_tracing_wrapper"):
        return None
    made = _state._templates.get(fn)
    if made is None:
        source, defaults = get_function_source(fn), get_default_args(fn)
        check_defaults(source, defaults)
        lookup = _jit_internal.createResolutionCallbackFromClosure(fn)
        if "return" in getattr(fn, "__annotations__", ()):
            lookup = _with_itself(fn, lookup)
        made = _state._templates[fn] = _C._make_template(_jit_internal._qualified_name(fn), source, lookup, defaults, lambda: compile_function(fn))
    return made


# ---- overloads

_EXAMPLE = """

Example usage of overload function:
@torch.jit._overload
def my_function(x: type0) -> type0: # decl 1
    pass

@torch.jit._overload
def my_function(x: type1) -> type1: # decl 2
    pass

def my_function(x):                 # implementation
    if isinstance(x, type0):
        return x
    elif isinstance(x, type1):
        return x
"""


def missing_implementation(kind, fn):
    """The error of an overload that no implementation follows."""
    lines, first_line, filename = get_source_lines_and_file(fn)
    return RuntimeError(f'Implementation for the {kind} "{_jit_internal._qualified_name(fn)}" is missing. Please make sure a definition is '
                        f'provided and defined after all overload declarations.\nFile "{filename}", line {first_line}:\n' + "".join(lines) + _EXAMPLE)


def compiled_overloads(fn):
    """The compiled overloads of a function, one for each declaration; None for a function that has none."""
    try:
        compiled = list(_state._try_get_jit_cached_overloads(fn) or ())
    except TypeError:
        return None
    name = _jit_internal._qualified_name(fn)
    declarations = _jit_internal._get_fn_overloads(name)
    if declarations is None:
        return compiled or None
    if fn in declarations:
        raise missing_implementation("function", fn)
    for declaration in declarations:
        source, lookup, defaults, _ = overload_source(declaration, fn, fn.__name__)
        compiled.append(_C._declare_function(name, source, lookup))
        _C._define_function(compiled[-1], defaults, source)
    _state._set_jit_overload_cache(fn, compiled)
    _jit_internal._clear_fn_overloads(name)
    return compiled


# ---- what an object means

def _special_forms():
    from . import annotate, fork, _awaitable, _fork, isinstance as jit_isinstance
    return {id(annotate): ("special", "annotate"), id(jit_isinstance): ("special", "isinstance"), id(_jit_internal._isinstance): ("special", "isinstance"),
            id(fork): ("special", "fork"), id(_fork): ("special", "fork"), id(_awaitable): ("special", "awaitable")}


_special = None

def classify(obj, location):
    """(kind, detail) for python/src/resolver.cpp: builtin, special, constant, function, template, functions, type, exception, dispatch, legacy, python,
    refused (at the place), error, or value."""
    global _special
    if _special is None:
        _special = _special_forms()
    found = _special.get(id(obj))
    if found is not None:
        return found
    name = _builtins._find_builtin(obj)
    if name is not None:
        return "builtin", name
    dtype = legacy_dtype(obj)
    if dtype is not None:
        return "legacy", dtype
    if isinstance(obj, type):
        return _classify_class(obj, location)
    if isinstance(obj, types.FunctionType):
        overloads = compiled_overloads(obj)
        if overloads is not None:
            return "functions", overloads
    bodies = _jit_internal._try_get_dispatched_fn(obj)
    if bodies is not None:
        return "dispatch", bodies
    if callable(obj) and not isinstance(obj, types.BuiltinFunctionType):
        # A method that is bound to a Python object, as a class method is to its class, stays a call of Python.
        if _jit_internal.is_ignored_fn(obj) or inspect.ismethod(obj):
            return "python", None
        unsupported = getattr(obj, "__script_unsupported", None)
        if unsupported:
            return "error", f"TorchScript error: {unsupported}"
        template = _template(obj)
        if template is not None:
            return "template", template
        compiled = try_compile_fn(obj, location)
        if compiled is not None:
            return "function", compiled
        if _is_module(obj):
            return ("refused", "Cannot call a ScriptModule that is not a submodule of the caller") if hasattr(obj, "_c") else ("python", None)
    return "value", None


def _is_module(obj):
    nn = sys.modules.get(f"{_jit_internal._package}.nn")
    return nn is not None and isinstance(obj, nn.Module)


def _classify_class(cls, location):
    from .._tensor import Tensor
    from .annotations import try_ann_to_type
    if cls is Tensor:
        return "builtin", "aten::Tensor"
    if issubclass(cls, BaseException):
        return "exception", _jit_internal._qualified_name(cls, mangle_name=False)
    found = try_ann_to_type(cls, location)
    if found is not None:
        return "type", found
    return "python", None


def source_of_next(qualified_name):
    """method_source of the `__next__` of a script class; None if it is not known."""
    cls = python_classes.get(qualified_name)
    if cls is None or not inspect.isfunction(cls.__dict__.get("__next__")):
        return None
    return method_source(cls.__next__, "__next__", _with_itself(cls, _jit_internal.createResolutionCallbackFromClassMethods(cls)))


def class_attribute(qualified_name, name):
    """What the body of a script class has under `name`; None if it has nothing."""
    cls = python_classes.get(qualified_name)
    return None if cls is None else cls.__dict__.get(name)


def is_class_attribute(qualified_name, name):
    """Whether the body of a script class gives `name` a value."""
    cls = python_classes.get(qualified_name)
    return cls is not None and name in cls.__dict__ and name in get_class_assigns(cls)


# ---- methods

def method_source(method, name, lookup=None):
    """What _C._compile_methods takes for one method: its source, the scope it was written in, its default values, and its name."""
    defaults = get_default_args(method)
    source = get_function_source(method)
    check_defaults(source, defaults)
    return source, lookup or _jit_internal.createResolutionCallbackFromClosure(method), defaults, name


def overload_source(declaration, implementation, name):
    """As method_source, for a declared overload: its signature and defaults with the body of the implementation."""
    source = get_function_source(implementation)
    source.signature = get_function_source(declaration)
    defaults = get_default_args(implementation)
    for parameter, value in get_default_args(declaration).items():
        if parameter not in defaults or defaults[parameter] != value:
            _C._fail_at_definition(source.signature, "Default parameters on overloads do not affect the runtime so they must equal to the "
                                   f"default parameter on the implementation function. Found on parameter {parameter}")
    return source, _jit_internal.createResolutionCallbackFromClosure(implementation), defaults, name


# ---- classes

def try_class_type(cls, location, lookup=None):
    """The type of a script class, compiled now if it was not yet; None for classes that cannot be compiled."""
    name = cls.__dict__.get("__torch_script_interface__") or cls.__dict__.get("_jit_script_class_name")
    if name in known_types:
        return known_types[name]
    if _is_module_class(cls) or not _jit_internal.can_compile_class(cls):
        return None
    if dataclasses.is_dataclass(cls):
        _check_written_out(cls)
    return compile_class(cls, frame=_jit_internal._qualified_name(cls))


def _check_written_out(cls):
    """Methods that `dataclasses` makes have no source; only torch.jit.script of the class itself writes them out."""
    for name in cls.__dict__:
        method = getattr(cls, name)
        if inspect.isfunction(method):
            try:
                inspect.getsource(method)
            except OSError:
                raise OSError(f"Failed to get source for {method} using inspect.getsource") from None


def _is_module_class(cls):
    nn = sys.modules.get(f"{_jit_internal._package}.nn")
    return nn is not None and issubclass(cls, nn.Module)


def compile_class(cls, lookup=None, frame=""):
    """Compiles all methods of a class; instances made in compiled code come back as instances of it. `frame`: its name in the chain of
    compilations, when compiled code asked for it."""
    lookup = lookup or _jit_internal.createResolutionCallbackFromClassMethods(cls)
    scope = _with_itself(cls, lookup)
    script_class = _C._create_class_type(_jit_internal._qualified_name(cls), False)
    cls._jit_script_class_name = script_class.qualified_name()
    _state._add_script_class(cls, script_class)

    def sources():
        written = _dataclasses.written_methods(cls)
        methods = []
        for name, method in get_jit_class_methods(cls, cls.__name__):
            if name in written:
                methods.append((written[name], scope, get_default_args(method), name))
            else:
                methods.append(method_source(method, name, scope))
        properties = [(name, method_source(member.fget, f"__{name}_getter", scope),
                       method_source(member.fset, f"__{name}_setter", scope) if member.fset is not None else None)
                      for name, member in get_class_properties(cls)]
        return methods, properties
    try:
        _C._compile_class(script_class, sources, frame)
    except BaseException:
        del cls._jit_script_class_name
        known_types.pop(script_class.qualified_name(), None)
        python_classes.pop(script_class.qualified_name(), None)
        raise
    return script_class


def _with_itself(compiled, lookup):
    """The scope of a class or function, in which it has its name while it is still being made."""
    def look(key):
        found = lookup(key)
        return compiled if found is None and key == compiled.__name__ else found
    return look
