"""Functions of the torch namespace in compiled code: operators of their name, or an error that names the operator that is missing."""
import math
import warnings

import pytest

import rushlight as torch
from rushlight import Tensor, nn


def compiled(expression):
    return torch.jit.CompilationUnit(f"def f(x: Tensor):\n    return {expression}\n").f


@pytest.mark.parametrize("expression, expected", [
    ("torch.is_nonzero(x[0])", True), ("torch.is_signed(x)", True), ("torch.is_conj(x)", False), ("torch.is_neg(x)", False),
    ("torch.is_inference(x)", False), ("torch.is_same_size(x, x[0])", False), ("x.is_set_to(x)", True), ("x.is_pinned()", False),
    ("torch.get_device(x)", -1), ("x[1:].storage_offset()", 1)])
def test_questions(expression, expected):
    namespace = {"torch": torch, "Tensor": Tensor}
    assert compiled(expression)(torch.tensor([1.0, 2.0])) == expected == eval(expression, namespace, {"x": torch.tensor([1.0, 2.0])})


def dtypes(x: Tensor):
    return torch.can_cast(torch.float32, torch.int32), torch.promote_types(torch.int32, torch.float16), torch._shape_as_tensor(x)


def test_dtypes():
    casts, promoted, shape = torch.jit.script(dtypes)(torch.ones(2, 3))
    assert not casts and promoted == 5 and shape.tolist() == [2, 3]


def asserts(x: Tensor, n: int):
    torch._assert(x.sum() > 0, "no sum")
    torch._assert(n > 1, "no n")
    return x


def test_assert_takes_tensors_and_bools():
    fn = torch.jit.script(asserts)
    assert torch.equal(fn(torch.ones(2), 2), torch.ones(2))
    for arguments, text in (((torch.zeros(2), 2), "no sum"), ((torch.ones(2), 1), "no n")):
        with pytest.raises(Exception, match=f"AssertionError: {text}"):
            fn(*arguments)


def unknown(x: Tensor):
    return torch.is_tensor(x)


def test_what_is_no_operator_is_named():
    with pytest.raises(RuntimeError, match=r"Unknown builtin op: aten::is_tensor\."):
        torch.jit.script(unknown)


def factors(x: Tensor):
    return torch.lu(x), torch.lu(x, get_infos=True)


def test_lu_has_two_forms():
    matrix = torch.tensor([[4.0, 2.0], [1.0, 3.0]])
    fn = torch.jit.script(factors)
    assert "_lu_no_infos" in fn.code and "_lu_with_infos" in fn.code
    plain, with_infos = fn(matrix)
    assert len(plain) == 2 and len(with_infos) == 3
    assert torch.equal(plain[0], torch.lu(matrix)[0])
    with pytest.raises(RuntimeError):
        torch.lu(torch.zeros(2, 2))


def test_range_has_its_end():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert torch.range(0, 3).tolist() == [0.0, 1.0, 2.0, 3.0]
        assert torch.range(0, 4, 2, dtype=torch.int64).tolist() == [0, 2, 4]
    assert "torch.range is deprecated" in str(seen[0].message)
    for arguments, text in (((0, -1), "upper bound and lower bound inconsistent with step sign"), ((0, 1, 0), "step must be nonzero")):
        with pytest.raises(RuntimeError, match=text), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.range(*arguments)


def test_vander():
    x = torch.tensor([1, 2, 3])
    assert torch.vander(x).tolist() == [[1, 1, 1], [4, 2, 1], [9, 3, 1]]
    assert torch.vander(x, 2, increasing=True).tolist() == [[1, 1], [1, 2], [1, 3]]
    assert torch.vander(x, 0).shape == (3, 0)
    with pytest.raises(RuntimeError, match="N must be non-negative."):
        torch.vander(x, -1)


@pytest.mark.parametrize("dim", [0, 1, 2, None])
def test_weight_norm_scales_directions(dim):
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        layer = nn.utils.weight_norm(nn.Conv1d(3, 4, 2), dim=dim)
    before = layer.weight.detach().clone()
    others = [i for i in range(3) if i != dim]
    assert torch.allclose(layer.weight_g.flatten(), layer.weight_v.pow(2).sum(others).sqrt().flatten())
    x = torch.randn(1, 3, 5)
    layer(x).sum().backward()
    # A longer direction gives the same weight, so the gradient has no part along it.
    assert math.isclose((layer.weight_v.grad * layer.weight_v).sum().item(), 0, abs_tol=1e-4)
    traced = torch.jit.trace(layer, x)
    assert torch.equal(traced(x), layer(x))
    assert "aten::_weight_norm" in str(traced.inlined_graph)
    nn.utils.remove_weight_norm(layer)
    assert torch.allclose(layer.weight, before)
