"""DLPack: tensors shared with other libraries in one process, without copying."""
from .. import _C


def export(tensor, max_version=None, copy=None):
    """The capsule of ``Tensor.__dlpack__``."""
    if tensor.requires_grad:
        raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
    return _C._to_dlpack(tensor.clone() if copy else tensor, max_version is not None and tuple(max_version) >= (1, 0))


def to_dlpack(tensor):
    """An unversioned capsule, for consumers of the old protocol."""
    return _C._to_dlpack(tensor, False)


def from_dlpack(ext_tensor, *, device=None, copy=None):
    """A tensor over the memory of another library's array (anything with ``__dlpack__``, or a capsule)."""
    if hasattr(ext_tensor, "__dlpack__"):
        kind, _ = ext_tensor.__dlpack_device__()
        if int(kind) != 1:
            raise BufferError(f"only memory of the CPU can be shared, not that of device type {int(kind)}")
        try:
            capsule = ext_tensor.__dlpack__(max_version=(1, 0))
        except TypeError:
            capsule = ext_tensor.__dlpack__()
    else:
        capsule = ext_tensor
    tensor = _C._from_dlpack(capsule)
    return tensor.clone() if copy else tensor
