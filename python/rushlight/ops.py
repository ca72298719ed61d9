"""torch.ops: every operator by its full name, ``torch.ops.aten.add.Tensor(x, y)``."""
import sys
import types

from . import _C


class OpOverload:
    """One overload, called with the arguments of its schema."""

    def __init__(self, packet, overload):
        self._packet = packet
        self._overloadname = overload or "default"
        self._op = _C._find_overload(packet._qualified_op_name, overload)
        if self._op is None:
            raise AttributeError(f"The underlying op of '{packet}' has no overload name '{overload}'")
        self.__name__ = f"{packet.__name__}.{self._overloadname}"
        self._schema = self._op._schemas[0]

    def __call__(self, *args, **kwargs):
        return self._op(*args, **kwargs)

    def __str__(self):
        namespace, name = self._packet._qualified_op_name.split("::")
        return f"{namespace}.{name}.{self._overloadname}"

    def __repr__(self):
        return f"<OpOverload(op='{str(self).rsplit('.', 1)[0]}', overload='{self._overloadname}')>"

    @property
    def overloadpacket(self):
        return self._packet


class OpOverloadPacket:
    """All overloads of one operator; calling it picks the one that fits."""

    def __init__(self, qualified_name, overloads):
        self._qualified_op_name = qualified_name
        self._overloads = overloads
        self.__name__ = qualified_name.split("::")[1]

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        found = OpOverload(self, "" if name == "default" else name)
        setattr(self, name, found)
        return found

    def overloads(self):
        return [overload or "default" for overload in self._overloads]

    def __call__(self, *args, **kwargs):
        errors = []
        for overload in self._overloads:
            op = _C._find_overload(self._qualified_op_name, overload)
            if op is None:
                continue
            try:
                return op(*args, **kwargs)
            except TypeError as error:
                errors.append(str(error))
        raise RuntimeError("\n".join(errors) or f"{self._qualified_op_name} cannot be called from Python")

    def __str__(self):
        return self._qualified_op_name.replace("::", ".")

    def __repr__(self):
        return f"<OpOverloadPacket(op='{self}')>"


class _OpNamespace(types.ModuleType):
    """torch.ops.aten"""

    def __init__(self, name):
        super().__init__(f"torch.ops.{name}")
        self._name = name

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        overloads = _C._overload_names(f"{self._name}::{name}")
        if not overloads:
            raise AttributeError(f"'_OpNamespace' '{self._name}' object has no attribute '{name}'")
        packet = OpOverloadPacket(f"{self._name}::{name}", overloads)
        setattr(self, name, packet)
        return packet


class _Ops(types.ModuleType):
    """The module itself: namespaces are made when they are asked for."""
    loaded_libraries = set()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        namespace = _OpNamespace(name)
        setattr(self, name, namespace)
        return namespace

    def load_library(self, path):
        raise NotImplementedError("libraries of operators that were built against libtorch cannot be loaded into Rushlight")


sys.modules[__name__].__class__ = _Ops
