"""Constructs of Python that PyTorch refuses: each does what CPython does with the same function."""
import copy
import ctypes
import io
from typing import Dict, List, Optional, Set, Tuple, Union

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rushlight as torch

FIXED = settings(derandomize=True, database=None, deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
WORDS = st.lists(st.text("abc", max_size=3), max_size=6)
INTS = st.lists(st.integers(-5, 5), max_size=6)
OPTIONAL = st.one_of(st.none(), st.integers(-1, 1))
TABLE = st.dictionaries(st.sampled_from("abc"), st.integers(0, 1), max_size=3)


def outcome(function, arguments):
    """The result; all exceptions count the same."""
    try:
        return function(*copy.deepcopy(arguments))
    except (ValueError, RuntimeError):
        return "an exception"


def check(function, *arguments):
    compiled = torch.jit.script(function)
    assert outcome(compiled, arguments) == outcome(function, arguments)


def refused(function, text):
    with pytest.raises(RuntimeError) as error:
        torch.jit.script(function)
    assert text in str(error.value)


# ---- print

def prints(a: int, b: float, s: str):
    print(a, s, sep="-")
    print(a, end="|")
    print(s, a, sep=None, end=s + "\n")
    print(sep="x")
    print(a, s, a, sep="", end="")
    print(a, s)


def print_to_file(a: int):
    print(a, flush=True)


def print_number(a: int):
    print(a, sep=a)


def test_print(capfd):
    prints(1, 2.5, "q\u00e9")
    expected = capfd.readouterr().out
    torch.jit.script(prints)(1, 2.5, "q\u00e9")
    ctypes.CDLL(None).fflush(None)
    assert capfd.readouterr().out == expected
    refused(print_to_file, "print doesn't accept any keyword arguments")
    refused(print_number, "sep must be None or a string, not int")


# ---- lambdas and keys

def shortest(word: str):
    return len(word), word


def keys(words: List[str], numbers: List[int], n: int):
    ordered = sorted(words, key=len), sorted(words, key=len, reverse=True), sorted(words, key=shortest), sorted(numbers, reverse=True)
    by_lambda = sorted(numbers, key=lambda x: (x % (n + 1), -x)), sorted(words, key=None), sorted((3, 1, 2), key=lambda x: -x)
    words.sort(key=lambda w: w[::-1], reverse=n > 1)
    numbers.sort(key=abs)
    return words, numbers, ordered, by_lambda, sorted({x: str(x) for x in numbers}, key=lambda k: -k)


def extremes(numbers: List[int], n: int):
    return max(numbers, key=lambda x: x * x % 7), min(numbers, key=abs), max(1, n, -3, key=lambda x: x * n), min([x * n for x in numbers], key=lambda x: -x)


@FIXED
@given(WORDS, INTS, st.integers(0, 3))
def test_keys(words, numbers, n):
    check(keys, words, numbers, n)
    check(extremes, numbers, n)


def lambdas(n: int, x: float):
    double = lambda a: a * 2
    shifted = lambda a, by=n: a + by
    n += 1
    free = lambda: n * 10
    n += 1
    compose = lambda a: double(shifted(a))
    return double(3), double(x), double([n]), shifted(1), shifted(1, 5), shifted(by=7, a=1), free(), compose(4), (lambda x: [x, x])(n), [double(i) for i in range(n)]


def lambda_in_a_comprehension(n: int):
    return [(lambda y: y + i)(i) for i in range(n)]


def lambda_returned():
    return lambda x: x


def lambda_without_argument():
    return (lambda x: x)()


def lambda_in_itself(n: int):
    f = lambda x: f(x)
    return f(n)


def lambda_meets_another_variable(n: int):
    i = 5
    f = lambda x: x + i
    return [f(1) for i in range(n)]


def test_lambdas():
    check(lambdas, 3, 1.5)
    check(lambda_in_a_comprehension, 3)
    refused(lambda_returned, "Lambda aren't supported")
    refused(lambda_without_argument, "Argument x not provided")
    refused(lambda_in_itself, "more than 100 calls of lambdas")
    refused(lambda_meets_another_variable, "the lambda reads 'i', and a comprehension around its call has a variable of that name")


# ---- := in comprehensions

def assigns(xs: List[int], total: int):
    doubled = [y for x in xs if (y := x * 2) > 3]
    sums = [total := total + x for x in xs]
    last = -1
    table = {x: (last := x) + total for x in xs if x != (total := total + 1)}
    nested = [[last := last + x for x in xs] for y in xs]
    any_large = any([(total := x) > 3 for x in xs])
    return doubled, sums, total, last, table, nested, any_large


def unknown_afterwards(xs: List[int]):
    ys = [y for x in xs if (y := x) > 0]
    return y


@FIXED
@given(INTS, st.integers(-3, 3))
def test_assignments_in_comprehensions(xs, total):
    check(assigns, xs, total)


def test_a_name_that_only_a_comprehension_has():
    refused(unknown_afterwards, "undefined value y")


# ---- operators of classes

@torch.jit.script
class Length:
    UNIT = 5
    NAMES = ("m", 2)

    def __init__(self, x: int):
        self.x = x

    def __add__(self, other: int):
        return Length(self.x + other)

    def __radd__(self, other: int):
        return Length(self.x + other * 100)

    def __rsub__(self, other: int):
        return Length(other - self.x)

    def __rfloordiv__(self, other: float):
        return other // float(self.x)

    def __eq__(self, other: int):
        return self.x == other

    def __lt__(self, other: int) -> bool:
        return self.x < other

    def scaled(self):
        return self.x * self.UNIT + len(self.NAMES[0])


def reflected(n: int):
    a = Length(n)
    b = 3 + a
    k = 10
    k -= a
    return b.x, (a + 1).x, k.x, 7.5 // a


def compared(n: int):
    a = Length(n)
    return a != 3, a == n, 3 != a, n == a, 5 > a, a < 2


def constants(n: int):
    a = Length(n)
    return Length.UNIT, a.UNIT, a.scaled(), Length.NAMES, a.NAMES[1] + Length.UNIT


def test_classes():
    for n in (1, 3):
        check(reflected, n)
        check(compared, n)
        check(constants, n)


# ---- iterators

@torch.jit.script
class Countdown:
    def __init__(self, n: int, step: int):
        self.n = n
        self.step = step

    def __iter__(self):
        return self

    def __next__(self) -> int:
        self.n -= self.step
        if self.n < 0:
            raise StopIteration
        return self.n


@torch.jit.script
class Bag:
    def __init__(self, words: List[str]):
        self.words = words

    def __iter__(self):
        return iter(self.words)


@torch.jit.script
class Endless:
    def __init__(self, start: int):
        self.at = start

    def __iter__(self):
        return self

    def __next__(self):
        self.at += 1
        return str(self.at), self.at


def loops(n: int):
    out: List[int] = []
    for x in Countdown(n, 2):
        if x == 4:
            continue
        if x == 1:
            break
        out.append(x)
    else:
        out.append(-1)
    text = ""
    for word in Bag(["a", "b"]):
        text += word
    for name, number in Endless(n):
        if number > n + 2:
            break
        text += name
    odd = [y * 10 for y in Countdown(n, 1) if y % 2 == 1]
    return out, text, odd, [w + w for w in Bag(["q"])], list(Countdown(n, 1)), {w: 1 for w in Bag(["k"])}


def zipped(n: int):
    return [x + y for x, y in zip(Countdown(n, 1), [1, 2])]


def iter_elsewhere(xs: List[int]):
    return iter(xs)


def test_iterators():
    for n in (0, 5, 8, 9):
        check(loops, n)
    refused(zipped, "object has no length before it is gone through")
    refused(iter_elsewhere, "iter() is supported where `__iter__` returns it")


# ---- equality

def equal(a: Dict[str, int], b: Dict[str, int], o: Optional[int], p: Optional[int], l: List[List[int]], m: List[List[int]]):
    t, u = (1, o), (1, p)
    return (a == b, a != b, o == p, o != p, o == 1, 0 != p, l == m, l != m, t == u, t != u, None == o, (1, 2.5) == (1, 2.5), [a, b] == [b, a],
            {"k": l} == {"k": m}, [o] == [p])


def equal_unions(a: Union[int, str], b: Union[int, str], c: Set[int], d: Tuple[Set[int], str]):
    return a == b, a == 1, "x" != b, (c, "s") == d


@FIXED
@given(TABLE, TABLE, OPTIONAL, OPTIONAL, st.lists(INTS, max_size=2), st.lists(INTS, max_size=2))
def test_equality(a, b, o, p, l, m):
    check(equal, a, b, o, p, l, m)


def test_equality_of_unions():
    for a in (1, "x"):
        check(equal_unions, a, "x", {1, 2}, ({2, 1}, "s"))


def test_what_is_saved_means_the_same():
    class Module(torch.nn.Module):
        def forward(self, words: List[str], table: Dict[str, int]):
            return sorted(words, key=lambda w: table[w]), table == {"a": 1, "b": 0}, max(words, key=len)

    buffer = io.BytesIO()
    torch.jit.save(torch.jit.script(Module()), buffer)
    buffer.seek(0)
    assert torch.jit.load(buffer)(["a", "b"], {"a": 1, "b": 0}) == (["b", "a"], True, "a")
    with pytest.raises(RuntimeError, match="`key` or `reverse` of sorted"):
        torch.jit.save(torch.jit.script(Module()), io.BytesIO(), portable=True)
