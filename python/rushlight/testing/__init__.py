"""torch.testing: comparing results."""
import cmath
import math
from collections.abc import Mapping, Sequence

from .. import _C
from .._tensor import Tensor

# dtype: (rtol, atol); the others are compared exactly
_TOLERANCES = {_C.float16: (1e-3, 1e-5), _C.bfloat16: (1.6e-2, 1e-5), _C.float32: (1.3e-6, 1e-5), _C.float64: (1e-7, 1e-7),
               _C.complex32: (1e-3, 1e-5), _C.complex64: (1.3e-6, 1e-5), _C.complex128: (1e-7, 1e-7)}
_PYTHON_DTYPES = {bool: _C.bool, int: _C.int64, float: _C.float64, complex: _C.complex128}


class _Mismatch(Exception):
    """What differs, and where in nested containers."""

    def __init__(self, kind, message, place=()):
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.place = place

    def text(self):
        if not self.place:
            return self.message
        item = "".join(f"[{key!r}]" if isinstance(key, (int, str)) else f"[{key}]" for key in self.place)
        return f"{self.message}\n\nThe failure occurred for item {item}"


class _Options:
    def __init__(self, rtol, atol, equal_nan, check_device, check_dtype, check_layout, check_stride, allow_subclasses):
        if (rtol is None) != (atol is None):
            raise ValueError(f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {'rtol' if rtol is None else 'atol'}.")
        self.rtol, self.atol, self.equal_nan = rtol, atol, equal_nan
        self.check_device, self.check_dtype, self.check_layout, self.check_stride = check_device, check_dtype, check_layout, check_stride
        self.allow_subclasses = allow_subclasses

    def tolerances(self, *dtypes):
        if self.rtol is not None:
            return self.rtol, self.atol
        return default_tolerances(*dtypes)


def default_tolerances(*dtypes):
    """(rtol, atol) that suit the least exact of these dtypes."""
    rtols, atols = zip(*(_TOLERANCES.get(dtype, (0.0, 0.0)) for dtype in dtypes))
    return max(rtols), max(atols)


def _comparison_text(what, is_exact, lines):
    return f"{what} are not {'equal' if is_exact else 'close'}!\n\n" + "\n".join(lines)


def _is_close(a, b, rtol, atol, equal_nan):
    if a == b:
        return True
    if cmath.isnan(a) and cmath.isnan(b):
        return equal_nan
    if cmath.isinf(a) or cmath.isinf(b):
        return False
    return abs(a - b) <= atol + rtol * abs(b)


def _compare_numbers(actual, expected, options, rtol, atol):
    if _is_close(actual, expected, rtol, atol, options.equal_nan):
        return
    is_exact = rtol == atol == 0
    difference = abs(actual - expected)
    relative = math.inf if expected == 0 else difference / abs(expected)
    allowed = ("", "") if is_exact else (f" (up to {atol} allowed)", f" (up to {rtol} allowed)")
    raise _Mismatch(AssertionError, _comparison_text("Scalars", is_exact, (
        f"Expected {expected} but got {actual}.", f"Absolute difference: {difference}{allowed[0]}", f"Relative difference: {relative}{allowed[1]}")))


def _place_of(flat, shape):
    index = []
    for size in reversed(shape):
        index.append(flat % size)
        flat //= size
    return tuple(reversed(index))


def _first_largest(differences):
    """Index of the largest difference; not-a-number counts as larger than all."""
    flat = differences.reshape(-1)
    values = flat.tolist()
    best = 0
    for i, value in enumerate(values):
        if value != value:
            return i, value
        if value > values[best]:
            best = i
    return best, values[best]


def _compare_values(actual, expected, options):
    rtol, atol = options.tolerances(actual.dtype, expected.dtype)
    if actual.dtype != expected.dtype:
        common = _C.promote_types(actual.dtype, expected.dtype)
        actual, expected = actual.to(common), expected.to(common)
    if actual.dim() == 0:
        return _compare_numbers(actual.item(), expected.item(), options, rtol, atol)
    a, b = actual.reshape(-1).tolist(), expected.reshape(-1).tolist()
    wrong = [i for i, (x, y) in enumerate(zip(a, b)) if not _is_close(x, y, rtol, atol, options.equal_nan)]
    if not wrong:
        return
    is_exact = rtol == atol == 0
    is_whole = not (actual.dtype.is_floating_point or actual.dtype.is_complex)
    if is_whole:
        actual, expected = actual.to(_C.int64), expected.to(_C.int64)
    differences = (actual - expected).abs().reshape(-1)
    relative = differences / expected.abs().reshape(-1)
    if not is_whole:
        keep = set(wrong)
        differences = _C.tensor([value if i in keep else 0.0 for i, value in enumerate(differences.tolist())], dtype=differences.dtype)
        relative = _C.tensor([value if i in keep else 0.0 for i, value in enumerate(relative.tolist())], dtype=relative.dtype)
    else:
        relative = _C.tensor([0.0 if value != value else value for value in relative.tolist()])
    allowed = ("", "") if is_exact else (f" (up to {atol} allowed)", f" (up to {rtol} allowed)")
    lines = [f"Mismatched elements: {len(wrong)} / {len(a)} ({len(wrong) / len(a):.1%})"]
    for name, values, limit in (("absolute", differences, allowed[0]), ("relative", relative, allowed[1])):
        i, value = _first_largest(values)
        lines.append(f"Greatest {name} difference: {value} at index {_place_of(i, actual.shape)}{limit}")
    raise _Mismatch(AssertionError, _comparison_text("Tensor-likes", is_exact, lines))


def _compare_attribute(name, actual, expected):
    if actual != expected:
        raise _Mismatch(AssertionError, f"The values for attribute '{name}' do not match: {actual} != {expected}.")


def _compare_tensors(actual, expected, options):
    _compare_attribute("shape", actual.shape, expected.shape)
    if options.check_device:
        _compare_attribute("device", actual.device, expected.device)
    if options.check_layout:
        _compare_attribute("layout", actual.layout, expected.layout)
    if options.check_dtype:
        _compare_attribute("dtype", actual.dtype, expected.dtype)
    if options.check_stride:
        _compare_attribute("stride()", actual.stride(), expected.stride())
    _compare_values(actual.detach(), expected.detach(), options)


def _compare(actual, expected, options, place):
    try:
        _compare_kinds(actual, expected, options, place)
    except _Mismatch as mismatch:
        mismatch.place = mismatch.place or place
        raise


def _compare_kinds(actual, expected, options, place):
    if isinstance(actual, Tensor) and isinstance(expected, Tensor):
        return _compare_tensors(actual, expected, options)
    if actual is None and expected is None:
        return
    if isinstance(actual, bool) and isinstance(expected, bool):
        if actual is not expected:
            raise _Mismatch(AssertionError, f"Booleans mismatch: {actual} is not {expected}")
        return
    if isinstance(actual, (int, float, complex)) and isinstance(expected, (int, float, complex)):
        if options.check_dtype and type(actual) is not type(expected):
            raise _Mismatch(AssertionError, f"The (d)types do not match: {type(actual)} != {type(expected)}.")
        return _compare_numbers(actual, expected, options, *options.tolerances(_PYTHON_DTYPES[type(actual)], _PYTHON_DTYPES[type(expected)]))
    if isinstance(actual, Mapping) and isinstance(expected, Mapping):
        missing, additional = sorted(expected.keys() - actual.keys()), sorted(actual.keys() - expected.keys())
        if missing or additional:
            raise _Mismatch(AssertionError, "The keys of the mappings do not match:\n"
                            f"Missing keys in the actual mapping: {missing}\nAdditional keys in the actual mapping: {additional}")
        for key in actual:
            _compare(actual[key], expected[key], options, (*place, key))
        return
    if all(isinstance(value, Sequence) and not isinstance(value, str) for value in (actual, expected)):
        if len(actual) != len(expected):
            raise _Mismatch(AssertionError, f"The length of the sequences mismatch: {len(actual)} != {len(expected)}")
        for i, (a, b) in enumerate(zip(actual, expected)):
            _compare(a, b, options, (*place, i))
        return
    if type(actual).__module__ == type(expected).__module__ == "numpy":
        return _compare(_C.as_tensor(actual), _C.as_tensor(expected), options, place)
    raise _Mismatch(TypeError, f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}.")


def assert_close(actual, expected, *, allow_subclasses=True, rtol=None, atol=None, equal_nan=False, check_device=True, check_dtype=True,
                 check_layout=True, check_stride=False, msg=None):
    """AssertionError unless the values agree: ``|actual - expected| <= atol + rtol * |expected|``, in containers element by element."""
    options = _Options(rtol, atol, equal_nan, check_device, check_dtype, check_layout, check_stride, allow_subclasses)
    try:
        _compare(actual, expected, options, ())
    except _Mismatch as mismatch:
        text = mismatch.text()
        if msg is not None and mismatch.kind is AssertionError:
            text = msg(text) if callable(msg) else msg
        raise mismatch.kind(text) from None


def make_tensor(*shape, dtype, device="cpu", low=None, high=None, requires_grad=False, noncontiguous=False, exclude_zero=False,
                memory_format=None):
    """A tensor of random values of [low, high)."""
    shape = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], Sequence) else shape
    function = _C._find_function
    if dtype is _C.bool:
        result = function("randint")(0, 2, shape).to(dtype)
    elif dtype.is_floating_point or dtype.is_complex:
        low, high = -9 if low is None else low, 9 if high is None else high
        result = (function("rand")(shape, dtype=_C.float64) * (high - low) + low).to(dtype)
        if dtype.is_complex:
            imaginary = function("rand")(shape, dtype=_C.float64) * (high - low) + low
            result = function("complex")(result.real.to(_C.float64), imaginary).to(dtype)
    else:
        low = (-9 if dtype.is_signed else 0) if low is None else low
        result = function("randint")(int(low), int(10 if high is None else high), shape).to(dtype)
    if exclude_zero:
        result[result == 0] = 1
    if noncontiguous and result.numel() > 1:
        result = function("stack")((result, result), -1)[..., 0]
    return result.requires_grad_(requires_grad)


def assert_allclose(actual, expected, rtol=None, atol=None, equal_nan=True, msg=""):
    """assert_close without looking at dtypes and devices."""
    assert_close(actual, expected, rtol=rtol, atol=atol, equal_nan=equal_nan, check_device=False, check_dtype=False, msg=msg or None)
