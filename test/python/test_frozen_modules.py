"""Frozen graphs and code are PyTorch's to the letter, numbers and class names included; only places are left out."""
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PYTORCH = os.environ.get("RUSHLIGHT_PYTORCH")
PROGRAM = Path(__file__).with_name("frozen_modules.py")
EXPECTED = Path(__file__).with_name("frozen_modules.expected")


def output_of(*command):
    done = subprocess.run([*map(str, command), str(PROGRAM)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return re.sub(r" # \S+\.py:\d+:\d+", "", done.stdout)


def test_rushlight_freezes_as_pytorch_does():
    assert output_of(sys.executable, "-m", "rushlight") == EXPECTED.read_text()


def test_the_expected_texts_are_those_of_pytorch():
    if not PYTORCH:
        pytest.skip("RUSHLIGHT_PYTORCH names no Python with PyTorch")
    assert output_of(PYTORCH) == EXPECTED.read_text()
