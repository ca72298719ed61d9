"""Parameter: a tensor that a module owns and trains."""
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


def is_lazy(parameter):
    """Whether a parameter has no shape yet. Rushlight has none of these."""
    return False
