"""The time of a compilation grows with the length of the program, not with its square."""
import time

import pytest

import rushlight as torch


def chain_of_calls(n):
    return "def f0(x: int) -> int:\n  return x + 1\n" + "".join(
        f"def f{i}(x: int) -> int:\n  y = f{i - 1}(x) if x < 0 else x\n  return y + {i}\n" for i in range(1, n)) + (
            f"def f(x: int):\n  return f{n - 1}(x)\n")


def branches_that_write_a_list(n):
    return "def f(x: int):\n  l: List[int] = []\n" + "".join(
        f"  if x > {i}:\n    l.append(x)\n    l = l + [1] if x == 3 else l\n" for i in range(n)) + "  return len(l)\n"


def constant_lists(n):
    return "def f(x: int):\n  s = x\n" + "".join(f"  s += len(torch.ones([{i}, 1]).shape)\n" for i in range(n)) + "  return s\n"


def seconds_each(program, n):
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        torch.jit.CompilationUnit(program(n)).f(1)
        best = min(best, time.process_time() - start)
    return best / n


@pytest.mark.parametrize("program", [chain_of_calls, branches_that_write_a_list, constant_lists], ids=lambda program: program.__name__)
def test_eight_times_the_program_takes_about_eight_times_the_time(program):
    assert seconds_each(program, 2400) < 4 * seconds_each(program, 300)


def test_long_chains_of_calls_give_the_right_result():
    unit = torch.jit.CompilationUnit(chain_of_calls(300))
    assert unit.f(1) == 300 and unit.f(-1) == sum(range(300))
    assert "prim::CallFunction" not in str(unit.f150.inlined_graph)


def test_an_error_at_the_end_of_a_long_chain_shows_all_its_calls():
    unit = torch.jit.CompilationUnit("def f0(x: int) -> int:\n  return x // 0\n" + "".join(
        f"def f{i}(x: int) -> int:\n  return f{i - 1}(x) + 1\n" for i in range(1, 120)))
    with pytest.raises(RuntimeError) as error:
        unit.f119(1)
    assert str(error.value).count("<--- HERE") == 120
