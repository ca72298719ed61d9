"""torch.masked: reductions and normalisations that leave out the elements whose mask is False."""
import rushlight as torch

__all__ = ["amax", "amin", "argmax", "argmin", "cumprod", "cumsum", "log_softmax", "logaddexp", "logsumexp", "mean", "median", "norm",
           "normalize", "prod", "softmax", "softmin", "std", "sum", "var"]

_SMALL_INTEGERS = (torch.uint8, torch.bool, torch.int8, torch.int16, torch.int32)


def _is_inexact(dtype):
    return dtype.is_floating_point or dtype.is_complex


def _dims(dim, ndim):
    """The dimensions as a tuple; None and () are all of them."""
    if dim is None or dim == ():
        return tuple(range(ndim)) if ndim else ()
    dims = (dim,) if isinstance(dim, int) else tuple(dim)
    found = []
    for d in dims:
        if d in found or d + (ndim if d < 0 else 0) in found:
            raise RuntimeError(f"dim={d} appears multiple times in the list of dims")
        if d >= max(ndim, 1) or d < -max(ndim, 1):
            raise IndexError(f"Dimension out of range (expected to be in range of [{-ndim}, {ndim - 1}], but got {d})")
        found.append(d % ndim if ndim else 0)
    return tuple(found)


def _input_mask(input, mask):
    """The mask as bools in the shape of the input."""
    if not isinstance(mask, torch.Tensor):
        raise ValueError(f"masked operation expects a boolean tensor as mask, got {type(mask).__name__}")
    if mask.ndim > input.ndim:
        raise IndexError("_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)")
    return mask.to(torch.bool).broadcast_to(input.shape)


def _filled(input, mask, value):
    return input if mask is None else torch.where(_input_mask(input, mask), input, torch.tensor(value, dtype=input.dtype))


def _smallest(dtype):
    return float("-inf") if _is_inexact(dtype) else 0 if dtype is torch.bool else torch.iinfo(dtype).min


def _largest(dtype):
    return float("inf") if _is_inexact(dtype) else 1 if dtype is torch.bool else torch.iinfo(dtype).max


def _sum_dtype(input, dtype):
    if dtype is not None:
        return dtype
    return torch.int64 if input.dtype in _SMALL_INTEGERS else input.dtype


def sum(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    dtype = _sum_dtype(input, dtype)
    filled, dims = _filled(input, mask, 0), _dims(dim, input.ndim)
    return torch.sum(filled, dims, bool(keepdim), dtype=dtype) if dims else torch.sum(filled, dtype=dtype)


def prod(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    result = _filled(input, mask, 1)
    dims = _dims(dim, input.ndim)
    dtype = _sum_dtype(input, dtype)
    for d in sorted(dims, reverse=True):
        result = result.prod(dim=d, keepdim=bool(keepdim))
    return result.to(dtype)


def cumsum(input, dim, *, dtype=None, mask=None):
    dtype = input.dtype if dtype is None else dtype
    return torch.cumsum(_filled(input, mask, 0), _dims(dim, input.ndim)[0], dtype=dtype).to(dtype)


def cumprod(input, dim, *, dtype=None, mask=None):
    dtype = input.dtype if dtype is None else dtype
    return torch.cumprod(_filled(input, mask, 1), _dims(dim, input.ndim)[0], dtype=dtype).to(dtype)


def amax(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    filled = _filled(input, mask, _smallest(input.dtype))
    return torch.amax(filled, _dims(dim, input.ndim), bool(keepdim)).to(dtype or input.dtype)


def amin(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    filled = _filled(input, mask, _largest(input.dtype))
    return torch.amin(filled, _dims(dim, input.ndim), bool(keepdim)).to(dtype or input.dtype)


def argmax(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    return torch.argmax(_filled(input, mask, _smallest(input.dtype)), dim, bool(keepdim)).to(dtype or input.dtype)


def argmin(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    return torch.argmin(_filled(input, mask, _largest(input.dtype)), dim, bool(keepdim)).to(dtype or input.dtype)


def _count(input, dim, keepdim, mask):
    ones = torch.ones(input.shape, dtype=torch.int64)
    return sum(ones, dim, keepdim=keepdim, mask=None if mask is None else _input_mask(input, mask))


def mean(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    dtype = input.dtype if dtype is None else dtype
    if not _is_inexact(input.dtype):
        raise ValueError(f"mean expects input dtype to be floating point or complex, got {input.dtype}")
    return sum(input, dim, keepdim=keepdim, dtype=dtype, mask=mask) / _count(input, dim, keepdim, mask)


def median(input, dim=-1, *, keepdim=False, dtype=None, mask=None):
    dtype = input.dtype if dtype is None else dtype
    dim = _dims(dim, input.ndim)[0] if input.ndim else 0
    if not input.dtype.is_floating_point:
        input = input.to(torch.float32)
    if mask is None:
        return input.median(dim, bool(keepdim)).values.to(dtype)
    if torch.isnan(input).any():
        raise ValueError("masked median expects no NaN in input")
    return torch.nanmedian(_filled(input, mask, float("nan")), dim, bool(keepdim)).values.to(dtype)


def logsumexp(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    dtype = input.dtype if dtype is None else dtype
    filled = _filled(input, mask, _smallest(input.dtype))
    return torch.logsumexp(filled, _dims(dim, input.ndim), keepdim=bool(keepdim)).to(dtype)


def logaddexp(input, other, *, dtype=None, input_mask=None, other_mask=None):
    dtype = input.dtype if dtype is None else dtype
    lowest = float("-inf")
    return torch.logaddexp(_filled(input, input_mask, lowest), _filled(other, other_mask, lowest)).to(dtype)


def norm(input, ord=2.0, dim=None, *, keepdim=False, dtype=None, mask=None):
    filled = _filled(input, mask, float("inf") if ord < 0 else 0)
    return torch.linalg.vector_norm(filled, ord, _dims(dim, input.ndim), bool(keepdim), dtype=dtype)


def _variance(input, dim, unbiased, correction, keepdim, dtype, mask):
    if unbiased is not None and correction is not None:
        raise AssertionError("Only one of unbiased and correction may be given")
    if correction is None:
        correction = 1.0 if unbiased in (None, True) else 0.0
    dtype = (input.dtype if _is_inexact(input.dtype) else torch.float32) if dtype is None else dtype
    compute = dtype if _is_inexact(dtype) else torch.float32
    count = _count(input, dim, True, mask)
    centred = input - sum(input, dim, keepdim=True, dtype=dtype, mask=mask) / count
    total = sum(centred * centred.conj(), dim, keepdim=keepdim, dtype=compute, mask=mask)
    if not keepdim:
        count = count.reshape(total.shape)
    if correction != 0:
        count = count.to(total.real.dtype if total.is_complex() else total.dtype) - correction
        count = torch.maximum(count, torch.zeros_like(count))
    return total, count, dtype


def var(input, dim=None, unbiased=None, *, correction=None, keepdim=False, dtype=None, mask=None):
    total, count, dtype = _variance(input, dim, unbiased, correction, keepdim, dtype, mask)
    return (total / count).to(dtype)


def std(input, dim=None, unbiased=None, *, correction=None, keepdim=False, dtype=None, mask=None):
    total, count, dtype = _variance(input, dim, unbiased, correction, keepdim, dtype, mask)
    return torch.sqrt(total / count).to(dtype)


def softmax(input, dim, *, dtype=None, mask=None):
    filled = _filled(input, mask, _smallest(input.dtype))
    return torch.softmax(filled, _dims(dim, input.ndim)[0] if input.ndim else 0, dtype=input.dtype if dtype is None else dtype)


def log_softmax(input, dim, *, dtype=None, mask=None):
    filled = _filled(input, mask, _smallest(input.dtype))
    return torch.log_softmax(filled, _dims(dim, input.ndim)[0] if input.ndim else 0, dtype=input.dtype if dtype is None else dtype)


def softmin(input, dim, *, dtype=None, mask=None):
    filled = _filled(input, mask, _largest(input.dtype))
    return torch.softmax(-filled, _dims(dim, input.ndim)[0] if input.ndim else 0, dtype=input.dtype if dtype is None else dtype)


def normalize(input, ord, dim, *, eps=1e-12, dtype=None, mask=None):
    dtype = input.dtype if dtype is None else dtype
    length = norm(input, ord, dim, keepdim=True, dtype=dtype, mask=mask)
    length = torch.max(length, length.new_full([], eps))
    return _filled(input, mask, 0) / length
