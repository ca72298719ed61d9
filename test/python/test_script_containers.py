"""torch.jit.script of lists and dicts: containers that compiled code shares with Python."""
import copy
import pickle
from typing import Any, Dict, List

import pytest
import rushlight as torch
from rushlight import nn


def appended(values: List[int]) -> List[int]:
    values.append(9)
    return values


def stored(values: Dict[str, int], key: str) -> Dict[str, int]:
    values[key] = 7
    return values


def anything(value: Any) -> Any:
    return value


def test_compiled_code_changes_what_python_sees():
    values = torch.jit.script([1, 2])
    assert torch.jit.script(appended)(values) == [1, 2, 9]  # results are copies
    assert list(values) == [1, 2, 9]
    entries = torch.jit.script({"a": 1})
    assert torch.jit.script(stored)(entries, "b") == {"a": 1, "b": 7}
    assert dict(entries.items()) == {"a": 1, "b": 7}
    plain = [1]
    torch.jit.script(appended)(plain)
    assert plain == [1]


def test_a_container_of_another_type_is_refused():
    with pytest.raises(RuntimeError, match="Unable to cast"):
        torch.jit.script(appended)(torch.jit.script(["a"]))
    with pytest.raises(RuntimeError, match="Tracer cannot infer type of .1, 2."):
        torch.jit.script(anything)(torch.jit.script([1, 2]))


def test_the_surface_of_lists():
    values = torch.jit.script([1, 2, 3])
    assert type(values) is torch._C.ScriptList and repr(values) == "[1, 2, 3]"
    assert (len(values), values[-1], list(values[::-1]), bool(values)) == (3, 3, [3, 2, 1], True)
    assert isinstance(values[:1], torch._C.ScriptList)
    values.extend((4, 5))
    values.insert(-1, 7)
    values[0] = 8
    values[1:3] = [6, 6]
    assert list(values) == [8, 6, 6, 4, 7, 5] and values.count(6) == 2
    values.remove(6)
    del values[0]
    assert (values.pop(), values.pop(0), list(values)) == (5, 6, [4, 7])
    assert 4 in values and 5 not in values
    assert values != [4, 7]
    values.clear()
    assert not values and len(values) == 0


def test_errors_of_lists():
    values = torch.jit.script([1, 2])
    for wrong in (lambda: values.append("a"), lambda: "a" in values, lambda: values.extend([3, "a"]), lambda: values.count(None)):
        with pytest.raises(TypeError, match="^$"):
            wrong()
    assert list(values) == [1, 2]
    with pytest.raises(IndexError, match="^$"):
        values[2]
    with pytest.raises(IndexError, match="list index out of range"):
        values.pop(5)
    with pytest.raises(IndexError, match="range_check"):
        torch.jit.script([]).pop()
    with pytest.raises(ValueError, match="^$"):
        values.remove(5)
    with pytest.raises(RuntimeError, match="different sizes"):
        values[:2] = [1]
    with pytest.raises(torch.jit.Error, match="Unable to infer type of list: .* Found int and str"):
        torch.jit.script([1, "a"])


def test_a_loop_over_a_list_ends_where_the_list_ended():
    values = torch.jit.script([1, 2])
    seen = []
    for value in values:
        seen.append(value)
        values.append(0)
    assert seen == [1, 2]
    for _ in values:
        values.clear()


def test_the_surface_of_dicts():
    entries = torch.jit.script({"a": 1, "b": 2})
    assert type(entries) is torch._C.ScriptDict and repr(entries) == "{a: 1, b: 2}"
    assert (len(entries), bool(entries), entries["b"], list(entries), list(entries.keys())) == (2, True, 2, ["a", "b"], ["a", "b"])
    assert "a" in entries and "c" not in entries
    entries["c"] = 3
    del entries["a"]
    assert list(entries.items()) == [("b", 2), ("c", 3)]
    for key in entries:
        entries[key + key] = 1
    with pytest.raises(KeyError):
        entries["z"]
    with pytest.raises(KeyError):
        entries[1]
    with pytest.raises(TypeError, match="^$"):
        entries[1] = 2
    with pytest.raises(KeyError):
        del entries["z"]
    with pytest.raises(TypeError, match="cannot pickle"):
        copy.copy(entries)
    with pytest.raises(torch.jit.Error, match="Unable to infer type of dictionary"):
        torch.jit.script({"a": 1, "b": "c"})


def test_empty_ones_hold_tensors_and_none_makes_elements_optional():
    values = torch.jit.script([])
    with pytest.raises(TypeError):
        values.append(1)
    values.append(torch.ones(1))
    optional = torch.jit.script([1, None])
    optional.append(None)
    assert list(optional) == [1, None, None]


def test_lists_are_copied_and_pickled():
    values = torch.jit.script([1, 2])
    for again in (copy.copy(values), copy.deepcopy(values), pickle.loads(pickle.dumps(values))):
        assert type(again) is torch._C.ScriptList and list(again) == [1, 2]
        again.append(3)
    assert list(values) == [1, 2]


class Counter(nn.Module):
    seen: List[int]

    def __init__(self):
        super().__init__()
        self.seen = torch.jit.script([0])

    def forward(self, x: int) -> int:
        self.seen.append(x)
        return len(self.seen)


def test_an_attribute_of_a_module_is_shared():
    module = Counter()
    compiled = torch.jit.script(module)
    assert compiled(5) == 2 and list(module.seen) == [0, 5]
    assert compiled.seen == [0, 5] and type(compiled.seen) is list
