"""Dtypes of results, and which dtypes operators refuse: what PyTorch 2.13 answers."""
import math
import warnings

import pytest
import rushlight as torch


def test_result_type_takes_tensors_and_numbers():
    ints, floats = torch.ones(2, dtype=torch.int32), torch.ones(2, dtype=torch.float16)
    assert torch.result_type(ints, floats) is torch.float16
    assert torch.result_type(ints, 1) is torch.int32
    assert torch.result_type(1, ints) is torch.int32
    assert torch.result_type(ints, 1.0) is torch.float32
    assert torch.result_type(1, True) is torch.int64
    assert torch.result_type(floats.float(), torch.tensor(1j, dtype=torch.complex128)) is torch.complex64


def test_a_complex_scalar_tensor_keeps_the_width_of_a_floating_tensor():
    result = torch.ones(2) + torch.tensor(1j, dtype=torch.complex128)
    assert result.dtype is torch.complex64
    assert (torch.ones(2, dtype=torch.bfloat16) * 1j).dtype is torch.complex64


@pytest.mark.parametrize("call, error, text", [
    (lambda: torch.heaviside(torch.tensor([1]), torch.tensor([1.0])), RuntimeError, "heaviside is not yet implemented for tensors with different dtypes."),
    (lambda: torch.heaviside(torch.tensor([1j]), torch.tensor([1j])), RuntimeError, "heaviside is not yet implemented for complex tensors."),
    (lambda: torch.hypot(torch.tensor([1]), torch.tensor([1])), NotImplementedError, "\"hypot_cpu\" not implemented for 'Long'"),
    (lambda: torch.logaddexp(torch.tensor([1]), torch.tensor([1])), NotImplementedError, "\"logaddexp_cpu\" not implemented for 'Long'"),
    (lambda: torch.ldexp(torch.ones(1), torch.tensor([True])), NotImplementedError, "\"ldexp_cpu_exp\" not implemented for 'Bool'"),
    (lambda: torch.tensor([True]).argmax(), RuntimeError, "argmax(): does not support bool input"),
    (lambda: torch.cumsum(torch.tensor([1]), 0, dtype=torch.bool), NotImplementedError, "\"cumsum_out_cpu\" not implemented for 'Bool'"),
    (lambda: torch.deg2rad(torch.tensor([1j])), RuntimeError, "deg2rad is not supported for complex tensors."),
    (lambda: torch.tensor([1j]).abs_(), RuntimeError, "In-place abs is not supported for complex tensors."),
    (lambda: torch.arange(0, 5, 0), RuntimeError, "step must be nonzero"),
    (lambda: torch.arange(1, 2.9, 0.75, dtype=torch.int64), ValueError, "step must be nonzero"),
    (lambda: torch.ones([1] * 65).amax([0]), RuntimeError, "only tensors with up to 64 dims are supported"),
])
def test_refused_dtypes(call, error, text):
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value) == text


def test_subtracting_a_bool_is_refused_as_a_number_too():
    for call in (lambda: torch.tensor([1]) - True, lambda: True - torch.tensor([1.0]), lambda: torch.rsub(torch.tensor([1]), True)):
        with pytest.raises(RuntimeError, match="with a bool tensor is not supported"):
            call()


def test_scaling_by_a_power_of_two_keeps_the_dtype():
    assert torch.ldexp(torch.ones(2, dtype=torch.float16), torch.tensor([3, 4])).dtype is torch.float16
    assert torch.ldexp(torch.ones(2, dtype=torch.int32), torch.tensor([3, 4])).tolist() == [8.0, 16.0]


@pytest.mark.parametrize("dtype, step", [(torch.float16, 2.0 ** -10), (torch.bfloat16, 2.0 ** -7)])
def test_halves_step_in_their_own_bits(dtype, step):
    one, two, zero = (torch.tensor([value], dtype=dtype) for value in (1.0, 2.0, 0.0))
    assert torch.nextafter(one, two).item() == 1 + step
    assert torch.nextafter(one, zero).item() == 1 - step / 2
    assert torch.nextafter(-one, zero).item() == -1 + step / 2
    assert 0 < torch.nextafter(zero, one).item() < 1e-6
    assert torch.nextafter(zero, -one).item() < 0
    assert math.isnan(torch.nextafter(one, torch.tensor([math.nan], dtype=dtype)).item())


def test_numbers_outside_of_an_integer_type_become_what_x86_makes_of_them():
    values = torch.tensor([math.nan, 3e9, -3e9, 70000.0, -1.0])
    assert values.to(torch.int32).tolist() == [-2**31, -2**31, -2**31, 70000, -1]
    assert values.to(torch.int16).tolist() == [0, 0, 0, 4464, -1]
    assert values.to(torch.uint8).tolist() == [0, 0, 0, 112, 255]


def test_ranges_into_integers_cut_the_ends_first():
    assert torch.arange(-5, 5.0, 2.5, dtype=torch.int64).tolist() == [-5, -3, -1, 1, 3]
    assert torch.linspace(4.9, -10.2, 7, dtype=torch.int64).tolist() == [4, 1, 0, -2, -5, -7, -10]


def test_distances_that_count_have_a_gradient_of_zero():
    x = torch.tensor([[1.0, 2.0]], requires_grad=True)
    distance = torch.cdist(x, torch.tensor([[1.0, 3.0]]), p=0)
    assert distance.tolist() == [[1.0]]
    distance.sum().backward()
    assert x.grad.tolist() == [[0.0, 0.0]]


def test_uniform_numbers_stay_below_the_end():
    torch.manual_seed(0)
    values = torch.empty(1 << 14, dtype=torch.float16).uniform_(0, 1)
    assert values.max().item() < 1 and values.min().item() == 0


def test_random_fills_follow_the_memory():
    torch.manual_seed(3)
    plain = torch.empty(20, 3).exponential_()
    torch.manual_seed(3)
    turned = torch.empty(20, 3).t().exponential_()
    assert torch.equal(turned, plain.t())
    torch.manual_seed(3)
    sliced = torch.empty(20, 6)[:, ::2].exponential_()
    assert torch.equal(sliced, plain)


@pytest.mark.parametrize("low, high, text", [
    (0, 2**31, "to - 1 is out of bounds for c10::Half"),
    (-2**62, 2**62, "from is out of bounds for c10::Half"),
])
def test_random_integers_must_fit_the_dtype(low, high, text):
    with pytest.raises(RuntimeError) as raised:
        torch.randint(low, high, (2,), dtype=torch.float16)
    assert str(raised.value) == text


def test_uniform_bounds_must_fit_the_dtype():
    with pytest.raises(RuntimeError) as raised:
        torch.empty(2).uniform_(0, 1e40)
    assert str(raised.value) == "to is out of bounds for float"
    with pytest.raises(RuntimeError) as raised:
        torch.empty(2).uniform_(-3e38, 3e38)
    assert "uniform_ expects to-from <= std::numeric_limits<Float>::max()" in str(raised.value)


def test_large_random_integers_are_those_of_the_float_type():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.manual_seed(0)
        assert torch.randint(0, 2**31, (1,), dtype=torch.float32).item() == 382722848.0
        torch.manual_seed(0)
        assert torch.randint(0, 2**40, (1,), dtype=torch.bfloat16).item() == 837518622720.0
