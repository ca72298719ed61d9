"""Channels in another order."""
from rushlight import Tensor
from .. import functional as F
from .module import Module


class ChannelShuffle(Module):
    """Channels as (groups, C / groups), transposed. Source: torch.nn.ChannelShuffle."""
    __constants__ = ["groups"]
    groups: int

    def __init__(self, groups):
        super().__init__()
        self.groups = groups

    def forward(self, input: Tensor) -> Tensor:
        """`input` with its channels in another order."""
        return F.channel_shuffle(input, self.groups)

    def extra_repr(self):
        return f"groups={self.groups}"
