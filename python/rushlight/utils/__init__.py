"""torch.utils. Its parts are imported when they are first asked for."""
import importlib

_PARTS = frozenset(("backend_registration", "checkpoint", "data", "dlpack", "hooks", "interop", "tensorboard", "cpp_extension", "_pytree"))


def __getattr__(name):
    if name in _PARTS:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module 'torch.utils' has no attribute '{name}'")
