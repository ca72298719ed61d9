"""examples/digits end to end: trained, scripted, saved, read again, and the same answers from PyTorch where it is at hand."""
import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
import rushlight as torch

pytest.importorskip("sklearn", reason="examples/digits needs scikit-learn: ./dev demo installs it")
PROGRAM = Path(__file__).resolve().parents[2] / "examples/digits/digits.py"
PEER = """
import sys, torch
model = torch.jit.load(sys.argv[1])
torch.manual_seed(0)
print(model(torch.rand(4, 1, 8, 8)).tolist())
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("digits")
    done = subprocess.run([sys.executable, "-m", "rushlight", PROGRAM, folder], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def picture(path):
    """The values of an 8 x 8 grey PNG whose lines are not filtered."""
    data = path.read_bytes()
    at = data.index(b"IDAT")
    lines = zlib.decompress(data[at + 4:at + 4 + int.from_bytes(data[at - 4:at], "big")])
    return torch.tensor([[list(lines[row * 9 + 1:row * 9 + 9]) for row in range(8)]], dtype=torch.float32).unsqueeze(0) / 255


def test_it_learns_and_says_so(trained):
    _, output = trained
    assert output.count("held back ") == 12 and "of the held-back digits are right" in output


def test_the_saved_network_knows_a_seven(trained):
    folder, _ = trained
    names = (folder / "digits.txt").read_text().split()
    scores = torch.jit.load(str(folder / "digits.pt"))(picture(folder / "seven.png"))
    assert scores.shape == (1, 10) and names[int(scores.argmax())] == "seven"


@pytest.mark.skipif(not os.environ.get("RUSHLIGHT_PYTORCH"), reason="RUSHLIGHT_PYTORCH is not set")
def test_pytorch_gives_the_same_scores(trained):
    folder, _ = trained
    done = subprocess.run([os.environ["RUSHLIGHT_PYTORCH"], "-c", PEER, folder / "digits.pt"], capture_output=True, text=True,
                          env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"})
    assert done.returncode == 0, done.stderr
    torch.manual_seed(0)
    ours = torch.jit.load(str(folder / "digits.pt"))(torch.rand(4, 1, 8, 8))
    assert torch.allclose(ours, torch.tensor(eval(done.stdout)), atol=1e-4)
