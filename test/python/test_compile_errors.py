"""Errors of the compiler: kind, text, highlighted place, and the chain of compilations."""
from typing import List, Optional

import pytest

import rushlight as torch


def message(source, kind=RuntimeError):
    with pytest.raises(kind) as caught:
        torch.jit.CompilationUnit(source)
    return str(caught.value)


def test_the_place_is_underlined():
    assert message("def f(x):\n    return y\n") == (
        '\nundefined value y:\n  File "<string>", line 2\ndef f(x):\n    return y\n           ~ <--- HERE\n')


def test_a_range_of_several_lines_marks_each():
    text = message("def f(x: int) -> int:\n    while x > 0:\n        return x\n")
    assert text.startswith("\nFunction was not annotated as having type None, but does not return along all paths:\n")
    assert "    while x > 0:\n    ~~~~~~~~~~~~\n        return x\n        ~~~~~~~~ <--- HERE\n" in text


def test_a_variable_of_one_branch_names_the_branch_and_the_use():
    text = message("def f(c: bool):\n    if c:\n        q = 1\n    return q\n")
    assert "q is not defined in the false branch" in text
    assert text.endswith("and was used here:\n  File \"<string>\", line 4\n    if c:\n        q = 1\n    return q\n           ~ <--- HERE\n")


def test_branches_of_different_types():
    assert "Type mismatch: a is set to type int in the true branch and type str in the false branch" in message(
        "def f(c: bool):\n    if c:\n        a = 1\n    else:\n        a = 'b'\n    return a\n")


def test_all_overloads_are_listed():
    text = message("def f(x: float):\n    return x & 1\n")
    assert text.startswith("\nArguments for call are not valid.\nThe following variants are available:\n  \n  aten::__and__.")
    assert "  Expected a value of type 'int' for argument 'a' but instead found type 'float'.\n" in text
    assert "\nThe original call is:\n" in text


def test_the_chain_of_compilations():
    def inner(x: List[int]):
        return x.nothing()

    def outer(x: List[int]):
        return inner(x)

    with pytest.raises(RuntimeError) as caught:
        torch.jit.script(outer)
    assert "'List[int]' object has no attribute or method 'nothing'." in str(caught.value)
    assert "'inner' is being compiled since it was called from 'outer'\n" in str(caught.value)


def test_recursion_is_an_error_with_the_same_text_each_time():
    def again(x: int):
        return again(x - 1)

    for _ in range(2):
        with pytest.raises(RuntimeError, match="function 'again' is called recursively"):
            torch.jit.script(again)


@pytest.mark.parametrize("body, text", [
    ("try:\n        return x\n    except Exception:\n        return 0", "try blocks aren't supported"),
    ("return lambda y: y", "Lambda aren't supported"),
    ("yield x", "Yield aren't supported"),
])
def test_what_python_has_and_the_language_has_not(body, text, tmp_path):
    path = tmp_path / "program.py"
    path.write_text(f"def f(x: int):\n    {body}\n")
    scope = {"__name__": "program"}
    exec(compile(path.read_text(), str(path), "exec"), scope)
    from rushlight.jit.frontend import UnsupportedNodeError
    with pytest.raises(UnsupportedNodeError) as caught:
        torch.jit.script(scope["f"])
    assert str(caught.value).startswith(text + ':\n  File "')


@pytest.mark.parametrize("source, text", [
    ("def f(if):\n    return 1\n", "expected ident but found 'if' here:"),
    ("def f(x):\n    return (x\n", "expected ) but found 'eof' here:"),
    ("def f(x):\n  y = x\n    return y\n", "expected newline but found 'indent' here:"),
    ("class A:\n    pass\n", "expected def but found 'class' here:"),
])
def test_syntax_errors_of_strings(source, text):
    assert message(source).startswith(text)


def test_unknown_annotations():
    def f(x: "Nothing"):
        return x

    with pytest.raises(RuntimeError, match="Unknown type name 'Nothing'"):
        torch.jit.script(f)


def test_a_default_must_fit():
    def f(x: int = None):
        return x

    with pytest.raises(RuntimeError, match='Expected a default value of type int on parameter "x".'):
        torch.jit.script(f)


def test_a_hint_stands_apart_from_the_text():
    def f(x: Optional[int]):
        return x.bit_length()

    with pytest.raises(RuntimeError) as caught:
        torch.jit.script(f)
    assert "test it first" not in str(caught.value)
    assert any("test it first" in note for note in getattr(caught.value, "__notes__", ["test it first"]))


@pytest.mark.parametrize("source, expected", [
    ("def f(x: int):\n  return x" + " + x" * 1000, "the source is nested too deeply"),
    ("def f(x: int):\n  if x:\n    x = 1\n" + "  elif x:\n    x = 1\n" * 1000, "the source is nested too deeply"),
    ("def f(x: int) -> int:\n" + "  if x > 1:\n    return 1\n" * 600 + "  return x\n",
     "more than 500 statements one after the other that may return, break or continue are not supported"),
    ("def f(x: int):\n  a0 = (x, x)\n" + "".join(f"  a{i + 1} = (a{i}, a{i})\n" for i in range(40)),
     "tuples with more than 10000 parts are not supported"),
    ("def f(x: int):\n  t = (x, x, x, x, x, x, x, x, x, x)\n" + "".join(f"{'  ' * (i + 1)}for a{i} in t:\n" for i in range(6)) + "              x += 1\n",
     "loops over tuples and modules that unroll to more than 20000 turns are not supported"),
    ("        def f(x: int):\n            return x\n    def g(x: int):\n        return x\n", "invalid indent level 4"),
])
def test_what_would_take_too_much_is_refused(source, expected):
    assert expected in message(source)


def test_texts_that_grow_too_large_are_left_for_the_run():
    unit = torch.jit.CompilationUnit("def f() -> str:\n  a = 'x'\n" + "  a = a + a\n" * 16 + "  return a\n"
                                     "def g() -> str:\n  return 'x'.ljust(50000000)\n")
    assert unit.f() == "x" * 65536
    assert len(str(unit.g.graph)) < 1000


def test_calls_that_double_with_each_level_are_refused_when_they_run():
    unit = torch.jit.CompilationUnit("def f0(x: int) -> int:\n  return x + 1\n" + "".join(
        f"def f{i + 1}(x: int) -> int:\n  return f{i}(x) + f{i}(x)\n" for i in range(19)))
    assert unit.f10(1) == 2048
    with pytest.raises(RuntimeError, match="the calls of a program inline to more than 300000 operations, at the call of 'f17'"):
        unit.f19(1)
