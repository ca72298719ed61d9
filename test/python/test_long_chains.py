"""Long chains of calls: what the compiler does not inline at once is still right. How long they take: `./dev bench compile`."""
import pytest

import rushlight as torch


def chain_of_calls(n):
    return "def f0(x: int) -> int:\n  return x + 1\n" + "".join(
        f"def f{i}(x: int) -> int:\n  y = f{i - 1}(x) if x < 0 else x\n  return y + {i}\n" for i in range(1, n)) + (
            f"def f(x: int):\n  return f{n - 1}(x)\n")


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
