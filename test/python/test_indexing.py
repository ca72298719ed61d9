"""Index expressions of tensors."""
import pytest

import rushlight as torch


def matrix():
    return torch.tensor([[1, 2, 3], [4, 5, 6]])


@pytest.mark.parametrize("index, expected", [
    (0, [1, 2, 3]), (-1, [4, 5, 6]), ((1, 2), 6), ((slice(None), 1), [2, 5]), ((slice(None), slice(0, None, 2)), [[1, 3], [4, 6]]),
    ((Ellipsis, 0), [1, 4]), ((None, 0), [[1, 2, 3]]), ((0, Ellipsis), [1, 2, 3]), (slice(1, 1), []), ((0, torch.tensor(2)), 3),
])
def test_simple_indices(index, expected):
    assert matrix()[index].tolist() == expected


@pytest.mark.parametrize("index, error, text", [
    (5, IndexError, "index 5 is out of bounds for dimension 0 with size 2"),
    ((0, 0, 0), IndexError, "too many indices for tensor of dimension 2"),
    (1.0, IndexError, "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got float)"),
    (slice(None, None, -1), ValueError, "step must be greater than zero"),
])
def test_wrong_indices_say_why(index, error, text):
    with pytest.raises(error) as caught:
        matrix()[index]
    assert str(caught.value) == text


def test_assignment_broadcasts_and_converts():
    tensor = torch.zeros(2, 3)
    tensor[0] = 5
    tensor[:, 2] = torch.tensor([7.0, 8.0])
    tensor[1:, :1] = torch.tensor([[[9]]])
    assert tensor.tolist() == [[5.0, 5.0, 7.0], [9.0, 0.0, 8.0]]
    with pytest.raises(TypeError, match="can't assign a str to a torch.FloatTensor"):
        tensor[0] = "a"


def test_a_view_shares_memory():
    tensor = matrix()
    tensor[0][1] = 20
    assert tensor.tolist() == [[1, 20, 3], [4, 5, 6]]


def test_slices_of_whole_dimensions_make_nothing_among_other_indices():
    x = torch.ones(3, 4, requires_grad=True)
    names = [made.grad_fn.name() for made in (x[:], x[:3], x[:, :4], x[:, :], x[..., :], x[:, 1])]
    assert names == ["SliceBackward0", "SliceBackward0", "AliasBackward0", "AliasBackward0", "AliasBackward0", "SelectBackward0"]
    assert x[:, 1].grad_fn.next_functions[0][0].name().endswith("AccumulateGrad")
