#!/usr/bin/env python3
"""Runs the programs of examples/ with Rushlight in the place of torch and compares what they print with expected.out; then trains digits."""
import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="the build folder")
    options = parser.parse_args()
    env = {**os.environ, "PYTHONPATH": str(options.build.resolve() / "python")}
    failed = []
    expectations = sorted((ROOT / "examples").glob("*/expected.out"))
    for expected in expectations:
        program = expected.parent / f"{expected.parent.name}.py"
        print(f"$ python -m rushlight examples/{program.parent.name}/{program.name}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([sys.executable, "-m", "rushlight", program], capture_output=True, text=True, env=env, cwd=folder)
        print(done.stdout + done.stderr, end="")
        if done.returncode or done.stdout != expected.read_text():
            failed.append(program.parent.name)
            print(f"-- differs from examples/{program.parent.name}/expected.out")
    if importlib.util.find_spec("sklearn"):
        print("$ python -m rushlight examples/digits/digits.py", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([sys.executable, "-m", "rushlight", ROOT / "examples/digits/digits.py", folder], env=env)
        if done.returncode:
            failed.append("digits")
    else:
        print("demo: examples/digits is left out: it needs scikit-learn")
    if failed:
        print("demo: failed: " + ", ".join(failed))
    else:
        print(f"demo: all {len(expectations)} programs printed what PyTorch prints")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
