"""The language beside CPython: the same function is compiled and run by Python, on generated inputs.

Where PyTorch means something else than Python, a rule at the operation says what, and the comparison is with the rule: integers have 64 bits and
wrap; division of integers by zero is a RuntimeError, of floats gives inf or nan; `**` is a float; texts are bytes of UTF-8 and know the
letters of ASCII; `math` gives nan where Python raises. The inputs are the same in every run.
"""
import cmath
import math
from typing import Dict, List, Optional, Tuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rushlight as torch

FIXED = settings(derandomize=True, database=None, deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))

INT64 = st.one_of(st.integers(-20, 20), st.integers(-2 ** 63, 2 ** 63 - 1))
SMALL = st.integers(-12, 12)
BOUND = st.one_of(st.none(), st.integers(-9, 9), st.sampled_from([2 ** 62, -2 ** 63]))
STEP = st.one_of(st.integers(-4, 4).filter(bool), st.sampled_from([2 ** 62, -2 ** 62]))
FLOAT = st.one_of(st.floats(), st.integers(-5, 5).map(float), st.floats(-1e6, 1e6))
TEXT = st.text(st.sampled_from("aAbB1 \t,.éßЖ日😀"), max_size=8)
ASCII = st.text(st.sampled_from("aAbB19_ ,.-"), max_size=8)
INTS = st.lists(SMALL, max_size=7)


class Fails:
    """An exception of any kind was expected, or came."""

    def __eq__(self, other):
        return isinstance(other, Fails)

    def __repr__(self):
        return "an exception"


FAILS = Fails()


def outcome(function, *arguments):
    try:
        return function(*arguments)
    except Exception:  # noqa: BLE001 every failure counts the same here; texts are tested elsewhere
        return FAILS


def same(a, b):
    """Equal in type and value, floats bit for bit but for the payload of nan."""
    if isinstance(a, (list, tuple)) and type(a) is type(b):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return same(list(a.items()), list(b.items()))
    if isinstance(a, float) and isinstance(b, float):
        return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))
    return type(a) is type(b) and a == b


def wrap(value):
    """What is left of integers in 64 bits; other values as they are."""
    if isinstance(value, bool) or not isinstance(value, int):
        return tuple(map(wrap, value)) if isinstance(value, tuple) else value
    return (value + 2 ** 63) % 2 ** 64 - 2 ** 63


OPERATIONS = []


def operation(*inputs, rule=None):
    """The function below is compared on these inputs. `rule(function)` gives what Python's answer has to be replaced by."""
    def add(function):
        OPERATIONS.append(pytest.param(function, inputs, rule(function) if rule else function, id=function.__name__))
        return function
    return add


def wraps(function):
    return lambda *arguments: wrap(function(*arguments))


# ---- Integers

@operation(INT64, INT64, rule=wraps)
def integer_ring(a: int, b: int):
    return a + b, a - b, a * b, -a, abs(a), a & b, a | b, a ^ b


def division_rule(function):
    def rule(a, b):
        # The smallest integer by -1 does not fit, and the processor traps: an error like the division by zero.
        return FAILS if b == 0 or (a, b) == (-2 ** 63, -1) else function(a, b)
    return rule


@operation(INT64, INT64, rule=division_rule)
def integer_division(a: int, b: int):
    return a // b, a % b


@operation(INT64, SMALL.filter(bool), rule=division_rule)
def division_with_remainder(a: int, b: int):
    return divmod(a, b)


@operation(INT64, st.integers(0, 63), rule=wraps)
def shifts(a: int, b: int):
    return a << b, a >> b


@operation(INT64, INT64)
def comparisons(a: int, b: int):
    return a < b, a <= b, a == b, a != b, a >= b, a > b


@operation(SMALL, SMALL, SMALL)
def chains(a: int, b: int, c: int):
    return a < b < c, a <= b == c, a != b > c, 0 <= a < 5 <= c, a if b < c else c, not a == b


@operation(SMALL, SMALL)
def logic(a: int, b: int):
    return a > 0 and b > 0 or a < b, not (a > 0 or b > 0) and a != b


@operation(INT64)
def integer_texts(a: int):
    return str(a), hex(a), bin(a), oct(a), int(str(a)), bool(a), float(a)


def quotient_rule(function):
    def rule(a, b):
        x, y = float(a), float(b)
        return x / y if y else math.nan if x == 0 else math.copysign(math.inf, x)
    return rule


@operation(INT64, INT64, rule=quotient_rule)
def integer_quotient(a: int, b: int):
    return a / b


# ---- Floats

def ieee(function):
    """Division by zero and overflow as IEEE 754 has them."""
    def rule(x, y):
        if y == 0:
            quotient = math.nan if x == 0 or math.isnan(x) else math.copysign(math.inf, x) * math.copysign(1, y)
        else:
            quotient = x / y
        return x + y, x - y, x * y, quotient, -x, abs(x)
    return rule


@operation(FLOAT, FLOAT, rule=ieee)
def float_arithmetic(x: float, y: float):
    return x + y, x - y, x * y, x / y, -x, abs(x)


@operation(FLOAT, FLOAT)
def float_comparisons(x: float, y: float):
    return x < y, x <= y, x == y, x != y, x >= y, x > y


def power_rule(function):
    def rule(x, y):
        if x == 0 and y < 0:
            return FAILS
        if x < 0 and y != int(y):
            return math.nan
        try:
            result = x ** y
        except OverflowError:
            negative = x < 0 and y % 2 == 1
            return -math.inf if negative else math.inf
        return float(result)
    return rule


@operation(st.floats(-50, 50), st.floats(-20, 20), rule=power_rule)
def float_power(x: float, y: float):
    return x ** y


@operation(SMALL, st.integers(0, 9), rule=lambda function: lambda a, b: float(a ** b))
def integer_power(a: int, b: int):
    return a ** b


@operation(st.floats(-1e15, 1e15))
def truncation(x: float):
    return int(x), math.floor(x), math.ceil(x), bool(x)


@operation(FLOAT, rule=lambda function: lambda x: math.copysign(round(x), x) if math.isfinite(x) and abs(x) < 2 ** 52 else x)
def rounding(x: float):
    return round(x)


def printed(x):
    """A float as TorchScript prints it."""
    if math.isfinite(x) and x == int(x) and -2.0 ** 63 <= x < 2.0 ** 63:
        return f"{int(x)}."
    return "nan" if math.isnan(x) else f"{x:.17g}"


@operation(FLOAT, rule=lambda function: lambda x: (printed(x), f"<{printed(x)}>"))
def float_texts(x: float):
    return str(x), f"<{x}>"


@operation(st.floats(-1e300, 1e300).filter(lambda x: x == 0 or abs(x) > 1e-300).map(repr))
def float_parsing(s: str):
    return float(s)


def total(function):
    """`math` without exceptions: nan outside of the domain, inf where it overflows."""
    def rule(x, y):
        return tuple(nan_for_errors(part, x, y) for part in MATH)
    return rule


def nan_for_errors(part, x, y):
    try:
        return part(x, y)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


MATH = (lambda x, y: math.sqrt(x), lambda x, y: math.sin(x), lambda x, y: math.cos(x), lambda x, y: math.tan(x), lambda x, y: math.atan(x),
        lambda x, y: math.asin(x), lambda x, y: math.acos(x), lambda x, y: math.atan2(x, y), lambda x, y: math.tanh(x), lambda x, y: math.erf(x),
        lambda x, y: math.fabs(x), lambda x, y: math.copysign(x, y), lambda x, y: math.expm1(x), lambda x, y: math.asinh(x),
        lambda x, y: math.degrees(x), lambda x, y: math.isnan(x), lambda x, y: math.isinf(x))


@operation(st.floats(-700, 700), st.floats(-700, 700), rule=total)
def math_functions(x: float, y: float):
    return (math.sqrt(x), math.sin(x), math.cos(x), math.tan(x), math.atan(x), math.asin(x), math.acos(x), math.atan2(x, y), math.tanh(x),
            math.erf(x), math.fabs(x), math.copysign(x, y), math.expm1(x), math.asinh(x), math.degrees(x), math.isnan(x), math.isinf(x))


@operation(st.integers(-1000, 1000), st.integers(-1000, 1000), st.integers(0, 20))
def integer_math(a: int, b: int, n: int):
    return math.gcd(a, b), math.factorial(n), math.ldexp(1.5, a % 50), math.fmod(float(a), float(n + 1))


NUMBERS = st.lists(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.floats(-1e3, 1e3)), max_size=7)
COUNT = st.integers(-1, 24)


@operation(FLOAT)
def roots_and_powers(x: float):
    return math.cbrt(x), math.exp2(x), math.ulp(x)


@operation(st.one_of(FLOAT, st.floats(0, 1e300)))
def binary_logarithm(x: float):
    return math.log2(x)


@operation(FLOAT, FLOAT)
def neighbours(x: float, y: float):
    return math.nextafter(x, y), math.isclose(x, y), math.isclose(x, y, rel_tol=0.25), math.isclose(x, y, abs_tol=0.5)


@operation(st.one_of(st.floats(-9e18, 9e18), st.sampled_from([math.nan, math.inf])))
def truncated(x: float):
    return math.trunc(x)


@operation(COUNT, COUNT)
def combinatorics(n: int, k: int):
    return math.comb(n, k), math.perm(n % 20, k), math.perm(k % 19), math.lcm(n, k), math.lcm(n, k, 6), math.trunc(n)


@operation(st.one_of(COUNT, st.integers(0, 2 ** 63 - 1)))
def integer_root(n: int):
    return math.isqrt(n)


@operation(NUMBERS)
def exact_sum(xs: List[float]):
    return math.fsum(xs)


@operation(NUMBERS.filter(bool), INTS.filter(bool))
def products(xs: List[float], ns: List[int]):
    return math.prod(xs), math.prod(xs, start=2), math.prod(ns, start=3), math.prod(ns, start=0.5), math.prod(ns)


@operation(FLOAT, FLOAT, FLOAT)
def lengths(x: float, y: float, z: float):
    return math.hypot(x, y), math.hypot(x, y, z), math.dist([x, y], [z, x]), math.dist((x, 1.0), (y, 2.0)), math.hypot(3, 4)


@operation(st.floats(-5, 5), st.floats(-5, 5))
def complex_distances(x: float, y: float):
    return cmath.polar(complex(x, y)), cmath.isclose(complex(x, y), complex(y, x), abs_tol=1.0)


@operation(st.floats(0.001, 1e6))
def logarithms(x: float):
    return math.log(x), math.log10(x), math.log1p(x), math.exp(x / 1e5), math.frexp(x), math.modf(x)


@operation(st.floats(-5, 5), st.floats(-5, 5), rule=lambda function: lambda x, y: (complex(x, y) + 1j, complex(x, y) * 2.0, abs(complex(x, y)), cmath.phase(complex(x, y))))
def complex_numbers(x: float, y: float):
    z = complex(x, y)
    return z + 1j, z * 2.0, abs(z), cmath.phase(z)


# ---- Texts: bytes in Python's own methods of `bytes`

def as_bytes(*names):
    """Each named method of `bytes`, its results decoded; cut characters have no text and fail."""
    def rule(function):
        def run(s, *others):
            encoded, rest = s.encode(), [o.encode() if isinstance(o, str) else o for o in others]
            results = [getattr(encoded, name)(*rest) for name in names]
            return tuple(decoded(r) for r in results)
        return run
    return rule


def decoded(value):
    if isinstance(value, (list, tuple)):
        return type(value)(map(decoded, value))
    return value.decode() if isinstance(value, bytes) else value


@operation(TEXT, rule=as_bytes("upper", "lower", "swapcase", "title", "capitalize"))
def letter_cases(s: str):
    return s.upper(), s.lower(), s.swapcase(), s.title(), s.capitalize()


@operation(TEXT, rule=as_bytes("isalpha", "isdigit", "isalnum", "islower", "isupper", "isspace", "istitle"))
def character_classes(s: str):
    return s.isalpha(), s.isdigit(), s.isalnum(), s.islower(), s.isupper(), s.isspace(), s.istitle()


@operation(TEXT, TEXT.filter(bool), rule=as_bytes("find", "rfind", "count", "startswith", "endswith", "split", "partition", "rpartition", "__contains__"))
def searches(s: str, part: str):
    return s.find(part), s.rfind(part), s.count(part), s.startswith(part), s.endswith(part), s.split(part), s.partition(part), s.rpartition(part), part in s


@operation(TEXT, TEXT, rule=as_bytes("__add__", "__lt__", "__le__", "__eq__", "__ne__", "__gt__"))
def text_operators(s: str, t: str):
    return s + t, s < t, s <= t, s == t, s != t, s > t


@operation(TEXT, TEXT.filter(bool), TEXT)
def replacement(s: str, old: str, new: str):
    return s.replace(old, new)


@operation(ASCII, st.lists(ASCII, max_size=4))
def joining(s: str, parts: List[str]):
    return s.join(parts), len(s), [c for c in s], s.split(), s.strip(), s.lstrip(" a"), s.rstrip(".1")


@operation(ASCII, st.integers(-2, 12))
def padding(s: str, width: int):
    return s.ljust(width), s.rjust(width, "*"), s.ljust(width, "-")


@operation(TEXT, rule=lambda function: lambda s: len(s.encode()))
def text_length(s: str):
    return len(s)


@operation(ASCII, BOUND, BOUND, STEP)
def text_slices(s: str, a: Optional[int], b: Optional[int], step: int):
    return s[a:b:step], s[a:b], s[a:], s[:b], s[::step]


@operation(TEXT, BOUND, BOUND, rule=lambda function: lambda s, a, b: s.encode()[a:b].decode())
def byte_slices(s: str, a: Optional[int], b: Optional[int]):
    return s[a:b]


@operation(ASCII, st.integers(-9, 9))
def text_elements(s: str, i: int):
    return s[i]


@operation(st.integers(0, 127))
def codes(n: int):
    return ord(chr(n)), chr(n)


@operation(st.one_of(st.integers(-10 ** 20, 10 ** 20).map(str), ASCII), rule=lambda function: lambda s: integer_or_fails(s))
def integer_parsing(s: str):
    return int(s)


def integer_or_fails(s):
    """Blanks in front, a sign and digits count: no blanks behind, no underscores, no more than 64 bits."""
    s = s.lstrip()
    digits = s[1:] if s[:1] in ("-", "+") else s
    return int(s) if digits.isdecimal() and wrap(int(s)) == int(s) else FAILS


# ---- Lists, dictionaries, builtins

@operation(INTS, BOUND, BOUND, STEP)
def list_slices(l: List[int], a: Optional[int], b: Optional[int], step: int):
    return l[a:b:step], l[a:b], l[a:], l[:b], l[::step]


@operation(INTS, st.integers(-9, 9))
def list_elements(l: List[int], i: int):
    return l[i]


@operation(INTS, INTS, st.integers(0, 3))
def list_operators(l: List[int], m: List[int], n: int):
    return l + m, l * n, l == m, l != m, n in l, len(l)


@operation(st.lists(SMALL, min_size=1, max_size=7), SMALL)
def list_methods(l: List[int], x: int):
    m = l.copy()
    m.append(x)
    m.insert(x, 5)
    m.reverse()
    popped = m.pop(1)
    m.extend(l)
    m.sort()
    n = sorted(l)
    n.remove(l[0])
    return m, popped, m.index(x), m.count(x), n, l


@operation(st.lists(SMALL, min_size=1, max_size=7), st.lists(st.floats(-9, 9), min_size=1, max_size=5))
def reductions(l: List[int], x: List[float]):
    return min(l), max(l), sum(l), min(x), max(x), sum(x), sorted(x), any([i > 0 for i in l]), all([i > 0 for i in l])


@operation(SMALL, SMALL, SMALL)
def extremes(a: int, b: int, c: int):
    return min(a, b), max(a, b), max(a, b, c), min(float(a), float(b)), max([a, b], [c])


@operation(INTS, INTS, st.integers(0, 12))  # PyTorch's enumerate has no elements when it starts below zero
def iteration(l: List[int], m: List[int], start: int):
    pairs = [(x, y) for x, y in zip(l, m)]
    places = [(i, x) for i, x in enumerate(l, start)]
    table = {x: i for i, x in enumerate(m)}
    return pairs, places, table, [x * x for x in l], list(range(start, 10, 3)), list(range(5, start, -2)), [x for x in range(start)]


@operation(st.lists(st.tuples(st.sampled_from(["set", "get", "pop", "del", "default", "update"]), st.sampled_from("abcd"), SMALL), max_size=9))
def dictionary_operations(steps: List[Tuple[str, str, int]]):
    d: Dict[str, int] = {"z": 0}
    seen: List[int] = []
    for kind, key, value in steps:
        if kind == "set":
            d[key] = value
        elif kind == "get":
            seen.append(d.get(key, -1))
        elif kind == "pop":
            seen.append(d.pop(key, value))
        elif kind == "del":
            if key in d:
                del d[key]
        elif kind == "default":
            seen.append(d.setdefault(key, value))
        else:
            d.update({key: value, "y": 1})
    return d, seen, list(d.keys()), list(d.values()), [(k, v) for k, v in d.items()], len(d)


def starred_tuple(function):
    def rule(l, n):
        a, b, c, *rest = function(l, n)
        return (a, b, tuple(c), *rest)
    return rule


@operation(INTS, SMALL, rule=starred_tuple)
def unpacking(l: List[int], n: int):
    a, (b, *c) = n, (n + 1, "x", 2.5)
    d, e = (l, n), b
    f, g = d
    a, b = b, a
    return a, b, c, e, f, g


@operation(INT64, SMALL.filter(bool), rule=wraps)
def augmented(a: int, b: int):
    a += b
    a -= 3
    a *= 2
    a |= 1
    a &= 1023
    a ^= b
    a <<= 2
    a >>= 1
    return a


@operation(st.integers(0, 12), SMALL)
def loops(n: int, k: int):
    seen: List[int] = []
    for i in range(n):
        if i == k:
            continue
        for j in range(i):
            if j * k > 20:
                break
            seen.append(i * j)
        else:
            seen.append(-1)
        if len(seen) > 15:
            break
    while n > 0:
        n -= 2
        if n == k:
            return seen, -n
    return seen, n


@pytest.fixture(scope="module")
def compiled():
    """Each function is compiled once, not once an example."""
    return {}


@pytest.mark.parametrize("function, inputs, expected", OPERATIONS)
def test_operation(function, inputs, expected, compiled):
    scripted = compiled.setdefault(function, torch.jit.script(function))

    @FIXED
    @given(st.tuples(*inputs))
    def compare(arguments):
        # Lists are handed over as copies on one side only, so each run gets its own.
        ours = outcome(scripted, *[list(a) if isinstance(a, list) else a for a in arguments])
        python = outcome(expected, *[list(a) if isinstance(a, list) else a for a in arguments])
        assert same(ours, python), f"{function.__name__}{arguments}: {ours!r}, in Python {python!r}"

    compare()
