"""Distances of vectors."""
from rushlight import Tensor
from .. import functional as F
from .module import Module


class PairwiseDistance(Module):
    """The p-norm of the differences, to which eps is added. Source: torch.nn.PairwiseDistance."""
    __constants__ = ["norm", "eps", "keepdim"]
    norm: float
    eps: float
    keepdim: bool

    def __init__(self, p=2.0, eps=1e-6, keepdim=False):
        super().__init__()
        self.norm = p
        self.eps = eps
        self.keepdim = keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """The distances between both."""
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)


class CosineSimilarity(Module):
    """The cosine of the angle along `dim`; eps: the least product of norms. Source: torch.nn.CosineSimilarity."""
    __constants__ = ["dim", "eps"]
    dim: int
    eps: float

    def __init__(self, dim=1, eps=1e-8):
        super().__init__()
        self.dim = dim
        self.eps = eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """The cosine of the angles between both."""
        return F.cosine_similarity(x1, x2, self.dim, self.eps)
