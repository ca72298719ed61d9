"""repr of tensors, character for character as PyTorch 2.13 prints it."""
import pytest

import rushlight as torch

CASES = [
    ([1.0, 2.0], "tensor([1., 2.])"),
    ([1000.5, 1.0], "tensor([1.0005e+03, 1.0000e+00])"),
    ([123456.789], "tensor([123456.7891])"),
    ([-0.0, 1.5], "tensor([-0.0000, 1.5000])"),
    ([float("nan"), 1.0], "tensor([nan, 1.])"),
    ([float("inf"), -1.25], "tensor([    inf, -1.2500])"),
    ([1e-5, 1.0], "tensor([1.0000e-05, 1.0000e+00])"),
    ([100000000.0], "tensor([100000000.])"),
    ([True, False], "tensor([ True, False])"),
    ([1 + 2j, 3.5 - 1j], "tensor([1.0000+2.j, 3.5000-1.j])"),
    (1.5, "tensor(1.5000)"),
    ([], "tensor([])"),
    ([[]], "tensor([], size=(1, 0))"),
    ([[[1, 2], [3, -44]], [[5, 6], [7, 8]]],
     "tensor([[[  1,   2],\n         [  3, -44]],\n\n        [[  5,   6],\n         [  7,   8]]])"),
    ([i / 7 for i in range(11)],
     "tensor([0.0000, 0.1429, 0.2857, 0.4286, 0.5714, 0.7143, 0.8571, 1.0000, 1.1429,\n        1.2857, 1.4286])"),
]


@pytest.mark.parametrize("data, text", CASES, ids=range(len(CASES)))
def test_numbers(data, text):
    assert repr(torch.tensor(data)) == text


def test_suffixes():
    assert repr(torch.ones(2, requires_grad=True)) == "tensor([1., 1.], requires_grad=True)"
    assert repr(torch.ones(2, requires_grad=True) * 2) == "tensor([2., 2.], grad_fn=<MulBackward0>)"
    assert repr(torch.tensor([1, 2], dtype=torch.int8)) == "tensor([1, 2], dtype=torch.int8)"
    assert repr(torch.ones(2, device="meta")) == "tensor(..., device='meta', size=(2,))"
    assert repr(torch.zeros(0, dtype=torch.int64)) == "tensor([], dtype=torch.int64)"
    assert repr(torch.ones(11, dtype=torch.float64, requires_grad=True) * 2.25) == (
        "tensor([2.2500, 2.2500, 2.2500, 2.2500, 2.2500, 2.2500, 2.2500, 2.2500, 2.2500,\n"
        "        2.2500, 2.2500], dtype=torch.float64, grad_fn=<MulBackward0>)")


def test_long_tensors_are_summarized():
    assert repr(torch.arange(1001)) == "tensor([   0,    1,    2,  ...,  998,  999, 1000])"
    assert repr(torch.arange(2000).reshape(40, 50)).split("\n")[3] == "        ...,"


def test_print_options():
    try:
        torch.set_printoptions(precision=2)
        assert repr(torch.tensor([1.23456])) == "tensor([1.23])"
        torch.set_printoptions(profile="default", sci_mode=True)
        assert repr(torch.tensor([1.23456, 2])) == "tensor([1.2346e+00, 2.0000e+00])"
    finally:
        torch.set_printoptions(profile="default")
