#!/usr/bin/env python3
"""Runs the recorded corpus (kept outside of the repository) and compares the counts with test/conformance.toml.

Keys of the file: `ops`, `rng`, `promotion`, `modules`, `optim` are checks of run_ops.py; `script`, `errors`, `trace`, `archives` are cases of run.py.
Skipped with a message when the corpus is not there. Exit status 1 if a count is below its threshold.
"""
import json
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


def known_differences():
    """Cases that differ for a reason, and of these the ones that a wider language accepts where PyTorch raises: those count as passed."""
    known = tomllib.loads((ROOT / "test" / "known_differences.toml").read_text())
    return known, {case for case, reason in known.items() if reason.startswith("accepted:")}


def count_cases(group):
    """Passed cases of a group of run.py; says which listed differences are gone, so that the list stays true."""
    known, accepted = known_differences()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        passed = count([str(CORPUS / "run.py"), "--module", "rushlight", f"{CORPUS / group}/", "--jobs", JOBS, "--timeout", "10",
                        "--json", str(report)])
        results = json.loads(report.read_text())["results"] if report.exists() else {}
    failed = {case for case, result in results.items() if not result["ok"]}
    for case in sorted(set(known) & set(results) - failed):
        print(f"conformance {group}: {case} passes, yet known_differences.toml lists it")
    listed = failed & set(known)
    if listed:
        print(f"conformance {group}: {len(listed)} of {len(failed)} failures are known differences")
    return passed + len(listed & accepted)


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
            passed = count_cases(group)
        print(f"conformance {group}: {passed} passed, {wanted} wanted", flush=True)
        below += passed < wanted
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
