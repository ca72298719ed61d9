"""From an nn.Module to a compiled module: which methods are compiled, and the object that holds copies of its attributes."""
import functools
import inspect

from .. import _C, _jit_internal
from .._jit_internal import FunctionModifiers, get_torchscript_modifier, is_ignored_fn
from ..nn import Module, ModuleDict, ModuleList, Sequential
from ..nn.parameter import is_lazy
from . import _concrete_type
from ._hooks import HookChecker
from ._recursive import method_source, overload_source
from ._script_method import ScriptMethodStub

_compiled = set()  # concrete types whose methods exist


def prepare(obj, memo=None):
    """The object that stands for `obj` in compiled code, by its __prepare_scriptable__ and those of its children."""
    memo = {} if memo is None else memo
    if id(obj) in memo:
        return memo[id(obj)]
    new = obj.__prepare_scriptable__() if hasattr(obj, "__prepare_scriptable__") and not isinstance(obj, type) else obj
    memo[id(obj)] = new
    if isinstance(new, Module):
        check_initialized(new)
        for name, child in list(new._modules.items()):
            if child is not None:
                new._modules[name] = prepare(child, memo)
    return new


def script_module(module):
    """torch.jit.script of a module."""
    if _concrete_type.compiled_form(module) is not None:
        return module
    compiled = create(prepare(module), methods_to_compile)
    compiled._prepare()
    return compiled


def check_initialized(module):
    if not hasattr(module, "_parameters"):
        raise RuntimeError(f"'{_jit_internal._class_text(type(module))}' has not been initialized, did you forget to call 'super()'?")
    for kind, tensors in (("parameters", module._parameters), ("buffers", module._buffers)):
        for name, tensor in tensors.items():
            if tensor is not None and is_lazy(tensor):
                raise RuntimeError(f"'{_jit_internal._class_text(type(module))}' has uninitialized {kind} {name}. Did you forget to run a forward pass?")


def create(module, choose_methods, share_types=True):
    """The compiled form of a module. `choose_methods(module)` gives the sources of the methods to compile."""
    check_initialized(module)
    concrete = _concrete_type.of_module(module, share_types)
    return _create(module, concrete, choose_methods)


def _create(module, concrete, choose_methods):
    from ._modules import RecursiveScriptModule
    methods = choose_methods(module)
    cpp_module = _C._create_object(concrete.jit_type)
    script_module = RecursiveScriptModule._over(cpp_module, concrete)
    _copy_attributes(module, concrete, cpp_module)
    for name, part in concrete.modules.items():
        scripted = _scripted_part(getattr(module, name), part, choose_methods)
        cpp_module.setattr(name, scripted)
        script_module._modules[name] = scripted
    _copy_python_members(module, concrete, script_module)
    if concrete not in _compiled:
        try:
            _compile_all(concrete, methods, cpp_module, module)
        except BaseException:
            _concrete_type.forget(concrete)
            raise
        _compiled.add(concrete)
    script_module._take_hooks()
    if isinstance(module, (ModuleList, Sequential, ModuleDict)):
        _define_container_methods(script_module, module)
    for method in methods:
        # Overloads have names of their own and no Python counterpart.
        original = getattr(module, method[3], None)
        compiled = cpp_module._get_method(method[3])
        script_module.__dict__[method[3]] = functools.wraps(original)(compiled) if original is not None else compiled
    for name, fn in _members_with(module, FunctionModifiers.COPY_TO_SCRIPT_WRAPPER):
        _attach_python_method(script_module, module, name, fn)
    return script_module


def _copy_attributes(module, concrete, cpp_module):
    from ._script import _Attribute
    for name in concrete.attributes:
        value = getattr(module, name)
        cpp_module.setattr(name, value.value if isinstance(value, _Attribute) else value)


def _scripted_part(module, part, choose_methods):
    if _concrete_type.compiled_form(module) is not None:
        return module
    if isinstance(part, _concrete_type.ConcreteModuleType):
        return _create(module, part, choose_methods)
    # An interface says which methods there must be; the module behind it has a type of its own.
    wanted = [name for name in _C._interface_methods(part)]
    return create(module, lambda m: [_source_of(m, name) for name in wanted], share_types=True)


def _copy_python_members(module, concrete, script_module):
    """Ignored methods and attributes stay Python's, on the wrapper."""
    skipped = _ignored_properties(module)
    for name in dir(module):
        if name in skipped:
            continue
        item = getattr(module, name, None)
        if inspect.ismethod(item) and is_ignored_fn(item):
            script_module.__dict__[name] = item.__func__.__get__(script_module)
        elif name in concrete.ignored:
            script_module.__dict__[name] = item


def _members_with(module, modifier):
    skipped = _ignored_properties(module)
    for name in dir(module):
        if name not in skipped:
            item = getattr(module, name, None)
            if get_torchscript_modifier(item) is modifier:
                yield name, item


def _attach_python_method(script_module, module, name, fn):
    """Methods of containers (`__len__`, `__getitem__`) answer for the original module. Python looks special methods up on the class, so the
    wrapper keeps them in a table that RecursiveScriptModule asks."""
    script_module.__dict__.setdefault("_python_methods", {})[name] = fn
    script_module.__dict__[name] = fn


# ---- methods

def _source_of(module, name):
    fn = getattr(module, name)
    if isinstance(fn, ScriptMethodStub):
        return fn.def_
    return method_source(getattr(fn, "__func__", fn), name)


def methods_to_compile(module):
    """Sources of `forward`, of overloads, and of what is marked with torch.jit.export, in the order in which they are compiled."""
    check_initialized(module)
    overloads = _concrete_type.overloaded_methods(module)
    names = []
    forward = getattr(type(module), "forward", None)
    own = module.__dict__.get("forward", forward)
    if own is not None and not is_ignored_fn(own) and getattr(own, "__func__", own) is not Module.forward:
        names.append("forward")
    names += [name for name, _ in _members_with(module, FunctionModifiers.EXPORT)]
    sources = []
    for name, declarations in overloads.items():
        sources += _overload_sources(module, name, declarations)
    seen = set()
    for name in names:
        if name not in overloads and name not in seen:
            seen.add(name)
            sources.append(_source_of(module, name))
    return sources


def _overload_sources(module, name, declarations):
    """Each declaration gives the signature, the implementation gives the body."""
    implementation = getattr(type(module), name)
    return [overload_source(declaration, implementation, new_name)
            for declaration, new_name in zip(declarations, _concrete_type.overload_names(name, len(declarations)))]


def compile_method(concrete, method):
    """A method that compiled code calls though nobody asked for it; its properties and other methods exist already."""
    _C._compile_methods(concrete.jit_type, [method_source(method, method.__name__)])


def _ignored_properties(module):
    unused = set(getattr(module, "__jit_unused_properties__", ()))
    properties = [name for name, member in inspect.getmembers(type(module), lambda member: isinstance(member, property))]
    # Getters run code of the user: no property is read while members are listed.
    return unused | set(properties)


def _properties(module):
    unused = set(getattr(module, "__jit_unused_properties__", ()))
    for name, member in inspect.getmembers(type(module), lambda member: isinstance(member, property)):
        if name in unused or (member.fget is not None and is_ignored_fn(member.fget)):
            continue
        yield name, member


def _compile_all(concrete, methods, cpp_module, module):
    hooks = _hook_sources(concrete, module)
    for name, member in _properties(module):
        if member.fget is None:
            raise RuntimeError(f"Property {name} of {type(module).__name__} must have a getter")
        getter = method_source(member.fget, f"__{name}_getter")
        setter = method_source(member.fset, f"__{name}_setter") if member.fset is not None else None
        _C._class_add_property(concrete.jit_type, name, getter, setter)
    _C._compile_methods(concrete.jit_type, methods)
    if hooks:
        _compile_hooks(concrete, hooks, cpp_module, module)


# ---- hooks

def _hook_sources(concrete, module):
    """{hook: source}. What cannot be a hook is refused before anything is compiled."""
    _check_hook_names(concrete.hooks, "Hook", module)
    _check_hook_names(concrete.pre_hooks, "Pre-hook", module)
    return {hook: method_source(hook, hook.__name__) for hook in (*concrete.hooks, *concrete.pre_hooks)}


def _compile_hooks(concrete, sources, cpp_module, module):
    checker = HookChecker(type(module).__name__, cpp_module._get_method("forward").schema)
    seen = set()
    for hooks, is_pre_hook in ((concrete.hooks, False), (concrete.pre_hooks, True)):
        for hook in hooks:
            name = hook.__name__
            if name in seen:
                _C._repeat_hook(concrete.jit_type, name, is_pre_hook)
                continue
            seen.add(name)

            def compile_now():
                return _C._compile_hook(concrete.jit_type, sources[hook], is_pre_hook)
            if is_pre_hook:
                checker.check_pre_hook(hook)
                compile_now()
            else:
                checker.check_hook(hook, compile_now)


def _check_hook_names(hooks, kind, module):
    by_name = {}
    for hook in hooks:
        if by_name.setdefault(hook.__name__, hook) is not hook:
            raise RuntimeError(f"{kind} '{hook.__name__}' on {type(module).__name__} has at least two different python definitions. Please use unique "
                               "names for all hooks.")


# ---- containers

def _define_container_methods(script_module, module):
    names = script_module._c._method_names()
    if "__len__" not in names:
        script_module.define(f"def __len__(self):\n   return {len(module)}\n")
    if isinstance(module, ModuleDict) and "__contains__" not in names:
        keys = list(module.keys())
        body = f"key in {keys!r}" if keys else "False"
        script_module.define(f"def __contains__(self, key: str):\n   return {body}\n")
