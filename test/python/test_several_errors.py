"""One compile reports every independent error: the first is raised, the others are its notes."""
import pickle
from typing import List, Optional

import pytest

import rushlight as torch
from rushlight import Tensor, nn


def errors_of(program):
    """The subject of the error, and those of its notes that are errors."""
    with pytest.raises(RuntimeError) as caught:
        torch.jit.script(program)
    notes = [note.removeprefix("Also: ") for note in getattr(caught.value, "__notes__", ()) if note.startswith("Also: ")]
    return [text.strip().split(":\n")[0] for text in (str(caught.value), *notes)]


def helper(x: int):
    return x.foo


def many(x: Tensor, values: List[int]):
    a = x.bad1()
    b = a + 1  # follows from the line above: no error of its own
    c = undefined_name
    if values.nope():
        d = x.bad2
    else:
        d = x
    for q in 5:
        e = x.bad3
        f = q + 1
    z = helper(3)
    w = helper(4)
    a = x + 1
    a.bad4()
    return d, b, z


def test_statements():
    assert errors_of(many) == [
        "'Tensor' object has no attribute or method 'bad1'.", "undefined value undefined_name",
        "'List[int]' object has no attribute or method 'nope'.", "'Tensor' object has no attribute or method 'bad2'.",
        "'int' object is not iterable", "'Tensor' object has no attribute or method 'bad3'.", "'int' object has no attribute or method 'foo'.",
        "'Tensor' object has no attribute or method 'bad4'."]


def test_the_same_errors_again():
    assert errors_of(many) == errors_of(many)


def nested(x: Tensor, n: int):
    while n.more:
        with torch.no_grad():
            y = x.within
        z = [v.element for v in range(n)]
        n = n - 1
    return y.anything, z.anything


def test_conditions_and_blocks():
    assert errors_of(nested) == [
        "'int' object has no attribute or method 'more'.", "'Tensor' object has no attribute or method 'within'.",
        "'int' object has no attribute or method 'element'."]


class Methods(nn.Module):
    def forward(self, x):
        y = self.missing
        return self.helper(x), y

    @torch.jit.export
    def helper(self, x):
        return x.wrong1()

    @torch.jit.export
    def other(self, x):
        return x.wrong2()


def test_methods():
    found = errors_of(Methods())
    assert len(found) == 3 and "has no attribute 'missing'" in found[0]
    assert [text.split("'")[-2] for text in found[1:]] == ["wrong1", "wrong2"]


def test_functions_of_a_text():
    text = "def a(x):\n    return x.q\ndef b(x):\n    y = x.r\n    return a(x)\n"
    with pytest.raises(RuntimeError, match="attribute or method 'q'") as caught:
        torch.jit.CompilationUnit(text)
    assert [note.split("\n")[0] for note in caught.value.__notes__] == ["Also: 'Tensor (inferred)' object has no attribute or method 'r'.:"]


def one(x: int):
    y: str = x
    return y + 1


def test_one_error_has_no_others():
    assert len(errors_of(one)) == 1


def returns(x: Tensor) -> int:
    if bool(x.sum() > 0):
        return x.bad
    return x.worse


def test_a_failed_return_still_returns():
    assert [text.split("'")[-2] for text in errors_of(returns)] == ["bad", "worse"]


def hints(x: Optional[Tensor]):
    a = undefined_name
    return x.sum()


def test_hints_of_others_stand_with_them():
    with pytest.raises(RuntimeError) as caught:
        torch.jit.script(hints)
    assert caught.value.__notes__[-1].endswith("hint: test it first: if x is not None:")


def test_errors_can_be_pickled_for_other_processes():
    for fails in (lambda: torch.jit.script(many), lambda: torch.ones(2) + torch.ones(3)):
        with pytest.raises(RuntimeError) as caught:
            fails()
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def in_expressions(x: Tensor, n: int, values: List[int]):
    a = abs(undefined_a) + abs(undefined_b)
    b = torch.add(x.bad1, alpha=undefined_c)
    c = [undefined_d, n, x.bad2, *undefined_e]
    d = {undefined_f: x.bad3}
    e = undefined_g[undefined_h, undefined_i:undefined_j]
    f = values[undefined_k:undefined_l]
    g = undefined_m < undefined_n, undefined_o is undefined_p
    h = f"{undefined_q} {undefined_r}"
    i = x[undefined_s, 0, undefined_t]
    return a, b, c, d, e, f, g, h, i


def test_parts_of_one_expression():
    wanted = ["undefined value undefined_" + letter for letter in "abcdefghijklmnopqrst"]
    wanted[2:2] = ["'Tensor' object has no attribute or method 'bad1'."]
    wanted[5:5] = ["'Tensor' object has no attribute or method 'bad2'."]
    wanted[8:8] = ["'Tensor' object has no attribute or method 'bad3'."]
    assert errors_of(in_expressions) == wanted[:20]


def long_sum(n: int):
    return n % undefined_a + (undefined_b % n) * len(undefined_c)


def test_an_operand_that_is_looked_at_twice_has_one_error():
    assert errors_of(long_sum) == ["undefined value undefined_" + letter for letter in "abc"]


def expression_that_fails_by_itself(x: Tensor, n: int):
    return n.foo(x.shape) + [x.bad, n][0]


def test_what_depends_on_a_part_with_an_error_has_none_of_its_own():
    assert errors_of(expression_that_fails_by_itself) == ["'int' object has no attribute or method 'foo'.", "'Tensor' object has no attribute or method 'bad'."]
