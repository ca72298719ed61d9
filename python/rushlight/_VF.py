"""torch._VF: operators as functions, also those whose name in torch belongs to a function of Python."""
from ._namespaces import attributes

__getattr__, __dir__ = attributes("_VF", "")
