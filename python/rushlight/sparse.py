"""torch.sparse"""
from ._namespaces import attributes

__getattr__, __dir__ = attributes("sparse", "sparse_")
