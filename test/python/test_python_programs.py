"""Generated programs beside CPython: nested branches, loops and assignments over ints, floats, texts and lists give the same results when Python,
the interpreter and the machine code run them. The programs are the same in every run; RUSHLIGHT_NATIVE says who runs them (test_native.py)."""
import linecache
import os
import subprocess
import sys
from typing import List

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import rushlight as torch

# Not shrunk: that takes minutes with programs.
FIXED = settings(derandomize=True, database=None, deadline=None, max_examples=60, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
INPUTS = ((3, -2, 1.5, "abc", [4, 1, 3]), (0, 7, -0.25, "", []), (-5, 1, 100.0, "Xyz,x", [2]))
STEPS = 400   # statements that loops may run in all, so that every program ends

# Each expression is closed under what Python and 64 bits have in common: ints stay below 10^9, texts and lists below 12 elements, divisors above 0.
INTS = ("a", "b", "i", "1", "7", "len(s)", "len(l)", "sum(l)", "int(x)", "s.find('x')", "max(a, b)", "min(a, 3)", "abs(b)", "(l[0] if len(l) > 0 else -1)")
FLOATS = ("x", "y", "0.5", "float(a)", "abs(y)", "min(x, y)", "(x if b > 0 else y)")
TEXTS = ("s", "t", "'k'", "str(a)", "s.upper()", "t[::-1]", "s[1:]", "s.replace('x', 'zz')", "','.join([s, t])", "f'{a}{t}'")
LISTS = ("l", "[a, b]", "l[::-1]", "l[1:]", "sorted(l)", "[j * 2 for j in l]", "[j for j in range(3)]", "list(range(a, b))[:4]")


def binary(parts, form):
    return st.tuples(parts, parts).map(lambda pair: form.format(*pair))


def expressions(leaves, *forms):
    return st.recursive(st.sampled_from(leaves), lambda inner: st.one_of([binary(inner, form) for form in forms]), max_leaves=4)


INT = expressions(INTS, "({} + {}) % 99991", "({} - {})", "({} * {}) % 9973", "({} // (1 + abs({})))", "({} % (1 + abs({})))", "({} & {})", "({} ^ {})")
REAL = expressions(FLOATS, "({} + {})", "({} - {}) * 0.5", "({} / (1.0 + abs({})))", "min({}, 1e6) * max(-1e6, min({}, 1e3))")
WORD = expressions(TEXTS, "({} + {})[:12]", "({} if a > b else {})")
NUMBERS = expressions(LISTS, "({} + {})[:12]")
TEST = st.recursive(
    st.one_of(binary(INT, "{} < {}"), binary(INT, "{} == {}"), binary(REAL, "{} >= {}"), binary(WORD, "{} != {}"), binary(WORD, "{} in {}"),
              binary(INT, "0 <= {} < {}"), NUMBERS.map("a in {}".format)),
    lambda inner: st.one_of(binary(inner, "({} and {})"), binary(inner, "({} or {})"), inner.map("(not {})".format)), max_leaves=3)
ASSIGNMENT = st.one_of(
    INT.map("a = {} % 1000003".format), INT.map("b = {} % 1009".format), INT.map("a += {} % 101".format), INT.map("b -= {} % 11".format),
    REAL.map("x = {}".format), REAL.map("y = {}".format), WORD.map("s = {}[:12]".format), WORD.map("t += {}[:2]\nt = t[-12:]".format),
    NUMBERS.map("l = {}[:12]".format), INT.map("l.append({} % 100)\nl = l[-12:]".format), st.just("a, b = b, a"), st.just("s, t = t, s"),
    st.just("if len(l) > 0:\n    a = l.pop()"), st.just("for j, (n, c) in enumerate(zip(l, s)):\n    b += j * n + ord(c)\nb = b % 1009"))


def indent(text):
    return "\n".join("    " + line for line in text.split("\n"))


def block(statements):
    return st.lists(statements, min_size=1, max_size=4).map("\n".join)


LEAVE = st.one_of(TEST.map("if {}:\n    break".format), TEST.map("if {}:\n    continue".format))
COUNT = f"steps += 1\nif steps > {STEPS}:\n    break\n"


def compound(inner):
    body = block(inner)
    looped = block(st.one_of(inner, LEAVE)).map(lambda text: indent(COUNT + text))
    return st.one_of(
        st.tuples(TEST, body).map(lambda p: f"if {p[0]}:\n{indent(p[1])}"),
        st.tuples(TEST, body, body).map(lambda p: f"if {p[0]}:\n{indent(p[1])}\nelse:\n{indent(p[2])}"),
        st.tuples(TEST, body, TEST, body).map(lambda p: f"if {p[0]}:\n{indent(p[1])}\nelif {p[2]}:\n{indent(p[3])}"),
        st.tuples(st.integers(1, 5), looped).map(lambda p: f"for i in range({p[0]}):\n{p[1]}"),
        st.tuples(NUMBERS, looped).map(lambda p: f"for i in {p[0]}:\n{p[1]}"),
        st.tuples(TEST, looped).map(lambda p: f"while {p[0]}:\n{p[1]}"),
        st.tuples(TEST, INT).map(lambda p: f"if {p[0]}:\n    return {p[1]}, b, x, y, s, t, l"))


PROGRAM = block(st.recursive(ASSIGNMENT, compound, max_leaves=10)).map(
    lambda body: "def program(a: int, b: int, x: float, s: str, l: List[int]):\n    i, steps, y, t = 0, 0, 0.25, 'x'\n"
                 + indent(body) + "\n    return a, b, x, y, s, t, l\n")


def define(source, number=iter(range(10 ** 9))):
    """The function of a source; `inspect` finds its lines."""
    name = f"program-{next(number)}.py"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    scope = {"List": List, "__name__": __name__}
    exec(compile(source, name, "exec"), scope)
    return scope["program"]


@FIXED
@given(PROGRAM)
def test_a_program_gives_what_python_gives(source):
    function = define(source)
    scripted = torch.jit.script(function)
    for a, b, x, s, l in INPUTS:
        ours, python = scripted(a, b, x, s, list(l)), function(a, b, x, s, list(l))
        assert repr(ours) == repr(python), source


@pytest.mark.skipif("RUSHLIGHT_NATIVE" in os.environ, reason="this is the inner run")
@pytest.mark.parametrize("native", ["0", "1"])
def test_the_programs_agree_in_the_interpreter_and_as_machine_code(native):
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", __file__ + "::test_a_program_gives_what_python_gives"],
                          capture_output=True, text=True, env={**os.environ, "RUSHLIGHT_NATIVE": native})
    assert done.returncode == 0, done.stdout[-4000:]
