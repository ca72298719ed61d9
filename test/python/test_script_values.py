"""What compiled code reads off tensors, lists of tensors and numbers, and the exact graphs of a few forms."""
import math
import re
from typing import List, Optional, Tuple

import pytest
import rushlight as torch
from rushlight import Tensor, nn


def bare(graph):
    return re.sub(r" # .*", "", str(graph))


def properties(x: Tensor) -> Tuple[List[int], int, int, int, int, bool, bool, bool, bool]:
    return x.stride(), x.stride(0), x.element_size(), x.itemsize, x.nbytes, x.requires_grad, x.is_leaf, x.is_cpu, x.is_sparse


def grad_of(x: Tensor) -> Optional[Tensor]:
    return x.grad


def test_properties_of_tensors():
    compiled = torch.jit.script(properties)
    x = torch.ones(2, 3)
    assert compiled(x) == ([3, 1], 3, 4, 4, 24, False, True, True, False)
    assert compiled((x.requires_grad_() * 2))[5:7] == (True, False)
    (x * 3).sum().backward()
    assert torch.equal(torch.jit.script(grad_of)(x), torch.full((2, 3), 3.0))
    assert torch.jit.script(grad_of)(torch.ones(1)) is None


def search(values: List[Tensor], x: Tensor) -> Tuple[int, int, bool]:
    return values.count(x), values.index(x), values == values


def ordered(values: List[Tensor]) -> List[Tensor]:
    values.sort(reverse=True)
    return sorted(values)


def removed(values: List[Tensor], x: Tensor) -> List[Tensor]:
    values.remove(x)
    return values


def test_lists_of_tensors_are_searched_and_sorted():
    one, two, three = torch.tensor(1), torch.tensor(2), torch.tensor(3)
    assert torch.jit.script(search)([one, two, one], one) == (2, 0, True)
    assert [int(x) for x in torch.jit.script(ordered)([two, three, one])] == [1, 2, 3]
    assert [int(x) for x in torch.jit.script(removed)([one, two, one], one)] == [2, 1]
    with pytest.raises(RuntimeError, match="not in list"):
        torch.jit.script(removed)([one], two)
    with pytest.raises(RuntimeError, match="ambiguous"):
        torch.jit.script(search)([torch.ones(2)], torch.ones(2))


def slices(s: str) -> Tuple[str, str, str, str]:
    return s[1:3], s[:-1], s[-2:], s[::2]


def test_texts_are_sliced():
    assert torch.jit.script(slices)("abcde") == ("bc", "abcd", "de", "ace")


def complex_of(x: Tensor, y: float) -> Tuple[complex, complex]:
    return complex(x, y), complex(x, x)


def test_complex_numbers_are_made_of_tensors():
    assert torch.jit.script(complex_of)(torch.tensor(2.0), 3.0) == (2 + 3j, 2 + 2j)


def quotients(x: int, y: float) -> Tuple[float, float]:
    return x / 0, y / 0.0


def test_division_by_zero_is_that_of_the_processor():
    compiled = torch.jit.script(quotients)
    assert compiled(1, -1.0) == (math.inf, -math.inf)
    assert all(math.isnan(x) for x in compiled(0, 0.0))


def is_less(x: complex, y: int) -> bool:
    return x < y


def rest(x: complex, y: float):
    return x % y


def test_complex_numbers_have_no_order():
    for function, sign in ((is_less, "<"), (rest, "%")):
        with pytest.raises(RuntimeError, match=f"'{sign}' is not defined for complex numbers"):
            torch.jit.script(function)(1j, 1)


def bits(x: Tensor):
    return torch.bitwise_and(x, x)


def test_what_is_not_implemented_keeps_its_class():
    with pytest.raises(NotImplementedError) as raised:
        torch.jit.script(bits)(torch.ones(1))
    assert "The following operation failed in the TorchScript interpreter." in str(raised.value)
    assert str(raised.value).endswith("RuntimeError: \"bitwise_and_cpu\" not implemented for 'Float'\n")


def commented(x, y):
    # type: (int, float)
    return x * y


def test_a_type_comment_may_leave_the_result_out():
    assert str(torch.jit.script(commented).schema) == "commented(int x, float y) -> float"


@torch.jit.interface
class Layer(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        pass


class Doubling(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * 2


class Through(nn.Module):
    layer: Layer

    def __init__(self):
        super().__init__()
        self.layer = Doubling()

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x)


def test_interfaces_of_modules():
    assert torch.jit.script(Through())(torch.ones(1)).item() == 2


class Shaped(nn.Module):
    __constants__ = ["shape"]

    def __init__(self):
        super().__init__()
        self.shape = (2, 3)

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(self.shape)


def test_constant_tuples_of_modules_are_made_of_their_parts():
    assert bare(torch.jit.script(Shaped()).graph).split("\n")[2:5] == [
        "  %4 : int = prim::Constant[value=3]()", "  %3 : int = prim::Constant[value=2]()", "  %6 : int[] = prim::ListConstruct(%3, %4)"]


def best(x: Tensor):
    return torch.max(x, 0)


def test_results_of_operators_are_plain_tuples():
    compiled = torch.jit.script(best)
    assert str(compiled.schema) == "best(Tensor x) -> ((Tensor, Tensor))"
    assert type(compiled(torch.ones(2))) is tuple


def waiting(t: bool):
    i = 0
    while not t:
        i += 1
    return i


def leaving(n: int):
    for j in range(n):
        if j == 3:
            break
        if j == 2:
            continue
        print(j)


def empty():
    a = []
    return len(a) == 0


def test_graphs_have_the_numbers_of_pytorch():
    assert bare(torch.jit.script(waiting).graph) == """\
graph(%t.1 : bool):
  %i.1 : int = prim::Constant[value=0]()
  %2 : int = prim::Constant[value=9223372036854775807]()
  %9 : int = prim::Constant[value=1]()
  %21 : bool = aten::__not__(%t.1)
  %i : int = prim::Loop(%2, %21, %i.1)
    block0(%7 : int, %i.11 : int):
      %i.5 : int = aten::add(%i.11, %9)
      %5 : bool = aten::__not__(%t.1)
      -> (%5, %i.5)
  return (%i)
"""
    assert str(torch.jit.script(leaving).graph).count("prim::If") == 3  # neighbours that decide each other are merged
    assert "%a" not in bare(torch.jit.script(empty).graph)


def floor_of(x: float) -> int:
    return math.floor(x)


def int_of(s: str) -> int:
    return int(s)


def popped(x: List[int], i: int) -> int:
    return x.pop(i)


@pytest.mark.parametrize("function, arguments, text", [
    (floor_of, (math.inf,), "Cannot convert float inf to integer"),
    (floor_of, (1e20,), "Cannot convert float 100000000000000000000.000000 to integer"),
    (int_of, ("x",), "stoll"),
    (int_of, ("99999999999999999999",), "stoll"),
    (int_of, ("1.5",), "invalid literal for int() with base 10: '1.5'"),
    (popped, ([1, 2], 5), "list index out of range"),
])
def test_messages_of_conversions(function, arguments, text):
    with pytest.raises(RuntimeError) as raised:
        torch.jit.script(function)(*arguments)
    assert str(raised.value).endswith(f"RuntimeError: {text}\n")


def test_numbers_in_texts():
    compiled = torch.jit.script(int_of)
    assert compiled(" 7") == 7 and compiled("-3") == -3 and compiled("+4") == 4


def tensors_of(x: float, y: List[int], z: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    return torch.as_tensor(x), torch.as_tensor(y, dtype=torch.float32), torch.as_tensor(z, dtype=torch.float64)


def seeded() -> Tensor:
    torch.manual_seed(3)
    return torch.rand(2)


def norms(x: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
    return torch.norm(x), torch.norm(x, 1.0, 1), torch.norm(x, p=3, dim=0, keepdim=True), abs(x)


def test_factories_and_norms():
    number, numbers, same = torch.jit.script(tensors_of)(1.5, [1, 2], torch.ones(1))
    assert number.item() == 1.5 and numbers.dtype is torch.float32 and same.dtype is torch.float64
    torch.manual_seed(3)
    expected = torch.rand(2)
    assert torch.equal(torch.jit.script(seeded)(), expected)
    x = torch.arange(-3.0, 3.0).reshape(2, 3)
    for compiled, plain in zip(torch.jit.script(norms)(x), norms(x)):
        assert torch.allclose(compiled, plain) and compiled.shape == plain.shape
