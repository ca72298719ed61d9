"""Answers ``import torch`` with Rushlight: importing this module installs it under that name.

    import rushlight.as_torch
    import torch                      # is Rushlight, with all its submodules

Raises ImportError when the real torch has already been imported.
"""
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys

_OURS = __package__
_ALIAS = "torch"


def _our_name(name):
    """"rushlight.nn.functional" for "torch.nn.functional"; None for other modules."""
    if name == _ALIAS or name.startswith(_ALIAS + "."):
        return _OURS + name[len(_ALIAS):]
    return None


class _AliasLoader(importlib.abc.Loader):
    """Gives the module that stands under its own name already."""

    def __init__(self, name):
        self.name = name

    def create_module(self, spec):
        module = importlib.import_module(self.name)
        self.own_spec = module.__spec__
        return module

    def exec_module(self, module):
        # The import system has just given the module the alias's spec; its own one is the truth.
        module.__spec__ = self.own_spec


class _AliasFinder(importlib.abc.MetaPathFinder):
    """Finds torch.x as rushlight.x."""

    def find_spec(self, fullname, path=None, target=None):
        ours = _our_name(fullname)
        if ours is None:
            return None
        if ours != _OURS and importlib.util.find_spec(ours) is None:
            return None
        return importlib.machinery.ModuleSpec(fullname, _AliasLoader(ours), is_package=True)


def install():
    """Idempotent."""
    known = sys.modules.get(_ALIAS)
    package = importlib.import_module(_OURS)
    if known is package:
        return
    if known is not None:
        raise ImportError("the real torch has already been imported in this process; Rushlight cannot take its name", name=_ALIAS)
    sys.meta_path.insert(0, _AliasFinder())
    sys.modules[_ALIAS] = package
    for name in [name for name in sys.modules if name.startswith(_OURS + ".")]:
        sys.modules.setdefault(_ALIAS + name[len(_OURS):], sys.modules[name])


install()
