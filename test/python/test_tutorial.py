"""The tutorial of examples/: its output to the byte, as a program and as a notebook, and variations of it beside PyTorch."""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples" / "tutorial"
PROGRAM = FOLDER / "tutorial.py"
PYTORCH = os.environ.get("RUSHLIGHT_PYTORCH")


def run(command, program, folder):
    """(stdout, stderr) of a program, folders cut from the names of its files."""
    done = subprocess.run([*command, str(program)], capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stderr[-2000:]
    return tuple(text.replace(f"{program.parent}{os.sep}", "") for text in (done.stdout, done.stderr))


RUSHLIGHT = [sys.executable, "-m", "rushlight"]


def test_prints_what_pytorch_prints(tmp_path):
    out, err = run(RUSHLIGHT, PROGRAM, tmp_path)
    assert out == (FOLDER / "expected.out").read_text()
    assert err == (FOLDER / "expected.err").read_text()


def code_cells():
    return ["".join(cell["source"]) for cell in json.loads((FOLDER / "tutorial.ipynb").read_text())["cells"] if cell["cell_type"] == "code"]


def test_the_notebook_is_the_program():
    first, *rest = code_cells()
    assert first == "import rushlight.as_torch"
    program = PROGRAM.read_text().split('"""\n', 1)[1]
    squeezed = [re.sub(r"\n+", "\n", text).strip() for text in ("\n".join(rest), program)]
    assert squeezed[0] == squeezed[1]


LOSS = re.compile(r"^\d+ (\d\.\d+(?:e-\d+)?)$", re.MULTILINE)


def losses_apart(text):
    """(the text without the losses of the training steps, the losses)."""
    return LOSS.sub("loss", text), [float(loss) for loss in LOSS.findall(text)]


def without_places(text):
    """The text without the comments that name a source line: cells are files of their own."""
    return re.sub(r" # \S+:\d+:\d+$", "", text, flags=re.MULTILINE)


def test_the_notebook_prints_the_same(tmp_path):
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.read(FOLDER / "tutorial.ipynb", as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    streams = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs if output.output_type == "stream"]
    out = "".join(stream["text"] for stream in streams if stream["name"] == "stdout")
    err = "".join(stream["text"] for stream in streams if stream["name"] == "stderr")
    assert without_places(out) == without_places((FOLDER / "expected.out").read_text())
    warning = (FOLDER / "expected.err").read_text().split(" ", 1)[1]
    assert err.split(" ", 1)[1].strip() == warning.strip()


# Each variation replaces texts of the program; all must be found.
VARIATIONS = {
    "other seed and sizes": {"manual_seed(0)": "manual_seed(123)", "Linear(4, 4)": "Linear(6, 6)", "torch.rand(3, 4)": "torch.rand(2, 6)"},
    "other activation, no bias, momentum": {
        "torch.tanh(": "torch.sigmoid(", "Linear(4, 4)": "Linear(4, 4, bias=False)", "print(loaded_net.linear.bias.grad)\n": "",
        "lr=0.1": "lr=0.1, momentum=0.9, nesterov=True"},
    "a second layer and a loop": {
        "self.linear = torch.nn.Linear(4, 4)\n": "self.linear = torch.nn.Linear(4, 4)\n        self.out = torch.nn.Linear(4, 4)\n",
        "new_h = torch.tanh(self.dg(self.linear(x)) + h)\n":
            "new_h = torch.tanh(self.dg(self.linear(x)) + h)\n        for i in range(2):\n            new_h = torch.relu(self.out(new_h)) * new_h\n"},
    "nested conditions": {
        "        if x.sum() > 0:\n            return x\n":
            "        if x.sum() > 0:\n            if x.max() > 1:\n                return x * 2\n            x = x + 1\n            return x\n",
        "while num > 0:\n        num -= 1": "while num > 0:\n        if num % 3 == 0:\n            num -= 2\n        num -= 1"},
}


@pytest.mark.skipif(not PYTORCH, reason="RUSHLIGHT_PYTORCH names no Python with PyTorch")
@pytest.mark.parametrize("name", VARIATIONS)
def test_variations_print_what_pytorch_prints(name, tmp_path):
    text = PROGRAM.read_text()
    for old, new in VARIATIONS[name].items():
        assert old in text
        text = text.replace(old, new)
    program = tmp_path / "tutorial.py"
    program.write_text(text)
    (out, err), (their_out, their_err) = run(RUSHLIGHT, program, tmp_path), run([PYTORCH], program, tmp_path)
    assert err == their_err
    text, losses = losses_apart(out)
    their_text, their_losses = losses_apart(their_out)
    assert text == their_text
    # The last bit of a loss depends on that of each tanh.
    assert losses == pytest.approx(their_losses, rel=2e-6)
