"""Functions of the library in compiled code: which statements they have is seen in the graphs, and must be as in PyTorch."""
import re
from typing import List, Optional, Tuple

import pytest
import rushlight as torch
import rushlight.nn.functional as F
from rushlight import Tensor


def lines(graph):
    return [re.sub(r" # .*", "", line).strip() for line in str(graph).splitlines()]


def test_overrides_are_asked_and_count_as_false():
    # The questions about overrides and about compilation had numbers too.
    text = lines(torch.jit.script(F.pad).graph)
    assert "%15 : Tensor = aten::pad(%input.1, %pad.1, %mode.1, %value.1)" in text
    assert "has_torch_function" not in str(text)


def test_sizes_are_completed_by_a_builtin():
    text = lines(torch.jit.script(F.adaptive_avg_pool2d).graph)
    assert '%10 : str = prim::Constant[value="AssertionError: "]()' in text
    assert "return (%16)" in text


def test_norm_of_a_dimension_without_p():
    def fn(x: Tensor, dim: List[int]):
        return torch.norm(x, dim=dim), torch.norm(x, "nuc"), torch.norm(x, 2.0, 1), torch.norm(x, float("inf"))

    x = torch.arange(6.0).reshape(2, 3)
    for compiled, eager in zip(torch.jit.script(fn)(x, [0, 1]), fn(x, [0, 1])):
        assert torch.allclose(compiled, eager)


def test_tensordot_takes_each_form_of_dims():
    def fn(a: Tensor, b: Tensor, n: int, pairs: List[List[int]], tensor: Tensor):
        return torch.tensordot(a, b, n), torch.tensordot(a, b, pairs), torch.tensordot(a, b, tensor), torch.tensordot(a, b, ([1], [0]))

    a, b = torch.randn(2, 3), torch.randn(3, 4)
    for result in torch.jit.script(fn)(a, b, 1, [[1], [0]], torch.tensor(1)):
        assert torch.allclose(result, a @ b)


def test_unique_depends_on_its_flags():
    def fn(x: Tensor):
        values, counts = torch.unique(x, return_counts=True)
        all_three = torch.unique_consecutive(x, return_inverse=True, return_counts=True)
        return values, counts, all_three, torch.unique(x)

    x = torch.tensor([2, 2, 1, 2])
    values, counts, (run, inverse, lengths), alone = torch.jit.script(fn)(x)
    assert (values.tolist(), counts.tolist(), alone.tolist()) == ([1, 2], [1, 3], [1, 2])
    assert (run.tolist(), inverse.tolist(), lengths.tolist()) == ([2, 1, 2], [0, 0, 1, 2], [2, 1, 1])


def test_initial_values_in_compiled_code():
    def fn(x: Tensor, y: Tensor):
        torch.nn.init.constant_(x, 2.5)
        torch.nn.init.zeros_(y)
        return torch.nn.init.xavier_uniform_(torch.nn.init.ones_(torch.empty(3, 4)), 2.0)

    x, y = torch.empty(2, requires_grad=True), torch.ones(2)
    torch.manual_seed(0)
    compiled = torch.jit.script(fn)(x, y)
    assert (x.tolist(), y.tolist()) == ([2.5, 2.5], [0, 0])
    torch.manual_seed(0)
    assert torch.equal(compiled, torch.nn.init.xavier_uniform_(torch.empty(3, 4), 2.0))


def test_gradients_in_compiled_code():
    def fn(x: Tensor):
        gradient = torch.autograd.grad([(x * x).sum()], [x])[0]
        assert gradient is not None
        (x * 3).sum().backward()
        return gradient

    x = torch.tensor([1.0, 2.0], requires_grad=True)
    assert torch.jit.script(fn)(x).tolist() == [2, 4]
    assert x.grad.tolist() == [3, 3]

    def without_tape(x: Tensor):
        return torch.autograd.grad([x.sum()], [x])

    with pytest.raises(RuntimeError, match="element 0 of tensors does not require grad"):
        torch.jit.script(without_tape)(torch.ones(2))


@torch.jit._overload
def doubled(x: int, by: Tuple[int, int]) -> int: ...


@torch.jit._overload
def doubled(x: int, by: int) -> int: ...


def doubled(x, by=2):
    if isinstance(by, int):
        return x * by
    else:
        return x * by[0]


def test_defaults_of_overloads_come_from_the_implementation():
    def fn(x: int):
        return doubled(x), doubled(x, (5, 1))

    assert torch.jit.script(fn)(3) == (6, 15)


def test_overload_with_a_default_of_its_own():
    @torch.jit._overload
    def other(x: int, by: int = 3) -> int: ...

    def other(x, by=2):
        return x * by

    def fn(x: int):
        return other(x)

    with pytest.raises(RuntimeError, match="Default parameters on overloads do not affect the runtime .* Found on parameter by"):
        torch.jit.script(fn)


def test_numbers_of_placeholders_behind_a_raise():
    def fn(s: Optional[int], k: int):
        if s is not None:
            raise ValueError("a")
        else:
            o = k
        return o + k + 9

    assert "%35 : int = prim::Uninitialized()" in lines(torch.jit.script(fn).graph)


def test_not_in_counts_as_a_condition():
    def fn(d: int):
        if d not in (2, 3):
            d = d + 7
        return d

    assert "%10 : int = prim::Constant[value=7]()" in lines(torch.jit.script(fn).graph)


def test_none_of_a_called_function_is_a_constant():
    def inner(nothing: List[None], x: int):
        return [nothing[0]], x

    def fn(nothing: List[None], x: int):
        return inner(nothing, x)

    compiled = torch.jit.script(fn)
    assert "%4 : NoneType = prim::Constant()" in lines(compiled.inlined_graph)
    assert "__getitem__" not in str(compiled.inlined_graph)
    assert compiled([None], 3) == ([None], 3)


def test_tensors_with_gradients_are_made_in_compiled_code():
    def fn():
        a = torch.tensor(2.5, requires_grad=True)
        return a, a * 2

    compiled = torch.jit.script(fn)
    first, doubled = compiled()
    doubled.backward()
    assert first.is_leaf and first.grad.item() == 2
    assert compiled()[0].grad is None


def test_a_subclass_of_a_named_tuple_has_its_fields():
    compiled = torch.jit.script(torch.nn.LSTM(2, 3))
    assert "sorted_indices : Tensor?, unsorted_indices : Tensor?" in str(compiled.forward__1.graph)


def test_lists_of_called_functions_are_looked_into():
    def inner(a: int, b: int):
        pair = [a, b]
        written = [a, b]
        written.append(3)
        return len(pair), pair[1], pair + [3], pair[:1], len(written), written[2]

    def fn(a: int, b: int):
        return inner(a, b)

    compiled = torch.jit.script(fn)
    assert str(compiled.inlined_graph).count("aten::len") == 1
    assert compiled(1, 2) == (2, 2, [1, 2, 3], [1], 3, 3)


def test_to_takes_a_device_alone():
    def fn(x: Tensor, y: Tensor, dtype: Optional[int], place: str):
        return x.to(y.device), x.to(y.device, dtype), x.to(dtype), x.to(place), x.to(place, copy=True)

    x = torch.ones(2)
    same, also, third, fourth, copy = torch.jit.script(fn)(x, x, 7, "cpu")
    assert same is x and fourth is x and copy is not x
    assert also.dtype == third.dtype == torch.float64
    with pytest.raises(RuntimeError, match="there is no dtype with the number 99"):
        torch.jit.script(fn)(x, x, 99, "cpu")


def test_constants_are_sorted_at_compile_time():
    def fn(x: Tensor):
        values, order = torch.sort(torch.tensor([1, 2]), descending=True)
        return x.index_select(0, order), values

    compiled = torch.jit.script(fn)
    for _ in range(3):
        selected, values = compiled(torch.tensor([3.0, 4.0]))
        assert (selected.tolist(), values.tolist()) == ([4, 3], [2, 1])


def test_an_overloaded_forward_is_not_called_by_name():
    with pytest.raises(AttributeError, match="'RecursiveScriptModule' object has no attribute 'forward'"):
        torch.jit.script(torch.nn.GRU(2, 3))(torch.ones(1, 1, 2))


def test_gradients_in_code_of_archives(tmp_path):
    def fn(x: Tensor):
        torch.autograd.backward([x.sum()])
        x.sum().backward()
        return torch.autograd.grad([(x * x).sum()], [x])

    torch.jit.script(fn).save(str(tmp_path / "fn.pt"))
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    gradient, = torch.jit.load(str(tmp_path / "fn.pt"))(x)
    assert (gradient.tolist(), x.grad.tolist()) == ([2, 4], [2, 2])


def test_sequences_are_padded():
    def fn(sequences: List[Tensor], side: str):
        return torch.nn.utils.rnn.pad_sequence(sequences, batch_first=True, padding_value=9.0, padding_side=side)

    sequences = [torch.tensor([1.0], requires_grad=True), torch.tensor([2.0, 3.0])]
    for function in (fn, torch.jit.script(fn)):
        assert function(sequences, "right").tolist() == [[1, 9], [2, 3]]
        assert function(sequences, "left").tolist() == [[9, 1], [2, 3]]
        with pytest.raises(RuntimeError, match="Expected padding_side to be one of left or right, but got up."):
            function(sequences, "up")
    (fn(sequences, "right") * 2).sum().backward()
    assert sequences[0].grad.tolist() == [2]
    assert torch.nn.utils.rnn.pad_sequence([torch.ones(2, 3), torch.ones(1, 3)]).shape == (2, 2, 3)
