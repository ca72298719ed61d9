"""`rushlight inspect`, `code`, `graph`, `ops`, and what all commands share."""
import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def test_code_is_that_of_python(rushlight, net, script):
    assert rushlight("code", net).stdout == script.code
    assert rushlight("code", net, "--module", "scale").stdout == script.scale.code
    assert rushlight("code", net, "--method", "parts").stdout == script.parts.code


def test_graph_is_that_of_python(rushlight, net):
    import rushlight as torch
    loaded = torch.jit.load(str(rushlight.folder / net))
    assert rushlight("graph", net).stdout == str(loaded.graph)
    assert rushlight("graph", net, "--inlined").stdout == str(loaded.inlined_graph)
    assert "aten::mul" in rushlight("graph", net, "--optimized").stdout


def test_unknown_parts(rushlight, net):
    assert "the module has no submodule 'scale.x'" in rushlight("code", net, "--module", "scale.x", code=1).stderr
    assert "it has: forward, fail, parts" in rushlight("code", net, "--method", "x", code=1).stderr


def test_ops(rushlight, net):
    names = rushlight("ops", net).stdout.split()
    assert names == sorted(names) and {"aten::mul.Tensor", "aten::add.Scalar"} <= set(names)
    assert rushlight("ops", net, "--missing").stdout == ""
    listed = json.loads(rushlight("ops", net, "--json").stdout)
    assert listed["version"] == 1 and [op["name"] for op in listed["operators"]] == names


def test_inspect(rushlight, net):
    text = rushlight("inspect", net).stdout
    assert re.search(r"^scale +__torch__\S*Scale +2$", text, re.M)
    assert re.search(r"^float32 +2 +8 B$", text, re.M)
    assert re.search(r"^data/0 +8 +8 +as is +[\d,]+ +yes +ok$", text, re.M)
    facts = json.loads(rushlight("inspect", net, "--json").stdout)
    assert facts["version"] == 1 and facts["kind"] == "torchscript" and facts["root"] == "net"
    assert all(record["checksum_ok"] for record in facts["records"])
    assert [module["name"] for module in facts["modules"]] == ["", "scale"]
    assert facts["parameters"] == {"float32": {"elements": 2, "bytes": 8}}
    assert [method["name"] for method in facts["methods"]] == ["forward", "fail", "parts"]
    assert not any(op["missing"] for op in facts["operators"])


def test_inspect_runs_nothing(rushlight):
    import rushlight as torch

    class Loud(torch.nn.Module):
        @torch.jit.export
        def __getstate__(self) -> int:
            return 1

        @torch.jit.export
        def __setstate__(self, state: int) -> None:
            print("executed")
            self.training = False

        def forward(self, x):
            return x
    torch.jit.save(torch.jit.script(Loud()), str(rushlight.folder / "loud.pt"))
    assert "executed" in rushlight("run", "loud.pt", "-i", "zeros:1").stdout
    for command in ("inspect", "code", "graph", "ops"):
        assert "executed" not in rushlight(command, "loud.pt").stdout


@pytest.mark.parametrize("command", ["inspect", "code", "graph", "ops", "run"])
def test_foreign_and_missing_files(rushlight, command):
    (rushlight.folder / "foreign.pt").write_bytes(b"PK\x03\x04" + bytes(100))
    (rushlight.folder / "empty.pt").write_bytes(b"")
    assert rushlight(command, "missing.pt", code=1).stderr == "rushlight: cannot open 'missing.pt': No such file or directory\n"
    for name in ("foreign.pt", "empty.pt"):
        error = rushlight(command, name, code=2).stderr
        assert error.startswith("rushlight: ") and error.count("\n") == 1


def test_every_truncation_is_refused(rushlight, net):
    whole = (rushlight.folder / net).read_bytes()
    for size in range(0, len(whole), len(whole) // 12):
        (rushlight.folder / "cut.pt").write_bytes(whole[:size])
        assert rushlight("inspect", "cut.pt", code=2).stderr.count("\n") == 1


def test_colours_only_when_asked(rushlight, net):
    assert "\x1b" not in rushlight("inspect", net).stdout
    assert "\x1b[1m" in rushlight("inspect", net, "--color", "always").stdout
    assert "\x1b" not in rushlight("inspect", net, "--color", "never").stdout


def test_control_characters_are_escaped(rushlight, net):
    evil = "nothing\x1b[31m.pt"
    error = rushlight("inspect", evil, code=1).stderr
    assert "\x1b" not in error and "\\x1b[31m" in error


def test_help_and_version(rushlight):
    assert rushlight("--version").stdout.startswith("rushlight ")
    text = rushlight("--help").stdout
    assert all(name in text for name in ("run", "inspect", "code", "graph", "ops"))
    assert "rushlight --help" in rushlight(code=1).stderr


def test_the_manual_page_has_every_command_and_option(rushlight):
    page = (ROOT / "docs" / "rushlight.1").read_text().replace("\\-", "-")
    commands = re.findall(r"^\.SS (\w+)$", page, re.M)
    assert commands == ["run", "inspect", "code", "graph", "ops"]
    in_help = set()
    for command in commands:
        text = rushlight(command, "--help").stdout
        in_help |= set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))
        assert page.count("\n.SS " + command + "\n") == 1
    in_page = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", page.split(".SH EXAMPLES")[0])) - {"--version"}
    assert in_page == in_help
