"""torch.jit.save(..., portable=True) refuses what PyTorch cannot load, by name and place."""
import io
import os
import subprocess
from typing import List, Set

import pytest

import rushlight as torch
from rushlight import Tensor, nn

PYTORCH = os.environ.get("RUSHLIGHT_PYTORCH")


def portable_function(values: List[int], n: int):
    """Beyond PyTorch's language, in terms of PyTorch's operators."""
    n //= 2
    for v in values:
        if v > n:
            break
    else:
        n = -1
    return [v for v in values if v > 0 if v != n], +n


def recursive(n: int) -> int:
    return 1 if n == 0 else n * recursive(n - 1)


def calls_recursive(n: int):
    return recursive(n)


def with_set(n: int):
    s = {n}
    return n in s


def with_slice(values: List[int]):
    values[:1] = []
    return values


def with_format(n: int):
    return f"{n:05d}"


class Attribute(nn.Module):
    seen: Set[int]

    def __init__(self):
        super().__init__()
        self.seen = {1}

    def forward(self, x: Tensor):
        return x


@pytest.mark.parametrize("program, construct", [
    (calls_recursive, "recursion of 'recursive'"), (with_set, "sets"), (with_slice, "assignment to a slice of a list"),
    (with_format, "a format or conversion in an f-string"), (Attribute(), "a set in the attribute 'seen'")])
def test_refused(program, construct, tmp_path):
    scripted = torch.jit.script(program)
    path = tmp_path / "model.pt"
    with pytest.raises(RuntimeError, match="PyTorch cannot load this program") as caught:
        torch.jit.save(scripted, path, portable=True)
    assert construct in str(caught.value)
    assert not path.exists()
    if not isinstance(program, nn.Module):
        assert f'File "{os.path.abspath(__file__)}"' in str(caught.value)
    torch.jit.save(scripted, path)
    assert path.exists()


def test_what_pytorch_has_is_saved():
    torch.jit.save(torch.jit.script(portable_function), io.BytesIO(), portable=True)


@pytest.mark.skipif(not PYTORCH, reason="RUSHLIGHT_PYTORCH names no Python with PyTorch")
def test_pytorch_loads_it(tmp_path):
    path = tmp_path / "f.pt"
    torch.jit.save(torch.jit.script(portable_function), path, portable=True)
    source = f"import torch; print(torch.jit.load({str(path)!r})([1, -5, 7, 3], 9))"
    done = subprocess.run([PYTORCH, "-W", "ignore", "-c", source], capture_output=True, text=True, check=True, cwd=tmp_path,
                          env={**os.environ, "PYTHONPATH": ""})
    assert done.stdout.strip() == str(portable_function([1, -5, 7, 3], 9))
