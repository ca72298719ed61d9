"""Containers: Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict."""
import operator
from collections import OrderedDict
from typing import Dict, Optional

from ..._jit_internal import _copy_to_script_wrapper
from ..._tensor import Tensor
from ..parameter import Parameter
from .module import Module, _addindent


def _position(container, index):
    """An index of an element, counted from the start. IndexError if there is no such element."""
    index = operator.index(index)
    if not -len(container) <= index < len(container):
        raise IndexError(f"index {index} is out of range")
    return index % len(container)


def _renumber(container, modules):
    container._modules = {str(i): module for i, module in enumerate(modules)}


class Sequential(Module):
    """Runs its children one after another. Takes modules, or an OrderedDict of them. Source: torch.nn.Sequential."""
    _modules: Dict[str, Optional[Module]]

    def __init__(self, *args):
        super().__init__()
        named = args[0].items() if len(args) == 1 and isinstance(args[0], OrderedDict) else ((str(i), module) for i, module in enumerate(args))
        for name, module in named:
            self.add_module(name, module)

    def _name_at(self, index):
        return list(self._modules)[_position(self, index)]

    @_copy_to_script_wrapper
    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(OrderedDict(list(self._modules.items())[index]))
        return self._modules[self._name_at(index)]

    def __setitem__(self, index, module):
        setattr(self, self._name_at(index), module)

    def __delitem__(self, index):
        names = list(self._modules)[index] if isinstance(index, slice) else [self._name_at(index)]
        for name in names:
            delattr(self, name)
        _renumber(self, list(self._modules.values()))

    @_copy_to_script_wrapper
    def __len__(self):
        return len(self._modules)

    def __add__(self, other):
        return type(self)(*self, *other)

    def __iadd__(self, other):
        return self.extend(other)

    def __mul__(self, count):
        return type(self)(*(list(self) * count))

    __rmul__ = __mul__

    def __imul__(self, count):
        _renumber(self, list(self) * count)
        return self

    @_copy_to_script_wrapper
    def __dir__(self):
        return [name for name in super().__dir__() if not name.isdigit()]

    @_copy_to_script_wrapper
    def __iter__(self):
        return iter(self._modules.values())

    def append(self, module):
        self.add_module(str(len(self)), module)
        return self

    def insert(self, index, module):
        if not isinstance(module, Module):
            raise AssertionError(f"module should be of type: {Module}")
        if not -len(self) <= index <= len(self):
            raise IndexError(f"Index out of range: {index}")
        modules = list(self)
        modules.insert(index if index >= 0 else index + len(self), module)
        _renumber(self, modules)
        return self

    def extend(self, sequential):
        for module in list(sequential):
            self.append(module)
        return self

    def pop(self, index):
        module = self[index]
        del self[index]
        return module

    def forward(self, input):
        """One module after the other."""
        for module in self:
            input = module(input)
        return input


class ModuleList(Module):
    """A list whose elements are submodules. Source: torch.nn.ModuleList."""
    _modules: Dict[str, Optional[Module]]

    def __init__(self, modules=None):
        super().__init__()
        self.extend(modules or ())

    @_copy_to_script_wrapper
    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(list(self._modules.values())[index])
        return self._modules[str(_position(self, index))]

    def __setitem__(self, index, module):
        setattr(self, str(_position(self, index)), module)

    def __delitem__(self, index):
        modules = list(self)
        del modules[index if isinstance(index, slice) else _position(self, index)]
        _renumber(self, modules)

    @_copy_to_script_wrapper
    def __len__(self):
        return len(self._modules)

    @_copy_to_script_wrapper
    def __iter__(self):
        return iter(self._modules.values())

    def __add__(self, other):
        return type(self)([*self, *other])

    def __iadd__(self, other):
        return self.extend(other)

    @_copy_to_script_wrapper
    def __dir__(self):
        return [name for name in super().__dir__() if not name.isdigit()]

    def insert(self, index, module):
        modules = list(self)
        modules.insert(index, module)
        _renumber(self, modules)

    def append(self, module):
        self.add_module(str(len(self)), module)
        return self

    def pop(self, key):
        module = self[key]
        del self[key]
        return module

    def extend(self, modules):
        for module in modules:
            self.append(module)
        return self

    def __repr__(self):
        """Runs of equal children are shown once: ``(0-2): 3 x Linear(...)``."""
        runs = []
        for i, text in enumerate(map(repr, self)):
            if runs and runs[-1][2] == text:
                runs[-1][1] = i
            else:
                runs.append([i, i, text])
        if not runs:
            return f"{self._get_name()}()"
        lines = [_addindent(f"({first}): {text}" if first == last else f"({first}-{last}): {last - first + 1} x {text}", 2) for first, last, text in runs]
        return f"{self._get_name()}(\n  " + "\n  ".join(lines) + "\n)"


class ModuleDict(Module):
    """A dictionary whose values are submodules. Source: torch.nn.ModuleDict."""
    _modules: Dict[str, Optional[Module]]

    def __init__(self, modules=None):
        super().__init__()
        self.update(modules or {})

    @_copy_to_script_wrapper
    def __getitem__(self, key):
        return self._modules[key]

    def __setitem__(self, key, module):
        self.add_module(key, module)

    def __delitem__(self, key):
        del self._modules[key]

    @_copy_to_script_wrapper
    def __len__(self):
        return len(self._modules)

    @_copy_to_script_wrapper
    def __iter__(self):
        return iter(self._modules)

    @_copy_to_script_wrapper
    def __contains__(self, key):
        return key in self._modules

    def clear(self):
        self._modules.clear()

    def pop(self, key):
        return self._modules.pop(key)

    @_copy_to_script_wrapper
    def keys(self):
        return self._modules.keys()

    @_copy_to_script_wrapper
    def items(self):
        return self._modules.items()

    @_copy_to_script_wrapper
    def values(self):
        return self._modules.values()

    def update(self, modules):
        for key, module in modules.items() if hasattr(modules, "items") else modules:
            self[key] = module


def _as_entry(value):
    """Tensors become parameters; everything else is kept as it is."""
    return Parameter(value) if isinstance(value, Tensor) and not isinstance(value, Parameter) else value


def _line(name, value, dtype_text):
    if not isinstance(value, Tensor):
        return f"  ({name}): Object of type: {type(value).__name__}"
    size = "x".join(str(extent) for extent in value.size())
    kind = "Parameter" if isinstance(value, Parameter) else "Tensor"
    return f"  ({name}): {kind} containing: [{dtype_text(value)} of size {size}]"


class ParameterList(Module):
    """A list whose tensors are parameters. Source: torch.nn.ParameterList."""

    def __init__(self, values=None):
        super().__init__()
        self._size = 0
        self.extend(values if values is not None else ())

    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return getattr(self, str(_position(self, index)))

    def __setitem__(self, index, value):
        setattr(self, str(_position(self, index)), _as_entry(value))

    def __len__(self):
        return self._size

    def __iter__(self):
        return iter([self[i] for i in range(len(self))])

    def __iadd__(self, values):
        return self.extend(values)

    def __dir__(self):
        return [name for name in super().__dir__() if not name.isdigit()]

    def append(self, value):
        self._size += 1
        self[-1] = value
        return self

    def extend(self, values):
        for value in list(values):
            self.append(value)
        return self

    def extra_repr(self):
        return "\n".join(_line(i, value, lambda tensor: tensor.dtype) for i, value in enumerate(self))

    def __call__(self, *args, **kwargs):
        raise RuntimeError("ParameterList should not be called.")


class ParameterDict(Module):
    """A dictionary whose tensors are parameters. Source: torch.nn.ParameterDict."""

    def __init__(self, parameters=None):
        super().__init__()
        self._keys = {}
        if parameters is not None:
            self.update(parameters)

    def __getitem__(self, key):
        if key not in self._keys:
            raise KeyError(key)
        return getattr(self, key)

    def __setitem__(self, key, value):
        if not isinstance(key, str):
            raise TypeError(f"Index given to ParameterDict cannot be used as a key as it is not a string (type is '{type(key).__name__}'). "
                            "Open an issue on github if you need non-string keys.")
        self._keys[key] = None
        setattr(self, key, _as_entry(value))

    def __delitem__(self, key):
        del self._keys[key]
        delattr(self, key)

    def __len__(self):
        return len(self._keys)

    def __iter__(self):
        return iter(self._keys)

    def __reversed__(self):
        return reversed(list(self._keys))

    def __contains__(self, key):
        return key in self._keys

    def __or__(self, other):
        return self.copy().update(other)

    def __ior__(self, other):
        return self.update(other)

    def copy(self):
        return type(self)(dict(self.items()))

    def get(self, key, default=None):
        return self[key] if key in self else default

    def setdefault(self, key, default=None):
        if key not in self:
            self[key] = default
        return self[key]

    def clear(self):
        for key in list(self._keys):
            del self[key]

    def pop(self, key):
        value = self[key]
        del self[key]
        return value

    def popitem(self):
        key = next(reversed(self))
        return key, self.pop(key)

    def keys(self):
        return self._keys.keys()

    def items(self):
        return [(key, self[key]) for key in self._keys]

    def values(self):
        return [self[key] for key in self._keys]

    def update(self, parameters):
        for key, value in parameters.items() if hasattr(parameters, "items") else parameters:
            self[key] = value
        return self

    def extra_repr(self):
        return "\n".join(_line(key, value, lambda tensor: f"torch.{_legacy_name(tensor)}") for key, value in self.items())

    def __call__(self, input):
        raise RuntimeError("ParameterDict should not be called.")


def _legacy_name(tensor):
    return tensor.type().rsplit(".", 1)[-1]
