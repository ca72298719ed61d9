"""What the recorded corpus does not show of indexing, joining, sorting, linear algebra: empty shapes, shared memory, errors."""
import math

import pytest
import rushlight as torch


def test_indexing_of_empty_tensors():
    empty = torch.empty(0, 3)
    assert empty[torch.tensor([], dtype=torch.int64)].shape == (0, 3)
    assert torch.empty(2, 0)[:, torch.tensor([], dtype=torch.int64)].shape == (2, 0)
    with pytest.raises(IndexError, match="index is out of bounds for dimension with size 0"):
        empty[torch.tensor([0])]
    assert torch.empty(0, 3).gather(0, torch.empty(0, 3, dtype=torch.int64)).shape == (0, 3)


def test_indices_that_are_not_neighbours_come_first():
    x = torch.arange(24).reshape(2, 3, 4)
    assert x[torch.tensor([0, 1]), :, torch.tensor([1, 2])].tolist() == [[1, 5, 9], [14, 18, 22]]
    assert x[:, torch.tensor([0, 2]), torch.tensor([1, 2])].tolist() == [[1, 10], [13, 22]]


def test_a_failed_write_changes_nothing():
    x = torch.zeros(3)
    with pytest.raises(IndexError, match="index 3 is out of bounds for dimension 0 with size 3"):
        x[torch.tensor([0, 3])] = 1.0
    with pytest.raises(RuntimeError, match="index 5 is out of bounds for dimension 0 with size 3"):
        x.scatter_(0, torch.tensor([0, 5]), torch.ones(2))
    assert x.tolist() == [0.0, 0.0, 0.0]


def test_writes_read_their_values_first():
    x = torch.arange(4)
    x[torch.tensor([0, 1, 2, 3])] = x.flip(0)
    assert x.tolist() == [3, 2, 1, 0]
    y = torch.arange(3)
    y.index_copy_(0, torch.tensor([2, 1, 0]), y)
    assert y.tolist() == [2, 1, 0]


def test_joining_promotes_and_skips_legacy_empties():
    assert torch.cat([torch.tensor([1]), torch.tensor([1.5]), torch.empty(0)]).tolist() == [1.0, 1.5]
    assert torch.cat([torch.empty(0), torch.ones(2, 2)]).shape == (2, 2)
    x = torch.ones(2, requires_grad=True)
    torch.cat([x, torch.empty(0), x * 2]).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_sorting_puts_nan_last_and_keeps_equal_elements_in_order():
    values, indices = torch.tensor([math.nan, 1.0, -0.0, 0.0, 1.0]).sort()
    assert indices.tolist() == [2, 3, 1, 4, 0]
    assert math.isnan(values[-1].item())
    assert torch.tensor([math.nan, 1.0]).sort(descending=True).indices.tolist() == [0, 1]
    assert torch.tensor([2 ** 62 + 1, 2 ** 62]).sort().indices.tolist() == [1, 0]
    assert torch.empty(0).sort().values.shape == (0,)
    assert torch.empty(2, 0).cumsum(1).shape == (2, 0)


def test_names_that_stand_for_others():
    assert torch.absolute(torch.tensor([-1.0])).item() == 1.0
    x = torch.tensor([4.0])
    assert x.multiply_(2) is x and x.item() == 8.0
    assert torch.special.expit(torch.tensor(0.0)).item() == 0.5
    base = torch.zeros(2)
    copy = torch.expand_copy(base, (3, 2))
    copy.fill_(1)
    assert base.tolist() == [0.0, 0.0]


def test_singular_matrices_raise_their_own_error():
    with pytest.raises(torch.linalg.LinAlgError, match="linalg.inv: The diagonal element 1 is zero"):
        torch.linalg.inv(torch.zeros(2, 2))
    with pytest.raises(torch.linalg.LinAlgError, match="the leading minor of order 2 is not positive-definite"):
        torch.linalg.cholesky(torch.tensor([[1.0, 0.0], [0.0, -1.0]]))
    inverse, info = torch.linalg.inv_ex(torch.stack([torch.eye(2), torch.zeros(2, 2)]))
    assert info.tolist() == [0, 1]
    assert inverse[0].tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_linear_algebra_of_empty_batches():
    assert torch.linalg.det(torch.empty(0, 2, 2)).shape == (0,)
    assert torch.linalg.det(torch.empty(0, 0)).item() == 1.0
    assert torch.linalg.svdvals(torch.empty(3, 0)).shape == (0,)
    assert torch.linalg.solve(torch.empty(0, 2, 2), torch.empty(0, 2, 1)).shape == (0, 2, 1)


def test_gradients_of_products_with_zeros():
    x = torch.tensor([2.0, 0.0, 3.0], dtype=torch.float64, requires_grad=True)
    g, = torch.autograd.grad(x.prod(), x, create_graph=True)
    assert g.tolist() == [0.0, 6.0, 0.0]
    h, = torch.autograd.grad(g.sum(), x)
    assert h.tolist() == [3.0, 5.0, 2.0]


def test_einsum_with_lists_of_labels():
    unit = torch.jit.CompilationUnit("""
def product(x, y):
    return torch.einsum(x, [0, 1], y, [1, 2], [2, 0])

def trace(x):
    return torch.einsum(x, [3, 3])

def far(x):
    return torch.einsum(x, [52])

def no_labels(x):
    return torch.einsum(x, [0], x)
""")
    x, y = torch.arange(6.0).reshape(2, 3), torch.arange(12.0).reshape(3, 4)
    assert torch.equal(unit.product(x, y), (x @ y).T)
    assert unit.trace(torch.eye(3)).item() == 3
    for function, message in ((unit.far, "subscript 0 in argument 1 to be within the range .0, 52., but got 52"),
                              (unit.no_labels, "expected List.int. in argument 2, but got Tensor")):
        with pytest.raises(RuntimeError, match=message):
            function(torch.ones(2))
    with pytest.raises(TypeError, match="argument 'equation' .position 1. must be str, not list"):
        torch.einsum([x], "ij->")


def test_products_in_another_dtype():
    a = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.bfloat16)
    assert torch.equal(torch.mm(a, a, out_dtype=torch.float32), a.float() @ a.float())
    assert torch.addmm(a, a, a, torch.float64).dtype == torch.float64
    assert torch.bmm(a[None], a[None], torch.float32)[0].tolist() == [[7.0, 10.0], [15.0, 22.0]]


def test_indices_are_integers():
    with pytest.raises(TypeError, match="expected 'indices' to be integer dtype, but got torch.float32"):
        torch.unravel_index(torch.ones(2), (2, 2))


def test_messages_show_names_of_tensor_types():
    unit = torch.jit.CompilationUnit("def find(a: List[Tensor], x): return a.index(x)")
    for value, name in ((1.5, "torch.FloatTensor"), (True, "CPUBoolType")):
        with pytest.raises(RuntimeError) as error:
            unit.find([torch.tensor(0)], torch.tensor(value))
        assert f"[ {name}{{}} ]' is not in list" in str(error.value)


def test_a_convolution_tells_its_dimensions_without_being_computed():
    unit = torch.jit.CompilationUnit("def rank(x, w): return torch.conv2d(x, w).dim()")
    assert unit.rank(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 1, 1)) == 4
    assert unit.rank(torch.ones(2), torch.ones(1)) == 4


def test_sorted_tensors_keep_the_layout():
    x = torch.arange(12.0).view(4, 3).t()
    values, indices = x.sort(1, descending=True)
    assert values.stride() == indices.stride() == (1, 3)
    assert values[0].tolist() == [9.0, 6.0, 3.0, 0.0] and indices[0].tolist() == [3, 2, 1, 0]


def test_shapes_that_do_not_meet_are_named_from_the_last_dimension_on():
    for call in (lambda: torch.ones(4, 3) * torch.ones(3, 4), lambda: torch.ones(4, 3).add_(torch.ones(3, 4))):
        with pytest.raises(RuntimeError, match=r"The size of tensor a \(3\) must match the size of tensor b \(4\) at non-singleton dimension 1"):
            call()
    with pytest.raises(RuntimeError, match=r"Attempting to broadcast a dimension of length 4 at -1! Mismatching argument at index 1 had \(3, 4\)"):
        torch.broadcast_shapes((4, 3), (3, 4))
