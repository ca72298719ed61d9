"""`*args` and `**kwargs` of compiled functions: lists and dictionaries of one type. PyTorch refuses them."""
import io
from typing import Dict, List

import pytest

import rushlight as torch
from rushlight import Tensor, nn


def gather(a: int, *args: int, scale: int = 1, **kw: float):
    total = a
    for x in args:
        total += x * 10
    extra = 0.0
    for name, value in kw.items():
        extra += value * len(name)
    return total * scale, extra, len(args), len(kw)


def test_calls_from_python():
    compiled = torch.jit.script(gather)
    assert compiled(1) == gather(1)
    assert compiled(1, 2, 3, k=4.0, abc=5.0) == gather(1, 2, 3, k=4.0, abc=5.0)
    assert compiled(1, 2, scale=3, z=1.0) == gather(1, 2, scale=3, z=1.0)
    assert compiled(a=4, z=1.5) == gather(a=4, z=1.5)


def calls(values: List[int], named: Dict[str, float]):
    return (gather(1), gather(1, 2, 3, q=1.0, scale=2), gather(1, 2, *values, **named), gather(1, *(5, 6)),
            gather(1, *values, 7, *values, **{"u": 3.0}), gather(1, *[x + 1 for x in values]))


def test_calls_in_compiled_code():
    for values, named in (([], {}), ([4, 5], {"x": 1.5, "yy": 2.0})):
        assert torch.jit.script(calls)(values, named) == calls(values, named)


def wrong_element(a: int):
    return gather(a, "x")


def too_short(values: List[int]):
    return gather(*values)


def test_errors():
    with pytest.raises(RuntimeError, match="Expected a value of type 'int' for argument '<varargs>' but instead found type 'str'"):
        torch.jit.script(wrong_element)
    with pytest.raises(RuntimeError, match="cannot statically infer the expected size of a list"):
        torch.jit.script(too_short)
    with pytest.raises(RuntimeError, match="Expected a value of type"):
        torch.jit.script(gather)(1, "x")
    with pytest.raises(RuntimeError, match="missing value for argument 'a'"):
        torch.jit.script(gather)()


class Sum(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 2)

    def forward(self, *inputs):
        total = torch.zeros(2)
        for x in inputs:
            total = total + self.linear(x)
        return total


class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Sum()

    def forward(self, x: Tensor, *rest):
        return self.inner(x, *rest)


def test_modules_hand_their_arguments_on():
    module = Outer()
    scripted = torch.jit.script(module)
    x = torch.ones(2)
    for count in (1, 2, 4):
        assert torch.equal(scripted(*[x] * count), module(*[x] * count))
    buffer = io.BytesIO()
    torch.jit.save(scripted, buffer, portable=True)
    buffer.seek(0)
    # A file has no mark for gathering: there the parameter is a plain list.
    assert torch.equal(torch.jit.load(buffer)(x, [x]), module(x, x))
