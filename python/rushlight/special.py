"""torch.special"""
from ._namespaces import attributes

__getattr__, __dir__ = attributes("special", "special_")
