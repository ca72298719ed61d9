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


# ---- without annotations: one form for each shape

def target(a: int, b: str, c: float = 1.5):
    return str(a) + b, c * 2


def forwards(*args, **kwargs):
    return target(*args, **kwargs)


def mixed(a: int, *args, scale: int = 2, **kwargs):
    text = ""
    for key, value in kwargs.items():
        text += key + str(value)
    if "flag" in kwargs:
        text += "!" if kwargs["flag"] else "?"
    if "flag" not in kwargs and len(args) > 1:
        text += "-"
    for key in kwargs:
        text += key
    return (a + args[0]) * scale, args[1], args[1:], len(kwargs), text, kwargs.get("other", 7), [k for k in kwargs.keys()], "k" in kwargs


def one_form(*args):
    return len(args) + 1


def calls_itself(n: int, *args) -> int:
    return n if n > 5 else calls_itself(n + 1, *args)


def no_positions(**options):
    return options["a"] + 1 if "a" in options else -1


def shapes(n: int):
    return (forwards(n, "b"), forwards(n, b="z", c=2.0), forwards(*(n, "x", 2.5)), mixed(1, n, "q", flag=n > 2, k=3), mixed(1, n, "r", scale=3),
            mixed(*(1, n, "s"), other=[n]), one_form(), one_form("a", n), calls_itself(n, "x", 2.0), no_positions(), no_positions(a=n, b="x"))


def test_each_shape_has_a_form_of_its_own():
    for n in (1, 4):
        assert torch.jit.script(shapes)(n) == shapes(n)


def of_tensors(*xs, **named):
    total = xs[0]
    for x in xs:
        if x.sum() > 100:
            break
        total = total + x
    for name, x in named.items():
        total = total * x
    return total


def tensors_in_the_plain_form(x: Tensor):
    return of_tensors(x, x + 1, a=x)


def target_of_tensors(x: Tensor, y: Tensor):
    return x - y


def forwards_tensors(*args):
    return target_of_tensors(*args)


def forwarded(x: Tensor):
    return forwards_tensors(x, x * 2)


def test_tensors():
    x = torch.tensor([2.0, 3.0])
    assert torch.equal(torch.jit.script(tensors_in_the_plain_form)(x), tensors_in_the_plain_form(x))
    assert torch.equal(torch.jit.script(forwarded)(x), forwarded(x))


def missing_key(n: int):
    return no_positions(b=n), second_of(n)


def second_of(*args):
    return args[1]


def wrong_target(n: int):
    return forwards("x", n)


def test_errors_of_forms():
    with pytest.raises(RuntimeError, match="Tuple index out of range"):
        torch.jit.script(missing_key)
    with pytest.raises(RuntimeError, match="Expected a value of type 'int' for argument 'a' but instead found type 'str'"):
        torch.jit.script(wrong_target)


class Forwarding(nn.Module):
    def forward(self, n: int):
        return forwards(n, "saved"), mixed(1, n, "t", flag=True)


def test_forms_are_saved():
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.script(Forwarding()), buffer, portable=True)
    buffer.seek(0)
    assert torch.jit.load(buffer)(3) == Forwarding()(3)
