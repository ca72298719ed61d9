"""Functions in functions: they read what is around them, call themselves and each other, and are saved."""
import io
import linecache
from typing import Dict, List

import pytest

import rushlight as torch
from rushlight import nn


def reads_and_defaults(x: int, y: int):
    def add(v: int, w: int = 3) -> int:
        return v * x + w
    x += 1
    return add(2), add(2, y), add(w=1, v=5)


def early_returns(xs: List[float], k: float):
    def clip(v: float):
        if v > k:
            return k
        if v < -k:
            return -k
        return v
    return [clip(x) for x in xs], sum([clip(x) for x in xs])


def recursion(n: int, base: int):
    def fib(k: int) -> int:
        return k + base if k < 2 else fib(k - 1) + fib(k - 2)
    return fib(n)


def each_other(n: int):
    def even(k: int) -> bool:
        return True if k == 0 else odd(k - 1)

    def odd(k: int) -> bool:
        return False if k == 0 else even(k - 1)
    return even(n), odd(n)


def each_other_with_a_variable_around(n: int, base: int):
    def even(k: int, step: int = 1) -> int:
        return base if k == 0 else odd(k - step)

    def odd(k: int) -> int:
        return -1 if k == 0 else even(k - 1)
    return even(n), odd(n)


def many_that_call_each_other(n: int):
    def a(k: int) -> int:
        return k + n if k < 1 else b(k - 1) + c(k - 2) + d(k - 3) + e(k - 4)

    def b(k: int) -> int:
        return k if k < 1 else a(k - 1) + c(k - 2) + d(k - 3) + e(k - 4)

    def c(k: int) -> int:
        return k if k < 1 else a(k - 1) + b(k - 2) + d(k - 3) + e(k - 4)

    def d(k: int) -> int:
        return k if k < 1 else a(k - 1) + b(k - 2) + c(k - 3) + e(k - 4)

    def e(k: int) -> int:
        return k if k < 1 else a(k - 1) + b(k - 2) + c(k - 3) + d(k - 4)
    return a(6)


def changes_what_it_reads(words: List[str]):
    table: Dict[str, int] = {}

    def note(word: str):
        if word in table:
            table[word] += 1
        else:
            table[word] = 1

    def rank(word: str):
        return -table[word], word

    for word in words:
        note(word)
    return table, sorted(list(table.keys()), key=rank)


def depth(x: int):
    def outer(a: int):
        def inner(b: int):
            return a + b + x
        return inner(1) * 2
    return outer(x)


def assigns_its_own(x: int):
    def own(v: int):
        x = v * 2
        return x
    return own(5), x


def gathers(x: int):
    def total(a: int, *rest: int, scale: int = 2):
        return (a + sum(rest)) * scale + x
    return total(1), total(1, 2, 3), total(1, scale=5), total(*(1, 2))


def in_branches(c: bool, x: int):
    if c:
        def f(v: int):
            return v + 1
        y = f(x)
    else:
        def f(v: int):
            return v + 2
        y = f(x)
    return y


PROGRAMS = [(reads_and_defaults, (3, 10)), (early_returns, ([1.0, -5.0, 3.0], 2.0)), (recursion, (12, 1)), (each_other, (7,)), (each_other_with_a_variable_around, (6, 9)),
            (many_that_call_each_other, (2,)),
            (changes_what_it_reads, (["a", "b", "a"],)), (depth, (4,)), (assigns_its_own, (1,)), (gathers, (1,)), (in_branches, (False, 1))]


@pytest.mark.parametrize("function, arguments", PROGRAMS, ids=lambda each: getattr(each, "__name__", ""))
def test_does_what_python_does_also_when_it_is_saved(function, arguments):
    expected = function(*arguments)
    compiled = torch.jit.script(function)
    assert compiled(*arguments) == expected
    file = io.BytesIO()
    torch.jit.save(compiled, file)
    file.seek(0)
    assert torch.jit.load(file)(*arguments) == expected


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(2, 2) for _ in range(2)])
        self.turns = 3

    def forward(self, x: torch.Tensor):
        def step(h: torch.Tensor, i: int) -> torch.Tensor:
            for layer in self.layers:
                h = layer(h)
            return h * self.turns + i

        for i in range(self.turns):
            x = step(x, i)
        return x


def test_methods_read_self(tmp_path):
    net = Net()
    x = torch.ones(1, 2)
    compiled = torch.jit.script(net)
    assert torch.equal(compiled(x), net(x))
    compiled.save(tmp_path / "net.pt")
    assert torch.equal(torch.jit.load(tmp_path / "net.pt")(x), net(x))
    net.eval()
    assert torch.allclose(torch.jit.freeze(torch.jit.script(net))(x), net(x))


def returned(x: int):
    def f(v: int):
        return v
    return f


def called_from_a_comprehension(xs: List[int]):
    x = 1

    def f(v: int):
        return v + x
    return [f(x) for x in xs]


def two_variables_of_one_name(x: int):
    def around(v: int):
        return v + x

    def own(x: int):
        return around(x)
    return own(5)


def wrong_argument(x: int):
    def f(v: str):
        return v
    return f(x)


@pytest.mark.parametrize("function, text", [(returned, "function definitions aren't supported"),
                                            (called_from_a_comprehension, "the function reads 'x', and a comprehension around its call"),
                                            (two_variables_of_one_name, "the function 'own' has a variable 'x', and a function that it calls reads"),
                                            (wrong_argument, "Expected a value of type 'str' for argument 'v' but instead found type 'int'")])
def test_what_is_refused(function, text):
    with pytest.raises(RuntimeError if function is not returned else torch.jit.frontend.UnsupportedNodeError, match=text):
        torch.jit.script(function)


def test_functions_that_all_call_each_other_are_compiled_once():
    names = [f"f{i}" for i in range(8)]
    body = "".join(f"    def {name}(k: int) -> int:\n        return k if k < 1 else {' + '.join(f'{other}(k - 1)' for other in names)}\n" for name in names)
    source = f"def program(k: int):\n{body}    return f0(k)\n"
    linecache.cache["<program>"] = len(source), None, source.splitlines(True), "<program>"
    scope = {"__name__": "program"}
    exec(compile(source, "<program>", "exec"), scope)
    assert torch.jit.script(scope["program"])(1) == 0
