"""What compiled functions take for their parameters: as PyTorch converts, and with its messages where it refuses."""
from collections import OrderedDict, UserDict, deque, namedtuple
from enum import Enum
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

import pytest
import rushlight as torch
from rushlight import Tensor


def of_ints(values: List[int]) -> List[int]:
    return values


def of_floats(values: List[float]) -> List[float]:
    return values


def of_texts(values: List[str]) -> List[str]:
    return values


def of_tensors(values: List[Tensor]) -> List[Tensor]:
    return values


def of_numbers(values: Dict[int, int]) -> Dict[int, int]:
    return values


def pair(values: Tuple[int, str]) -> Tuple[int, str]:
    return values


def an_int(value: int) -> int:
    return value


def a_float(value: float) -> float:
    return value


def a_bool(value: bool) -> bool:
    return value


def a_complex(value: complex) -> complex:
    return value


def a_text(value: str) -> str:
    return value


class Sequence:
    def __len__(self):
        return 2

    def __getitem__(self, index):
        if index > 1:
            raise IndexError
        return index


class Index:
    def __index__(self):
        return 4


class Floating:
    def __float__(self):
        return 4.5


class Integral:
    def __int__(self):
        return 5


@pytest.mark.parametrize("function, given, wanted", [
    (of_ints, range(3), [0, 1, 2]), (of_ints, {1, 2}, [1, 2]), (of_ints, {1: 2}.keys(), [1]), (of_ints, {1: 2}.values(), [2]),
    (of_ints, deque([1]), [1]), (of_ints, Sequence(), [0, 1]), (of_ints, [True, Index()], [1, 4]), (of_floats, {1.5}, [1.5]),
    (of_texts, "ab", ["a", "b"]), (of_texts, {"a": 1}, ["a"]), (of_texts, [b"x"], ["x"]), (of_numbers, [(1, 2)], {1: 2}),
    (of_numbers, UserDict({1: 2}), {1: 2}), (of_numbers, OrderedDict({1: 2}), {1: 2}), (pair, [1, "a"], (1, "a")),
    (an_int, Integral(), 5), (an_int, Index(), 4), (a_float, Index(), 4.0), (a_float, Floating(), 4.5), (a_float, 2 ** 70, 2.0 ** 70),
    (a_bool, None, False), (a_bool, 0.0, False), (a_bool, 3, True), (a_complex, 1.5, 1.5 + 0j), (a_text, b"abc", "abc"),
    (a_text, bytearray(b"a"), "a")])
def test_what_is_converted(function, given, wanted):
    found = torch.jit.script(function)(given)
    assert found == wanted and type(found) is type(wanted)


def test_generators_and_tensors_are_converted():
    assert torch.jit.script(of_ints)(i for i in (1, 2)) == [1, 2]
    assert torch.jit.script(of_ints)(map(int, "12")) == [1, 2]
    assert torch.jit.script(of_ints)([torch.ones(1)]) == [1]
    assert torch.jit.script(of_numbers)({1: torch.tensor([2.0])}) == {1: 2}
    assert torch.jit.script(an_int)(torch.tensor([[1.5]])) == 1
    assert torch.jit.script(a_bool)(torch.tensor(1)) is True
    assert torch.jit.script(a_complex)(torch.ones(1)) == 1


@pytest.mark.parametrize("function, given, kind", [
    (of_ints, "ab", "str"), (of_ints, b"ab", "bytes"), (of_ints, 5, "int"), (of_ints, None, "NoneType"), (of_ints, {1: 2}, "dict"),
    (of_ints, iter([1]), "list_iterator"), (of_ints, [1.5], "list"), (of_ints, ["a"], "list"), (of_texts, [1], "int"), (of_tensors, [None], "list"),
    (an_int, 1.0, "float"), (an_int, 2 ** 70, "int"), (an_int, "1", "str"), (an_int, 1j, "complex"), (a_float, "1.5", "str"),
    (a_float, None, "NoneType"), (a_bool, "a", "str"), (a_bool, [], "list"), (a_complex, "1j", "str"), (a_text, 1, "int")])
def test_what_is_refused(function, given, kind):
    with pytest.raises(RuntimeError, match=f"Cast error details: Unable to cast Python instance of type <class '{kind}'>"):
        torch.jit.script(function)(given)


def test_errors_of_python_are_told():
    with pytest.raises(RuntimeError, match="\n Python error details: TypeError: 'int' object is not iterable$"):
        torch.jit.script(pair)(5)
    with pytest.raises(RuntimeError, match="\n Python error details: TypeError: 'int' object is not iterable$"):
        torch.jit.script(of_numbers)(5)

    def failing():
        yield "a"
        raise ValueError("stop here")
    with pytest.raises(RuntimeError, match="Python error details: ValueError: stop here"):
        torch.jit.script(of_texts)(failing())


class Color(Enum):
    RED = 1
    GREEN = 2


class Shade(Enum):
    RED = 5


def a_color(value: Color) -> Tuple[str, str]:
    return value.name, str(value)


def test_members_of_enumerations():
    compiled = torch.jit.script(a_color)
    assert compiled(Color.RED) == ("RED", "Enum<Color.RED>")
    with pytest.raises(RuntimeError, match="AttributeError: 'int' object has no attribute 'name'"):
        compiled(1)
    with pytest.raises(RuntimeError, match="no member"):
        compiled(Shade.RED)


Pair = namedtuple("Pair", ["x", "y"], defaults=(2,))


def a_pair(value: Pair) -> Tensor:
    return value.x


def test_named_tuples_are_named_with_their_fields():
    compiled = torch.jit.script(a_pair)
    assert "NamedTuple(x : Tensor, y : Tensor = 2)" in str(compiled.graph)
    assert compiled(Pair(torch.ones(1), torch.ones(1))).item() == 1
    with pytest.raises(RuntimeError, match=r"found type 'Pair \(aka NamedTuple\(x, y\)\)'"):
        compiled(Pair(torch.ones(1)))


@torch.jit.interface
class Named:
    def name(self) -> str:
        pass


class Good:
    def __init__(self):
        self.text = "good"

    def name(self) -> str:
        return self.text


class Other:
    def __init__(self):
        self.text = 1


def name_of(value: Optional[Named]) -> str:
    return "none" if value is None else value.name()


def test_objects_for_interfaces():
    compiled = torch.jit.script(name_of)
    assert compiled(Good()) == "good" and compiled(None) == "none"
    with pytest.raises(RuntimeError, match="Assigning the object 3 to an interface fails"):
        compiled(3)
    with pytest.raises(RuntimeError, match="Object of type .*Other .*is not compatible with interface .*Named\n.*does not have method 'name'"):
        compiled(Other())


def either(value: Union[int, List[Tensor]]) -> Any:
    return value


def test_only_the_object_says_its_type():
    assert torch.jit.script(either)(3) == 3
    with pytest.raises(RuntimeError, match="^Tracer cannot infer type of .*object"):
        torch.jit.script(either)(object())


class Row(NamedTuple):
    key: int
    values: "List[Tensor]"


@torch.jit.ignore
def as_row(key, value):
    # type: (int, Tensor) -> Row
    return Row(key, [value])


@torch.jit.ignore
def wrong_row(key):
    # type: (int) -> Row
    return key


def rows(x: Tensor) -> Row:
    return as_row(3, x)


def wrong_rows() -> Row:
    return wrong_row(3)


def test_results_of_ignored_functions_with_type_comments():
    found = torch.jit.script(rows)(torch.ones(1))
    assert type(found) is Row and found.key == 3 and found.values[0].item() == 1
    with pytest.raises(RuntimeError, match="expected value of type NamedTuple"):
        torch.jit.script(wrong_rows)()


def anything(value: Any) -> int:
    return 1


def test_containers_that_hold_themselves_are_refused():
    held = []
    held.append(held)
    entries = {}
    entries["a"] = entries
    nested = ()
    for _ in range(100_000):
        nested = (nested,)
    for value in (held, entries, nested):
        with pytest.raises(RuntimeError, match="nested too deeply"):
            torch.jit.script(anything)(value)
    with pytest.raises(RuntimeError, match="nested too deeply"):
        torch.jit.script(held)
