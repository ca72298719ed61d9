"""Modules whose functions are operators with a common prefix: torch.special.expit is special_expit."""
from . import _C


def attributes(module_name, prefix, aliases=()):
    """`__getattr__` and `__dir__` of such a module. `aliases`: names that stand for another one."""
    aliases = dict(aliases)

    def find(name):
        if name.startswith("__"):
            raise AttributeError(f"module 'torch.{module_name}' has no attribute '{name}'")
        found = _C._find_function(prefix + aliases.get(name, name))
        if found is None:
            raise AttributeError(f"module 'torch.{module_name}' has no attribute '{name}'")
        return found

    def names():
        return sorted([name[len(prefix):] for name in _C._function_names() if name.startswith(prefix)] + list(aliases))
    return find, names
