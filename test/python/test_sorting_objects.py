"""Lists of objects in compiled code: sorted by `__lt__`, whatever it answers."""

from typing import List, Tuple

import pytest

import rushlight as torch


@torch.jit.script
class Item:
    def __init__(self, key: int, name: str):
        self.key = key
        self.name = name

    def __lt__(self, other: "Item") -> bool:
        return self.key < other.key


@torch.jit.script
class Contrary:
    def __init__(self, key: int):
        self.key = key

    def __lt__(self, other: "Contrary") -> bool:
        return True


@torch.jit.script
class Plain:
    def __init__(self, key: int):
        self.key = key


def test_sort_and_sorted():
    @torch.jit.script
    def names(keys: List[int]) -> Tuple[List[str], List[str]]:
        items = [Item(k, str(k)) for k in keys]
        up = sorted(items)
        items.sort(reverse=True)
        return [item.name for item in up], [item.name for item in items]

    assert names([3, 1, 2]) == (["1", "2", "3"], ["3", "2", "1"])


def test_inside_tuples():
    @torch.jit.script
    def keys() -> List[int]:
        pairs = [(1, Item(12, "")), (1, Item(11, "")), (0, Item(13, ""))]
        pairs.sort()
        return [pair[1].key for pair in pairs]

    assert keys() == [13, 11, 12]


def test_an_order_that_is_none_loses_nothing():
    @torch.jit.script
    def keys(count: int) -> List[int]:
        items = [Contrary(k) for k in range(count)]
        items.sort()
        return [item.key for item in items]

    assert sorted(keys(1000)) == list(range(1000))


def test_classes_without_an_order():
    @torch.jit.script
    def sort():
        items = [Plain(1), Plain(2)]
        items.sort()
        return len(items)

    with pytest.raises(RuntimeError, match="it must define a __lt__ method with two inputs of type .*Plain.* that returns a bool"):
        sort()
