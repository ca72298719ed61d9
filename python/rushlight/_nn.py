"""torch._C._nn: the operators of neural networks as functions, under the names of the operators."""
import sys

from . import _C
from ._namespaces import attributes

__getattr__, __dir__ = attributes("_C._nn", "")
_C._nn = sys.modules[__name__]
