"""torch.profiler: marks in programs are accepted; measuring is not implemented."""
from .autograd.profiler import record_function

__all__ = ["record_function"]
