"""torch.jit.trace: functions and modules recorded while they run."""
import inspect
import sys
import warnings

from .. import _C
from .._jit_internal import FunctionModifiers, _qualified_name, get_torchscript_modifier, is_scripting
from .._tensor import Tensor
from . import _state
from ._script import ScriptFunction

# Paths of the submodules of the module that is being recorded; their calls become scopes (nn.Module.__call__ looks here).
_trace_module_map = None


def path_of(module):
    """The path of a submodule of the module that is being recorded; None for others."""
    return None if _trace_module_map is None else _trace_module_map.get(module)


def is_tracing():
    """Whether a trace is being recorded on this thread."""
    if is_scripting():
        return False
    return _C._is_tracing()


def _deprecated(name):
    if sys.version_info >= (3, 14):
        text = f"`torch.jit.{name}` is not supported in Python 3.14+ and may break. Please switch to `torch.compile` or `torch.export`."
    else:
        text = f"`torch.jit.{name}` is deprecated. Please switch to `torch.compile` or `torch.export`."
    warnings.warn(text, DeprecationWarning, stacklevel=2)


def _warn_optimize():
    warnings.warn("`optimize` is deprecated and has no effect. Use `with torch.jit.optimized_execution()` instead", FutureWarning, stacklevel=3)


# ---- arguments

def _as_tuple(inputs):
    if isinstance(inputs, (Tensor, dict)):
        return (inputs,)
    return inputs if isinstance(inputs, tuple) else tuple(inputs)


def _parameter_names(function):
    """The names that positional inputs may have. None for callables that do not tell."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    return [p.name for p in parameters if p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]


def _bind_keywords(function, keywords):
    """(names, values, caller): the inputs given by name in the order of the signature, and the function that takes them so."""
    names = _parameter_names(function) or []
    names = [name for name in names if name in keywords]
    values = tuple(keywords[name] for name in names)
    rest = {name: value for name, value in keywords.items() if name not in names}
    order = list(keywords)

    def caller(*args):
        given = dict(zip(names, args), **rest)
        return function(**{name: given[name] for name in order})
    return names, values, _C._native_in_pytorch(caller)


# ---- modules

class TracedNames:
    """What the classes of one trace belong to: its unit."""

    def __init__(self):
        self.unit = _C.CompilationUnit()


def _has_exports(module):
    return any(get_torchscript_modifier(getattr(module, name, None)) is FunctionModifiers.EXPORT
               for name in dir(module) if name not in _properties_of(module))


def _properties_of(module):
    return {name for name, _ in inspect.getmembers(type(module), lambda member: isinstance(member, property))}


def make_module(module, module_class=None, names=None):
    """The compiled counterpart of a module that is to be recorded: its attributes, without methods."""
    from ._modules import ScriptModule, TopLevelTracedModule
    if isinstance(module, ScriptModule):
        return module
    if _has_exports(module):
        from . import _module_compiler
        return _module_compiler.create(module, _exported_methods, share_types=False)
    return (module_class or TopLevelTracedModule)._of(module, names or TracedNames())


def _exported_methods(module):
    from ._module_compiler import methods_to_compile
    return [source for source in methods_to_compile(module) if source[3] != "forward" or _is_exported(module, "forward")]


def _is_exported(module, name):
    return get_torchscript_modifier(getattr(module, name, None)) is FunctionModifiers.EXPORT


def traced_object(module, names, part_class):
    """(C++ module, {name: compiled submodule}) with the attributes of `module`; children are made before their parents."""
    seen = set()
    attributes, values = [], []

    def add(name, value, type_, is_parameter=False, is_buffer=False):
        attributes.append((name, type_, is_parameter, is_buffer))
        values.append(value)

    def check_unique(tensor):
        if tensor in seen:
            raise ValueError("TracedModules don't support parameter sharing between modules")
        seen.add(tensor)

    tensor_type = _C._infer_type(_C.tensor(0))[0]
    for name, parameter in module._parameters.items():
        if parameter is not None:
            _check_initialized(name, parameter)
            add(name, parameter, tensor_type, is_parameter=True)
            check_unique(parameter)
    for name, buffer in module._buffers.items():
        if buffer is not None:
            _check_initialized(name, buffer)
            add(name, buffer, tensor_type, is_buffer=True)
            check_unique(buffer)
    for name, value in module.__dict__.items():
        if isinstance(value, _C.ScriptObject) and not isinstance(value, _C.ScriptModule):
            add(name, value, value._type())
    if module._backward_hooks:
        raise ValueError(f"Modules that have backward hooks assigned can't be compiled: {module}")
    add("training", module.training, _C._infer_type(True)[0])
    add("_is_full_backward_hook", None, _C._infer_type(None)[0])
    parts = {name: make_module(part, part_class, names) for name, part in module._modules.items() if part is not None}
    class_type = _C._create_class_type(_qualified_name(type(module)), True, names.unit)
    for name, type_, is_parameter, is_buffer in attributes:
        _C._class_add_attribute(class_type, name, type_, is_parameter, is_buffer)
    for name, part in parts.items():
        _C._class_add_attribute(class_type, name, part._c._type(), False, False)
    cpp_module = _C._create_object(class_type, names.unit)
    for (name, *_), value in zip(attributes, values):
        cpp_module.setattr(name, value)
    for name, part in parts.items():
        cpp_module.setattr(name, part)
    return cpp_module, parts


def _check_initialized(name, tensor):
    from ..nn import parameter
    uninitialized = getattr(parameter, "is_lazy", None)
    if uninitialized is not None and uninitialized(tensor):
        raise RuntimeError("'torch.jit._trace.TracedModule.__init__.<locals>.QualnameWrapper' has uninitialized parameters "
                           f"{name}. Did you forget to run a forward pass?")


def _submodule_paths(module):
    """{submodule: path} of everything below the root, depth first; a module in several places keeps the last one."""
    paths = {}

    def register(parent, prefix):
        for name, child in parent.named_children():
            path = f"{prefix}.{name}"
            paths[child] = path
            register(child, path)
    register(module, "__module")
    return paths


class _ModulePaths:
    """While it is entered, calls of the submodules of `module` are recorded as calls."""

    def __init__(self, module):
        self.paths = _submodule_paths(module)

    def __enter__(self):
        global _trace_module_map
        self.previous, _trace_module_map = _trace_module_map, self.paths

    def __exit__(self, *exception):
        global _trace_module_map
        _trace_module_map = self.previous


# ---- trace

def trace(func, example_inputs=None, optimize=None, check_trace=True, check_inputs=None, check_tolerance=1e-5, strict=True,
          _force_outplace=False, _module_class=None, _compilation_unit=None, example_kwarg_inputs=None, _store_inputs=True):
    """Run ``func`` once and keep the operators that it called, as a compiled function or module.

    What depends on Python values (branches, loops, sizes turned into numbers) is fixed as it went with the example inputs; warnings
    tell where. Source: torch.jit.trace.
    """
    _deprecated("trace")
    return _trace(func, example_inputs, optimize, check_trace, check_inputs, check_tolerance, strict, _force_outplace, _module_class,
                  example_kwarg_inputs, _store_inputs)


def _trace(func, example_inputs, optimize, check_trace, check_inputs, check_tolerance, strict, force_outplace, module_class,
           example_kwarg_inputs, store_inputs):
    from ..nn import Module
    from ._modules import ScriptModule
    if not _state._enabled:
        return func
    if optimize is not None:
        _warn_optimize()
    if isinstance(func, ScriptModule):
        warnings.warn("The input to trace is already a ScriptModule, tracing it is a no-op. Returning the object as is.", stacklevel=3)
        return func
    owner = getattr(func, "__self__", None)
    is_forward = isinstance(owner, Module) and getattr(func, "__name__", None) == "forward"
    if isinstance(func, Module) or is_forward:
        if example_inputs is None:
            if not isinstance(example_kwarg_inputs, dict):
                raise RuntimeError("example_kwarg_inputs should be a dict")
            example_inputs = example_kwarg_inputs
        return _trace_module(owner if is_forward else func, {"forward": example_inputs}, None, check_trace,
                             _named_checks(check_inputs), check_tolerance, strict, force_outplace, module_class,
                             isinstance(example_kwarg_inputs, dict), store_inputs)
    if isinstance(owner, Module):
        raise AttributeError("trace doesn't support compiling individual module's functions.\nPlease use trace_module")
    return _trace_function(func, example_inputs, check_trace, check_inputs, check_tolerance, strict, force_outplace, module_class,
                           example_kwarg_inputs)


def _trace_function(func, example_inputs, check_trace, check_inputs, check_tolerance, strict, force_outplace, module_class,
                    example_kwarg_inputs):
    if isinstance(example_kwarg_inputs, dict):
        is_by_name, example_inputs = True, example_kwarg_inputs
    else:
        is_by_name, example_inputs = False, _as_tuple(example_inputs)
    name = _qualified_name(func)
    if is_by_name:
        names, values, caller = _bind_keywords(func, example_inputs)
    else:
        names, values, caller = _parameter_names(func) or [], example_inputs, func
    traced = _C._create_function_from_trace(name, caller, values, None, strict, force_outplace, names)
    if check_trace:
        from ._trace_check import check
        for inputs in (example_inputs,) if check_inputs is None else check_inputs:
            check(inputs, func, traced, check_tolerance, strict, force_outplace, False, module_class, is_by_name)
    traced._torchdynamo_inline = func
    return traced


def _named_checks(check_inputs):
    return None if check_inputs is None else [{"forward": inputs} for inputs in check_inputs]


def trace_module(mod, inputs, optimize=None, check_trace=True, check_inputs=None, check_tolerance=1e-5, strict=True, _force_outplace=False,
                 _module_class=None, _compilation_unit=None, example_inputs_is_kwarg=False, _store_inputs=True):
    """Record several methods of one module: ``inputs`` maps their names to example inputs. Source: torch.jit.trace_module."""
    _deprecated("trace_method")
    return _trace_module(mod, inputs, optimize, check_trace, check_inputs, check_tolerance, strict, _force_outplace, _module_class,
                         example_inputs_is_kwarg, _store_inputs)


def _trace_module(mod, inputs, optimize, check_trace, check_inputs, check_tolerance, strict, force_outplace, module_class, is_by_name,
                  store_inputs):
    from ..nn import Module
    if not _state._enabled:
        return mod
    if optimize is not None:
        _warn_optimize()
    if not isinstance(mod, Module):
        raise AttributeError("expected torch.nn.Module as the first argument")
    if not isinstance(inputs, dict):
        raise AttributeError("expected a dictionary of (method_name, input) pairs")
    with _ModulePaths(mod):
        module = make_module(mod, module_class)
        for method_name, example_inputs in inputs.items():
            # Recording `forward` goes through __call__, so that hooks run.
            method = mod if method_name == "forward" else getattr(mod, method_name)
            signature_of = mod.forward if method_name == "forward" else method
            names = _parameter_names(signature_of) or []
            if is_by_name:
                for key in example_inputs:
                    if key not in names:
                        raise NameError(f"'{key}' is not in forward() method's arguments,\n                         valid arguments name are "
                                        f"[{','.join(names)}]")
                names, values, caller = _keywords_of_method(method, names, example_inputs)
            else:
                values, caller = _as_tuple(example_inputs), method
            _C._create_method_from_trace(module._c, method_name, caller, values, None, strict, force_outplace, names)
            if store_inputs:
                module._c._store_traced_inputs(method_name, values)
            module._method_added(method_name)
            if check_trace:
                from ._trace_check import check
                for inputs_to_check in [inputs] if check_inputs is None else check_inputs:
                    check(inputs_to_check, mod, module._c._get_method(method_name), check_tolerance, strict, force_outplace, True, module_class,
                          is_by_name, method_name)
    return module


def _keywords_of_method(method, names, keywords):
    names = [name for name in names if name in keywords]
    order = list(keywords)

    def caller(*args):
        given = dict(zip(names, args))
        return method(**{name: given[name] for name in order})
    return names, tuple(keywords[name] for name in names), _C._native_in_pytorch(caller)


# ---- graphs alone

def _get_trace_graph(f, args=(), kwargs=None, strict=True, _force_outplace=False, return_inputs=False, _return_inputs_states=False):
    """(graph, output) of one run: the arguments, then parameters and buffers, are inputs of the graph."""
    args = args if isinstance(args, tuple) else (args,)
    kwargs = kwargs or {}
    flat, rebuild = _flatten(args)
    states = _unique_states(f) if hasattr(f, "state_dict") else []
    captured = {}

    def run(*tensors):
        given = rebuild(iter(tensors[:len(flat)]))
        captured["inputs"] = given
        captured["output"] = f(*given, **kwargs)
        outputs, _ = _flatten(captured["output"])
        return outputs[0] if len(outputs) == 1 else tuple(outputs)
    graph, _ = _C._create_graph_by_tracing(_C._native_in_pytorch(run), tuple(flat) + tuple(states), None, strict, _force_outplace)
    if return_inputs:
        return graph, captured["output"], captured["inputs"]
    return graph, captured["output"]


def _unique_states(module):
    states = []
    for value in module.state_dict(keep_vars=True).values():
        if not any(value is known for known in states):
            states.append(value)
    return states


def _flatten(value):
    """The tensors in a structure, and the function that puts others in their places."""
    if isinstance(value, Tensor):
        return [value], next
    if isinstance(value, (tuple, list)):
        parts = [_flatten(part) for part in value]
        return [tensor for tensors, _ in parts for tensor in tensors], lambda tensors: type(value)([build(tensors) for _, build in parts])
    if isinstance(value, dict):
        parts = {key: _flatten(part) for key, part in value.items()}
        return ([tensor for tensors, _ in parts.values() for tensor in tensors],
                lambda tensors: {key: build(tensors) for key, (_, build) in parts.items()})
    return [], lambda tensors: value
