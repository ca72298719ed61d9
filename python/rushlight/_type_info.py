"""torch.finfo and torch.iinfo: the limits of element types."""
from . import _C

# bits, digits of resolution, mantissa bits after the point, smallest exponent, largest value
_FLOATS = {
    "float16": (16, 1e-3, 10, -14, 65504.0),
    "bfloat16": (16, 1e-2, 7, -126, 3.3895313892515355e+38),
    "float32": (32, 1e-6, 23, -126, 3.4028234663852886e+38),
    "float64": (64, 1e-15, 52, -1022, 1.7976931348623157e+308),
}
_INTS = {"uint8": (8, False), "int8": (8, True), "int16": (16, True), "int32": (32, True), "int64": (64, True)}


def _checked(function, dtype):
    if not isinstance(dtype, _C.dtype):
        raise TypeError(f"{function}(): argument 'type' (position 1) must be torch.dtype, not {type(dtype).__name__}")
    return str(dtype).split(".")[1]


class finfo:
    """Limits of a floating-point dtype (of the real part of a complex one)."""
    __slots__ = ("bits", "resolution", "eps", "smallest_normal", "tiny", "min", "max", "dtype")

    def __init__(self, type=None):
        dtype = _C.get_default_dtype() if type is None else type
        _checked("finfo", dtype)
        name = str(dtype.to_real()).split(".")[1]
        if name not in _FLOATS:
            raise TypeError("torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'")
        self.bits, self.resolution, mantissa, exponent, self.max = _FLOATS[name]
        self.min = -self.max
        self.eps = 2.0 ** -mantissa
        self.smallest_normal = self.tiny = 2.0 ** exponent
        self.dtype = name

    def __repr__(self):
        numbers = ", ".join(f"{name}={getattr(self, name):.6g}" for name in ("resolution", "min", "max", "eps", "smallest_normal", "tiny"))
        return f"finfo({numbers}, dtype={self.dtype})"

    def __eq__(self, other):
        return isinstance(other, finfo) and self.dtype == other.dtype

    def __hash__(self):
        return hash(self.dtype)


class iinfo:
    """Limits of an integer dtype."""
    __slots__ = ("bits", "min", "max", "dtype")

    def __init__(self, type):
        name = _checked("iinfo", type)
        if name == "bool":
            raise TypeError("torch.bool is not supported by torch.iinfo")
        if name not in _INTS:
            raise TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
        self.bits, signed = _INTS[name]
        self.min = -(1 << self.bits - 1) if signed else 0
        self.max = (1 << self.bits - signed) - 1
        self.dtype = name

    def __repr__(self):
        return f"iinfo(min={float(self.min):g}, max={float(self.max):g}, dtype={self.dtype})"

    def __eq__(self, other):
        return isinstance(other, iinfo) and self.dtype == other.dtype

    def __hash__(self):
        return hash(self.dtype)
