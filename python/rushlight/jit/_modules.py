"""Compiled modules as Python objects: parameters, submodules and methods of the C++ object behind them under nn.Module's interface."""
import copy
import pickle
import typing
from collections import OrderedDict

from .. import _C
from .._jit_internal import createResolutionCallbackFromFrame
from ..nn import Module
from ..nn.modules.module import _HOOK_TABLES
from . import _concrete_type, _script_method
from ._script import _Attribute

# What nn.Module offers and compiled modules refuse.
_REFUSED = (
    "_get_backward_hooks", "_get_backward_pre_hooks", "_maybe_warn_non_full_backward_hook", "_register_load_state_dict_pre_hook",
    "_register_state_dict_hook", "bfloat16", "compile", "get_buffer", "get_parameter", "get_submodule", "ipu", "mtia", "register_backward_hook",
    "register_forward_hook", "register_forward_pre_hook", "register_full_backward_hook", "register_full_backward_pre_hook",
    "register_load_state_dict_post_hook", "register_load_state_dict_pre_hook", "register_state_dict_post_hook", "register_state_dict_pre_hook",
    "requires_grad_", "set_submodule", "to_empty", "xpu")


class _Slots:
    """The parameters or the buffers of a C++ module, as a dictionary by name."""

    def __init__(self, cpp_module, kind):
        self._cpp = cpp_module
        self._list = getattr(cpp_module, kind)

    def items(self):
        return self._list()

    def keys(self):
        return [name for name, _ in self._list()]

    def values(self):
        return [value for _, value in self._list()]

    def __iter__(self):
        return iter(self.keys())

    def __len__(self):
        return len(self._list())

    def __contains__(self, name):
        return name in self.keys()

    def __getitem__(self, name):
        for key, value in self._list():
            if key == name:
                return value
        raise KeyError(name)

    def get(self, name, default=None):
        return self[name] if name in self else default

    def __setitem__(self, name, value):
        if name not in self:
            raise RuntimeError(f"Can't add a new parameter after ScriptModule construction. Tried to add '{name}")
        self._cpp.setattr(name, value)


class _Submodules(OrderedDict):
    """Compiled submodules by name; each is stored in the C++ module as well."""

    def __init__(self, cpp_module):
        super().__init__()
        self._cpp = cpp_module

    def __setitem__(self, name, module):
        if not isinstance(module, ScriptModule):
            raise RuntimeError(f"Cannot re-assign modules in a ScriptModule with non-scripted module, tried to replace existing module '{name}': "
                               f"{module}")
        if name in self or self._cpp.hasattr(name):
            self._cpp._set_submodule(name, module._c)
        super().__setitem__(name, module)

    def __reduce__(self):
        raise pickle.PickleError("compiled submodules cannot be pickled")


class _NotCompiled:
    """A method of nn.Module that a compiled module does not have, as if it were not inherited."""

    def __get__(self, owner, owner_class=None):
        if owner is None:
            return self
        raise AttributeError


class ScriptModule(Module):
    """A module whose methods are compiled. Source: torch.jit.ScriptModule.

    A subclass marks methods with torch.jit.script_method. Its objects are compiled at the end of ``__init__``; from then on their attributes and
    methods are those of the compiled module behind them (``_actual_script_module``).
    """

    __module__ = "rushlight.jit._script"  # as graphs and archives call it
    _is_compiled_form = False

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if not cls._is_compiled_form:
            _script_method.prepare_class(cls)

    forward: typing.Callable[..., typing.Any] = _NotCompiled()  # the compiled one is found behind the object

    def __getattr__(self, name):
        actual = self.__dict__.get("_actual_script_module")
        return super().__getattr__(name) if actual is None else getattr(actual, name)

    def __setattr__(self, name, value):
        actual = self.__dict__.get("_actual_script_module")
        if actual is not None:
            setattr(actual, name, value)
            return
        if isinstance(value, _Attribute):
            own = type(self)
            if "__annotations__" not in own.__dict__:
                own.__annotations__ = {}
            own.__annotations__[name] = value.type
            value = value.value
        super().__setattr__(name, value)

    def define(self, src):
        """Adds a method from a text; before the end of ``__init__`` to what will be compiled."""
        lookup = createResolutionCallbackFromFrame(1)
        actual = self.__dict__.get("_actual_script_module")
        if actual is not None:
            _C._define_methods(actual._c._type(), src, lookup)
            return
        name, stub = _script_method.stub_from_text(src, lookup)
        type(self)._methods[name] = stub

    def __reduce__(self):
        raise RuntimeError(f"Tried to serialize object {self._c.qualified_name} which does not have a __getstate__ method defined!")


_script_method.prepare_class(ScriptModule)


class RecursiveScriptModule(ScriptModule):
    """What torch.jit.script makes of a module and torch.jit.load of a file.

    Attributes that the compiler took over live in the C++ object (``_c``) and keep their types; other attributes are plain Python ones.
    """

    __module__ = "rushlight.jit._script"
    _is_compiled_form = True

    def __init__(self, cpp_module):
        raise RuntimeError("compiled modules are made by torch.jit.script, torch.jit.trace and torch.jit.load")

    @classmethod
    def _over(cls, cpp_module, concrete):
        """The Python object over a C++ module; `_modules` is empty until its submodules are wrapped."""
        self = cls.__new__(cls)
        self.__dict__.update(
            _c=cpp_module, _concrete_type=concrete, _parameters=_Slots(cpp_module, "_parameters"), _buffers=_Slots(cpp_module, "_buffers"),
            _modules=_Submodules(cpp_module), _non_persistent_buffers_set=set(), **{name: OrderedDict() for name in _HOOK_TABLES})
        return self

    @classmethod
    def _wrap(cls, cpp_module):
        """A C++ module with all its submodules: what a file, a trace or a copy gave."""
        self = cls._over(cpp_module, _concrete_type.of_type(cpp_module._type()))
        for name, part in cpp_module._submodules():
            OrderedDict.__setitem__(self._modules, name, cls._part_class()._wrap(part))
        if cpp_module._has_method("forward"):
            # nn.Module has a method of this name: the compiled one must be found first.
            self.__dict__["forward"] = cpp_module._get_method("forward")
        self._take_hooks()
        return self

    @classmethod
    def _part_class(cls):
        return cls

    # Attributes

    def __getattr__(self, name):
        table = self.__dict__
        cpp = table.get("_c")
        if cpp is None:
            raise AttributeError(name)
        if name in table["_modules"]:
            return table["_modules"][name]
        if cpp.hasattr(name):
            return cpp.getattr(name)
        if cpp._has_method(name):
            # Kept: later calls find it without coming here.
            method = table[name] = cpp._get_method(name)
            return method
        if cpp._has_property(name):
            return cpp.getattr(name)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name, value):
        table = self.__dict__
        if name in table["_modules"]:
            table["_modules"][name] = value
        elif table["_c"].hasattr(name):
            table["_c"].setattr(name, value._c if isinstance(value, ScriptModule) else value)
        elif name in table["_concrete_type"].constants:
            raise AttributeError(f"Cannot mutate TorchScript constant value: '{name}'. Value: '{value}'")
        elif table["_c"]._has_property(name):
            table["_c"].setattr(name, value)
        elif isinstance(value, Module):
            table["_modules"][name] = value
        else:
            object.__setattr__(self, name, value)

    def __delattr__(self, name):
        object.__delattr__(self, name)

    def __dir__(self):
        names = {name for name, _ in self._c._slots()}
        return sorted({*dir(type(self)), *self.__dict__, *names, *self._c._method_names()})

    def register_parameter(self, name, param):
        self._parameters[name] = param

    def register_buffer(self, name, tensor, persistent=True):
        self._buffers[name] = tensor

    def add_module(self, name, module):
        self._modules[name] = module

    # Running

    # `__call__` is native: it goes straight to the compiled `forward` where there are no hooks.

    def _call_with_hooks(self, *args, **kwargs):
        # Compiled hooks are bound to the module already.
        for hook in self._forward_pre_hooks.values():
            changed = hook(args)
            if changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
        result = self.forward(*args, **kwargs)
        for hook in self._forward_hooks.values():
            changed = hook(args, result)
            if changed is not None:
                result = changed
        return result

    def _method_added(self, name):
        """A trace gave the C++ object a method."""
        self.__dict__[name] = self._c._get_method(name)

    def _prepare(self, method="forward"):
        """No call waits for the compiler: what `forward` runs is made when the module is."""
        if self._c._has_method(method):
            self._c._get_method(method)._prepare()

    def _take_hooks(self):
        """The compiled hooks of the class, where calls from Python look for them."""
        self._forward_pre_hooks.update(enumerate(self._c._get_forward_pre_hooks()))
        self._forward_hooks.update(enumerate(self._c._get_forward_hooks()))

    def forward_magic_method(self, name, *args, **kwargs):
        method = self.__dict__.get(name)
        if method is None:
            raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "{name}" function')
        return method(*args, **kwargs)

    def _python_method(self, name):
        method = self.__dict__.get("_python_methods", {}).get(name)
        if method is not None:
            return method
        # A method that the user compiled under a special name answers for it; what was only generated for containers does not.
        raise NotImplementedError

    def __len__(self):
        return self._python_method("__len__")()

    def __iter__(self):
        return self._python_method("__iter__")()

    def __getitem__(self, index):
        return self._python_method("__getitem__")(index)

    def __contains__(self, key):
        return self._python_method("__contains__")(key)

    def __bool__(self):
        return True

    # Programs

    def _forward_method(self):
        return self._c._get_method("forward")

    @property
    def graph(self):
        """The graph of ``forward``, with calls of submodules."""
        return self._forward_method().graph

    @property
    def inlined_graph(self):
        """The graph of ``forward`` with all calls put in place."""
        return self._forward_method().inlined_graph

    @property
    def code(self):
        """``forward`` as source text."""
        return self._forward_method().code

    @property
    def code_with_constants(self):
        """(source text, the values of ``CONSTANTS.c0`` ... in it)."""
        text, constants = self._forward_method().code_with_constants
        return text, ConstMap(constants)

    def graph_for(self, *args, **kwargs):
        return self._forward_method().graph_for(*args, **kwargs)

    @property
    def original_name(self):
        """The name of the Python class."""
        return self._c._type().name()

    def define(self, src):
        """Adds methods from a text; the first parameter is the module."""
        _C._define_methods(self._c._type(), src, createResolutionCallbackFromFrame(1))

    def get_debug_state(self):
        raise NotImplementedError("get_debug_state is not implemented in Rushlight: programs are compiled once, there is no profiling state")

    # Files

    def save(self, f, **kwargs):
        """Write the module to a file: ``_extra_files`` maps names to what travels with it."""
        return self._c.save(str(f), **kwargs)

    def save_to_buffer(self, **kwargs):
        """The file as bytes."""
        return self._c.save_to_buffer(**kwargs)

    # Text and copies

    def _get_name(self):
        return type(self).__name__

    def extra_repr(self):
        return f"original_name={self.original_name}"

    def __copy__(self):
        return type(self)._wrap(copy.copy(self._c))

    def __deepcopy__(self, memo):
        return type(self)._wrap(copy.deepcopy(self._c, memo))


_C._install_module_call(RecursiveScriptModule)


class ConstMap:
    """The constants of a printed program: ``const_mapping["c0"]``, or as attributes."""

    def __init__(self, const_mapping):
        self.const_mapping = const_mapping

    def __getattr__(self, name):
        try:
            return self.__dict__["const_mapping"][name]
        except KeyError:
            raise AttributeError(name) from None


def _refusal(name):
    def refuse(self, *args, **kwargs):
        raise RuntimeError(f"{name} is not supported on ScriptModules")
    refuse.__name__ = refuse.__qualname__ = name
    refuse.__doc__ = "Raises RuntimeError: compiled modules do not have it."
    return refuse


for _name in _REFUSED:
    setattr(RecursiveScriptModule, _name, _refusal(_name))


class TracedModule(RecursiveScriptModule):
    """A captured module within another."""

    @classmethod
    def _of(cls, module, names):
        """The counterpart of a module that is to be recorded: its attributes, no methods yet."""
        from ._trace import traced_object
        cpp_module, parts = traced_object(module, names, TracedModule)
        self = cls._over(cpp_module, _concrete_type.of_type(cpp_module._type(), type(module)))
        for name, part in parts.items():
            OrderedDict.__setitem__(self._modules, name, part)
        return self

    def _get_name(self):
        return self.original_name

    def forward(self, *args, **kwargs):
        raise RuntimeError("Trace submodules cannot be called.")

    def __setattr__(self, name, value):
        if name in self.__dict__ or not self._c._has_slot(name):
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)


class TopLevelTracedModule(TracedModule):
    """What torch.jit.trace makes of a module."""

    @classmethod
    def _part_class(cls):
        return TracedModule

    def forward(self, *args, **kwargs):
        return self._c._get_method("forward")(*args, **kwargs)


def script_module(module):
    """torch.jit.script of a module."""
    from ._module_compiler import script_module
    return script_module(module)
