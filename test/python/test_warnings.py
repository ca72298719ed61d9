"""Warnings of operators, and of compiled code: their texts, and how often they are shown."""
import inspect
import subprocess
import sys
import warnings

import pytest

import rushlight as torch


def seen(function, *arguments, turns=2):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(turns):
            function(*arguments)
    return [str(warning.message) for warning in caught if warning.category is UserWarning]


def test_a_statement_warns_once_a_run():
    unit = torch.jit.CompilationUnit("""
def note(n: int):
    warnings.warn("note " + str(n))

def f(n: int):
    for i in range(n):
        note(i)
        warnings.warn("first")
        if i > 0:
            warnings.warn("second")
""")
    assert seen(unit.f, 4, turns=1) == ["note 0", "first", "second"]
    assert seen(unit.f, 1) == ["note 0", "first"] * 2
    # Long enough to become machine code on the way.
    assert seen(unit.f, 20_000, turns=1) == ["note 0", "first", "second"]


def test_operators_name_the_place_that_warns_in_pytorch():
    text = "An output with one or more elements was resized since it had shape [3], which does not match the required"
    place = "(Triggered internally at /__w/pytorch/pytorch/aten/src/ATen/native/Resize.cpp:30.)"
    found = seen(lambda: torch.add(torch.ones(2), 1, out=torch.ones(3)))
    assert len(found) == 2 and all(message.startswith(text) and message.endswith(place) for message in found)


@pytest.mark.parametrize("call, text", [
    (lambda: torch.meshgrid(torch.ones(2), torch.ones(3)), "torch.meshgrid: in an upcoming release"),
    (lambda: torch.ones(3).index_reduce(0, torch.tensor([0]), torch.ones(1), "amin"), "index_reduce() is in beta"),
    (lambda: torch.stft(torch.ones(20), 10, return_complex=True), "A window was not provided."),
    (lambda: torch.ones(2, 3, 4).T, "The use of `x.T` on tensors of dimension other than 2"),
])
def test_some_warn_once_a_process(call, text):
    seen(call)
    assert seen(call) == []
    source = inspect.getsource(call).strip().split("lambda: ", 1)[1].rsplit(", \"", 1)[0]
    program = f"import warnings; warnings.simplefilter('always'); import rushlight as torch\nfor _ in range(2): {source}"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stderr
    assert shown.count(text) == 1


def test_tensors_of_empty_lists():
    unit = torch.jit.CompilationUnit("""
def f(x: List[int]):
    return torch.tensor(x)

def g(x: List[int]):
    return torch.tensor(x, dtype=torch.int64), torch.tensor([1.5])
""")
    assert seen(unit.f, [1]) == [] and seen(unit.g, []) == []
    found = seen(unit.f, [])
    assert len(found) == 2 and found[0].startswith("Creating a tensor from an empty intlist will create")
