"""torch.testing.assert_close: what it says."""
import pytest

import rushlight as torch

CASES = [
    (torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 2.0, 4.0]),
     "Tensor-likes are not close!\n\nMismatched elements: 1 / 3 (33.3%)\nGreatest absolute difference: 1.0 at index (2,) (up to 1e-05 allowed)\n"
     "Greatest relative difference: 0.25 at index (2,) (up to 1.3e-06 allowed)"),
    (torch.tensor([1, 2]), torch.tensor([1, 3]),
     "Tensor-likes are not equal!\n\nMismatched elements: 1 / 2 (50.0%)\nGreatest absolute difference: 1 at index (1,)\n"
     "Greatest relative difference: 0.3333333432674408 at index (1,)"),
    (1.0, 2.0, "Scalars are not close!\n\nExpected 2.0 but got 1.0.\nAbsolute difference: 1.0 (up to 1e-07 allowed)\n"
               "Relative difference: 0.5 (up to 1e-07 allowed)"),
    (torch.tensor([1.0]), torch.tensor([1.0], dtype=torch.float64), "The values for attribute 'dtype' do not match: torch.float32 != torch.float64."),
    ([1], [1, 2], "The length of the sequences mismatch: 1 != 2"),
]


@pytest.mark.parametrize("actual, expected, text", CASES, ids=range(len(CASES)))
def test_a_difference_is_described(actual, expected, text):
    with pytest.raises(AssertionError) as error:
        torch.testing.assert_close(actual, expected)
    assert str(error.value) == text


def test_equal_things_pass():
    torch.testing.assert_close({"a": [torch.ones(2), 1.0]}, {"a": [torch.ones(2) + 1e-7, 1.0 + 1e-9]})
    torch.testing.assert_close(torch.tensor([float("nan")]), torch.tensor([float("nan")]), equal_nan=True)
