"""Channels to pixels and back."""
from rushlight import Tensor
from .. import functional as F
from .module import Module


class PixelShuffle(Module):
    """(N, C * r**2, H, W) to (N, C, H * r, W * r), r being upscale_factor. Source: torch.nn.PixelShuffle."""
    __constants__ = ["upscale_factor"]
    upscale_factor: int

    def __init__(self, upscale_factor):
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input: Tensor) -> Tensor:
        """`input` with its blocks rearranged."""
        return F.pixel_shuffle(input, self.upscale_factor)

    def extra_repr(self):
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """The reverse of PixelShuffle. Source: torch.nn.PixelUnshuffle."""
    __constants__ = ["downscale_factor"]
    downscale_factor: int

    def __init__(self, downscale_factor):
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input: Tensor) -> Tensor:
        """`input` with its blocks rearranged."""
        return F.pixel_unshuffle(input, self.downscale_factor)

    def extra_repr(self):
        return f"downscale_factor={self.downscale_factor}"
