"""Parameters and buffers: the tensors of modules."""
from .. import _C
from .._tensor import Tensor


class Parameter(Tensor):
    """A tensor that joins ``Module.parameters()`` when it is assigned to a module's attribute.

    data: the values, shared and not copied; default: empty.
    requires_grad: whether gradients are computed for it.
    Source: torch.nn.Parameter.
    """

    def __new__(cls, data=None, requires_grad=True):
        from .. import empty
        if data is None:
            data = empty(0)
        return _C._make_subclass(cls, data.detach(), requires_grad)

    def __deepcopy__(self, memo):
        if id(self) in memo:
            return memo[id(self)]
        result = type(self)(self.data.clone(), self.requires_grad)
        memo[id(self)] = result
        return result

    def __repr__(self):
        return "Parameter containing:\n" + super().__repr__()


class Buffer(Tensor):
    """A tensor that becomes a buffer when it is assigned to a module's attribute. persistent: it is part of the module's state.

    Source: torch.nn.Buffer.
    """

    def __new__(cls, data=None, *, persistent=True):
        from .. import empty
        if data is None:
            data = empty(0)
        buffer = _C._make_subclass(cls, data.detach(), data.requires_grad)
        buffer.persistent = persistent
        return buffer

    def __repr__(self):
        return super().__repr__()


class UninitializedTensorMixin:
    """A tensor whose shape is not known yet: only its dtype and device are, until materialize."""
    _NEEDS_SHAPE = frozenset(("shape", "size", "dim", "ndim", "numel", "stride", "storage", "data_ptr"))

    def materialize(self, shape, device=None, dtype=None):
        """Gives it this shape; the class becomes that of ordinary parameters or buffers."""
        from .. import empty
        self.data = empty(shape, device=device or self.data.device, dtype=dtype or self.data.dtype)
        self.__class__ = self.cls_to_become

    def __getattribute__(self, name):
        if name in UninitializedTensorMixin._NEEDS_SHAPE:
            raise RuntimeError("Can't access the shape of an uninitialized parameter or buffer. This error usually happens in `load_state_dict` "
                               "when trying to load an uninitialized parameter into an initialized one. Call `forward` to initialize the "
                               "parameters before accessing their attributes.")
        return super().__getattribute__(name)

    def share_memory_(self):
        raise RuntimeError("Can't share memory on an uninitialized parameter or buffer. Call `forward` to initialize the parameters before "
                           "calling `module.share_memory()`.")

    def __repr__(self):
        return f"<{type(self).__name__}>"

    def __reduce_ex__(self, proto):
        return type(self), (self.requires_grad,)


def is_lazy(parameter):
    """Whether a parameter or buffer has no shape yet."""
    return isinstance(parameter, UninitializedTensorMixin)


class UninitializedParameter(UninitializedTensorMixin, Parameter):
    """A parameter without a shape. Source: torch.nn.parameter.UninitializedParameter."""
    cls_to_become = Parameter

    def __new__(cls, requires_grad=True, device=None, dtype=None):
        from .. import empty
        return _C._make_subclass(cls, empty(0, device=device, dtype=dtype), requires_grad)

    def __deepcopy__(self, memo):
        if id(self) in memo:
            return memo[id(self)]
        result = memo[id(self)] = type(self)(self.requires_grad, self.data.device, self.data.dtype)
        return result


class UninitializedBuffer(UninitializedTensorMixin, Tensor):
    """A buffer without a shape. Source: torch.nn.parameter.UninitializedBuffer."""
    cls_to_become = Tensor

    def __new__(cls, requires_grad=False, device=None, dtype=None, persistent=True):
        from .. import empty
        buffer = _C._make_subclass(cls, empty(0, device=device, dtype=dtype), requires_grad)
        buffer.persistent = persistent
        return buffer
