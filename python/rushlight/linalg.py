"""torch.linalg"""
from ._namespaces import attributes

__getattr__, __dir__ = attributes("linalg", "linalg_")


class LinAlgError(RuntimeError):
    """A matrix for which the operation has no result."""
