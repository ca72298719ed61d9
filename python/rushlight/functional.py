"""Functions of the torch namespace that prepare their arguments in Python before they call operators."""
from . import _C
from ._tensor import Tensor

_op = _C._find_overload
_functions = {}


def _function(name):
    """The operator `name` as a function of the torch namespace."""
    found = _functions.get(name)
    if found is None:
        found = _functions[name] = _C._find_function(name)
        if found is None:
            raise NotImplementedError(f"the operator aten::{name} does not exist in Rushlight")
    return found


def _sequence(tensors):
    """f(a, b) and f([a, b]) mean the same."""
    return tuple(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors


def broadcast_tensors(*tensors):
    """All tensors in the shape that they have in common."""
    return _function("broadcast_tensors")(_sequence(tensors))


def broadcast_shapes(*shapes):
    """The shape that results of these shapes have in common."""
    result = []
    shapes = [(shape,) if isinstance(shape, int) else tuple(shape) for shape in shapes]
    for shape in shapes:
        for size in shape:
            if size < 0:
                raise RuntimeError(f"Trying to create tensor with negative dimension ({size}): ({size})")
        result = [1] * (len(shape) - len(result)) + result
        for i in range(-1, -1 - len(shape), -1):
            if shape[i] in (1, result[i]):
                continue
            if result[i] != 1:
                raise RuntimeError("Shape mismatch: objects cannot be broadcast to a single shape")
            result[i] = shape[i]
    return _C.Size(result)


def split(tensor, split_size_or_sections, dim=0):
    """Parts of `tensor` along `dim`: of one size, or of the sizes given."""
    if isinstance(split_size_or_sections, int):
        return _op("aten::split", "Tensor")(tensor, split_size_or_sections, dim)
    return _op("aten::split_with_sizes", "")(tensor, tuple(split_size_or_sections), dim)


def meshgrid(*tensors, indexing=None):
    tensors = list(_sequence(tensors))
    if indexing is None:
        import warnings
        warnings.warn("torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument.", stacklevel=2)
        return _op("aten::meshgrid", "")(tensors)
    return _op("aten::meshgrid", "indexing")(tensors, indexing=indexing)


def cartesian_prod(*tensors):
    return _function("cartesian_prod")(tensors)


def block_diag(*tensors):
    return _function("block_diag")(tensors)


def _atleast(name):
    def function(*tensors):
        if len(tensors) == 1 and isinstance(tensors[0], Tensor):
            return _op(f"aten::{name}", "")(tensors[0])
        return _op(f"aten::{name}", "Sequence")(_sequence(tensors))
    function.__name__ = function.__qualname__ = name
    function.__doc__ = "Add dimensions of size 1 until there are enough."
    return function


atleast_1d, atleast_2d, atleast_3d = _atleast("atleast_1d"), _atleast("atleast_2d"), _atleast("atleast_3d")


def _einsum_equation(args):
    """einsum(a, [0, 1], b, [1, 2], [0, 2]) in letters."""
    def letter(n):
        if n is Ellipsis:
            return "..."
        if 0 <= n < 26:
            return chr(ord("A") + n)
        if 26 <= n < 52:
            return chr(ord("a") + n - 26)
        raise ValueError("einsum(): subscript in subscript list is not within the valid range [0, 52)")

    def letters(numbers):
        return "".join(letter(n) for n in numbers)
    equation = ",".join(letters(numbers) for numbers in args[1::2])
    if len(args) % 2 == 1:
        return equation + "->" + letters(args[-1]), args[:-1:2]
    return equation, args[::2]


def einsum(*args):
    """Sums of products in Einstein's notation: ``einsum("ij,jk->ik", a, b)``."""
    if len(args) < 2:
        raise ValueError("einsum(): must specify the equation string and at least one operand, or at least one operand and its subscripts list")
    if isinstance(args[0], Tensor):
        equation, operands = _einsum_equation(args)
    else:
        equation, operands = args[0], args[1:]
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        return einsum(equation, *operands[0])
    return _op("aten::einsum", "")(equation, tuple(operands), path=None)


def tensordot(a, b, dims=2, out=None):
    if isinstance(dims, Tensor):
        dims = dims.tolist() if dims.numel() > 1 else int(dims.item())
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.dim(), b.dim()):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        dims_a, dims_b = list(range(-dims, 0)), list(range(dims))
    else:
        dims_a, dims_b = (list(part) if isinstance(part, (list, tuple)) else [part] for part in dims)
    return _function("tensordot")(a, b, dims_a, dims_b) if out is None else _function("tensordot")(a, b, dims_a, dims_b, out=out)


def cdist(x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary"):
    modes = {"use_mm_for_euclid_dist_if_necessary": None, "use_mm_for_euclid_dist": 1, "donot_use_mm_for_euclid_dist": 2}
    if compute_mode not in modes:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    return _op("aten::cdist", "")(x1, x2, p, modes[compute_mode])


def chain_matmul(*matrices, out=None):
    product = _function("chain_matmul")(_sequence(matrices))
    return product if out is None else out.resize_(product.shape).copy_(product)


def norm(input, p="fro", dim=None, keepdim=False, out=None, dtype=None):
    """The p-norm of all elements, or along `dim`."""
    extra = {} if out is None else {"out": out}
    dims = (dim,) if isinstance(dim, int) else dim
    if isinstance(p, str) and not (p == "fro" and (dims is None or len(dims) <= 2)):
        return _function("linalg_matrix_norm")(input, p, (-2, -1) if dims is None else tuple(dims), keepdim, dtype=dtype, **extra)
    order = 2 if p == "fro" else 2.0 if p is None else p
    return _function("linalg_vector_norm")(input, order, dims, keepdim, dtype=dtype, **extra)


def lu(A, pivot=True, get_infos=False, out=None):
    """The LU factorization, packed; see torch.linalg.lu_factor."""
    extra = {} if out is None else {"out": tuple(out)}
    if get_infos:
        return tuple(_function("linalg_lu_factor_ex")(A, pivot=pivot, **extra))
    return tuple(_function("linalg_lu_factor")(A, pivot=pivot, **extra))


def nonzero(input, *, out=None, as_tuple=False):
    """The coordinates of the elements that are not zero: one row each, or one tensor for each dimension."""
    if as_tuple:
        return tuple(_op("aten::nonzero_numpy", "")(input))
    return _op("aten::nonzero", "")(input) if out is None else _op("aten::nonzero", "out")(input, out=out)


def _unique_results(result, wanted):
    """Of (values, inverse, counts) those that were asked for; alone if it is one."""
    parts = [part for part, keep in zip(result, wanted) if keep]
    return parts[0] if len(parts) == 1 else tuple(parts)


def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    """The different values, and how they make up the input."""
    if dim is None:
        result = _op("aten::_unique2", "")(input, sorted, return_inverse, return_counts)
    else:
        result = _op("aten::unique_dim", "")(input, dim, sorted, return_inverse, return_counts)
    return _unique_results(result, (True, return_inverse, return_counts))


def unique_consecutive(input, return_inverse=False, return_counts=False, dim=None):
    """As unique, but only neighbours are compared."""
    result = _op("aten::unique_consecutive", "")(input, return_inverse, return_counts, dim)
    return _unique_results(result, (True, return_inverse, return_counts))


def unravel_index(indices, shape):
    """Flat indices as one index per dimension."""
    if isinstance(shape, int):
        shape = (shape,)
    results = []
    rest = indices.to(_C.int64)
    for size in reversed(tuple(shape)):
        results.append(_function("remainder")(rest, size))
        rest = _function("div")(rest, size, rounding_mode="floor")
    return tuple(reversed(results))


def stft(input, n_fft, hop_length=None, win_length=None, window=None, center=True, pad_mode="reflect", normalized=False, onesided=None,
         return_complex=None, align_to_window=None):
    """The short-time Fourier transform: one spectrum per window."""
    if center:
        pad = n_fft // 2
        flat = input.reshape((1,) * (3 - input.dim()) + tuple(input.shape))
        padded = _function("pad")(flat, (pad, pad), pad_mode) if _C._find_function("pad") else None
        if padded is None:
            from .nn.functional import pad as pad_function
            padded = pad_function(flat, (pad, pad), pad_mode)
        input = padded.reshape(tuple(input.shape[:-1]) + (padded.shape[-1],))
    return _op("aten::stft", "")(input, n_fft, hop_length, win_length, window, normalized, onesided, return_complex, align_to_window)


def istft(input, n_fft, hop_length=None, win_length=None, window=None, center=True, normalized=False, onesided=None, length=None,
          return_complex=False):
    return _op("aten::istft", "")(input, n_fft, hop_length, win_length, window, center, normalized, onesided, length, return_complex)
