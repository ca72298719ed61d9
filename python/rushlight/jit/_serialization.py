"""torch.jit.save and torch.jit.load."""
import os
import sys
import warnings

from .. import _C


def _deprecated(function):
    if sys.version_info >= (3, 14):
        text = f"`torch.jit.{function}` is not supported in Python 3.14+ and may break. Please switch to `torch.export`."
    else:
        text = f"`torch.jit.{function}` is deprecated. Please switch to `torch.export`."
    warnings.warn(text, DeprecationWarning, stacklevel=1)


def save(m, f, _extra_files=None, *, portable=False):
    """Write a compiled module or function, with its code and data, to a path or a file object.

    PyTorch can read it unless the program uses what PyTorch's language lacks (sets, recursion, ...; docs/language.md marks it).
    ``_extra_files``: bytes or str by name, kept in the same file. ``portable``: RuntimeError, and nothing written, if PyTorch could not read it; the
    error names the constructs.
    """
    _deprecated("save")
    if isinstance(f, (str, os.PathLike)):
        m.save(f, _extra_files=_extra_files or {}, portable=portable)
    else:
        f.write(m.save_to_buffer(_extra_files=_extra_files or {}, portable=portable))


def load(f, map_location=None, _extra_files=None, _restore_shapes=False):
    """Read what ``torch.jit.save`` wrote, here or in PyTorch: from a path, or from a file object at its position.

    ``map_location``: the device for all tensors. ``_extra_files``: a dict whose values are replaced by what the file has under its keys.
    """
    _deprecated("load")
    from ._modules import RecursiveScriptModule
    files = {} if _extra_files is None else _extra_files
    module = RecursiveScriptModule._wrap(_C._load_archive(_source(f), _device(map_location), files))
    module._prepare()
    return module


def _source(f):
    """What the native module reads from: a path, or the bytes of a file object."""
    if not isinstance(f, (str, os.PathLike)):
        return f.read()
    if not os.path.exists(f):
        raise ValueError(f"The provided filename {f} does not exist")
    if os.path.isdir(f):
        raise ValueError(f"The provided filename {f} is a directory")
    return os.fspath(f)


def _device(map_location):
    if isinstance(map_location, str):
        return _C.device(map_location)
    if map_location is None or isinstance(map_location, _C.device):
        return map_location
    raise ValueError(f"map_location should be either None, string or torch.device, but got type: {type(map_location)}")


def _save(program, f, _extra_files=None, *, portable=False):
    """Write the program to a file: ``_extra_files`` maps names to what travels with it. ``portable``: as in ``torch.jit.save``."""
    _C._save_archive(program, os.fspath(f), _extra_files or {}, portable)


def _save_to_buffer(program, _extra_files=None, *, portable=False):
    """The file as bytes."""
    return _C._save_archive(program, None, _extra_files or {}, portable)


for _class in (_C.ScriptModule, _C.ScriptFunction):
    _class.save, _class.save_to_buffer = _save, _save_to_buffer
