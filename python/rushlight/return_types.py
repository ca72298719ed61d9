"""The classes of named results: torch.return_types.max. Each is made when an operator first gives one."""
from . import _C


def __getattr__(name):
    found = _C._return_types.get(name)
    if found is None:
        raise AttributeError(f"module 'torch.return_types' has no attribute '{name}'")
    return found


def __dir__():
    return sorted(_C._return_types)
