"""Storages: the memory behind tensors, as PyTorch's programs and files name it."""
from . import _C
from ._C import UntypedStorage

_NAMES = {"FloatStorage": "float32", "DoubleStorage": "float64", "HalfStorage": "float16", "BFloat16Storage": "bfloat16",
          "LongStorage": "int64", "IntStorage": "int32", "ShortStorage": "int16", "CharStorage": "int8", "ByteStorage": "uint8",
          "BoolStorage": "bool", "ComplexFloatStorage": "complex64", "ComplexDoubleStorage": "complex128"}


class TypedStorage:
    """A storage seen as elements of one dtype."""
    is_sparse = False

    def __init__(self, *args, wrap_storage=None, dtype=None, device=None, _internal=False):
        if wrap_storage is None:
            size = args[0] if args else 0
            dtype = dtype or _C.get_default_dtype()
            wrap_storage = UntypedStorage(size * dtype.itemsize)
        self._untyped_storage = wrap_storage
        self.dtype = dtype

    def untyped(self):
        return self._untyped_storage

    def size(self):
        return self._untyped_storage.nbytes() // self.dtype.itemsize

    _size = __len__ = size

    def element_size(self):
        return self.dtype.itemsize

    def nbytes(self):
        return self._untyped_storage.nbytes()

    def data_ptr(self):
        return self._untyped_storage.data_ptr()

    _data_ptr = data_ptr

    @property
    def device(self):
        return self._untyped_storage.device

    @property
    def _cdata(self):
        return self._untyped_storage._cdata

    def _as_tensor(self):
        return _C._tensor_over_storage(self._untyped_storage, self.dtype, (self.size(),), (1,), 0)

    def __getitem__(self, index):
        return self._as_tensor()[index].item()

    def __setitem__(self, index, value):
        self._as_tensor()[index] = value

    def tolist(self):
        return self._as_tensor().tolist()

    def __iter__(self):
        return iter(self.tolist())

    def cpu(self):
        return self

    def pickle_storage_type(self):
        """'FloatStorage', as archives name it."""
        name = str(self.dtype).split(".")[1]
        return next(storage for storage, dtype in _NAMES.items() if dtype == name)

    def __reduce__(self):
        return _rebuild_typed_storage, (self._untyped_storage.tobytes(), str(self.dtype).split(".")[1])

    def __deepcopy__(self, memo):
        copied = memo.get(("storage", self._cdata))
        if copied is None:
            copied = UntypedStorage._from_bytes(self._untyped_storage.tobytes())
            memo[("storage", self._cdata)] = copied
        return TypedStorage(wrap_storage=copied, dtype=self.dtype)

    def __copy__(self):
        return TypedStorage(wrap_storage=self._untyped_storage, dtype=self.dtype)


def _rebuild_typed_storage(data, dtype_name):
    return TypedStorage(wrap_storage=UntypedStorage._from_bytes(data), dtype=getattr(_C, dtype_name))


class _LegacyStorageMeta(type):
    def __instancecheck__(cls, instance):
        return isinstance(instance, TypedStorage) and str(instance.dtype) == f"torch.{cls._dtype_name}"


def _make_legacy_storage(name, dtype_name):
    def new(cls, size=0):
        return TypedStorage(size, dtype=getattr(_C, dtype_name))
    return _LegacyStorageMeta(name, (), {"__module__": "torch", "_dtype_name": dtype_name, "dtype": getattr(_C, dtype_name), "__new__": new})


globals().update({name: _make_legacy_storage(name, dtype_name) for name, dtype_name in _NAMES.items()})
