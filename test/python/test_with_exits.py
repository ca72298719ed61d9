"""return, break and continue within `with`: what the body assigned before is still there, and every exit runs."""
from typing import Any, Tuple

import pytest
import rushlight as torch


class Counting:
    def __init__(self, n: int):
        self.n = n

    def __enter__(self) -> int:
        self.n += 1
        return self.n

    def __exit__(self, type: Any, value: Any, tb: Any) -> None:
        self.n = -self.n


def continues(b: int) -> Tuple[int, int]:
    c = Counting(b)
    s = 0
    for i in range(3):
        with c as n:
            if i == b:
                continue
            s += n
    return s, c.n


def breaks(b: int) -> Tuple[int, int]:
    c = Counting(1)
    x = 0
    while True:
        with c as n, Counting(3) as m:
            x += 1
            if x > b:
                break
            y = m + n
            x += y
        x += 1
    return x, c.n


def returns(b: int) -> Tuple[int, int]:
    c = Counting(1)
    with c as n:
        with Counting(5) as k:
            if b == 1:
                return 1, c.n
            z = k + n
        if b == 2:
            return z, c.n
        q = z + 1
    return q, c.n


@pytest.mark.parametrize("b", [0, 1, 2, 3])
@pytest.mark.parametrize("function", [continues, breaks, returns])
def test_bodies_that_are_left_early(function, b):
    assert torch.jit.script(function)(b) == function(b)
