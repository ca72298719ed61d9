"""Padding, and windows as columns."""
from typing import List, Optional

from rushlight import Tensor, _nn
from ..._jit_internal import BroadcastingList2


def pad(input: Tensor, pad: List[int], mode: str = "constant", value: Optional[float] = None) -> Tensor:
    """Pads the last dimensions: (left, right) of the last one, then of the one before it, ...

    mode: "constant" (with `value`, 0 by default), "reflect", "replicate" or "circular". Negative numbers cut.
    """
    return _nn.pad(input, pad, mode, value)


def unfold(input: Tensor, kernel_size: BroadcastingList2[int], dilation: BroadcastingList2[int] = 1,
           padding: BroadcastingList2[int] = 0, stride: BroadcastingList2[int] = 1) -> Tensor:
    """The windows of (N, C, H, W) as columns: (N, C * elements of a window, number of windows)."""
    return _nn.im2col(input, kernel_size, dilation, padding, stride)


def fold(input: Tensor, output_size: BroadcastingList2[int], kernel_size: BroadcastingList2[int], dilation: BroadcastingList2[int] = 1,
         padding: BroadcastingList2[int] = 0, stride: BroadcastingList2[int] = 1) -> Tensor:
    """The reverse of unfold; overlapping windows are added."""
    return _nn.col2im(input, output_size, kernel_size, dilation, padding, stride)
