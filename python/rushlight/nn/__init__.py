"""Neural network parts: modules, their functions, their initialisation."""
from .parameter import Parameter
from . import functional, init
from .modules import *
from . import modules
