"""Random programs, compiled here and by PyTorch: graphs, code, results and errors are the same to the letter."""
import difflib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import rushlight

PROGRAMS = Path(__file__).parent.parent / "random_programs"
PYTORCH = os.environ.get("RUSHLIGHT_PYTORCH")
FUNCTIONS = 40


def observed(python, program, **environment):
    done = subprocess.run([python, PROGRAMS / "observe.py", program], capture_output=True, text=True, env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.skipif(not PYTORCH, reason="RUSHLIGHT_PYTORCH names no Python with PyTorch")
@pytest.mark.parametrize("seed", range(3))
def test_what_pytorch_makes_of_them(seed, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(subprocess.run([sys.executable, PROGRAMS / "generate.py", str(seed), str(FUNCTIONS)], capture_output=True, text=True).stdout)
    here = observed(sys.executable, program, PYTHONPATH=str(Path(rushlight.__file__).parent.parent))
    there = observed(PYTORCH, program, PYTHONPATH="")
    assert len(there) == FUNCTIONS
    assert sum(len(parts) > 1 for parts in there.values()) > FUNCTIONS / 2, "most of them compile"
    for name, parts in there.items():
        for expected, made in zip(parts, here[name]):
            assert made == expected, name + "\n" + "\n".join(difflib.unified_diff(expected.splitlines(), made.splitlines(), "PyTorch", "Rushlight", lineterm=""))
