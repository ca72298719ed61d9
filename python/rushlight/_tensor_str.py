"""Tensors as text. The layout of the numbers is done in C++; what only Python knows is added here."""
from . import _C

_DEFAULTS = dict(precision=4, threshold=1000, edgeitems=3, linewidth=80, sci_mode=None)
_PROFILES = {"default": dict(_DEFAULTS), "short": dict(_DEFAULTS, precision=2, edgeitems=2),
             "full": dict(_DEFAULTS, threshold=2**62)}
_options = dict(_DEFAULTS)


def set_printoptions(precision=None, threshold=None, edgeitems=None, linewidth=None, profile=None, sci_mode=None):
    """How tensors are printed from now on."""
    if profile is not None:
        if profile not in _PROFILES:
            raise ValueError(f"unknown profile {profile!r}; there are: {', '.join(_PROFILES)}")
        _options.update(_PROFILES[profile])
    given = dict(precision=precision, threshold=threshold, edgeitems=edgeitems, linewidth=linewidth)
    _options.update({name: value for name, value in given.items() if value is not None})
    _options["sci_mode"] = sci_mode
    threshold = min(_options["threshold"], 2**62)
    _C._set_print_options(**{**_options, "threshold": int(threshold)})


def get_printoptions():
    return dict(_options)


def _tensor_repr(tensor, class_name):
    """`class_name`: what stands before the bracket when it is not "tensor"."""
    suffixes = []
    grad_fn = tensor.grad_fn
    if grad_fn is not None:
        name = type(grad_fn).__name__
        if name == "CppFunction":
            name = grad_fn.name().rsplit("::", 1)[-1]
        suffixes.append(f"grad_fn=<{name}>")
    elif tensor.requires_grad:
        suffixes.append("requires_grad=True")
    return _C._tensor_repr(tensor, suffixes, f"{class_name}(")
