"""torch.linalg"""
from ._C import _LinAlgError as LinAlgError
from ._namespaces import attributes

__getattr__, __dir__ = attributes("linalg", "linalg_")
