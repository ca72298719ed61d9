"""Graphs from Python: reading, walking, editing, running."""
import pytest

import rushlight as torch

TEXT = """graph(%x : Tensor,
      %y : int):
  %2 : int = prim::Constant[value=1]()
  %3 : Tensor = aten::add(%x, %y, %2)
  %4 : Tensor = aten::tanh(%3)
  return (%4)
"""


@pytest.fixture
def graph():
    return torch._C.parse_ir(TEXT)


def test_a_graph_prints_as_it_was_read(graph):
    assert str(graph) == TEXT


def test_walking(graph):
    assert [node.kind() for node in graph.nodes()] == ["prim::Constant", "aten::add", "aten::tanh"]
    add = graph.findNode("aten::add")
    assert add.schema().startswith("aten::add.Scalar(") and add.inputsSize() == 3 and add == graph.findAllNodes("aten::add")[0]
    assert add.inputsAt(2).toIValue() == 1 and add.inputsAt(2).node().i("value") == 1 and add.inputsAt(0).debugName() == "x"
    assert str(add.output().type()) == "Tensor" and [use.user.kind() for use in add.output().uses()] == ["aten::tanh"]
    assert graph.findNode("aten::relu") is None


def test_errors_of_nodes(graph):
    constant, add, _ = graph.nodes()
    with pytest.raises(RuntimeError, match="required keyword attribute 'foo' is undefined"):
        constant.i("foo")
    with pytest.raises(RuntimeError, match="Tried to access a single input on node 'aten::add' which has 3 inputs. "
                                           r"You may consider using node.inputs\(\) instead."):
        add.input()
    with pytest.raises(RuntimeError, match="cannot insert at None"):
        with graph.insert_point_guard(None):
            pass


def test_editing(graph):
    tanh = graph.findNode("aten::tanh")
    relu = graph.create("aten::neg", [tanh.input()])
    relu.insertAfter(tanh)
    relu.output().setType(tanh.output().type())
    tanh.output().replaceAllUsesWith(relu.output())
    tanh.destroy()
    graph.lint()
    assert "aten::tanh" not in str(graph)
    function = torch._C._create_function_from_graph("f", graph)
    assert function(torch.ones(2), 1).tolist() == [-2.0, -2.0]


def test_a_graph_as_a_function(graph):
    function = torch._C._create_function_from_graph("f", graph)
    assert str(function.schema) == "f(Tensor x, int y) -> Tensor" and function.name == "f"
    assert function.code == "def f(x: Tensor,\n    y: int) -> Tensor:\n  return torch.tanh(torch.add(x, y))\n"
    assert function(torch.zeros(1), 0).tolist() == [0.0]


CALLS = [
    (lambda f: f(), "f() is missing value for argument 'x'. Declaration: f(Tensor x, int y) -> Tensor"),
    (lambda f: f(torch.ones(1), 2, 3), "f() expected at most 2 argument(s) but received 3 argument(s). Declaration: f(Tensor x, int y) -> Tensor"),
    (lambda f: f(torch.ones(1), "a"), "f() Expected a value of type 'int' for argument 'y' but instead found type 'str'.\nPosition: 1\nValue: 'a'\n"
                                      "Declaration: f(Tensor x, int y) -> Tensor\nCast error details: Unable to cast Python instance of type "
                                      "<class 'str'> to C++ type '?' (#define PYBIND11_DETAILED_ERROR_MESSAGES or compile in debug mode for details)"),
]


@pytest.mark.parametrize("call, text", CALLS, ids=range(len(CALLS)))
def test_calls_that_do_not_fit(graph, call, text):
    with pytest.raises(RuntimeError) as error:
        call(torch._C._create_function_from_graph("f", graph))
    assert str(error.value) == text


def test_a_compiled_function_runs_without_the_interpreter_lock(graph):
    import threading
    function = torch._C._create_function_from_graph("f", graph)
    results = []
    threads = [threading.Thread(target=lambda: results.append(function(torch.ones(10000), 1).sum().item())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4 and len(set(results)) == 1
