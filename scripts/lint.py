#!/usr/bin/env python3
"""Checks what the compiler does not: that Python sources compile, that no file includes a layer it may not know, that no
tracked text names a path of one machine. With --tidy, also runs clang-tidy on the files that are named.
Prints each finding with its place; exit status 1 if there is one.
"""
import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def tracked(*patterns):
    listed = subprocess.run(["git", "ls-files", "-z", *patterns], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).exists()]


def named_layers(keyword):
    """{layer: the layers after `keyword`}, lowest first, from the rushlight_layer calls in CMakeLists.txt."""
    named = {}
    for name, rest in re.findall(r"^rushlight_layer\((\w+)([^)]*)\)", (ROOT / "CMakeLists.txt").read_text(), re.M):
        group = re.search(rf"(?<!\w){keyword}((?: [a-z]\w*(?!\S))*)", rest)
        named[name] = group.group(1).split() if group else []
    return named


def layer_dependencies():
    """{layer: all layers it may include}."""
    reach = {}
    for name, depends in named_layers("DEPENDS").items():  # lower layers come first, so their reach is known
        reach[name] = {name}.union(*(reach[d] for d in depends))
    return reach


def check_layers(findings):
    reach = layer_dependencies()
    for_tests = {name: set().union(*(reach[d] for d in extra)) for name, extra in named_layers("TEST_DEPENDS").items()}
    for path in tracked("src/*.h", "src/*.cpp"):
        layer = path.relative_to(ROOT / "src").parts[0]
        allowed = reach.get(layer, set()) | (for_tests.get(layer, set()) if path.name.endswith("_test.cpp") else set())
        for number, line in enumerate(path.read_text().splitlines(), 1):
            include = re.match(r'#include "(\w+)/', line)
            if include and include.group(1) in reach and include.group(1) not in allowed:
                findings.append(f"{path.relative_to(ROOT)}:{number}: layer {layer} may not include {include.group(1)}")


def check_format(findings):
    """clang-format has nothing to change. One call for all files: starting the program takes longer than the work."""
    files = [str(path) for path in tracked("*.h", "*.cpp")]
    done = subprocess.run(["clang-format-14", "--dry-run", *files], capture_output=True, text=True, cwd=ROOT)
    changed = sorted({line.split(":")[0] for line in done.stderr.splitlines() if "[-Wclang-format-violations]" in line})
    findings += [f"{Path(name).relative_to(ROOT)}: not formatted; run clang-format-14 -i" for name in changed]


def check_python(findings):
    for path in tracked("*.py"):
        try:
            compile(path.read_text(), path, "exec")
        except SyntaxError as error:
            findings.append(f"{path.relative_to(ROOT)}:{error.lineno}: {error.msg}")


def check_text(findings):
    for path in tracked():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(r"/(home|root|work)/[a-z]", line) and path.name != "lint.py" and "/home/me" not in line:
                findings.append(f"{path.relative_to(ROOT)}:{number}: a path of one machine: {line.strip()[:100]}")


def check_tidy(build, files, findings):
    done = subprocess.run(["clang-tidy-14", "-p", build, "--quiet", *files], capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        findings.append(done.stdout.rstrip() or done.stderr.rstrip())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", help="the build folder, for clang-tidy")
    parser.add_argument("--tidy", nargs="+", default=[], metavar="FILE", help="C++ files to check with clang-tidy")
    options = parser.parse_args()
    findings = []
    if options.tidy:
        check_tidy(options.build, options.tidy, findings)
    check_format(findings)
    check_layers(findings)
    check_python(findings)
    check_text(findings)
    print("\n".join(findings) if findings else "nothing found")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
