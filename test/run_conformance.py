#!/usr/bin/env python3
"""Runs the recorded corpus (kept outside of the repository) and compares the counts with test/conformance.toml.

Keys of the file: `ops`, `rng`, `promotion`, `modules`, `optim` are checks of run_ops.py; `script`, `errors`, `trace`, `archives` are cases of run.py.
Skipped with a message when the corpus is not there. Exit status 1 if a count is below its threshold.
"""
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORPUS = Path(os.environ.get("RUSHLIGHT_CONFORMANCE", ROOT.parent / "shared" / "conformance"))
JOBS = str(os.cpu_count() or 1)


def count(command):
    """The `N passed` of the last line that has one."""
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, cwd=tempfile.gettempdir())
    found = re.findall(r"(\d+) passed", done.stdout)
    if not found:
        print(done.stdout[-2000:] + done.stderr[-2000:])
    return int(found[-1]) if found else 0


def main():
    thresholds = tomllib.loads((ROOT / "test" / "conformance.toml").read_text())
    if not CORPUS.is_dir():
        print(f"conformance corpus: skipped, {CORPUS.name} is not beside the repository (set RUSHLIGHT_CONFORMANCE)")
        return 0
    below = 0
    for group, wanted in thresholds.items():
        if group == "ops":
            passed = count([str(CORPUS / "run_ops.py"), "--module", "rushlight", "--set", "ops", "--jobs", JOBS])
        elif group in ("rng", "promotion", "modules", "optim"):
            passed = count([str(CORPUS / "run_ops.py"), "--module", "rushlight", "--set", group, "--jobs", JOBS])
        else:
            passed = count([str(CORPUS / "run.py"), "--module", "rushlight", f"{CORPUS / group}/", "--jobs", JOBS, "--timeout", "10"])
        print(f"conformance {group}: {passed} passed, {wanted} wanted", flush=True)
        below += passed < wanted
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
