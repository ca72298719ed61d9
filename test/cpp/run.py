#!/usr/bin/env python3
"""Builds the programs of test/cpp/programs against an installed library and compares what they print with test/cpp/expected.

    run.py --build build/release      installs into <build>/cpp-prefix, uses it through find_package(Torch) and (Rushlight)
    run.py --build DIR --pytorch PY   builds them against the PyTorch of that Python and writes test/cpp/expected

Also checks that headers compile alone with all warnings and Qt's macros, and that the library exports nothing but its interface.
Prints failures and, last, `N passed, N failed`.
"""
import argparse
import difflib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAMS = ["printing", "numbers", "tensors", "values", "gradients", "functions", "modules", "first"]
LONE_HEADERS = ["torch/torch.h", "ATen/core/List.h", "c10/core/TensorOptions.h", "ATen/Parallel.h", "torch/csrc/jit/ir/ir.h"]
QT_MACROS = ["-Dslots=", "-Dsignals=public", "-Demit=", "-Dforeach=Q_FOREACH"]
# Interface, and what every C++ library exports: type names and templates of the standard library.
EXPORTED = re.compile(r"(at|c10|caffe2|torch|rushlight)::rushlight_v0::|\bstd::|__gnu_cxx::|^(_init|_fini)$")


class Results:
    def __init__(self):
        self.passed = self.failed = 0

    def add(self, name, good, detail=""):
        self.passed += good
        self.failed += not good
        if not good:
            print(f"{name}: {detail.rstrip()[-4000:]}")


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)


def sanitizers(build):
    """What the library was built with, as for -fsanitize=: its users must be built with the same. "" in ordinary builds."""
    return re.search(r"^RUSHLIGHT_SANITIZE:STRING=(.*)$", (build / "CMakeCache.txt").read_text(), re.MULTILINE).group(1)


def build_programs(package, programs, folder, *arguments):
    configured = run("cmake", "-S", HERE, "-B", folder, "-G", "Ninja", f"-DPACKAGE={package}", f"-DPROGRAMS={';'.join(programs)}", *arguments)
    if configured.returncode:
        return configured.stdout + configured.stderr
    built = run("cmake", "--build", folder)
    return built.stdout + built.stderr if built.returncode else ""


def outputs(folder, programs):
    """What each program prints. `modules` writes the archive that it loads; `first` loads one that `modules` left."""
    with tempfile.TemporaryDirectory() as scratch:
        archive = Path(scratch) / "net.pt"
        for program in programs:
            done = run(folder / program, archive, cwd=scratch)
            yield program, done.stdout if done.returncode == 0 else f"{done.stdout}\nstatus {done.returncode}\n{done.stderr}"


def compare(results, package, folder, programs):
    for program, text in outputs(folder, programs):
        expected = (HERE / "expected" / f"{program}.txt").read_text()
        different = "\n".join(difflib.unified_diff(expected.splitlines(), text.splitlines(), "expected", "printed", lineterm="", n=1))
        results.add(f"{program} ({package})", text == expected, different)


def check_headers(results, prefix):
    for header in LONE_HEADERS:
        done = run("g++", "-std=c++17", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", *QT_MACROS, "-I", prefix / "include", "-x", "c++", "-",
                   input=f"#include <{header}>\n")
        results.add(f"{header} alone", done.returncode == 0, done.stderr)


def check_exports(results, library):
    listed = run("nm", "-D", "--defined-only", "-C", library).stdout.splitlines()
    names = [line.split(" ", 2)[2] for line in listed if line.count(" ") >= 2]
    foreign = [name for name in names if not EXPORTED.search(name)]
    results.add("exported symbols", bool(names) and not foreign, "\n".join(foreign[:20]))


def record(python):
    import_path = run(python, "-c", "import torch; print(torch.utils.cmake_prefix_path)").stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        failure = build_programs("Torch", PROGRAMS, folder, f"-DCMAKE_PREFIX_PATH={import_path}")
        if failure:
            sys.exit(failure)
        for program, text in outputs(Path(folder), PROGRAMS):
            (HERE / "expected" / f"{program}.txt").write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--pytorch", metavar="PYTHON", help="write test/cpp/expected with this PyTorch")
    options = parser.parse_args()
    if options.pytorch:
        record(options.pytorch)
        return
    results = Results()
    build = options.build.resolve()
    prefix = build / "cpp-prefix"
    shutil.rmtree(prefix, ignore_errors=True)
    installed = run("cmake", "--install", build, "--prefix", prefix, "--component", "cpp")
    results.add("installation", installed.returncode == 0, installed.stdout + installed.stderr)
    # The drop-in package for all programs; Rushlight's own, which leads to the same library, for one.
    sanitize = sanitizers(build)
    flags = [f"-DCMAKE_CXX_FLAGS=-fsanitize={sanitize}"] if sanitize else []
    for package, programs, argument in (("Torch", PROGRAMS, f"-DTorch_DIR={prefix}/share/rushlight/torch"),
                                        ("Rushlight", PROGRAMS[:1], f"-DCMAKE_PREFIX_PATH={prefix}")):
        folder = build / "cpp-users" / package
        failure = build_programs(package, programs, folder, argument, *flags)
        results.add(f"find_package({package})", not failure, failure)
        if not failure:
            compare(results, package, folder, programs)
    check_headers(results, prefix)
    check_exports(results, next(prefix.glob("lib*/**/librushlight.so"), prefix / "missing"))
    print(f"{results.passed} passed, {results.failed} failed")
    sys.exit(1 if results.failed else 0)


if __name__ == "__main__":
    main()
