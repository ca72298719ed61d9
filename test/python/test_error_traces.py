"""The traces of run-time errors: which calls they show, and under which names."""
import os

import pytest

import rushlight as torch
from rushlight import Tensor


def inner(x: Tensor):
    assert x.dim() == 1, "not a vector"
    return x


def middle(x: Tensor):
    y = inner(x)
    return y + 1


def outer(x: Tensor):
    return middle(x) * 2


def square(x: Tensor):
    return torch.mm(x, x)


def calls_square(x: Tensor):
    return square(x)


def work(x: int) -> int:
    if x > 0:
        raise ValueError("in fork")
    return x


def forks(x: int):
    return torch.jit.wait(torch.jit.fork(work, x))


def frames(text):
    """The functions of a trace, outermost first."""
    return [line.rsplit(" in ", 1)[1] for line in text.splitlines() if line.startswith("  File ")]


def test_raise_shows_its_own_line_and_a_note_shows_every_call():
    with pytest.raises(torch.jit.Error, match="AssertionError: not a vector") as caught:
        torch.jit.script(outer)(torch.ones(2, 2))
    assert frames(str(caught.value)) == ["outer"]
    assert 'assert x.dim() == 1, "not a vector"' in str(caught.value)
    assert frames(caught.value.__notes__[0]) == ["outer", "middle", "inner"]


def test_operators_show_every_call():
    with pytest.raises(RuntimeError) as caught:
        torch.jit.script(calls_square)(torch.ones(3))
    assert frames(str(caught.value)) == ["calls_square", "square"]


def test_an_error_of_forked_code_is_the_message_of_the_wait():
    compiled = torch.jit.script(forks)
    assert compiled(0) == 0
    with pytest.raises(RuntimeError, match="builtins.ValueError: in fork") as caught:
        compiled(1)
    assert type(caught.value) is RuntimeError
    assert frames(str(caught.value)) == ["forks", "<forked function>"]
    assert f'File "{os.path.abspath(__file__)}"' in str(caught.value)
