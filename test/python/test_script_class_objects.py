"""Objects of compiled classes in Python: torch.jit.script of an instance, its attributes, methods and operators."""
import pickle
from dataclasses import dataclass
from enum import Enum

import pytest
import rushlight as torch
from rushlight import nn


class Amount:
    def __init__(self, value: int):
        self.value = value

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.value + other.value)

    def __len__(self) -> int:
        return self.value

    def __getitem__(self, i: int) -> int:
        return self.value + i

    def __setitem__(self, i: int, value: int):
        self.value = value + i

    def __eq__(self, other: "Amount") -> bool:
        return self.value == other.value

    def __lt__(self, other: "Amount") -> bool:
        return self.value < other.value

    def __call__(self, k: int) -> int:
        return self.value * k

    def __str__(self) -> str:
        return "amount " + str(self.value)

    @property
    def double(self) -> int:
        return self.value * 2


class Plain:
    def __init__(self):
        self.value = 1


def test_operators_are_those_of_the_class():
    one, two = torch.jit.script(Amount(3)), torch.jit.script(Amount(5))
    assert (one + two).value == 8 and len(one) == 3 and one[2] == 5 and one(4) == 12 and str(one) == "amount 3"
    assert one == torch.jit.script(Amount(3)) and one != two and one < two and one.double == 6
    one[1] = 6
    assert one.value == 7
    one += two
    assert one.value == 12


def test_what_the_class_lacks():
    plain = torch.jit.script(Plain())
    assert bool(plain) and plain == plain and plain != torch.jit.script(Plain()) and hash(plain) == hash(plain)
    with pytest.raises(TypeError, match="has no method __sub__"):
        plain - plain
    with pytest.raises(AttributeError, match="does not have a field with name 'other'"):
        plain.other
    with pytest.raises(RuntimeError, match="does not have an attribute with name 'other'"):
        plain.other = 3
    with pytest.raises(pickle.PickleError, match="ScriptClasses cannot be pickled"):
        pickle.dumps(plain)


def test_what_is_no_script_class():
    with pytest.raises(RuntimeError, match="must be new-style classes"):
        torch.jit.script(int)
    with pytest.raises(RuntimeError, match="does not support inheritance"):
        torch.jit.script(ValueError)
    with pytest.raises(RuntimeError, match="Type '<class 'torch.nn.modules.linear.Linear'>' cannot be compiled"):
        torch.jit.script(nn.Linear)
    with pytest.raises(TypeError, match="is a built-in class"):
        torch.jit.script(3)
    with pytest.raises(OSError, match="Can't get source for <class 'torch.dtype'>"):
        torch.jit.script(torch.float32)


def doubled(value: int) -> int:
    return Amount(value).double


def test_a_class_is_compiled_once():
    torch.jit.script(Amount)
    torch.jit.script(Amount)
    assert "mangle" not in str(torch.jit.script(doubled).graph)


class Unit(Enum):
    METRE = 1
    FOOT = 2


@torch.jit.script
@dataclass
class Length:
    value: float
    unit: Unit = Unit.FOOT


def unit_of(value: float) -> str:
    return Length(value).unit.name + Length(value, Unit.METRE).unit.name


def test_a_member_of_an_enumeration_is_the_default_of_a_dataclass():
    assert torch.jit.script(unit_of)(1.0) == "FOOTMETRE"
