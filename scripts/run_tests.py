#!/usr/bin/env python3
"""Runs all tests of a build and counts them: C++ programs, Python tests, formatting, the conformance corpus.

Prints failures, one line a group, and as its last line `N passed, N failed`. Exit status 1 if anything failed.
"""
import argparse
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Totals:
    def __init__(self):
        self.passed = self.failed = 0

    def add(self, name, passed, failed, detail=""):
        self.passed += passed
        self.failed += failed
        if failed and detail:
            print(detail.rstrip())
        print(f"{name}: {passed} passed, {failed} failed", flush=True)


def run_cpp(build, only, totals):
    for program in sorted(build.glob("rushlight_*_test")):
        layer = program.name[len("rushlight_"):-len("_test")]
        if only and layer not in only:
            continue
        report = build / f"{program.name}.xml"
        report.unlink(missing_ok=True)
        done = subprocess.run([program, f"--gtest_output=xml:{report}", "--gtest_brief=1"], capture_output=True, text=True, cwd=ROOT)
        if not report.exists():
            totals.add(layer, 0, 1, f"{program.name} ended with status {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
            continue
        suite = ElementTree.parse(report).getroot()
        failed = int(suite.get("failures")) + int(suite.get("errors"))
        totals.add(layer, int(suite.get("tests")) - failed, failed, done.stdout)


def selection(names):
    """({layers}, [Python test paths]) of the names on the command line: layers, `python`, or paths in the repository."""
    layers, paths = set(), []
    for name in names:
        parts = Path(name).parts
        if name == "python":
            paths.append("test/python")
        elif parts[0] == "src" and len(parts) > 1:
            layers.add(parts[1])
        elif parts[0] == "test":
            paths.append(name)
        else:
            layers.add(name)
    return layers, paths


def run_python(build, paths, totals):
    package = build / "python"
    if not list((package / "rushlight").glob("_C*.so")):
        print("python: skipped, the native module was not built")
        return
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", *paths],
                          capture_output=True, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(package)})
    counts = dict((word, int(number)) for number, word in re.findall(r"(\d+) (passed|failed|error)", done.stdout))
    failed = counts.get("failed", 0) + counts.get("error", 0)
    if done.returncode not in (0, 1, 5) and not failed:
        failed = 1
    totals.add("python", counts.get("passed", 0), failed, done.stdout[-8000:] + done.stderr[-4000:])


def run_users(build, update, totals):
    """Programs against the installed C++ library: test/cpp/run.py counts them itself."""
    if not (build / "include" / "librushlight.so").exists():
        print("cpp: skipped, the C++ library was not built")
        return
    peer = os.environ.get("RUSHLIGHT_PYTORCH")
    if update and peer:
        subprocess.run([sys.executable, "test/cpp/run.py", "--build", build, "--pytorch", peer], cwd=ROOT, check=True)
    done = subprocess.run([sys.executable, "test/cpp/run.py", "--build", build], capture_output=True, text=True, cwd=ROOT)
    counts = re.search(r"(\d+) passed, (\d+) failed\s*$", done.stdout)
    passed, failed = map(int, counts.groups()) if counts else (0, 1)
    totals.add("cpp", passed, failed, done.stdout + done.stderr[-4000:])


def run_script(name, command, totals, env=None):
    """A checker of its own: it passes or fails as one."""
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, cwd=ROOT, env=env)
    totals.add(name, int(done.returncode == 0), int(done.returncode != 0), done.stdout[-6000:] + done.stderr[-2000:])
    return done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="the build folder")
    parser.add_argument("--quick", action="store_true", help="leave the conformance corpus out")
    parser.add_argument("--update", action="store_true", help="rewrite golden files instead of comparing")
    parser.add_argument("only", nargs="*", help="layers, `python`, `cpp`, or paths (src/ir, test/python/test_graph.py)")
    options = parser.parse_args()
    build = options.build.resolve()
    if options.update:
        os.environ["RUSHLIGHT_UPDATE"] = "1"
    totals = Totals()
    layers, paths = selection(options.only)
    if layers or not options.only:
        run_cpp(build, layers, totals)
    if paths or not options.only:
        run_python(build, paths or ["test"], totals)
    if "cpp" in layers or not options.only:
        run_users(build, options.update, totals)
    if not options.only:
        if list((build / "python" / "rushlight").glob("_C*.so")):
            run_script("examples", ["scripts/run_demo.py", "--build", str(build)], totals)
        run_script("lint", ["scripts/lint.py"], totals)
        run_script("links", ["scripts/check_links.py"], totals)
        if not options.quick and list((build / "python" / "rushlight").glob("_C*.so")):
            env = {**os.environ, "PYTHONPATH": str(build / "python")}
            print(run_script("conformance", ["test/run_conformance.py"], totals, env).rstrip())
    print(f"{totals.passed} passed, {totals.failed} failed")
    sys.exit(1 if totals.failed or not totals.passed else 0)


if __name__ == "__main__":
    main()
