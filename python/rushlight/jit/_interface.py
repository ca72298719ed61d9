"""torch.jit.interface."""
import inspect

from .. import _C, _jit_internal
from .._script_types import known_types, python_classes
from .frontend import get_function_source, get_jit_class_methods


def interface(obj):
    """Declares a class whose methods are signatures: compiled code calls them on every object or module that has them."""
    if not inspect.isclass(obj):
        raise RuntimeError("interface must be applied to a class")
    from ..nn import Module
    is_module = obj.__bases__ == (Module,)
    if not is_module and len(obj.mro()) > 2:
        raise RuntimeError("TorchScript interface does not support inheritance yet. Please directly inherit from 'object' or 'nn.Module'.")
    name = _jit_internal._qualified_name(obj)
    sources = [get_function_source(method) for _, method in get_jit_class_methods(obj, obj.__name__)]
    made = _C._make_interface(name, sources, _jit_internal.createResolutionCallbackFromFrame(1), is_module)
    known_types[name] = made
    python_classes[name] = obj
    obj.__torch_script_interface__ = name
    return obj
