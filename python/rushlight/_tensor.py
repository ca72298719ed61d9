"""torch.Tensor: what is not an operator. Operators are methods made from the native table (see the end)."""
import warnings

from . import _C


class _TensorMeta(type(_C.TensorBase)):
    """Class of torch.Tensor."""


class Tensor(_C.TensorBase, metaclass=_TensorMeta):
    """An n-dimensional array of one dtype. See torch.tensor for how to make one."""
    __module__ = "torch"
    __hash__ = object.__hash__
    __array_priority__ = 1000  # in `numpy_scalar * tensor` the tensor decides

    @staticmethod
    def _make_subclass(cls, data, require_grad=False, **options):
        return _C._make_subclass(cls, data, require_grad)

    def as_subclass(self, cls):
        return _C._make_subclass(cls, self, False)

    # ---- text

    def __repr__(self, *, tensor_contents=None):
        from ._tensor_str import _tensor_repr
        name = "tensor" if type(self) is Tensor or isinstance(self, _parameter_classes()) else type(self).__name__
        return _tensor_repr(self, name)

    def __format__(self, format_spec):
        if self.dim() == 0 and type(self) is Tensor:
            return self.item().__format__(format_spec)
        return object.__format__(self, format_spec)

    def __dir__(self):
        return sorted({*dir(type(self)), *self.__dict__})

    # ---- containers

    def __iter__(self):
        if self.dim() == 0:
            raise TypeError("iteration over a 0-d tensor")
        if _C._is_tracing():
            from .jit import TracerWarning
            warnings.warn("Iterating over a tensor might cause the trace to be incorrect. Passing a tensor of different shape won't change the "
                          "number of iterations executed (and might lead to errors or silently give incorrect results).",
                          category=TracerWarning, stacklevel=2)
        return iter(self.unbind(0))

    def __reversed__(self):
        return self if self.dim() == 0 else self.flip(0)

    def __contains__(self, element):
        if isinstance(element, (Tensor, int, float, complex, bool)):
            return bool((element == self).any().item())
        raise RuntimeError(f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}.")

    # ---- copies

    def __deepcopy__(self, memo):
        if not self.is_leaf:
            raise RuntimeError("Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  "
                               "If you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see "
                               "https://github.com/pytorch/pytorch/pull/103001")
        if id(self) in memo:
            return memo[id(self)]
        from copy import deepcopy
        from ._utils import _copy_layout
        with _no_grad():
            copied = _copy_layout(self)
            if type(self) is not Tensor:
                copied = _C._make_subclass(type(self), copied, False)
            copied.requires_grad_(self.requires_grad)
            memo[id(self)] = copied
            if self.grad is not None:
                copied.grad = deepcopy(self.grad, memo)
        copied.__dict__.update(deepcopy(self.__dict__, memo))
        return copied

    def __reduce_ex__(self, protocol):
        from . import _utils
        return _utils._reduce_tensor(self)

    def __setstate__(self, state):
        self.__dict__.update(state)

    # ---- autograd

    def backward(self, gradient=None, retain_graph=None, create_graph=False, inputs=None):
        """Add the gradients of this tensor into the leaves from which it was computed."""
        from .autograd import backward
        backward(self, gradient, retain_graph, create_graph, inputs=inputs)

    def register_hook(self, hook):
        """Call ``hook(grad)`` when this tensor's gradient is known; what it returns, if anything, takes the gradient's place."""
        return _C._register_hook(self, hook)

    def register_post_accumulate_grad_hook(self, hook):
        return _C._register_post_accumulate_grad_hook(self, hook)

    def detach_(self):
        self.data = self.data
        return self.requires_grad_(False) if self.is_leaf else self._forget_history()

    def _forget_history(self):
        raise NotImplementedError("detach_() of a tensor with history is not implemented; use detach()")

    # ---- conversion

    @_C._native_in_pytorch
    def to(self, *args, **kwargs):
        """to(dtype), to(device, dtype), to(other): the same values elsewhere or otherwise; self if nothing changes."""
        from ._conversion import convert_arguments, convert
        return convert(self, *convert_arguments(*args, **kwargs))

    @_C._native_in_pytorch
    def type(self, dtype=None, non_blocking=False, **kwargs):
        """The name of the tensor's type, or the tensor converted to another dtype."""
        from . import _legacy_types
        if dtype is None:
            return "torch." + _legacy_types.name_of(self.dtype)
        return self.to(dtype if isinstance(dtype, _C.dtype) else _legacy_types.dtype_of(dtype), non_blocking=non_blocking)

    @_C._native_in_pytorch
    def cpu(self, memory_format=None):
        return self.to("cpu", memory_format=memory_format)

    def cuda(self, device=None, non_blocking=False, memory_format=_C.preserve_format):
        raise AssertionError("Torch not compiled with CUDA enabled")

    @_C._native_in_pytorch
    def numpy(self, *, force=False):
        """A NumPy array over the same memory."""
        from ._numpy import to_numpy
        return to_numpy(self, force)

    def __array__(self, dtype=None, copy=None):
        array = self.numpy()
        return array if dtype is None else array.astype(dtype, copy=bool(copy))

    def __array_wrap__(self, array, context=None, return_scalar=False):
        if array.dtype == bool:
            array = array.astype("uint8")
        return _C.from_numpy(array)

    def __dlpack__(self, *, stream=-1, max_version=None, dl_device=None, copy=None):
        from .utils.dlpack import export
        return export(self, max_version, copy)

    def __dlpack_device__(self):
        return (1, 0)

    @_C._native_in_pytorch
    def new_tensor(self, data, *, dtype=None, device=None, requires_grad=False):
        return _C.tensor(data, dtype=dtype or self.dtype, device=device or self.device, requires_grad=requires_grad)

    def new(self, *args):
        return Tensor(*args).to(self.dtype) if args else Tensor().to(self.dtype)

    # ---- memory

    def untyped_storage(self):
        from .storage import UntypedStorage
        return UntypedStorage._of(self)

    def storage(self):
        from .storage import TypedStorage
        return TypedStorage(wrap_storage=self.untyped_storage(), dtype=self.dtype)

    _typed_storage = storage

    def is_shared(self):
        return False

    def share_memory_(self):
        return self

    def pin_memory(self, device=None):
        return self

    # ---- what has another signature in Python than in the operator's schema

    def split(self, split_size, dim=0):
        if isinstance(split_size, int):
            return _C._find_overload("aten::split", "Tensor")(self, split_size, dim)
        return _C._find_overload("aten::split_with_sizes", "")(self, tuple(split_size), dim)

    def norm(self, p="fro", dim=None, keepdim=False, dtype=None):
        from .functional import norm
        return norm(self, p, dim, keepdim, dtype=dtype)

    def lu(self, pivot=True, get_infos=False):
        from .functional import lu
        return lu(self, pivot=pivot, get_infos=get_infos)

    def nonzero(self, *, as_tuple=False):
        from .functional import nonzero
        return nonzero(self, as_tuple=as_tuple)

    def unique(self, sorted=True, return_inverse=False, return_counts=False, dim=None):
        from .functional import unique
        return unique(self, sorted, return_inverse, return_counts, dim)

    def unique_consecutive(self, return_inverse=False, return_counts=False, dim=None):
        from .functional import unique_consecutive
        return unique_consecutive(self, return_inverse, return_counts, dim)

    def stft(self, *args, **kwargs):
        from .functional import stft
        return stft(self, *args, **kwargs)

    def istft(self, *args, **kwargs):
        from .functional import istft
        return istft(self, *args, **kwargs)

    def unflatten(self, dim, sizes):
        return _unflatten(self, dim, tuple(sizes))

    def apply_(self, callable):
        """Replace each element by ``callable(element)``. Slow."""
        flat = _C.tensor([callable(value) for value in self.detach().reshape(-1).tolist()], dtype=self.dtype)
        self.detach().copy_(flat.reshape(self.shape))
        return self

    def map_(self, tensor, callable):
        pairs = zip(self.detach().reshape(-1).tolist(), tensor.expand_as(self).reshape(-1).tolist())
        self.detach().copy_(_C.tensor([callable(a, b) for a, b in pairs], dtype=self.dtype).reshape(self.shape))
        return self

    def dim_order(self):
        strides = self.stride()
        return tuple(sorted(range(self.dim()), key=lambda d: (-strides[d], d)))

    def __rdiv__(self, other):
        return self.reciprocal() * other

    def __rsub__(self, other):
        return _rsub(self, other)

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return func(*args, **(kwargs or {}))


def _no_grad():
    from .autograd.grad_mode import no_grad
    return no_grad()


def _parameter_classes():
    """Parameter prints as "Parameter containing:" and a plain tensor."""
    import sys
    module = sys.modules.get(__package__ + ".nn.parameter")
    return (module.Parameter,) if module else ()


def _dtype_method(name, dtype):
    @_C._native_in_pytorch
    def method(self, memory_format=None):
        return self.to(dtype, memory_format=memory_format)
    method.__name__ = name
    method.__qualname__ = f"Tensor.{name}"
    method.__doc__ = f"The tensor as {dtype}."
    return method


for _name, _dtype in (("float", _C.float32), ("double", _C.float64), ("half", _C.float16), ("bfloat16", _C.bfloat16), ("int", _C.int32),
                      ("long", _C.int64), ("short", _C.int16), ("char", _C.int8), ("byte", _C.uint8), ("bool", _C.bool),
                      ("cfloat", _C.complex64), ("cdouble", _C.complex128)):
    setattr(Tensor, _name, _dtype_method(_name, _dtype))

for _name in _C._method_names():
    if not hasattr(Tensor, _name):
        setattr(Tensor, _name, _C._make_method(_name))

_unflatten = _C._make_method("unflatten")
_rsub = _C._make_method("rsub")
_C._set_tensor_class(Tensor)
