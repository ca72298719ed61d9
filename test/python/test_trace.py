"""torch.jit.trace: what is recorded, how modules become methods, warnings, and the check."""
import gc
import threading
import warnings

import pytest
import rushlight as torch
from rushlight import nn


def traced(function, *inputs, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return torch.jit.trace(function, inputs, **options)


def graph_of(function, *inputs, **options):
    """The graph without source ranges and with short types."""
    text = traced(function, *inputs, **options).graph.str(False)
    for long, short in ((", requires_grad=0, device=cpu", ""), ("requires_grad=0, device=cpu", "")):
        text = text.replace(long, short)
    return text


def warnings_of(function, *inputs, **options):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        torch.jit.trace(function, inputs, check_trace=False, **options)
    return [(str(w.message), w.filename) for w in seen if w.category is torch.jit.TracerWarning]


# ---- recording

def test_every_argument_becomes_a_constant_in_schema_order():
    assert graph_of(lambda x: x.sum(1), torch.ones(2, 3)) == """\
graph(%x : Float(2, 3, strides=[3, 1])):
  %1 : int = prim::Constant[value=1]()
  %2 : int[] = prim::ListConstruct(%1)
  %3 : bool = prim::Constant[value=0]()
  %4 : NoneType = prim::Constant()
  %5 : Float(2, strides=[1]) = aten::sum(%x, %2, %3, %4)
  return (%5)
"""


def test_values_are_named_after_the_variable_in_which_they_are_used():
    def function(x):
        x = x + 1
        x = x * 2
        return x.relu()
    assert "%x.3 : Float(2, strides=[1]) = aten::add(%x.1, %1, %2)\n" in graph_of(function, torch.ones(2))


def test_in_place_operators_give_the_tensor_a_new_value():
    text = graph_of(lambda x: x.add_(1).mul_(x), torch.ones(2))
    assert "aten::add_(%x.1, %1, %2)" in text and "aten::mul_(%x, %x)" in text


def test_sizes_stay_connected_with_the_input():
    flatten = traced(lambda x: x.reshape(x.size(0), -1), torch.ones(2, 3, 2))
    assert flatten(torch.ones(4, 5, 6)).shape == (4, 30)
    assert "prim::NumToTensor" in str(flatten.graph) and "aten::Int" in str(flatten.graph)


def test_a_full_slice_is_recorded_too():
    assert "aten::slice(%x, %1, %2, %3, %4)" in graph_of(lambda x: x[:, 0], torch.ones(2, 3))


def test_the_same_tensor_twice_is_two_values():
    double = traced(lambda x, y: x - y, *(2 * [torch.ones(2)]))
    assert double(torch.full((2,), 3.0), torch.ones(2)).tolist() == [2.0, 2.0]


def test_structured_inputs_are_taken_apart():
    function = traced(lambda pair, table: pair[0] * table["a"][0], (torch.ones(2), torch.ones(2)), {"a": [torch.ones(2)]})
    assert function((torch.full((2,), 2.0), torch.ones(2)), {"a": [torch.full((2,), 3.0)]}).tolist() == [6.0, 6.0]


def test_factories_are_recorded_with_their_device():
    assert 'Device = prim::Constant[value="cpu"]()' in graph_of(lambda x: x + torch.ones(2), torch.ones(2))


def test_force_outplace_records_functional_forms():
    assert "aten::add(" in graph_of(lambda x: x.add_(1), torch.ones(2), _force_outplace=True)


def test_nodes_know_the_whole_stack():
    def inner(x):
        return x.relu()

    def outer(x):
        return inner(x)
    node = traced(outer, torch.ones(2)).graph.findNode("aten::relu")
    lines = node.sourceRange().splitlines()
    assert lines[0].endswith(": inner") and lines[1].endswith(": outer")


# ---- modules

class Part(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.full((2,), 2.0))
        self.register_buffer("count", torch.zeros(1))

    def forward(self, x):
        self.count += 1
        return x * self.weight, x + self.weight


class Whole(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = Part()

    def forward(self, x):
        a, b = self.part(x)
        return a + self.part(b)[0]


def test_submodules_get_methods_and_are_called():
    whole = Whole()
    module = traced(whole, torch.ones(2), check_trace=False)
    assert str(module) == "Whole(\n  original_name=Whole\n  (part): Part(original_name=Part)\n)"
    assert "(part).forward(x, )" in module.code and "(part).forward1(" in module.code
    assert module(torch.ones(2)).tolist() == whole(torch.ones(2)).tolist()


def test_parameters_are_shared_with_the_original_and_state_goes_on():
    whole = Whole()
    module = traced(whole, torch.ones(2), check_trace=False)
    assert module.part.weight is whole.part.weight
    before = module.part.count.item()
    module(torch.ones(2))
    assert module.part.count.item() == before + 2


def test_several_methods_of_one_module():
    class Two(nn.Module):
        def forward(self, x):
            return x + 1

        def twice(self, x):
            return x * 2
    module = torch.jit.trace_module(Two(), {"forward": torch.ones(2), "twice": torch.ones(2)})
    assert module(torch.ones(1)).item() == 2 and module.twice(torch.full((1,), 3.0)).item() == 6


def test_example_inputs_are_kept_with_the_module():
    x = torch.ones(2)
    assert traced(Whole(), x, check_trace=False)._c._retrieve_traced_inputs()["forward"][0] is x


def test_submodules_cannot_be_called_from_python():
    with pytest.raises(RuntimeError, match="Trace submodules cannot be called."):
        traced(Whole(), torch.ones(2), check_trace=False).part(torch.ones(2))


def test_one_parameter_under_two_names_is_refused():
    part = Part()
    part.other = part.weight
    with pytest.raises(ValueError, match="TracedModules don't support parameter sharing between modules"):
        traced(part, torch.ones(2))


# ---- compiled parts

@torch.jit.script
def sign(x):
    if bool(x.sum() > 0):
        return x
    return -x


def test_compiled_functions_keep_their_control_flow():
    function = traced(lambda x: sign(x) + 1, torch.ones(2))
    assert "prim::CallFunction" in str(function.graph)
    assert function(torch.full((2,), -3.0)).tolist() == [4.0, 4.0]


def test_forks_have_a_graph_of_their_own():
    def function(x):
        future = torch.jit._fork(lambda y: y.neg(), x)
        return torch.jit._wait(future) + 1
    forked = traced(function, torch.ones(2), check_trace=False)
    assert "prim::fork_0(%x)" in str(forked.graph) and "aten::wait" in str(forked.graph)


def test_autograd_functions_stay_python():
    class Scale(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, factor):
            return x * factor

        @staticmethod
        def backward(ctx, gradient):
            return gradient, None
    function = traced(lambda x: Scale.apply(x, 3), torch.ones(2))
    assert "^Scale[inplace=0" in str(function.graph) and "](3)(%x)" in str(function.graph)
    assert function(torch.full((2,), 2.0)).tolist() == [6.0, 6.0]


def test_numbers_of_conversions_go_from_the_last_argument_to_the_first():
    text = graph_of(lambda x: x.transpose(x.size(0) - 2, x.size(1) - 2), torch.ones(2, 3))
    assert text.index("%14 : int = aten::Int(%6)") < text.index("%13 : int = aten::Int(%12)")


# ---- warnings and errors

def test_python_values_are_warned_about_where_they_are_made():
    def function(x):
        return x if x.sum() > 0 else -x
    (text, place), = warnings_of(function, torch.ones(2))
    assert text.startswith("Converting a tensor to a Python boolean might cause the trace to be incorrect.")
    assert place == __file__


@pytest.mark.parametrize("function, words", [
    (lambda x: x * int(x[0]), "Python integer"), (lambda x: x * float(x[0]), "Python float"), (lambda x: x * x[0].item(), "Python number"),
    (lambda x: x * x.tolist()[0], "Python list"), (lambda x: x * len(x), "Using len to get tensor shape"),
    (lambda x: x + torch.tensor([1.0, 2.0]), "torch.tensor results are registered as constants")])
def test_other_conversions_are_warned_about(function, words):
    assert any(words in text for text, _ in warnings_of(function, torch.ones(2)))


@pytest.mark.parametrize("function, inputs, text", [
    (lambda x: x, (3,), "Type 'Tuple[int]' cannot be traced. Only Tensors and (possibly nested) Lists, Dicts, and Tuples of Tensors can be traced"),
    (lambda x: None, (torch.ones(1),), "The traced function didn't return any values! Side-effects are not captured in traces, so it would be a no-op."),
    (lambda x: "text", (torch.ones(1),), "Only tensors, lists, tuples of tensors, or dictionary of tensors can be output from traced functions"),
    (lambda x: x, ([],), "Tracer cannot infer type of ([],)\n:List trace inputs must have elements"),
    (lambda x: torch.jit.trace(lambda y: y, x), (torch.ones(1),), "Tracing can't be nested")])
def test_what_cannot_be_traced(function, inputs, text):
    with pytest.raises(RuntimeError) as error:
        traced(function, *inputs)
    assert str(error.value) == text
    assert not torch.jit.is_tracing()


def test_an_unknown_tensor_that_requires_grad_is_refused():
    weight = torch.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="Cannot insert a Tensor that requires grad as a constant."):
        traced(lambda x: x + weight, torch.ones(2))


def test_the_check_finds_functions_that_change():
    calls = []

    def function(x):
        calls.append(0)
        return x * len(calls)
    with pytest.raises(torch.jit.TracingCheckError, match="Graphs differed across invocations"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.trace(function, torch.ones(2))


def test_recording_is_for_one_thread():
    seen = []

    def function(x):
        thread = threading.Thread(target=lambda: seen.append(torch.jit.is_tracing()))
        thread.start()
        thread.join()
        seen.append(torch.jit.is_tracing())
        return x + 1
    traced(function, torch.ones(2), check_trace=False)
    assert seen == [False, True]


def test_classes_and_functions_go_with_the_module():
    import resource

    def used():
        gc.collect()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    for _ in range(30):
        traced(model, torch.ones(1, 2))
    before = used()
    for _ in range(200):
        traced(model, torch.ones(1, 2))
    assert used() - before < 4000  # kilobytes


def test_overloads_that_a_call_means_are_recorded():
    x, image = torch.ones(2, 3), torch.ones(1, 1, 2, 2)
    graph = graph_of(lambda x: x.var(0), x)
    assert "aten::var(%x, %2, %3, %4)" in graph and "%3 : bool = prim::Constant[value=1]()" in graph  # unbiased, no correction
    assert "aten::linalg_vector_norm(%x, %1, %2, %3, %4)" in graph_of(lambda x: torch.norm(x), x)
    assert "aten::upsample_bilinear2d(%x, %3, %4, %5)" in graph_of(
        lambda x: nn.functional.interpolate(x, (3, 3), mode="bilinear", align_corners=True), image)


def test_the_conjugate_of_real_numbers_is_no_operation():
    assert "return (%x)" in graph_of(lambda x: torch.conj(x), torch.ones(2))
    assert "aten::_conj(%x)" in graph_of(lambda x: torch.conj(x), torch.ones(2, dtype=torch.complex64))


def test_broadcasting_to_the_shape_at_hand_keeps_the_tensor():
    x, y = torch.ones(2), torch.ones(2)
    assert torch.broadcast_tensors(x, y)[0] is x
    assert "%input.1 " in graph_of(nn.L1Loss(), x, y)


def test_warnings_about_the_library_itself_are_shown_to_those_who_ask():
    assert len(warnings_of(nn.BCELoss(), torch.ones(2, 3), torch.ones(2, 3))) == 2


def test_methods_written_in_python_give_values_no_names():
    def parts(x):
        return (x * 2).split(1, 1)[0]

    assert "tensor" not in str(torch.jit.trace(parts, torch.ones(2, 2)).graph).replace("_tensor.py", "")
