"""Padding, and windows as columns."""
from typing import List, Optional

import rushlight as torch
from rushlight import Tensor, _nn
from ..._jit_internal import BroadcastingList2
from ...overrides import handle_torch_function, has_torch_function_unary


def pad(input: Tensor, pad: List[int], mode: str = "constant", value: Optional[float] = None) -> Tensor:
    """Pads the last dimensions: (left, right) of the last one, then of the one before it, ...

    mode: "constant" (with `value`, 0 by default), "reflect", "replicate" or "circular". Negative numbers cut.
    """
    if has_torch_function_unary(input):
        return handle_torch_function(torch.nn.functional.pad, (input,), input, pad, mode, value)
    if not torch.jit.is_scripting():
        pass  # here PyTorch looks for deterministic kernels of other devices; the question counts in the numbers of values
    return _nn.pad(input, pad, mode, value)


def unfold(input: Tensor, kernel_size: BroadcastingList2[int], dilation: BroadcastingList2[int] = 1,
           padding: BroadcastingList2[int] = 0, stride: BroadcastingList2[int] = 1) -> Tensor:
    """The windows of (N, C, H, W) as columns: (N, C * elements of a window, number of windows)."""
    if has_torch_function_unary(input):
        return handle_torch_function(unfold, (input,), input, kernel_size, dilation, padding, stride)
    return _nn.im2col(input, kernel_size, dilation, padding, stride)


def fold(input: Tensor, output_size: BroadcastingList2[int], kernel_size: BroadcastingList2[int], dilation: BroadcastingList2[int] = 1,
         padding: BroadcastingList2[int] = 0, stride: BroadcastingList2[int] = 1) -> Tensor:
    """The reverse of unfold; overlapping windows are added."""
    if has_torch_function_unary(input):
        return handle_torch_function(fold, (input,), input, output_size, kernel_size, dilation, padding, stride)
    return _nn.col2im(input, output_size, kernel_size, dilation, padding, stride)
