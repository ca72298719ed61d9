"""Padding layers. padding: one number for all sides, or (left, right[, top, bottom[, front, back]])."""
from typing import Tuple

from rushlight import Tensor
from .. import functional as F
from .module import Module
from .utils import _ntuple, _pair, _quadruple


class _PaddingNd(Module):
    """What is shown of a padding layer."""

    def extra_repr(self):
        return f"{self.padding}"


class _CircularPadNd(_PaddingNd):
    """The other end's elements."""
    __constants__ = ["padding"]

    def _check_input_dim(self, input):
        raise NotImplementedError

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        return F.pad(input, self.padding, "circular")


class CircularPad1d(_CircularPadNd):
    """Over (..., C, L). Source: torch.nn.CircularPad1d."""

    def __init__(self, padding):
        super().__init__()
        self.padding = _pair(padding)

    def _check_input_dim(self, input):
        if input.dim() != 2 and input.dim() != 3:
            raise ValueError(f"expected 2D or 3D input (got {input.dim()}D input)")


class CircularPad2d(_CircularPadNd):
    """Over (..., C, H, W). Source: torch.nn.CircularPad2d."""

    def __init__(self, padding):
        super().__init__()
        self.padding = _quadruple(padding)

    def _check_input_dim(self, input):
        if input.dim() != 3 and input.dim() != 4:
            raise ValueError(f"expected 3D or 4D input (got {input.dim()}D input)")


class CircularPad3d(_CircularPadNd):
    """Over (..., C, D, H, W). Source: torch.nn.CircularPad3d."""

    def __init__(self, padding):
        super().__init__()
        self.padding = _ntuple(6)(padding)

    def _check_input_dim(self, input):
        if input.dim() != 4 and input.dim() != 5:
            raise ValueError(f"expected 4D or 5D input (got {input.dim()}D input)")


class _ConstantPadNd(Module):
    """The same value everywhere."""
    __constants__ = ["padding", "value"]
    value: float

    def __init__(self, value):
        super().__init__()
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self):
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPadNd):
    """Of the last 1 dimension. Source: torch.nn.ConstantPad1d."""
    padding: Tuple[int, int]

    def __init__(self, padding, value):
        super().__init__(value)
        self.padding = _pair(padding)


class ConstantPad2d(_ConstantPadNd):
    """Of the last 2 dimensions. Source: torch.nn.ConstantPad2d."""
    padding: Tuple[int, int, int, int]

    def __init__(self, padding, value):
        super().__init__(value)
        self.padding = _quadruple(padding)


class ConstantPad3d(_ConstantPadNd):
    """Of the last 3 dimensions. Source: torch.nn.ConstantPad3d."""
    padding: Tuple[int, int, int, int, int, int]

    def __init__(self, padding, value):
        super().__init__(value)
        self.padding = _ntuple(6)(padding)


class _ReflectionPadNd(_PaddingNd):
    """The elements of the same end, mirrored at the last one."""
    __constants__ = ["padding"]

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, "reflect")


class ReflectionPad1d(_ReflectionPadNd):
    """Over (..., C, L). Source: torch.nn.ReflectionPad1d."""
    padding: Tuple[int, int]

    def __init__(self, padding):
        super().__init__()
        self.padding = _pair(padding)


class ReflectionPad2d(_ReflectionPadNd):
    """Over (..., C, H, W). Source: torch.nn.ReflectionPad2d."""
    padding: Tuple[int, int, int, int]

    def __init__(self, padding):
        super().__init__()
        self.padding = _quadruple(padding)


class ReflectionPad3d(_ReflectionPadNd):
    """Over (..., C, D, H, W). Source: torch.nn.ReflectionPad3d."""
    padding: Tuple[int, int, int, int, int, int]

    def __init__(self, padding):
        super().__init__()
        self.padding = _ntuple(6)(padding)


class _ReplicationPadNd(_PaddingNd):
    """The last element again."""
    __constants__ = ["padding"]

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, "replicate")


class ReplicationPad1d(_ReplicationPadNd):
    """Over (..., C, L). Source: torch.nn.ReplicationPad1d."""
    padding: Tuple[int, int]

    def __init__(self, padding):
        super().__init__()
        self.padding = _pair(padding)


class ReplicationPad2d(_ReplicationPadNd):
    """Over (..., C, H, W). Source: torch.nn.ReplicationPad2d."""
    padding: Tuple[int, int, int, int]

    def __init__(self, padding):
        super().__init__()
        self.padding = _quadruple(padding)


class ReplicationPad3d(_ReplicationPadNd):
    """Over (..., C, D, H, W). Source: torch.nn.ReplicationPad3d."""
    padding: Tuple[int, int, int, int, int, int]

    def __init__(self, padding):
        super().__init__()
        self.padding = _ntuple(6)(padding)


class ZeroPad1d(ConstantPad1d):
    """Zeros. Source: torch.nn.ZeroPad1d."""
    padding: Tuple[int, int]

    def __init__(self, padding):
        super().__init__(padding, 0.0)

    def extra_repr(self):
        return f"{self.padding}"


class ZeroPad2d(ConstantPad2d):
    """Zeros. Source: torch.nn.ZeroPad2d."""
    padding: Tuple[int, int, int, int]

    def __init__(self, padding):
        super().__init__(padding, 0.0)

    def extra_repr(self):
        return f"{self.padding}"


class ZeroPad3d(ConstantPad3d):
    """Zeros. Source: torch.nn.ZeroPad3d."""
    padding: Tuple[int, int, int, int, int, int]

    def __init__(self, padding):
        super().__init__(padding, 0.0)

    def extra_repr(self):
        return f"{self.padding}"
