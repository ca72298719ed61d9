"""torch.backends: which libraries do the work."""
import types


def _backend(name, available, **flags):
    module = types.ModuleType(f"{__name__}.{name}")
    module.is_available = lambda: available
    for flag, value in flags.items():
        setattr(module, flag, value)
    return module


cudnn = _backend("cudnn", False, enabled=False, benchmark=False, deterministic=False, allow_tf32=False, version=lambda: None)
cuda = _backend("cuda", False, is_built=lambda: False, matmul=types.SimpleNamespace(allow_tf32=False))
mps = _backend("mps", False, is_built=lambda: False)
mkl = _backend("mkl", False)
mkldnn = _backend("mkldnn", True, enabled=True)
openmp = _backend("openmp", True)
quantized = types.SimpleNamespace(engine="none", supported_engines=["none"])


def __getattr__(name):
    if name == "mha":
        import importlib
        return importlib.import_module(f"{__name__}.mha")
    raise AttributeError(f"module 'torch.backends' has no attribute '{name}'")
