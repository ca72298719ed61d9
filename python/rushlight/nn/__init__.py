"""Neural network parts: modules, their functions, their initialisation."""
from .parameter import Buffer, Parameter, UninitializedBuffer, UninitializedParameter
from .modules import *
from . import functional, init, modules, utils
