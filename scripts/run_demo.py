#!/usr/bin/env python3
"""Runs the programs of examples/ with Rushlight in the place of torch.

Where a program has expected.out (and expected.err) beside it, what it prints is compared, folders cut from the names of files.
Exit status 1 if a program fails or prints something else.
"""
import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Programs that are left out where a package is not installed (examples/requirements.txt).
NEEDS = {"digits": "sklearn"}


def run(program, env, folder):
    """Runs it with its output shown as it comes; (status, stdout, stderr). Without expected.err, stderr stays the terminal's."""
    lines = []
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen([sys.executable, "-m", "rushlight", program], stdout=subprocess.PIPE,
                                   stderr=errors if (program.parent / "expected.err").exists() else None, text=True,
                                   env={**env, "PYTHONUNBUFFERED": "1"}, cwd=folder)
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
        status = process.wait()
        errors.seek(0)
        err = errors.read()
    print(err, end="")
    return status, *(text.replace(f"{program.parent}{os.sep}", "") for text in ("".join(lines), err))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="the build folder")
    options = parser.parse_args()
    env = {**os.environ, "PYTHONPATH": str(options.build.resolve() / "python")}
    programs = sorted(program for program in (ROOT / "examples").glob("*/*.py") if program.stem == program.parent.name)
    failed = []
    for program in programs:
        if program.stem in NEEDS and not importlib.util.find_spec(NEEDS[program.stem]):
            print(f"-- {program.name} is left out: it needs {NEEDS[program.stem]}")
            continue
        print(f"$ python -m rushlight examples/{program.parent.name}/{program.name}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            status, *printed = run(program, env, folder)
        if status:
            failed.append(program.stem)
            print(f"-- {program.name} ended with status {status}")
        for seen, name in zip(printed, ("expected.out", "expected.err")):
            expected = program.parent / name
            if not status and expected.exists() and seen != expected.read_text():
                failed.append(program.stem)
                print(f"-- differs from examples/{program.parent.name}/{name}")
    if failed:
        print("demo: failed: " + ", ".join(failed))
    else:
        print(f"demo: all {len(programs)} programs ran and printed what they should")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
