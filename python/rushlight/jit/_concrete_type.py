"""What the compiler knows about a module beyond its type: where each attribute of the Python object went, and which modules share a type.

Source of the rules: PyTorch's `torch.jit.script` of modules (docs/language.md, "Modules").
"""
import inspect
import types
import warnings

from .. import _C, _jit_internal
from ..nn import Module
from ..nn import ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential
from . import _builtins

# Attributes of nn.Module itself that are no data of the program.
_OWN_ATTRIBUTES = frozenset((
    "_version", "_parameters", "_buffers", "_non_persistent_buffers_set", "_backward_hooks", "_backward_pre_hooks", "_forward_hooks",
    "_forward_hooks_with_kwargs", "_forward_hooks_always_called", "_forward_pre_hooks", "_forward_pre_hooks_with_kwargs", "_state_dict_hooks",
    "_state_dict_pre_hooks", "_load_state_dict_pre_hooks", "_load_state_dict_post_hooks", "_modules", "_initializing", "dump_patches"))

_CONSTANT_KINDS = (bool, float, int, str, type(None), _C.device, _C.layout, _C.dtype)

_VALID_CONSTANTS = """Valid constants are:
1. a nn.ModuleList
2. a value of type {bool, float, int, str, NoneType, torch.device, torch.layout, torch.dtype, torch.qscheme}
3. a list or tuple of (2)
"""


class ConcreteModuleType:
    """The members of one kind of module. Two that are equal share one compiled type.

    container: "list", "dict", "parameters" or "parameter_dict" for modules that compiled code may iterate over or index; "" for others.
    """

    def __init__(self, py_class):
        self.py_class = py_class
        self.container = ""
        self.attributes = {}  # name -> (type, is_parameter, is_buffer), in the order of the slots
        self.modules = {}     # name -> ConcreteModuleType, or the interface type that the annotation asks for
        self.constants = {}
        self.functions = {}   # name -> compiled function
        self.builtins = {}    # name -> "aten::relu"
        self.overloads = {}   # name -> names of the compiled overloads
        self.failures = {}    # name -> why the attribute has no type
        self.ignored = set()
        self.hooks = ()
        self.pre_hooks = ()
        self.jit_type = None
        self.is_shared = True

    # What the compiler asks (python/src/module_value.cpp)

    def find(self, name):
        """(kind, detail) of a name that is no slot and no compiled method: constant, builtin, overloads, object, method, or nothing."""
        if name in self.constants:
            return "constant", self.constants[name]
        if name in self.builtins:
            return "builtin", self.builtins[name]
        if name in self.overloads:
            return "overloads", self.overloads[name]
        if name in self.functions:
            return "object", self.functions[name]
        method = getattr(self.py_class, name, None)
        if inspect.ismethod(method):
            method = method.__func__  # a class method: its first parameter is the module
        if inspect.isfunction(method):
            if _jit_internal.is_static_fn(self.py_class, name):
                return "object", _jit_internal.get_static_fn(self.py_class, name)
            if _jit_internal.is_ignored_fn(method):
                return "ignored", lazy_bind(self, method)
            from ._module_compiler import compile_method
            compile_method(self, method)
            return "method", None
        return "nothing", None

    def hint(self, name):
        """Why a name is not there, for the error."""
        if name in self.failures:
            return self.failures[name]
        return "attribute was ignored during compilation" if name in self.ignored else ""

    # Sharing

    def describes_the_same(self, other):
        return (self.is_shared and other.is_shared and self.py_class is other.py_class and self.container == other.container
                and self.attributes == other.attributes and _same_constants(self.constants, other.constants)
                and self.functions == other.functions and self.builtins == other.builtins and self.overloads == other.overloads
                and self.ignored == other.ignored and self.hooks == other.hooks and self.pre_hooks == other.pre_hooks
                and self.modules == other.modules)

    def make_type(self):
        """The compiled class: parameters, buffers and other attributes, then submodules."""
        self.jit_type = _C._create_class_type(_jit_internal._qualified_name(self.py_class), True)
        for name, (type_, is_parameter, is_buffer) in self.attributes.items():
            _C._class_add_attribute(self.jit_type, name, type_, is_parameter, is_buffer)
        for name, value in self.constants.items():
            _C._class_add_constant(self.jit_type, name, value)
        for name, part in self.modules.items():
            _C._class_add_attribute(self.jit_type, name, part.jit_type if isinstance(part, ConcreteModuleType) else part, False, False)
        _C._set_concrete_type(self.jit_type, self)
        return self




def _same_constants(a, b):
    # 1 and True and 1.0 are equal in Python, and different programs.
    return a.keys() == b.keys() and all(_typed(a[name]) == _typed(b[name]) for name in a)


def _typed(value):
    return (type(value), tuple(map(_typed, value)) if isinstance(value, tuple) else value)


# ---- inference

def _as_constant(name, value, owner):
    if isinstance(value, _CONSTANT_KINDS):
        return value
    if isinstance(value, (list, tuple)):
        return tuple(_as_constant(name, part, owner) for part in value)
    raise TypeError(f"\n'{_jit_internal._class_text(type(value))}' object in attribute '{owner.__name__}.{name}' is not a valid constant.\n{_VALID_CONSTANTS}")


def _type_of_value(name, value, annotations):
    """(type or None, why there is none, whether it was inferred)."""
    from . import Attribute
    from .annotations import ann_to_type
    from ._script import _Attribute
    try:
        if name in annotations and annotations[name] is not None:
            return ann_to_type(annotations[name], ""), "", False
        if isinstance(value, _Attribute):
            return ann_to_type(value.type, ""), "", False
        if isinstance(value, Module) and not hasattr(value, "_c"):
            return None, "Cannot infer concrete type of torch.nn.Module", True
        type_, reason = _C._infer_type(value)
        return type_, reason, True
    except RuntimeError as error:
        raise RuntimeError(f"Error inferring type for {name}: {value}: {error}") from error


def _class_annotations(cls):
    """The annotations of the nearest class that has any. Empty ones come into being when somebody asks a class for them."""
    return next((base.__dict__["__annotations__"] for base in cls.__mro__ if base.__dict__.get("__annotations__")), {})


def _container_kind(module):
    if isinstance(module, ModuleDict):
        return "dict"
    if isinstance(module, (ModuleList, Sequential)):
        return "list"
    if isinstance(module, ParameterList):
        return "parameters"
    if isinstance(module, ParameterDict):
        return "parameter_dict"
    return ""


def infer(module, share_types=True):
    """The concrete type of a module that has not been compiled: its members and those of its submodules."""
    concrete = ConcreteModuleType(type(module))
    concrete.container = _container_kind(module)
    annotations = _class_annotations(type(module))
    concrete.ignored = set(getattr(module, "__jit_ignored_attributes__", ()))
    added = set()

    def add(name, type_, is_parameter=False, is_buffer=False):
        concrete.attributes[name] = (type_, is_parameter, is_buffer)
        added.add(name)

    for table, flags in (("_parameters", (True, False)), ("_buffers", (False, True))):
        for name, value in getattr(module, table).items():
            if name in concrete.ignored:
                continue
            type_, _, _ = _type_of_value(name, value, annotations)
            add(name, type_, *flags)

    for name, value in module._modules.items():
        if name in concrete.ignored:
            continue
        type_, _, _ = _type_of_value(name, value, annotations)
        if value is None:
            add(name, type_)
            continue
        if type_ is not None and type_.is_interface_type():
            concrete.modules[name] = type_
        else:
            concrete.modules[name] = of_module(value, share_types)
        added.add(name)

    _add_constants(concrete, module, annotations, added)

    for name, names in getattr(module, "__overloads__", {}).items():
        concrete.overloads[name] = list(names)
        added.add(name)
    for name, declarations in overloaded_methods(module).items():
        concrete.overloads[name] = overload_names(name, len(declarations))
        added.add(name)

    for name, value in module.__dict__.items():
        if name in concrete.ignored or name in _OWN_ATTRIBUTES or name.startswith("__") or name in added:
            continue
        _add_attribute(concrete, name, value, annotations, add)

    concrete.hooks = tuple(module._forward_hooks.values())
    concrete.pre_hooks = tuple(module._forward_pre_hooks.values())
    concrete.is_shared = share_types
    return concrete


def overload_names(name, count):
    return [f"{name}__{i}" for i in range(count)]


def overloaded_methods(module):
    """{method: [declarations]} of the class of a module and its bases."""
    found = {}
    for name in dir(type(module)):
        item = getattr(type(module), name, None)
        if inspect.isfunction(item):
            overloads = _jit_internal._get_overloaded_methods(item, type(module))
            if overloads:
                if item in overloads:
                    from ._recursive import missing_implementation
                    raise missing_implementation("method", item)
                found[name] = overloads
    return found


def _add_constants(concrete, module, annotations, added):
    names = set(getattr(type(module), "__constants__", ()))
    # In the order in which they were written; Final ones that the class body annotates as well.
    ordered = list(getattr(type(module), "__constants__", ()))
    for name, annotation in annotations.items():
        if _jit_internal.is_final(annotation) and name not in names:
            ordered.append(name)
            names.add(name)
    for name in ordered:
        if name in added:
            kind = next((kind for kind, table in (("submodule", module._modules), ("buffer", module._buffers), ("parameter", module._parameters))
                         if name in table and table[name] is not None), None)
            if kind is not None:
                warnings.warn(f"'{name}' was found in ScriptModule constants,  but it is a non-constant {kind}. Consider removing it.", stacklevel=2)
            continue
        if not hasattr(module, name):
            warnings.warn(f"'{name}' was found in ScriptModule constants, but was not actually set in __init__. Consider removing it.", stacklevel=2)
            continue
        concrete.constants[name] = _as_constant(name, getattr(module, name), type(module))
        added.add(name)


def _add_attribute(concrete, name, value, annotations, add):
    from . import script
    from ._script import ScriptFunction
    if inspect.isfunction(value):
        try:
            concrete.functions[name] = script(value)
        except Exception as error:
            concrete.failures[name] = ("(This function exists as an attribute on the Python module, but we failed to compile it to a TorchScript "
                                       f"function. \nThe error stack is reproduced here:\n{error})")
        return
    builtin = _builtins._find_builtin(value)
    if builtin is not None:
        concrete.builtins[name] = builtin
        return
    if isinstance(value, ScriptFunction):
        concrete.functions[name] = value
        return
    type_, reason, inferred = _type_of_value(name, value, annotations)
    if type_ is not None:
        add(name, type_)
        return
    more = "Its type was inferred; try adding a type annotation for the attribute." if inferred else ""
    concrete.failures[name] = (f"(This attribute exists on the Python module, but we failed to convert Python type: '{_jit_internal._class_text(type(value))}' to a "
                               f"TorchScript type. {reason}. {more})")


# ---- ignored methods

def lazy_bind(concrete, method):
    """An ignored method as compiled code calls it: with the C++ module, over which the Python object that the method expects is put. The names of
    these two functions are PyTorch's, since messages show them."""
    def lazy_binding_method(cpp_module, *args):
        from ._modules import RecursiveScriptModule
        module = RecursiveScriptModule._wrap(cpp_module)
        for name in dir(concrete.py_class):
            member = getattr(concrete.py_class, name, None)
            if inspect.isfunction(member) and _jit_internal.is_ignored_fn(member):
                module.__dict__[name] = types.MethodType(member, module)
        return method(module, *args)
    lazy_binding_method.original_fn = method
    lazy_binding_method.__name__ = method.__name__
    lazy_binding_method._torchscript_modifier = _jit_internal.get_torchscript_modifier(method)
    return lazy_binding_method


# ---- the types that exist

def compiled_form(module):
    """The RecursiveScriptModule that a module is or that stands behind it (ScriptModule); None for what is not compiled."""
    return module if "_c" in module.__dict__ else module.__dict__.get("_actual_script_module")


_known = {}  # Python class -> concrete types with a compiled class


def of_module(module, share_types=True):
    """The concrete type of a module, made on first use; modules that are compiled already keep theirs."""
    compiled = compiled_form(module)
    if compiled is not None:
        return compiled._concrete_type
    inferred = infer(module, share_types)
    if share_types:
        for known in _known.get(type(module), ()):
            if known.describes_the_same(inferred):
                return known
    inferred.make_type()
    if share_types:
        _known.setdefault(type(module), []).append(inferred)
    return inferred


def forget(concrete):
    """After a compilation that failed: the next attempt starts anew, and finds the same error."""
    known = _known.get(concrete.py_class, [])
    if concrete in known:
        known.remove(concrete)
    concrete.is_shared = False


def of_type(jit_type, py_class=None):
    """The concrete type of a class that a file or a trace made; its members are only those of the class."""
    known = _C._concrete_type(jit_type)
    if known is not None:
        return known
    concrete = ConcreteModuleType(py_class or Module)
    concrete.jit_type = jit_type
    concrete.is_shared = False
    return concrete
