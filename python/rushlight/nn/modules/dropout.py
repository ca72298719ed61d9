"""Dropout layers. p: the probability of a zero; in evaluation they change nothing."""
from rushlight import Tensor
from .. import functional as F
from .module import Module


class _DropoutNd(Module):
    """ValueError if p is outside [0, 1]."""
    __constants__ = ["p", "inplace"]
    p: float
    inplace: bool

    def __init__(self, p=0.5, inplace=False):
        super().__init__()
        if p < 0 or p > 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace

    def extra_repr(self):
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_DropoutNd):
    """In training, zeros with probability p and the rest scaled by 1 / (1 - p). Source: torch.nn.Dropout."""

    def forward(self, input: Tensor) -> Tensor:
        """`input`, in training with elements set to zero."""
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_DropoutNd):
    """Whole channels of (N, C, L). Source: torch.nn.Dropout1d."""

    def forward(self, input: Tensor) -> Tensor:
        """`input`, in training with elements set to zero."""
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_DropoutNd):
    """Whole channels of (N, C, H, W). Source: torch.nn.Dropout2d."""

    def forward(self, input: Tensor) -> Tensor:
        """`input`, in training with elements set to zero."""
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_DropoutNd):
    """Whole channels of (N, C, D, H, W). Source: torch.nn.Dropout3d."""

    def forward(self, input: Tensor) -> Tensor:
        """`input`, in training with elements set to zero."""
        return F.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_DropoutNd):
    """Keeps mean and variance of what SELU gives. Source: torch.nn.AlphaDropout."""

    def forward(self, input: Tensor) -> Tensor:
        """`input`, in training with elements set to zero."""
        return F.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_DropoutNd):
    """AlphaDropout of whole channels. Source: torch.nn.FeatureAlphaDropout."""

    def forward(self, input: Tensor) -> Tensor:
        """`input`, in training with elements set to zero."""
        return F.feature_alpha_dropout(input, self.p, self.training)
