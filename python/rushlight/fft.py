"""torch.fft"""
from ._namespaces import attributes

__getattr__, __dir__ = attributes("fft", "fft_")
