"""torch.jit.script of functions, and torch.jit.CompilationUnit."""
import math
import pickle
from typing import Any, List, Tuple

import pytest

import rushlight as torch


def countdown(num: int) -> int:
    while num > 0:
        num -= 1
    return num


def scaled(x, times: int = 2):
    if times > 1:
        x = x + times
    return torch.tanh(x)


def caller(x):
    y = scaled(x, 3)
    for i in range(3):
        y = y + i * math.pi
    return y


def pair(x, y: Tuple[torch.Tensor, torch.Tensor]):
    a, b = y
    return x + a * 2, [x, b]


def test_a_loop_runs():
    assert torch.jit.script(countdown)(1000) == 0


def test_graph_and_code_are_pytorch_s():
    function = torch.jit.script(scaled)
    assert function.code == ("def scaled(x: Tensor,\n    times: int=2) -> Tensor:\n  if torch.gt(times, 1):\n    x0 = torch.add(x, times)\n"
                             "  else:\n    x0 = x\n  return torch.tanh(x0)\n")
    assert str(function.schema) == "scaled(Tensor x, int times=2) -> Tensor"


def test_called_functions_are_compiled_too():
    compiled, x = torch.jit.script(caller), torch.ones(2)
    torch.testing.assert_close(compiled(x), caller(x))
    assert "prim::CallFunction" in str(compiled.graph) and "prim::CallFunction" not in str(compiled.inlined_graph)


def test_tuples_and_lists_come_back_as_python_s():
    first, rest = torch.jit.script(pair)(torch.ones(1), (torch.ones(1), torch.zeros(1)))
    assert first.tolist() == [3.0] and [t.item() for t in rest] == [1.0, 0.0]


def test_gradients_flow_through_compiled_functions():
    x = torch.ones(2, requires_grad=True)
    torch.jit.script(scaled)(x).sum().backward()
    expected = 1 - math.tanh(3) ** 2
    assert all(abs(value - expected) < 1e-6 for value in x.grad.tolist())


def test_scripting_twice_gives_the_same_function_in_a_new_wrapper():
    assert torch.jit.script(countdown).qualified_name == torch.jit.script(countdown).qualified_name
    assert torch.jit.script(countdown) is not torch.jit.script(countdown)
    with pytest.raises(pickle.PickleError, match="ScriptFunction cannot be pickled"):
        pickle.dumps(torch.jit.script(countdown))


def uses_a_global(x):
    return x + LIMIT


LIMIT = [3]


def has_a_wrong_default(x, y: int = None):
    return x


@pytest.mark.parametrize("function, text", [
    (uses_a_global, "python value of type 'list' cannot be used as a value. Perhaps it is a closed over global variable? If so, please consider "
                    "passing it in as an argument or use a local variable instead."),
    (has_a_wrong_default, 'Expected a default value of type int on parameter "y".'),
    (lambda x: x, "Expected a single top-level function"),
])
def test_programs_that_do_not_compile_say_why(function, text):
    with pytest.raises(RuntimeError) as error:
        torch.jit.script(function)
    assert text in str(error.value)


def test_what_is_no_program_is_refused():
    with pytest.raises(TypeError, match="<class 'int'> is a built-in class"):
        torch.jit.script(3)


def test_a_compilation_unit():
    unit = torch.jit.CompilationUnit("def twice(x: List[int]) -> int:\n  return len(x) * 2\n")
    assert unit.twice([1, 2, 3]) == 6 and str(unit.twice.schema) == "twice(int[] x) -> int"
    with pytest.raises(AttributeError, match="'CompilationUnit' has no attribute 'thrice'"):
        unit.thrice


def test_a_list_that_a_context_keeps_is_made_anew_by_each_call():
    @torch.jit.script
    class Logged:
        def __init__(self, log: List[int]):
            self.log = log

        def __enter__(self):
            self.log.append(len(self.log))

        def __exit__(self, kind: Any, value: Any, trace: Any):
            self.log.append(-1)

    @torch.jit.script
    def run():
        log: List[int] = []
        with Logged(log):
            pass
        return log
    assert run() == run() == [0, -1]
