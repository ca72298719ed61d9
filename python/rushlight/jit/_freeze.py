"""torch.jit.freeze and its companions."""
import warnings

from .. import _C


def _check(mod, function):
    from ._modules import ScriptModule
    if not isinstance(mod, ScriptModule):
        raise RuntimeError(f"{function} expects a ScriptModule as input. "
                           "Please use torch.jit.script or torch.jit.trace to script your 'nn.Module'.")


def freeze(mod, preserved_attrs=None, optimize_numerics=True):
    """A copy of `mod` whose attributes, where nothing writes them, are constants of its methods.

    ``preserved_attrs``: attributes and methods that stay; dotted names reach into submodules. ``optimize_numerics``: batch normalisation and
    constant arithmetic are folded into convolutions and linear layers. RuntimeError for a module in training, and for unknown names.
    """
    warnings.warn("`torch.jit.freeze` is deprecated. Please use `torch.compile` instead.", DeprecationWarning, stacklevel=1)
    _check(mod, "Freezing")
    if mod.training:
        raise RuntimeError("Freezing is currently only implemented for modules in eval mode. "
                           "Please call .eval() on your module before freezing.")
    from ._modules import RecursiveScriptModule
    frozen = RecursiveScriptModule._wrap(_C._freeze_module(mod._c, list(preserved_attrs or ())))
    run_frozen_optimizations(frozen, optimize_numerics, [name for name in preserved_attrs or () if mod._c._has_method(name)])
    frozen._prepare()
    return frozen


def run_frozen_optimizations(mod, optimize_numerics=True, preserved_methods=None):
    """What `freeze` runs at its end on `forward` and `preserved_methods`: dropout goes; with `optimize_numerics`, batch normalisation and
    constant arithmetic are folded."""
    names = (["forward"] if mod._c._has_method("forward") else []) + list(preserved_methods or ())
    for name in names:
        _C._jit_pass_optimize_frozen_graph(mod._c._get_method(name).graph, optimize_numerics)


def optimize_for_inference(mod, other_methods=None):
    """The module, frozen if it is not yet; `forward` and `other_methods` are ready to run."""
    warnings.warn("`torch.jit.optimize_for_inference` is deprecated. Please use `torch.compile` instead.", DeprecationWarning, stacklevel=1)
    _check(mod, "optimize_for_inference")
    frozen = freeze(mod.eval(), preserved_attrs=other_methods) if hasattr(mod, "training") else mod
    for name in other_methods or ():
        frozen._prepare(name)
    return frozen
