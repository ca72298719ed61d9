"""Module: the base of all neural network parts."""
import functools
import warnings
from collections import OrderedDict
from typing import Optional

from ... import _C
from ..._tensor import Tensor
from ...utils.hooks import BackwardHook, RemovableHandle
from ..parameter import Buffer, Parameter, is_lazy
from ._state import ModuleState, _IncompatibleKeys

_is_tracing = _C._is_tracing

# Hooks of all modules, by register_module_forward_hook and its like.
_global_forward_pre_hooks = OrderedDict()
_global_forward_hooks = OrderedDict()
_global_forward_hooks_always_called = OrderedDict()
_global_backward_pre_hooks = OrderedDict()
_global_backward_hooks = OrderedDict()
_global_module_registration_hooks = OrderedDict()
_global_buffer_registration_hooks = OrderedDict()
_global_parameter_registration_hooks = OrderedDict()

_HOOK_TABLES = ("_backward_pre_hooks", "_backward_hooks", "_forward_hooks", "_forward_hooks_with_kwargs", "_forward_hooks_always_called",
                "_forward_pre_hooks", "_forward_pre_hooks_with_kwargs", "_state_dict_hooks", "_state_dict_pre_hooks",
                "_load_state_dict_pre_hooks", "_load_state_dict_post_hooks")


def _register(table, hook, *extra_tables, prepend=False):
    """Puts a hook into a table, and True under the same number into each extra one."""
    handle = RemovableHandle(table, extra_dict=list(extra_tables))
    table[handle.id] = hook
    for extra in extra_tables:
        extra[handle.id] = True
    for ordered in (table, *extra_tables) if prepend else ():
        ordered.move_to_end(handle.id, last=False)
    return handle


def register_module_forward_pre_hook(hook):
    """hook(module, args) before every forward of every module."""
    return _register(_global_forward_pre_hooks, hook)


def register_module_forward_hook(hook, *, with_kwargs=False, always_call=False):
    """hook(module, args, result) after every forward of every module."""
    return _register(_global_forward_hooks, hook, *([_global_forward_hooks_always_called] if always_call else []))


def register_module_full_backward_pre_hook(hook):
    return _register(_global_backward_pre_hooks, hook)


def register_module_full_backward_hook(hook):
    return _register(_global_backward_hooks, hook)


def register_module_module_registration_hook(hook):
    return _register(_global_module_registration_hooks, hook)


def register_module_buffer_registration_hook(hook):
    return _register(_global_buffer_registration_hooks, hook)


def register_module_parameter_registration_hook(hook):
    return _register(_global_parameter_registration_hooks, hook)


def _addindent(text, spaces):
    first, *rest = text.split("\n")
    return "\n".join([first] + [" " * spaces + line for line in rest])


class Module(ModuleState):
    """Parameters, buffers and submodules under names, and a ``forward`` that uses them.

    Assigning a Parameter, a Module or a registered buffer to an attribute registers it; ``module(*args)`` runs the hooks and
    ``forward``. Source: torch.nn.Module.
    """
    dump_patches = False
    _version = 1
    training: bool
    _is_full_backward_hook: Optional[bool]
    call_super_init = False
    _compiled_call_impl = None

    def __init__(self, *args, **kwargs):
        if not self.call_super_init and kwargs:
            raise TypeError(f"{type(self).__name__}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'")
        if not self.call_super_init and args:
            raise TypeError(f"{type(self).__name__}.__init__() takes 1 positional argument but {len(args) + 1} were given")
        set_plain = super().__setattr__
        set_plain("training", True)
        set_plain("_parameters", {})
        set_plain("_buffers", {})
        set_plain("_non_persistent_buffers_set", set())
        set_plain("_is_full_backward_hook", None)
        for name in _HOOK_TABLES:
            set_plain(name, OrderedDict())
        set_plain("_modules", {})
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    def forward(self, *input):
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    # Running

    def __call__(self, *args, **kwargs):
        if not (self._forward_pre_hooks or self._forward_hooks or self._backward_hooks or self._backward_pre_hooks or _global_forward_hooks
                or _global_forward_pre_hooks or _global_backward_hooks or _global_backward_pre_hooks):
            return self._slow_forward(*args, **kwargs) if _is_tracing() else self.forward(*args, **kwargs)
        return self._call_with_hooks(args, kwargs)

    _call_impl = __call__

    def _slow_forward(self, *args, **kwargs):
        """``forward`` while a trace is recorded: what it calls belongs to this module."""
        from ...jit import _trace
        path = None if isinstance(self.forward, _C.ScriptMethod) else _trace.path_of(self)
        if path is None:
            return self.forward(*args, **kwargs)
        state = _C._get_tracing_state()
        state.push_scope(path)
        try:
            return self.forward(*args, **kwargs)
        finally:
            state.pop_scope()

    def _call_with_hooks(self, args, kwargs):
        called = set()
        result = None
        try:
            for number, hook in (*_global_forward_pre_hooks.items(), *self._forward_pre_hooks.items()):
                if number in self._forward_pre_hooks_with_kwargs:
                    changed = hook(self, args, kwargs)
                    if changed is not None:
                        if not (isinstance(changed, tuple) and len(changed) == 2):
                            raise RuntimeError(f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {changed}.")
                        args, kwargs = changed
                else:
                    changed = hook(self, args)
                    if changed is not None:
                        args = changed if isinstance(changed, tuple) else (changed,)
            full_hooks, plain_hooks = self._get_backward_hooks()
            pre_hooks = [*_global_backward_pre_hooks.values(), *self._backward_pre_hooks.values()]
            watch = BackwardHook(self, full_hooks, pre_hooks) if full_hooks or pre_hooks else None
            if watch is not None:
                args = watch.setup_input_hook(args)
            result = self._slow_forward(*args, **kwargs) if _is_tracing() else self.forward(*args, **kwargs)
            for number, hook in (*_global_forward_hooks.items(), *self._forward_hooks.items()):
                called.add(number)
                result = self._run_forward_hook(number, hook, args, kwargs, result)
            if watch is not None:
                result = watch.setup_output_hook(result)
            if plain_hooks:
                self._watch_grad_fn(plain_hooks, args, result)
            return result
        except Exception:
            # Hooks that want to be called always still are, without hiding what went wrong.
            for number, hook in (*_global_forward_hooks.items(), *self._forward_hooks.items()):
                if number not in called and (number in self._forward_hooks_always_called or number in _global_forward_hooks_always_called):
                    try:
                        result = self._run_forward_hook(number, hook, args, kwargs, result)
                    except Exception as problem:
                        warnings.warn("module forward hook with ``always_call=True`` raised an exception that was silenced as another error was "
                                      f"raised in forward: {problem}", stacklevel=2)
            raise

    def _run_forward_hook(self, number, hook, args, kwargs, result):
        changed = hook(self, args, kwargs, result) if number in self._forward_hooks_with_kwargs else hook(self, args, result)
        return result if changed is None else changed

    def _get_backward_hooks(self):
        """(full hooks, hooks of the older kind)."""
        full = list(_global_backward_hooks.values()) if self._is_full_backward_hook is not False else []
        own = list(self._backward_hooks.values())
        return (full + own, []) if self._is_full_backward_hook is not False else (full, own)

    def _watch_grad_fn(self, hooks, inputs, result):
        """The older backward hooks: on the last operation of the result."""
        while not isinstance(result, Tensor):
            result = next(v for v in result.values() if isinstance(v, Tensor)) if isinstance(result, dict) else result[0]
        if result.grad_fn is not None:
            for hook in hooks:
                result.grad_fn.register_hook(functools.partial(hook, self))

    # Attributes

    def __getattr__(self, name):
        for table in ("_parameters", "_buffers", "_modules"):
            found = self.__dict__.get(table)
            if found is not None and name in found:
                return found[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name, value):
        parameters, buffers, modules = (self.__dict__.get(table) for table in ("_parameters", "_buffers", "_modules"))

        def forget(*tables):
            for table in tables:
                if table is not None:
                    table.pop(name, None)
            self.__dict__.get("_non_persistent_buffers_set", set()).discard(name)

        if isinstance(value, Parameter):
            if parameters is None:
                raise AttributeError("cannot assign parameters before Module.__init__() call")
            forget(self.__dict__, buffers, modules)
            self.register_parameter(name, value)
        elif parameters is not None and name in parameters:
            if value is not None:
                raise TypeError(f"cannot assign '{_typename(value)}' as parameter '{name}' (torch.nn.Parameter or None expected)")
            self.register_parameter(name, value)
        elif isinstance(value, Module):
            if modules is None:
                raise AttributeError("cannot assign module before Module.__init__() call")
            forget(self.__dict__, parameters, buffers)
            self._put(modules, name, value, _global_module_registration_hooks)
        elif modules is not None and name in modules:
            if value is not None:
                raise TypeError(f"cannot assign '{_typename(value)}' as child module '{name}' (torch.nn.Module or None expected)")
            self._put(modules, name, value, _global_module_registration_hooks)
        elif isinstance(value, Buffer) or buffers is not None and name in buffers:
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(f"cannot assign '{_typename(value)}' as buffer '{name}' (torch.nn.Buffer, torch.Tensor or None expected)")
            if isinstance(value, Buffer):
                forget(self.__dict__, parameters, modules)
                self.register_buffer(name, value, value.persistent)
            else:
                self._put(buffers, name, value, _global_buffer_registration_hooks)
        else:
            super().__setattr__(name, value)

    def _put(self, table, name, value, hooks):
        for hook in hooks.values():
            changed = hook(self, name, value)
            value = value if changed is None else changed
        table[name] = value

    def __delattr__(self, name):
        for table in (self._parameters, self._buffers, self._modules):
            if name in table:
                del table[name]
                self._non_persistent_buffers_set.discard(name)
                return
        if name not in self.__dict__:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        super().__delattr__(name)

    def __dir__(self):
        names = {*dir(type(self)), *self.__dict__, *self._parameters, *self._modules, *self._buffers}
        return sorted(name for name in names if not name[:1].isdigit())

    # Registration

    def register_parameter(self, name, param):
        if "_parameters" not in self.__dict__:
            raise AttributeError("cannot assign parameter before Module.__init__() call")
        self._check_name(name, self._parameters, "parameter")
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(f"cannot assign '{_typename(param)}' object to parameter '{name}' (torch.nn.Parameter or None required)")
        if param is not None and param.grad_fn is not None:
            raise ValueError(f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created explicitly. To express "
                             f"'{name}' as a function of another Tensor, compute the value in the forward() method.")
        self._put(self._parameters, name, param, _global_parameter_registration_hooks)

    def register_buffer(self, name, tensor, persistent=True):
        if "_buffers" not in self.__dict__:
            raise AttributeError("cannot assign buffer before Module.__init__() call")
        self._check_name(name, self._buffers, "buffer")
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"cannot assign '{_typename(tensor)}' object to buffer '{name}' (torch Tensor or None required)")
        self._put(self._buffers, name, tensor, _global_buffer_registration_hooks)
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def add_module(self, name, module):
        if not isinstance(module, Module) and module is not None:
            raise TypeError(f"{_typename(module)} is not a Module subclass")
        self._check_name(name, self._modules, "module")
        self._put(self._modules, name, module, _global_module_registration_hooks)

    def register_module(self, name, module):
        self.add_module(name, module)

    def _check_name(self, name, table, kind):
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {_typename(name)}")
        if kind == "module" and hasattr(self, name) and name not in table:
            raise KeyError(f"attribute '{name}' already exists")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain "."' + (f", got: {name}" if kind == "module" else ""))
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if hasattr(self, name) and name not in table:
            raise KeyError(f"attribute '{name}' already exists")

    def register_forward_pre_hook(self, hook, *, prepend=False, with_kwargs=False):
        """hook(module, args[, kwargs]) before forward; what it returns replaces the arguments."""
        return _register(self._forward_pre_hooks, hook, *([self._forward_pre_hooks_with_kwargs] if with_kwargs else []), prepend=prepend)

    def register_forward_hook(self, hook, *, prepend=False, with_kwargs=False, always_call=False):
        """hook(module, args[, kwargs], result) after forward; what it returns replaces the result. always_call: also when forward fails."""
        extra = ([self._forward_hooks_with_kwargs] if with_kwargs else []) + ([self._forward_hooks_always_called] if always_call else [])
        return _register(self._forward_hooks, hook, *extra, prepend=prepend)

    def register_full_backward_pre_hook(self, hook, prepend=False):
        """hook(module, grad_output) before the gradients of the inputs are computed."""
        return _register(self._backward_pre_hooks, hook, prepend=prepend)

    def register_full_backward_hook(self, hook, prepend=False):
        """hook(module, grad_input, grad_output); what it returns replaces the gradients of the inputs."""
        self._set_hook_kind(True)
        return _register(self._backward_hooks, hook, prepend=prepend)

    def register_backward_hook(self, hook):
        """The older kind of backward hook: on the last operation of forward."""
        self._set_hook_kind(False)
        return _register(self._backward_hooks, hook)

    def _set_hook_kind(self, full):
        if self._is_full_backward_hook is (not full):
            raise RuntimeError("Cannot use both regular backward hooks and full backward hooks on a single Module. Please use only one of them.")
        self._is_full_backward_hook = full

    # Walking

    def named_modules(self, memo=None, prefix="", remove_duplicate=True):
        """(dotted name, module) of this module and all below it."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(memo, prefix + ("." if prefix else "") + name, remove_duplicate)

    def modules(self):
        for _, module in self.named_modules():
            yield module

    def named_children(self):
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self):
        for _, module in self.named_children():
            yield module

    def _named_members(self, get_members_fn, prefix="", recurse=True, remove_duplicate=True):
        seen = set()
        for path, module in self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]:
            for name, value in get_members_fn(module):
                if value is None or id(value) in seen:
                    continue
                if remove_duplicate:
                    seen.add(id(value))
                yield path + ("." if path else "") + name, value

    def named_parameters(self, prefix="", recurse=True, remove_duplicate=True):
        yield from self._named_members(lambda module: module._parameters.items(), prefix, recurse, remove_duplicate)

    def parameters(self, recurse=True):
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_buffers(self, prefix="", recurse=True, remove_duplicate=True):
        yield from self._named_members(lambda module: module._buffers.items(), prefix, recurse, remove_duplicate)

    def buffers(self, recurse=True):
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def get_submodule(self, target):
        """The module with the dotted name `target`. AttributeError if there is none."""
        module = self
        for name in target.split(".") if target else ():
            if not hasattr(module, name):
                raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
            module = getattr(module, name)
            if not isinstance(module, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def set_submodule(self, target, module, strict=False):
        """Puts `module` in the place of the dotted name `target`; strict: it must exist already."""
        if target == "":
            raise ValueError("Cannot set the submodule without a target name!")
        if not isinstance(module, Module):
            raise ValueError(f"`module` is not an nn.Module, found {type(module)}")
        path, _, name = target.rpartition(".")
        parent = self.get_submodule(path)
        if strict and not hasattr(parent, name):
            raise AttributeError(f"{parent._get_name()} has no attribute `{name}`")
        if hasattr(parent, name) and not isinstance(getattr(parent, name), Module):
            raise AttributeError(f"`{name}` is not an nn.Module")
        setattr(parent, name, module)

    def _get_leaf(self, target, table, kind):
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if not hasattr(module, name):
            raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
        if name not in getattr(module, table):
            raise AttributeError(f"`{name}` is not {kind}")
        return getattr(module, name)

    def get_parameter(self, target):
        return self._get_leaf(target, "_parameters", "an nn.Parameter")

    def get_buffer(self, target):
        return self._get_leaf(target, "_buffers", "a buffer")

    # Modes and conversion

    def train(self, mode=True):
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self):
        return self.train(False)

    def requires_grad_(self, requires_grad=True):
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none=True):
        for parameter in self.parameters():
            if parameter.grad is not None:
                if set_to_none:
                    parameter.grad = None
                else:
                    if parameter.grad.grad_fn is not None:
                        parameter.grad.detach_()
                    else:
                        parameter.grad.requires_grad_(False)
                    parameter.grad.zero_()

    def apply(self, fn):
        """Calls fn(module) for every module below this one, then for this one."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def _apply(self, fn, recurse=True):
        """Replaces the data of every parameter and buffer, and of gradients, by fn(data)."""
        from ... import no_grad
        for module in self.children() if recurse else ():
            module._apply(fn)
        for name, parameter in self._parameters.items():
            if parameter is None:
                continue
            with no_grad():
                changed = fn(parameter)
                grad = None if is_lazy(parameter) or parameter.grad is None else fn(parameter.grad)
            if is_lazy(parameter):
                self._parameters[name] = changed
                continue
            if changed.dtype == parameter.dtype and changed.device == parameter.device:
                parameter.data = changed
            else:
                self._parameters[name] = parameter = Parameter(changed, parameter.requires_grad)
            if grad is not None:
                parameter.grad = grad.requires_grad_(grad.requires_grad)
        for name, buffer in self._buffers.items():
            if buffer is not None:
                self._buffers[name] = fn(buffer)
        return self

    def to(self, *args, **kwargs):
        """Parameters and buffers on another device, floating ones in another dtype: to(device, dtype), to(dtype), to(tensor)."""
        device, dtype, non_blocking, memory_format = _parse_to(*args, **kwargs)
        if dtype is not None:
            if not (dtype.is_floating_point or dtype.is_complex):
                raise TypeError(f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype}")
            if dtype.is_complex:
                warnings.warn("Complex modules are a new feature under active development whose design may change, and some modules might not "
                              "work as expected when using complex tensors as parameters or buffers. Please file an issue at "
                              "https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml if a complex module does not work as "
                              "expected.", stacklevel=2)

        def convert(tensor):
            wanted = dtype if tensor.is_floating_point() or tensor.is_complex() else None
            options = {"device": device, "dtype": wanted, "non_blocking": non_blocking}
            if memory_format is not None and tensor.dim() in (4, 5):
                options["memory_format"] = memory_format
            return tensor.to(**{name: value for name, value in options.items() if value is not None})

        return self._apply(convert)

    def to_empty(self, *, device, recurse=True):
        """Parameters and buffers on another device, without their values."""
        from ... import empty_like
        return self._apply(lambda tensor: empty_like(tensor, device=device), recurse=recurse)

    def type(self, dst_type):
        return self._apply(lambda tensor: tensor.type(dst_type))

    def float(self):
        return self._apply(lambda tensor: tensor.float() if tensor.is_floating_point() else tensor)

    def double(self):
        return self._apply(lambda tensor: tensor.double() if tensor.is_floating_point() else tensor)

    def half(self):
        return self._apply(lambda tensor: tensor.half() if tensor.is_floating_point() else tensor)

    def bfloat16(self):
        return self._apply(lambda tensor: tensor.bfloat16() if tensor.is_floating_point() else tensor)

    def cpu(self):
        return self._apply(lambda tensor: tensor.cpu())

    def cuda(self, device=None):
        return self._apply(lambda tensor: tensor.cuda(device))

    def share_memory(self):
        return self._apply(lambda tensor: tensor.share_memory_())

    def compile(self, *args, **kwargs):
        """Kept for those who call it: programs run as they are."""

    # Text and copies

    def _get_name(self):
        return self.__class__.__name__

    def extra_repr(self):
        return ""

    def __repr__(self):
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        children = [f"({name}): " + _addindent(repr(module), 2) for name, module in self._modules.items()]
        if lines and not children and len(lines) == 1:
            return f"{self._get_name()}({lines[0]})"
        if not lines and not children:
            return f"{self._get_name()}()"
        return f"{self._get_name()}(\n  " + "\n  ".join(lines + children) + "\n)"

    def __getstate__(self):
        return {name: value for name, value in self.__dict__.items() if name != "_compiled_call_impl"}

    def __setstate__(self, state):
        self.__dict__.update(state)
        for name in _HOOK_TABLES:  # states of older versions lack some
            self.__dict__.setdefault(name, OrderedDict())
        self.__dict__.setdefault("_non_persistent_buffers_set", set())
        self.__dict__.setdefault("_is_full_backward_hook", None)

    def _replicate_for_data_parallel(self):
        copy = self.__new__(type(self))
        copy.__dict__ = self.__dict__.copy()
        copy._parameters = {}
        copy._buffers = copy._buffers.copy()
        copy._modules = copy._modules.copy()
        copy._is_replica = True
        return copy


def _parse_to(*args, device=None, dtype=None, non_blocking=False, memory_format=None, tensor=None):
    """(device, dtype, non_blocking, memory_format) of Module.to, whose first arguments are a device, a dtype or a tensor."""
    from ... import _C
    for value in args:
        if isinstance(value, Tensor):
            tensor = value
        elif isinstance(value, _C.dtype):
            dtype = value
        elif isinstance(value, bool):
            non_blocking = value
        elif isinstance(value, _C.memory_format):
            memory_format = value
        elif value is not None:
            device = value
    if tensor is not None:
        device, dtype = tensor.device, tensor.dtype
    return None if device is None else _C.device(device), dtype, non_blocking, memory_format


def _typename(value):
    """The name of a value's type in messages: torch.FloatTensor, int, collections.OrderedDict."""
    if isinstance(value, Tensor):
        return value.type()
    kind = type(value)
    module = kind.__module__
    return kind.__qualname__ if module in ("builtins", None) else f"{module.replace('rushlight', 'torch', 1)}.{kind.__qualname__}"
