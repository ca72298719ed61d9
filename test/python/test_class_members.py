"""What compiled methods reach through classes and attributes: static methods, operators, members of enumerations."""

from enum import Enum
from typing import List

import rushlight as torch


class WithStatic(torch.nn.Module):
    @staticmethod
    def add(x: torch.Tensor, k: int) -> torch.Tensor:
        return x + k

    def forward(self, x):
        return self.add(x, 3) + WithStatic.add(x, 1)


def test_static_methods_through_the_class():
    assert torch.jit.script(WithStatic())(torch.ones(1)).item() == 6


class WithBuiltin(torch.nn.Module):
    def __init__(self, op):
        super().__init__()
        self.op = op

    def forward(self, x):
        return self.op(x)


def test_operators_as_attributes():
    assert torch.jit.script(WithBuiltin(torch.neg))(torch.ones(1)).item() == -1


class Color(Enum):
    RED = 1
    GREEN = 2


def test_members_of_an_enumeration():
    @torch.jit.script
    def values(n: int) -> List[int]:
        res: List[int] = []
        for member in Color:
            res.append(member.value * n)
        return res

    assert values(2) == [2, 4]


def test_a_member_that_a_function_closes_over():
    favourite = Color.GREEN

    @torch.jit.script
    def value() -> int:
        return favourite.value

    assert value() == 2
