"""set and frozenset in compiled code: PyTorch has neither. Each function does what CPython does with it."""
import copy
import io
from typing import Any, Dict, FrozenSet, List, Optional, Set, Tuple

import pytest

import rushlight as torch
from rushlight import Tensor, nn


def check(fn, *arguments):
    expected = fn(*copy.deepcopy(arguments))
    result = torch.jit.script(fn)(*copy.deepcopy(arguments))
    assert result == expected and type(result) is type(expected)


def operators(a: Set[int], b: Set[int]):
    return (a | b, a & b, a - b, a ^ b, len(a), 3 in a, 3 not in b, a == b, a != b, a <= b, a < b, a >= b, a > b)


def mixed(a: Set[int], b: FrozenSet[int]):
    return a | b, b | a, a == b, b <= a, a.union(b), b.intersection(a), b - a


def changes(values: List[int]):
    s = {1, 2, 3}
    s.add(7)
    s.add(7)
    s.discard(100)
    s.discard(1)
    s.remove(2)
    s |= {9, 10}
    s.update(values)
    t = s.copy()
    t -= {9}
    t &= s
    t ^= {3, 4}
    u = s
    u.intersection_update([9, 10, 3])
    return s, t, u


def made(values: List[int], text: str):
    squares = {x * x for x in values if x > 1}
    unique = set(values)
    frozen = frozenset(values)
    letters = set(text)
    return squares, unique, frozen, letters, set((1, 2)), {(x, y) for x in values for y in values if x < y}


def readings(values: Set[float]):
    total = 0.0
    for x in values:
        total += x
    ordered = sorted(values)
    return total, ordered, len(list(values)), sum(values) if values else 0.0, bool(values), not values


def methods(a: Set[str], b: List[str]):
    return a.union(b), a.intersection(b), a.difference(b), a.symmetric_difference(b), a.issubset(b), a.issuperset(b), a.isdisjoint(b)


def nested(n: int):
    groups = {frozenset({1, n}), frozenset({n, 1}), frozenset({3})}
    by_name: Dict[str, Set[int]] = {}
    by_name["a"] = {n}
    by_name["a"].add(5)
    return groups, frozenset([n, 1]) in groups, len(groups), by_name


def empty(fill: bool):
    s: Set[int] = set()
    f: FrozenSet[str] = frozenset()
    if fill:
        s.add(1)
    return s, f


def optional(s: Optional[Set[int]]):
    return 0 if s is None else len(s)


def distinct(words: List[str]):
    seen: Set[str] = set()
    kept: List[str] = []
    for word in words:
        if word not in seen:
            seen.add(word)
            kept.append(word)
    return kept


@pytest.mark.parametrize("a, b", [({1, 2, 3}, {2, 5}), (set(), {1}), ({1}, {1}), (set(), set())])
def test_operators(a, b):
    check(operators, a, b)
    check(mixed, a, frozenset(b))


def test_changes_and_displays():
    for values in ([], [1, 2, 5], [3, 3, 9]):
        check(changes, values)
        check(made, values, "abca")
        check(methods, {str(v) for v in values}, ["1", "x"])
        check(distinct, [str(v) for v in values] * 2)


def test_readings():
    check(readings, {1.5, -2.0, 0.25})
    check(readings, set())


def test_sets_in_sets_and_dictionaries():
    check(nested, 1)
    check(nested, 4)


def test_empty_sets_and_optionals():
    check(empty, True)
    check(empty, False)
    check(optional, None)
    check(optional, {1, 2})


def pop_all(s: Set[int]):
    total = 0
    while s:
        total += s.pop()
    return total, len(s)


def test_pop():
    check(pop_all, {1, 2, 3})


def pop_one(s: Set[int]):
    return s.pop()


def remove_one(s: Set[int]):
    s.remove(9)


def test_missing_elements_are_errors():
    with pytest.raises(RuntimeError, match="pop from an empty set"):
        torch.jit.script(pop_one)(set())
    with pytest.raises(RuntimeError, match="KeyError: 9"):
        torch.jit.script(remove_one)({1})


def unhashable(values: List[List[int]]):
    return set(values)


def untyped():
    return set()


def test_unhashable_elements_and_unknown_types_are_refused():
    with pytest.raises(RuntimeError, match=r"unhashable type: 'List\[int\]'"):
        torch.jit.script(unhashable)
    with pytest.raises(RuntimeError, match="type of the elements of an empty set is not known") as caught:
        torch.jit.script(untyped)
    assert any("annotate the variable" in note for note in caught.value.__notes__)


def size_of_any(x: Any) -> int:
    if isinstance(x, Set[int]):
        return len(x)
    return -1


def test_any():
    assert torch.jit.script(size_of_any)({1, 2}) == 2
    assert torch.jit.script(size_of_any)([1]) == -1


def shown(s: Set[int], f: FrozenSet[str]) -> str:
    return f"{s} {f} " + str(s)


def test_text():
    assert torch.jit.script(shown)({1, 2}, frozenset({"a"})) == "{1, 2} frozenset({a}) {1, 2}"


class Seen(nn.Module):
    seen: Set[int]
    names: FrozenSet[str]

    def __init__(self):
        super().__init__()
        self.seen = {1, 2}
        self.names = frozenset({"a"})

    def forward(self, x: Tensor):
        self.seen.add(int(x.sum()))
        return len(self.seen), "a" in self.names


def test_attributes_are_saved():
    scripted = torch.jit.script(Seen())
    assert scripted(torch.ones(5)) == (3, True)
    buffer = io.BytesIO()
    torch.jit.save(scripted, buffer)
    buffer.seek(0)
    loaded = torch.jit.load(buffer)
    assert loaded(torch.ones(7)) == (4, True)
    assert loaded.seen == {1, 2, 5, 7} and loaded.names == frozenset({"a"})


def test_graphs_are_read_back():
    text = str(torch._C.parse_ir(str(torch.jit.script(operators).graph)))
    assert "Set(int) = rushlight::__or__(%a" in text
    assert str(torch._C.parse_ir(text)) == text
