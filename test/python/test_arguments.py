"""Calls that do not fit an operator: the TypeErrors are PyTorch's to the letter."""
import pytest

import rushlight as torch

x = torch.tensor([1.0, 2.0])

MISFITS = [
    (lambda: torch.tanh(), 'tanh() missing 1 required positional arguments: "input"'),
    (lambda: torch.tanh(1), "tanh(): argument 'input' (position 1) must be Tensor, not int"),
    (lambda: torch.tanh(x, x), "tanh() takes 1 positional argument but 2 were given"),
    (lambda: torch.tanh(x, foo=1), "tanh() got an unexpected keyword argument 'foo'"),
    (lambda: torch.tanh(x, input=x), "tanh() got multiple values for argument 'input'"),
    (lambda: x.tanh(1), "TensorBase.tanh() takes no arguments (1 given)"),
    (lambda: x.tanh(foo=1), "TensorBase.tanh() takes no keyword arguments"),
    (lambda: torch.add(x, "a"), "add(): argument 'other' (position 2) must be Tensor, not str"),
    (lambda: x.add("a"), "add(): argument 'other' (position 1) must be Tensor, not str"),
    (lambda: torch.add(x, x, alpha="a"), "add(): argument 'alpha' must be Number, not str"),
    (lambda: torch.add(x, x, x, x), "add() takes 2 positional arguments but 4 were given"),
    (lambda: torch.add(x), "add() received an invalid combination of arguments - got (Tensor), but expected "
                           "(Tensor input, Tensor other, *, Number alpha = 1, Tensor out = None)"),
    (lambda: torch.zeros("a"), "zeros(): argument 'size' (position 1) must be tuple of ints, not str"),
    (lambda: torch.zeros(2, "a"), "zeros(): argument 'size' failed to unpack the object at pos 2 with error "
                                  "\"type must be tuple of ints,but got str\""),
    (lambda: torch.zeros(2, dtype="a"), "zeros(): argument 'dtype' must be torch.dtype, not str"),
    (lambda: torch.cat(x), "cat(): argument 'tensors' (position 1) must be tuple of Tensors, not Tensor"),
    (lambda: torch.cat([x, 1]), "expected Tensor as element 1 in argument 0, but got int"),
    (lambda: torch.transpose(x, 0), 'transpose() missing 1 required positional arguments: "dim1"'),
    (lambda: torch.unsqueeze(x, True), "unsqueeze(): argument 'dim' (position 2) must be int, not bool"),
    (lambda: torch.reshape(x, 1.0), "reshape(): argument 'shape' (position 2) must be tuple of ints, not float"),
    (lambda: torch.sum(x, "a"), "sum() received an invalid combination of arguments - got (Tensor, str), but expected one of:\n"
                                " * (Tensor input, *, torch.dtype dtype = None)\n"
                                " * (Tensor input, tuple of ints dim, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None)\n"),
    (lambda: torch.pow(x, "a"), "pow() received an invalid combination of arguments - got (Tensor, str), but expected one of:\n"
                                " * (Tensor input, Tensor exponent, *, Tensor out = None)\n"
                                " * (Number self, Tensor exponent, *, Tensor out = None)\n"
                                " * (Tensor input, Number exponent, *, Tensor out = None)\n"),
    (lambda: torch.tensor("a"), "new(): invalid data type 'str'"),
]


@pytest.mark.parametrize("call, text", MISFITS, ids=range(len(MISFITS)))
def test_a_call_that_does_not_fit_says_why(call, text):
    if "Tensors" in text or "as element" in text:
        if torch._C._find_function("cat") is None:
            pytest.skip("torch.cat does not exist yet")
    with pytest.raises(TypeError) as error:
        call()
    assert str(error.value) == text


def test_numpy_names_of_arguments_are_accepted():
    matrix = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert torch.sum(matrix, axis=1, keepdims=True).tolist() == [[3.0], [7.0]]


def test_sizes_may_be_given_one_by_one_or_as_a_tuple():
    assert torch.zeros(2, 3).shape == torch.zeros((2, 3)).shape == torch.zeros([2, 3]).shape == torch.zeros(torch.Size([2, 3])).shape


def test_numbers_stand_for_tensors_in_arithmetic_without_changing_the_dtype():
    assert torch.add(torch.tensor([1], dtype=torch.int8), 2).dtype is torch.int8
    assert (torch.tensor([1.0], dtype=torch.bfloat16) * 2.5).dtype is torch.bfloat16


def test_out_takes_the_result_and_is_returned():
    out = torch.empty(2)
    assert torch.add(x, x, out=out) is out
    assert out.tolist() == [2.0, 4.0]


def test_an_old_order_of_arguments_works_with_a_warning():
    with pytest.warns(UserWarning, match="This overload of add is deprecated"):
        assert torch.add(x, 2, x).tolist() == [3.0, 6.0]


def test_an_operand_that_is_not_understood_is_left_to_the_other_one():
    class Other:
        def __radd__(self, tensor):
            return "mine"
    assert x + Other() == "mine"
    with pytest.raises(TypeError, match=r"unsupported operand type\(s\) for \+: 'Tensor' and 'str'"):
        x + "a"


def test_an_int_beyond_64_bits_is_refused():
    with pytest.raises(ValueError, match="Overflow when unpacking long long"):
        torch.unsqueeze(x, 2**70)
    with pytest.raises(OverflowError):
        x + 2**70
