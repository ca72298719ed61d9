"""Machine code beside the interpreter: programs with objects, which the C++ tests cannot define, in a process for each mode."""
import os
import subprocess
import sys

PROGRAM = '''
import rushlight as torch
from typing import Any, Dict, List, Tuple


@torch.jit.script
class Counter:
    def __init__(self, start: int):
        self.count = start
        self.name = "c"
        self.seen: List[int] = []

    def step(self, by: int) -> int:
        self.count += by
        self.seen.append(self.count)
        return self.count


@torch.jit.script
def count(n: int) -> Tuple[int, str, int]:
    counter = Counter(n)
    total = 0
    for i in range(n):
        total += counter.step(i) * 3
        if i % 4 == 0:
            counter.name = counter.name + str(i)
    return total + counter.count, counter.name, len(counter.seen)


@torch.jit.script
def fail(n: int) -> int:
    counter = Counter(1)
    total = 0
    for i in range(n):
        total += counter.step(i) // (7 - i)
    return total


@torch.jit.script
class Scope:
    def __init__(self, log: List[int]):
        self.log = log

    def __enter__(self) -> int:
        self.log.append(1)
        return len(self.log)

    def __exit__(self, kind: Any, value: Any, trace: Any):
        self.log.append(self.log[-1] // (11 - len(self.log)))


@torch.jit.script
def enter(n: int) -> Tuple[int, List[int]]:
    log: List[int] = []
    total = 0
    for i in range(n):
        with Scope(log) as depth:
            total += depth * i
    return total, log


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(2))
        self.calls = 0

    def forward(self, x, turns: int):
        self.calls += 1
        out: Dict[str, torch.Tensor] = {}
        for i in range(turns):
            x = x * self.weight + i
            out["x"] = x
        return out["x"], self.calls


for n in (0, 1, 5, 40):
    print(count(n))
for function in (fail, enter):
    for n in (3, 9):
        try:
            print(function(n))
        except RuntimeError as error:
            print(error)
net = torch.jit.script(Net())
for turns in (1, 3):
    x, calls = net(torch.ones(2), turns)
    x.sum().backward()
    print(x, calls, net.weight.grad)
'''


def run(path, mode):
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "RUSHLIGHT_NATIVE": mode})
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_gives_what_the_interpreter_gives(tmp_path):
    path = tmp_path / "program.py"  # sources of functions are read from a file
    path.write_text(PROGRAM)
    expected = run(path, "0")
    assert "division by 0" in expected and expected.count("\n") > 12
    assert run(path, "1") == expected
