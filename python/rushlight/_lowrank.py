"""Approximate singular values and principal components by random projections (Halko, Martinsson and Tropp 2009)."""
import rushlight as torch


def get_approximate_basis(A, q, niter=2, M=None):
    """An orthonormal basis of nearly the range of A - M."""
    if M is not None:
        A = A - M
    R = torch.randn(A.shape[-1], q, dtype=A.dtype, device=A.device)
    Q = torch.linalg.qr(torch.matmul(A, R)).Q
    for _ in range(niter):
        Q = torch.linalg.qr(torch.matmul(A.mH, Q)).Q
        Q = torch.linalg.qr(torch.matmul(A, Q)).Q
    return Q


def svd_lowrank(A, q=6, niter=2, M=None):
    """U, S and V of a matrix of rank q that is near A - M."""
    q = 6 if q is None else q
    if M is not None:
        A = A - M.broadcast_to(A.shape)
    m, n = A.shape[-2:]
    if m < n:
        A = A.mH
    Q = get_approximate_basis(A, q, niter=niter)
    U, S, Vh = torch.linalg.svd(torch.matmul(Q.mH, A), full_matrices=False)
    U, V = Q.matmul(U), Vh.mH
    return (V, S, U) if m < n else (U, S, V)


def pca_lowrank(A, q=None, center=True, niter=2):
    """The first q principal components of the rows of A."""
    m, n = A.shape[-2:]
    if q is None:
        q = min(6, m, n)
    elif not (0 <= q <= min(m, n)):
        raise ValueError(f"q(={q}) must be non-negative integer and not greater than min(m, n)={min(m, n)}")
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    return svd_lowrank(A - A.mean(dim=-2, keepdim=True) if center else A, q, niter=niter)
