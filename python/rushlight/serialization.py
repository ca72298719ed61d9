"""torch.save and torch.load: Python objects with tensors in them, in PyTorch's zip format.

Loading builds tensors, containers and what the caller allows, and nothing else, unless ``weights_only=False`` is given.
"""
import io
import os
import pickle
import sys
import types
import warnings
import zipfile
from collections import OrderedDict

from . import _C
from ._tensor import Tensor
from .storage import _NAMES as STORAGE_NAMES
from .storage import TypedStorage, UntypedStorage

_ALIGNMENT = 64
_package = __package__


def _outside_name(module):
    """PyTorch's name of one of our modules, so that it can read what we wrote."""
    if module == _package or module.startswith(_package + "."):
        return "torch" + module[len(_package):]
    return module


def _inside_name(module):
    if (module == "torch" or module.startswith("torch.")) and sys.modules.get("torch") is not sys.modules[_package]:
        return _package + module[len("torch"):]
    return module


class _Pickler(pickle._Pickler):
    """Storages become persistent ids, our modules get PyTorch's names. Written in Python: the C pickler has no hook for names."""

    def __init__(self, stream, protocol, storages):
        super().__init__(stream, protocol)
        self.storages = storages

    def persistent_id(self, obj):
        if not isinstance(obj, TypedStorage):
            return None
        key = self.storages.setdefault(obj._cdata, (str(len(self.storages)), obj.untyped()))[0]
        return ("storage", _StorageType(obj.pickle_storage_type()), key, "cpu", obj.size())

    def save_global(self, obj, name=None):
        if isinstance(obj, _StorageType):
            return self._write_global("torch", obj.name)
        if isinstance(obj, _C.dtype):
            return self._write_global("torch", str(obj).split(".")[1])
        module = pickle.whichmodule(obj, name or getattr(obj, "__qualname__", obj.__class__.__name__))
        if module != _outside_name(module):
            return self._write_global(_outside_name(module), name or obj.__qualname__)
        super().save_global(obj, name)

    dispatch = {**pickle._Pickler.dispatch, types.FunctionType: save_global}

    def _write_global(self, module, name):
        self.write(pickle.GLOBAL + f"{module}\n{name}\n".encode())

    def save(self, obj, save_persistent_id=True):
        if isinstance(obj, (_StorageType, _C.dtype)):
            return self.save_global(obj)
        return super().save(obj, save_persistent_id)


class _StorageType:
    """Stands for torch.FloatStorage while it is written."""

    def __init__(self, name):
        self.name = name


def save(obj, f, pickle_module=pickle, pickle_protocol=2, _use_new_zipfile_serialization=True, _disable_byteorder_record=False):
    """Write an object with its tensors; PyTorch can read the file."""
    storages = {}
    stream = io.BytesIO()
    _Pickler(stream, pickle_protocol, storages).dump(obj)
    name = os.path.splitext(os.path.basename(f))[0] if isinstance(f, (str, os.PathLike)) else "archive"
    with zipfile.ZipFile(f, "w", zipfile.ZIP_STORED) as archive:
        _write(archive, f"{name}/data.pkl", stream.getvalue())
        _write(archive, f"{name}/.format_version", b"1")
        _write(archive, f"{name}/.storage_alignment", str(_ALIGNMENT).encode())
        if not _disable_byteorder_record:
            _write(archive, f"{name}/byteorder", sys.byteorder.encode())
        for key, storage in storages.values():
            _write(archive, f"{name}/data/{key}", storage.tobytes())
        _write(archive, f"{name}/version", b"3\n")


def _write(archive, name, data):
    """Record contents start at multiples of 64 bytes, filled up by an extra field, so that files can be mapped into memory."""
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    start = archive.fp.tell() + 30 + len(name.encode())
    padding = -(start + 4) % _ALIGNMENT
    info.extra = b"FB" + padding.to_bytes(2, "little") + b"Z" * padding
    archive.writestr(info, data)


_safe_globals = []


def add_safe_globals(safe_globals):
    """Functions and classes that weights_only loading may use from now on."""
    _safe_globals.extend(safe_globals)


def get_safe_globals():
    return list(_safe_globals)


def clear_safe_globals():
    _safe_globals.clear()


class safe_globals:
    """The same for a ``with`` block."""

    def __init__(self, safe_globals):
        self.added = list(safe_globals)

    def __enter__(self):
        self.before = list(_safe_globals)
        _safe_globals.extend(self.added)

    def __exit__(self, *exception):
        _safe_globals[:] = self.before


def _allowed():
    """What a file may name in any case, by full name."""
    from . import _utils
    names = {"collections.OrderedDict": OrderedDict, "torch.Tensor": Tensor, "torch.device": _C.device, "torch.Size": _C.Size,
             "builtins.set": set, "builtins.frozenset": frozenset, "builtins.complex": complex, "builtins.bytearray": bytearray,
             "__builtin__.set": set, "_codecs.encode": _encode}
    for function in ("_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_parameter", "_rebuild_parameter_with_state", "_rebuild_from_type_v2"):
        names[f"torch._utils.{function}"] = getattr(_utils, function)
        names[f"torch._tensor.{function}"] = getattr(_utils, function)
    for storage in STORAGE_NAMES:
        names[f"torch.{storage}"] = _StorageType(storage)
    for dtype in set(STORAGE_NAMES.values()):
        names[f"torch.{dtype}"] = getattr(_C, dtype)
    nn = sys.modules.get(_package + ".nn.parameter")
    if nn is not None:
        names["torch.nn.parameter.Parameter"] = nn.Parameter
    for item in _safe_globals:
        value, name = item if isinstance(item, tuple) else (item, None)
        names[name or f"{value.__module__}.{value.__qualname__}"] = value
    return names


def _encode(text, encoding):
    return text.encode(encoding)


class _Unpickler(pickle.Unpickler):
    """Reads storages from the archive's records; with `weights_only`, builds nothing but what is allowed."""

    def __init__(self, stream, records, weights_only, map_location, **options):
        super().__init__(stream, **options)
        self.records = records
        self.weights_only = weights_only
        self.allowed = _allowed()
        self.storages = {}

    def find_class(self, module, name):
        full_name = f"{module}.{name}"
        if full_name in self.allowed:
            return self.allowed[full_name]
        if self.weights_only:
            raise pickle.UnpicklingError(
                "Weights only load failed. In PyTorch 2.6, we changed the default value of the `weights_only` argument in `torch.load` from `False` "
                f"to `True`. Unsupported global: GLOBAL {full_name} was not an allowed global by default. Please use "
                f"`torch.serialization.add_safe_globals([{name}])` or the `torch.serialization.safe_globals([{name}])` context manager to allowlist "
                "this global if you trust this class/function.")
        return super().find_class(_inside_name(module), name)

    def persistent_load(self, saved_id):
        kind, storage_type, key, location, size = saved_id
        if kind != "storage":
            raise pickle.UnpicklingError(f"Unknown typename for persistent_load, expected 'storage' but got '{kind}'")
        dtype = getattr(_C, STORAGE_NAMES[storage_type.name]) if isinstance(storage_type, _StorageType) else _C.uint8
        if key not in self.storages:
            data = self.records(f"data/{key}")
            if len(data) != size * dtype.itemsize:
                raise _C.FileRefused(f"data/{key}: {size} elements of {dtype} need {size * dtype.itemsize} bytes, the record has {len(data)}")
            self.storages[key] = UntypedStorage._from_bytes(data)
        return TypedStorage(wrap_storage=self.storages[key], dtype=dtype)


def _load_program(f, map_location, weights_only):
    """A TorchScript archive: torch.jit.load reads it, if the caller trusts programs."""
    warnings.warn("'torch.load' received a zip file that looks like a TorchScript archive dispatching to 'torch.jit.load' (call 'torch.jit.load' "
                  "directly to silence this warning)", UserWarning, stacklevel=3)
    if weights_only:
        raise RuntimeError("Cannot use ``weights_only=True`` with TorchScript archives passed to ``torch.load``. In PyTorch 2.6, we changed the "
                           "default value of the `weights_only` argument in `torch.load` from `False` to `True`. Re-running `torch.load` with "
                           "`weights_only` set to `False` will likely succeed, but it can result in arbitrary code execution. Do it only if you got "
                           "the file from a trusted source.")
    if hasattr(f, "seek"):
        f.seek(0)
    from . import jit
    return jit.load(f, map_location)


def load(f, map_location=None, pickle_module=None, *, weights_only=None, mmap=None, **pickle_load_args):
    """Read what torch.save wrote, here or in PyTorch. Only tensors and plain containers, unless ``weights_only=False``."""
    weights_only = True if weights_only is None else weights_only
    with zipfile.ZipFile(f) as archive:
        names = archive.namelist()
        pickles = [name for name in names if name.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise _C.FileRefused("the file is no archive of torch.save: it has no data.pkl")
        root = pickles[0][:-len("data.pkl")]
        if root + "constants.pkl" in names:
            return _load_program(f, map_location, weights_only)

        def records(name):
            try:
                info = archive.getinfo(root + name)
            except KeyError:
                raise _C.FileRefused(f"{name}: there is no such record") from None
            if info.compress_type != zipfile.ZIP_STORED:
                raise _C.FileRefused(f"{name}: the record is compressed, which torch.save never does")
            return archive.read(info)
        if root + "byteorder" in names and records("byteorder").decode() != sys.byteorder:
            raise _C.FileRefused("byteorder: the file was written on a machine of other byte order")
        return _Unpickler(io.BytesIO(records("data.pkl")), records, weights_only, map_location, **pickle_load_args).load()
