"""Functions of the torch namespace that prepare their arguments in Python before they call operators."""
from typing import List, Optional, Tuple

import rushlight as torch
from . import _C, _VF
from ._jit_internal import _overload, boolean_dispatch
from ._tensor import Tensor
from .nn import functional as F
from .overrides import handle_torch_function, has_torch_function_unary, has_torch_function_variadic

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
    shapes = [(shape,) if isinstance(shape, int) else tuple(shape) for shape in shapes]
    result = [1] * max(map(len, shapes), default=0)
    for index, shape in enumerate(shapes):
        for i in range(-1, -1 - len(shape), -1):
            if shape[i] in (1, result[i]):
                continue
            if result[i] != 1:
                raise RuntimeError(f"Attempting to broadcast a dimension of length {shape[i]} at {i}! Mismatching argument at index {index} had "
                                   f"{shape}; but expected shape should be broadcastable to {result}")
            if shape[i] < 0:
                raise ValueError("Attempting to broadcast a dimension with negative length!")
            result[i] = shape[i]
    return _C.Size(result)


def split(tensor, split_size_or_sections, dim=0):
    """Parts of `tensor` along `dim`: of one size, or of the sizes given."""
    return tensor.split(split_size_or_sections, dim)


def meshgrid(*tensors, indexing=None):
    tensors = list(_sequence(tensors))
    if indexing is None:
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
        if not isinstance(equation, str):
            raise TypeError(f"einsum(): argument 'equation' (position 1) must be str, not {type(equation).__name__}")
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        return einsum(equation, *operands[0])
    return _op("aten::einsum", "")(equation, tuple(operands), path=None)


@_overload
def tensordot(a, b, dims: int = 2, out: Optional[Tensor] = None):
    pass


@_overload
def tensordot(a, b, dims: Tuple[List[int], List[int]], out: Optional[Tensor] = None):
    pass


@_overload
def tensordot(a, b, dims: List[List[int]], out: Optional[Tensor] = None):
    pass


@_overload
def tensordot(a, b, dims: Tensor, out: Optional[Tensor] = None):
    pass


def tensordot(a, b, dims=2, out: Optional[Tensor] = None):
    """The sum of products over dimensions: the last ones of a with the first ones of b, or the pairs that are listed."""
    if has_torch_function_variadic(a, b):
        return handle_torch_function(tensordot, (a, b), a, b, dims, out)
    if not isinstance(dims, (tuple, list, Tensor, int)):
        raise RuntimeError("tensordot expects dims to be int or " + "tuple[list[int], list[int]] or "
                           + "list[list[int]] containing two lists, but got " + f"dims={dims}")
    dims_a: List[int] = []
    dims_b: List[int] = []
    if isinstance(dims, (tuple, list)):
        dims_a, dims_b = dims
    if isinstance(dims, Tensor):
        num_elements = dims.numel()
        if num_elements > 1:
            if dims.size()[0] != 2:
                raise AssertionError(f"dims tensor must have size 2 in first dimension, got {dims.size()[0]}")
            dims_a = torch.jit.annotate(List[int], dims[0].tolist())
            dims_b = torch.jit.annotate(List[int], dims[1].tolist())
        else:
            dims_val = int(dims.item())
            if dims_val < 0:
                raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
            dims_a = list(range(-dims_val, 0))
            dims_b = list(range(dims_val))
    if isinstance(dims, int):
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.dim(), b.dim()):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        dims_a = list(range(-dims, 0))
        dims_b = list(range(dims))
    if out is None:
        return _VF.tensordot(a, b, dims_a, dims_b)
    else:
        return _VF.tensordot(a, b, dims_a, dims_b, out=out)


def cdist(x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary"):
    """The p-norm distance of each row of x1 from each row of x2. compute_mode: whether a matrix product may be used for p=2."""
    # type: (Tensor, Tensor, float, str) -> Tensor
    if has_torch_function_variadic(x1, x2):
        return handle_torch_function(cdist, (x1, x2), x1, x2, p, compute_mode)
    if compute_mode == "use_mm_for_euclid_dist_if_necessary":
        return _VF.cdist(x1, x2, p, None)
    elif compute_mode == "use_mm_for_euclid_dist":
        return _VF.cdist(x1, x2, p, 1)
    elif compute_mode == "donot_use_mm_for_euclid_dist":
        return _VF.cdist(x1, x2, p, 2)
    else:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")


def chain_matmul(*matrices, out=None):
    product = _function("chain_matmul")(_sequence(matrices))
    return product if out is None else out.resize_(product.shape).copy_(product)


# Overloads of norm for the compiler; "number" has no name in Python.

@_overload
def norm(input, p="fro", dim=None, keepdim=False, out=None, dtype=None):
    # type: (Tensor, str, Optional[List[int]], bool, Optional[Tensor], Optional[int]) -> Tensor
    pass


@_overload
def norm(input, p="fro", dim=None, keepdim=False, out=None, dtype=None):
    # type: (Tensor, Optional[number], Optional[List[int]], bool, Optional[Tensor], Optional[int]) -> Tensor
    pass


@_overload
def norm(input, p="fro", dim=None, keepdim=False, out=None, dtype=None):
    # type: (Tensor, Optional[number], Optional[int], bool, Optional[Tensor], Optional[int]) -> Tensor
    pass


@_overload
def norm(input, p="fro", dim=None, keepdim=False, out=None, dtype=None):
    # type: (Tensor, str, Optional[int], bool, Optional[Tensor], Optional[int]) -> Tensor
    pass


def norm(input, p="fro", dim=None, keepdim=False, out=None, dtype=None):
    """The p-norm of all elements, or along `dim`. p: a number, "fro" (the root of the sum of squares) or "nuc" (of a matrix)."""
    if has_torch_function_unary(input):
        return handle_torch_function(norm, (input,), input, p, dim, keepdim, out, dtype)
    if input.layout == torch.strided and input.device.type in ("cpu", "cuda", "xpu", "meta", "privateuseone"):
        if dim is not None:
            if isinstance(dim, int):
                _dim = [dim]
            else:
                _dim = dim
        else:
            _dim = None
        if isinstance(p, str):
            if p == "fro" and (dim is None or isinstance(dim, int) or len(dim) <= 2):
                if out is None:
                    return torch.linalg.vector_norm(input, 2, _dim, keepdim, dtype=dtype)
                else:
                    return torch.linalg.vector_norm(input, 2, _dim, keepdim, dtype=dtype, out=out)
            if _dim is None:
                _dim = list(range(input.ndim))
            if out is None:
                return torch.linalg.matrix_norm(input, p, _dim, keepdim, dtype=dtype)
            else:
                return torch.linalg.matrix_norm(input, p, _dim, keepdim, dtype=dtype, out=out)
        else:
            _p = 2.0 if p is None else p
            if out is None:
                return torch.linalg.vector_norm(input, _p, _dim, keepdim, dtype=dtype)
            else:
                return torch.linalg.vector_norm(input, _p, _dim, keepdim, dtype=dtype, out=out)

    # Other layouts: the older operators.
    ndim = input.dim()
    if dim is None and out is None and dtype is None and p is not None:
        if isinstance(p, str):
            if p == "fro":
                return _VF.frobenius_norm(input, dim=(), keepdim=keepdim)
        if not isinstance(p, str):
            _dim = list(range(ndim))
            return _VF.norm(input, p, dim=_dim, keepdim=keepdim)
    if dim is not None:
        if isinstance(dim, int):
            _dim = [dim]
        else:
            _dim = dim
    else:
        _dim = None
    if isinstance(p, str):
        if p == "fro":
            if dtype is not None:
                raise ValueError("dtype argument is not supported in frobenius norm")
            if _dim is None:
                _dim = list(range(ndim))
            if out is None:
                return _VF.frobenius_norm(input, _dim, keepdim=keepdim)
            else:
                return _VF.frobenius_norm(input, _dim, keepdim=keepdim, out=out)
        elif p == "nuc":
            if dtype is not None:
                raise ValueError("dtype argument is not supported in nuclear norm")
            if _dim is None:
                if out is None:
                    return _VF.nuclear_norm(input, keepdim=keepdim)
                else:
                    return _VF.nuclear_norm(input, keepdim=keepdim, out=out)
            else:
                if out is None:
                    return _VF.nuclear_norm(input, _dim, keepdim=keepdim)
                else:
                    return _VF.nuclear_norm(input, _dim, keepdim=keepdim, out=out)
        raise RuntimeError(f"only valid string values are 'fro' and 'nuc', found {p}")
    else:
        if _dim is None:
            _dim = list(range(ndim))
        if out is None:
            if dtype is None:
                return _VF.norm(input, p, _dim, keepdim=keepdim)
            else:
                return _VF.norm(input, p, _dim, keepdim=keepdim, dtype=dtype)
        else:
            if dtype is None:
                return _VF.norm(input, p, _dim, keepdim=keepdim, out=out)
            else:
                return _VF.norm(input, p, _dim, keepdim=keepdim, dtype=dtype, out=out)


def _lu_with_infos(A: Tensor, pivot: bool = True, get_infos: bool = False,
                   out: Optional[Tuple[Tensor, Tensor, Tensor]] = None) -> Tuple[Tensor, Tensor, Tensor]:
    """The LU factorization, packed, its pivots and, with get_infos, which matrices have none; without it they are a RuntimeError."""
    factors, pivots, infos = torch.linalg.lu_factor_ex(A, pivot=pivot)
    if out is not None:
        out[0].resize_as_(factors).copy_(factors)
        out[1].resize_as_(pivots).copy_(pivots)
        out[2].resize_as_(infos).copy_(infos)
        return out
    return factors, pivots, infos


def _lu_no_infos(A: Tensor, pivot: bool = True, get_infos: bool = False,
                 out: Optional[Tuple[Tensor, Tensor]] = None) -> Tuple[Tensor, Tensor]:
    factors, pivots, _ = torch.linalg.lu_factor_ex(A, pivot=pivot, check_errors=True)
    if out is not None:
        out[0].resize_as_(factors).copy_(factors)
        out[1].resize_as_(pivots).copy_(pivots)
        return out
    return factors, pivots


lu = boolean_dispatch("get_infos", 2, False, _lu_with_infos, _lu_no_infos, __name__, "lu")


def nonzero(input, *, out=None, as_tuple=False):
    """The coordinates of the elements that are not zero: one row each, or one tensor for each dimension."""
    if as_tuple:
        return tuple(_op("aten::nonzero_numpy", "")(input))
    return _op("aten::nonzero", "")(input) if out is None else _op("aten::nonzero", "out")(input, out=out)


def _unique_impl(input: Tensor, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False,
                 dim: Optional[int] = None) -> Tuple[Tensor, Tensor, Tensor]:
    """The different values, the number of its value for each element, and how often each value occurs."""
    if dim is not None:
        output, inverse_indices, counts = _VF.unique_dim(input, dim, sorted=sorted, return_inverse=return_inverse, return_counts=return_counts)
    else:
        output, inverse_indices, counts = torch._unique2(input, sorted=sorted, return_inverse=return_inverse, return_counts=return_counts)
    return output, inverse_indices, counts


def _unique_consecutive_impl(input: Tensor, return_inverse: bool = False, return_counts: bool = False,
                             dim: Optional[int] = None) -> Tuple[Tensor, Tensor, Tensor]:
    """As _unique_impl, but only neighbours are compared."""
    output, inverse_indices, counts = _VF.unique_consecutive(input, return_inverse=return_inverse, return_counts=return_counts, dim=dim)
    return output, inverse_indices, counts


# What unique returns depends on two flags, which must be known when a program is compiled: one function for each case.

def _return_inverse_and_counts(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    # type: (Tensor, bool, bool, bool, Optional[int]) -> Tuple[Tensor, Tensor, Tensor]
    if has_torch_function_unary(input):
        return handle_torch_function(unique, (input,), input, sorted, return_inverse, return_counts, dim)
    return _unique_impl(input, sorted, return_inverse, return_counts, dim)


def _return_counts(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    # type: (Tensor, bool, bool, bool, Optional[int]) -> Tuple[Tensor, Tensor]
    if has_torch_function_unary(input):
        return handle_torch_function(unique, (input,), input, sorted, return_inverse, return_counts, dim)
    output, _, counts = _unique_impl(input, sorted, return_inverse, return_counts, dim)
    return output, counts


def _return_output(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    # type: (Tensor, bool, bool, bool, Optional[int]) -> Tensor
    if has_torch_function_unary(input):
        return handle_torch_function(unique, (input,), input, sorted, return_inverse, return_counts, dim)
    output, _, _ = _unique_impl(input, sorted, return_inverse, return_counts, dim)
    return output


def _return_inverse(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    # type: (Tensor, bool, bool, bool, Optional[int]) -> Tuple[Tensor, Tensor]
    if has_torch_function_unary(input):
        return handle_torch_function(unique, (input,), input, sorted, return_inverse, return_counts, dim)
    output, inverse_indices, _ = _unique_impl(input, sorted, return_inverse, return_counts, dim)
    return output, inverse_indices


_return_inverse_false = boolean_dispatch("return_counts", 3, False, _return_counts, _return_output, __name__, "unique")
_return_inverse_true = boolean_dispatch("return_counts", 3, False, _return_inverse_and_counts, _return_inverse, __name__, "unique")
unique = boolean_dispatch("return_inverse", 2, False, _return_inverse_true, _return_inverse_false, __name__, "unique")


def _consecutive_return_inverse_and_counts(input, return_inverse=False, return_counts=False, dim=None):
    # type: (Tensor, bool, bool, Optional[int]) -> Tuple[Tensor, Tensor, Tensor]
    if has_torch_function_unary(input):
        return handle_torch_function(unique_consecutive, (input,), input, return_inverse, return_counts, dim)
    return _unique_consecutive_impl(input, return_inverse, return_counts, dim)


def _consecutive_return_counts(input, return_inverse=False, return_counts=False, dim=None):
    # type: (Tensor, bool, bool, Optional[int]) -> Tuple[Tensor, Tensor]
    if has_torch_function_unary(input):
        return handle_torch_function(unique_consecutive, (input,), input, return_inverse, return_counts, dim)
    output, _, counts = _unique_consecutive_impl(input, return_inverse, return_counts, dim)
    return output, counts


def _consecutive_return_output(input, return_inverse=False, return_counts=False, dim=None):
    # type: (Tensor, bool, bool, Optional[int]) -> Tensor
    if has_torch_function_unary(input):
        return handle_torch_function(unique_consecutive, (input,), input, return_inverse, return_counts, dim)
    output, _, _ = _unique_consecutive_impl(input, return_inverse, return_counts, dim)
    return output


def _consecutive_return_inverse(input, return_inverse=False, return_counts=False, dim=None):
    # type: (Tensor, bool, bool, Optional[int]) -> Tuple[Tensor, Tensor]
    if has_torch_function_unary(input):
        return handle_torch_function(unique_consecutive, (input,), input, return_inverse, return_counts, dim)
    output, inverse_indices, _ = _unique_consecutive_impl(input, return_inverse, return_counts, dim)
    return output, inverse_indices


_consecutive_return_inverse_false = boolean_dispatch("return_counts", 2, False, _consecutive_return_counts, _consecutive_return_output, __name__, "unique_consecutive")
_consecutive_return_inverse_true = boolean_dispatch("return_counts", 2, False, _consecutive_return_inverse_and_counts, _consecutive_return_inverse, __name__, "unique_consecutive")
unique_consecutive = boolean_dispatch("return_inverse", 1, False, _consecutive_return_inverse_true, _consecutive_return_inverse_false, __name__, "unique_consecutive")


def unravel_index(indices, shape):
    """Flat indices as one index per dimension."""
    if indices.is_complex() or indices.is_floating_point() or indices.dtype == _C.bool:
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    if isinstance(shape, int):
        shape = (shape,)
    results = []
    rest = indices.to(_C.int64)
    for size in reversed(tuple(shape)):
        results.append(_function("remainder")(rest, size))
        rest = _function("div")(rest, size, rounding_mode="floor")
    return tuple(reversed(results))


def stft(input: Tensor, n_fft: int, hop_length: Optional[int] = None, win_length: Optional[int] = None, window: Optional[Tensor] = None,
         center: bool = True, pad_mode: str = "reflect", normalized: bool = False, onesided: Optional[bool] = None,
         return_complex: Optional[bool] = None, align_to_window: Optional[bool] = None) -> Tensor:
    """The short-time Fourier transform: one spectrum per window. center: the input is padded so that windows stand around their frame."""
    if has_torch_function_unary(input):
        return handle_torch_function(stft, (input,), input, n_fft, hop_length, win_length, window, center, pad_mode, normalized, onesided,
                                     return_complex, align_to_window)
    if center and align_to_window is not None:
        raise RuntimeError("stft align_to_window should only be set when center = false")
    if center:
        signal_dim = input.dim()
        extended_shape = [1] * (3 - signal_dim) + list(input.size())
        pad = int(n_fft // 2)
        input = F.pad(input.view(extended_shape), [pad, pad], pad_mode)
        input = input.view(input.shape[-signal_dim:])
    return _VF.stft(input, n_fft, hop_length, win_length, window, normalized, onesided, return_complex, align_to_window)


istft = _VF.istft
