"""Collects golden files, test/**/*.test, for pytest. A file holds cases:

    case: a repeated pure node is replaced
    run: pass cse
    graph(%x : Tensor):
      ...
    ----
    the whole expected output

`run: pass NAME...` reads the graph, runs these passes over it and prints it; `run: graph` only reads and prints. `run: script` compiles the Python
source, a function `f` and what it needs, and prints graph, code and bytecode of f.
Lines before the first case are comments. With RUSHLIGHT_UPDATE set (`./dev update`) the outputs are rewritten.
"""
import difflib
import linecache
import os
import re
from pathlib import Path

import pytest

CASE, RUN, EXPECTED = "case: ", "run: ", "----\n"


def script(text, title):
    import rushlight as torch
    name = "golden.py"
    # A module of its own: of two functions with one qualified name the second is renamed.
    module = re.sub(r"\W+", "_", title)
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    scope = {"torch": torch, "nn": torch.nn, "Tensor": torch.Tensor, "__name__": module}
    exec("from typing import *", scope)
    exec(compile(text, name, "exec"), scope)
    f = torch.jit.script(scope["f"])
    text = f"graph:\n{f.graph.str(False)}\ncode:\n{f.code}\nbytecode:\n{f._bytecode()}"
    return re.sub(r"___torch_mangle_\d+", "___torch_mangle_N", text)  # counted through the whole process


def run_case(title, command, text):
    import rushlight as torch
    verb, *names = command.split()
    if verb == "script":
        return script(text, title).rstrip("\n") + "\n"
    if verb not in ("pass", "graph"):
        raise ValueError(f"unknown command {command!r}: `pass NAME...`, `graph` or `script`")
    graph = torch._C.parse_ir(text)
    for name in names:
        getattr(torch._C, "_jit_pass_" + name)(graph)
        torch._C._jit_pass_lint(graph)
    return str(graph)


class GoldenMismatch(Exception):
    pass


class GoldenCase(pytest.Item):
    def __init__(self, *, number, command, source, expected, **kwargs):
        super().__init__(**kwargs)
        self.number, self.command, self.source, self.expected = number, command, source, expected

    def runtest(self):
        seen = run_case(self.name, self.command, self.source)
        if os.environ.get("RUSHLIGHT_UPDATE"):
            rewrite(self.path, self.number, seen)
        elif seen != self.expected:
            difference = difflib.ndiff(self.expected.splitlines(), seen.splitlines())
            raise GoldenMismatch("\n".join(f"  {line}" for line in difference if not line.startswith("?")))

    def repr_failure(self, failure):
        if isinstance(failure.value, GoldenMismatch):
            name = os.path.relpath(self.path, self.config.rootpath)
            return f"{failure.value}\n  again: ./dev test {name}     if the new output is right: ./dev update {name}"
        return super().repr_failure(failure)

    def reportinfo(self):
        return self.path, None, self.name


def split_cases(path):
    """(comment, [(title, command, source, expected)]) of a golden file."""
    comment, *cases = ("\n" + path.read_text()).split("\n" + CASE)
    parsed = []
    for case in cases:
        title, command, rest = case.split("\n", 2)
        if not command.startswith(RUN) or EXPECTED not in rest:
            raise ValueError(f"{path}: case {title!r} needs a line `run: ...` and a line `----`")
        source, expected = rest.split(EXPECTED, 1)
        parsed.append((title, command[len(RUN):], source, expected.rstrip("\n") + "\n"))
    return comment.lstrip("\n"), parsed


def rewrite(path, number, output):
    comment, cases = split_cases(path)
    title, command, source, _ = cases[number]
    cases[number] = (title, command, source, output)
    blocks = [f"{CASE}{title}\n{RUN}{command}\n{source}{EXPECTED}{expected}" for title, command, source, expected in cases]
    path.write_text((comment.rstrip("\n") + "\n\n" if comment else "") + "\n".join(blocks))


class GoldenFile(pytest.File):
    def collect(self):
        for number, (title, command, source, expected) in enumerate(split_cases(self.path)[1]):
            yield GoldenCase.from_parent(self, name=title, number=number, command=command, source=source, expected=expected)


def pytest_collect_file(file_path: Path, parent):
    return GoldenFile.from_parent(parent, path=file_path) if file_path.suffix == ".test" else None
