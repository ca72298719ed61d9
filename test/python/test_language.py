"""What programs mean: statements, containers, classes, with the results that Python gives where PyTorch's are not others."""
import cmath
import math
from dataclasses import dataclass
from enum import Enum
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

import pytest

import rushlight as torch


def check(function, *arguments):
    """Compiled and plain give the same."""
    assert torch.jit.script(function)(*arguments) == function(*arguments)


def test_dictionaries_of_all_keys():
    def f(names: Dict[str, int], flags: Dict[bool, str], halves: Dict[float, int]):
        names["z"] = 3
        flags[True] = "yes"
        halves.update({2.5: 7})
        popped = halves.pop(2.5)
        return [k for k in names], flags.get(True, "no"), popped, len(halves), {k: v * 2 for k, v in names.items()}
    check(f, {"a": 1}, {False: "no"}, {0.5: 1})


def test_dict_calls():
    def f(pairs: List[Tuple[str, int]]):
        a = dict(pairs)
        b = dict([("x", 1)])
        c = dict(a=1, b=2)
        d = dict(zip(["k"], [4]))
        return a, b, c, d
    check(f, [("p", 9)])


def test_text_methods():
    def f(s: str):
        return (s.upper(), s.title(), s.strip(), s.split(), s.split(","), s.replace("a", "b"), s.find("c"), s.count("a"), s.center(12, "*"),
                s.partition(","), s.zfill(12), s.rjust(12), s.isalpha(), s.capitalize(), s.swapcase(), s.startswith("a", 1), s.rfind("a"))
    check(f, " abc,a d")


def test_unpacking_with_a_star():
    def f(x: Tuple[int, int, str, int]):
        a, *b, c = x
        return a, b, c
    assert torch.jit.script(f)((1, 2, "x", 4)) == (1, (2, "x"), 4)


def test_math_and_cmath():
    def f(x: float, n: int, z: complex):
        return math.sqrt(n), math.log(x, 2.0), math.gcd(n, 6), math.fmod(x, 2), math.degrees(x), math.isnan(x), cmath.sqrt(z), cmath.phase(z)
    compiled, plain = torch.jit.script(f)(2.5, 9, 3 + 4j), f(2.5, 9, 3 + 4j)
    assert compiled == pytest.approx(plain)


def test_comprehensions_and_zip():
    def f(xs: List[int]):
        return [(i, x) for i, x in enumerate(xs)], [a + b for a, b in zip(xs, xs[1:])], sorted(xs), sum(xs), max(xs)
    check(f, [3, 1, 2])


def test_refinement_by_isinstance():
    def f(x: Union[int, str, None]) -> str:
        if isinstance(x, int):
            return str(x + 1)
        elif x is None:
            return "none"
        else:
            return x.upper()
    for value in (1, "a", None):
        check(f, value)


def test_loops_that_end_early():
    def f(xs: List[int]):
        total = 0
        for x in xs:
            if x < 0:
                continue
            if x > 10:
                break
            total += x
        else_value = total
        while total > 3:
            total -= 2
            if total == 4:
                return -1
        return else_value
    for values in ([1, -2, 3, 11, 5], [9], []):
        check(f, values)


def test_nested_functions_of_text_programs_are_closures():
    unit = torch.jit.CompilationUnit("def f(x: int):\n    def g(y: int):\n        return y\n    return x + 1\n")
    assert unit.f(1) == 2


class Account:
    def __init__(self, balance: int):
        self.balance = balance

    def __add__(self, other: int) -> int:
        return self.balance + other

    def __len__(self) -> int:
        return self.balance

    @property
    def doubled(self) -> int:
        return self.balance * 2

    @staticmethod
    def unit() -> str:
        return "coins"


def use_account(start: int):
    account = Account(start)
    account.balance += 5
    return account + 1, len(account), account.doubled, Account.unit()


def test_classes():
    check(use_account, 7)


class Color(Enum):
    RED = 1
    BLUE = 2


class Point(NamedTuple):
    x: int
    y: int = 4


def use_types(c: Color, p: Point):
    q = Point(x=p.y)
    return c == Color.RED, c.name, c.value, q.x + q.y, [m.value for m in Color]


def test_enums_and_named_tuples():
    compiled = torch.jit.script(use_types)(Color.RED, Point(1, 2))
    assert compiled == (True, "RED", 1, 6, [1, 2])


class Tally:
    def __init__(self):
        self.open = 0
        self.closed = 0

    def __enter__(self) -> int:
        self.open += 1
        return self.open

    def __exit__(self, a: Any, b: Any, c: Any):
        self.closed += 1


def tallied(n: int):
    tally = Tally()
    result = 0
    for i in range(n):
        with tally as count:
            if i != 2:
                result += count
    return result, tally.open, tally.closed


def test_with_statements_enter_and_exit():
    check(tallied, 5)


@torch.jit.script
@dataclass
class Size:
    width: int
    height: int = 2


def compare_sizes(n: int):
    return Size(n) == Size(n, 2), Size(1) == Size(n)


def test_dataclasses():
    check(compare_sizes, 3)


@torch.jit.interface
class Scorer:
    def score(self, x: int) -> int:
        pass


@torch.jit.script
class Doubling:
    def __init__(self):
        pass

    def score(self, x: int) -> int:
        return x * 2


def scored(s: Scorer, x: int) -> int:
    return s.score(x)


def through_interface(x: int):
    return scored(Doubling(), x)


def test_interfaces():
    assert torch.jit.script(through_interface)(4) == 8


@torch.jit.ignore
def python_only(x: int) -> int:
    return len("y" * x)


@torch.jit.unused
def never(x: int) -> int:
    return x


def test_ignored_functions_run_in_python_and_unused_ones_raise():
    def f(x: int):
        return python_only(x) + 1

    def g(x: int) -> int:
        return never(x)

    assert torch.jit.script(f)(3) == 4
    with pytest.raises(torch.jit.Error, match="annotated to be ignored"):
        torch.jit.script(g)(3)


def test_forked_calls():
    def work(x: int):
        return x * x

    def f(n: int):
        futures = [torch.jit.fork(work, i) for i in range(n)]
        return [torch.jit.wait(future) for future in futures]
    assert torch.jit.script(f)(4) == [0, 1, 4, 9]


def test_lists_as_tensor_indices():
    def f(x: torch.Tensor):
        return x[[0, 2]], x[None, 1:, ...]
    x = torch.arange(6).reshape(3, 2)
    picked, rest = torch.jit.script(f)(x)
    assert picked.tolist() == [[0, 1], [4, 5]] and rest.shape == (1, 2, 2)


def test_raised_errors_have_class_and_place():
    def f(x: Optional[int]):
        if x is None:
            raise ValueError("nothing here")
        return x
    with pytest.raises(torch.jit.Error) as caught:
        torch.jit.script(f)(None)
    assert "builtins.ValueError: nothing here" in str(caught.value)
