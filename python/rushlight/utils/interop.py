"""Tensors of the real PyTorch in the same process."""
from .dlpack import from_dlpack


def from_torch(tensor):
    """A Rushlight tensor over the same memory as a PyTorch tensor of the CPU."""
    return from_dlpack(tensor.detach())
