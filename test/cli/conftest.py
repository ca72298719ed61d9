"""The built command, and archives for it that Rushlight's own Python makes."""
import subprocess
from pathlib import Path

import pytest
import rushlight as torch

PROGRAM = Path(torch.__file__).parent.parent.parent / "bin" / "rushlight"


@pytest.fixture
def rushlight(tmp_path):
    """Calls the command in a folder of its own: rushlight("run", "net.pt", code=0).stdout"""
    if not PROGRAM.exists():
        pytest.skip("the command was not built")

    def call(*arguments, code=0, **options):
        done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, cwd=tmp_path, timeout=60, **options)
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done

    call.folder = tmp_path
    return call


class Scale(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.tensor([1.0, 2.0]))

    def forward(self, x):
        return x * self.weight


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = Scale()

    def forward(self, x):
        return self.scale(x) + 1

    @torch.jit.export
    def parts(self, x, n: int = 2):
        return x, [x * n], {"key": n}, "it's"

    @torch.jit.export
    def fail(self, x):
        raise RuntimeError("always")


@pytest.fixture
def net(rushlight):
    torch.jit.save(torch.jit.script(Net()), str(rushlight.folder / "net.pt"))
    return "net.pt"


@pytest.fixture
def script():
    return torch.jit.script(Net())
