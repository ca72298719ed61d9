"""Numbers of compiled code to the last bit, where C++, Python and PyTorch would each round or choose otherwise."""
import math

import pytest

import rushlight as torch


@torch.jit.script
def remainder(a: float, b: float):
    return a % b


@torch.jit.script
def extremes(a: float, b: float):
    return min(a, b), max(a, b)


@torch.jit.script
def quotient(a: complex, b: complex):
    return a / b


@torch.jit.script
def product(a: complex, b: complex):
    return a * b


@torch.jit.script
def quotient_and_rest(a: float, b: float):
    return divmod(a, b)


@torch.jit.script
def formatted(a: float):
    return "%f %e %d" % (a, a, a)


@torch.jit.script
def whole(t: torch.Tensor):
    return int(t)


def test_remainders_round_their_sum():
    assert remainder(0.22313016014842982, 1.5) == 0.2231301601484299  # Python: 0.22313016014842982
    assert math.isnan(remainder(1.0, math.inf))


def test_the_second_of_equal_numbers_is_taken():
    assert [math.copysign(1, x) for x in extremes(-0.0, 0.0)] == [1, 1]
    assert all(math.isnan(x) for x in extremes(1.0, math.nan))
    assert extremes(math.nan, 1.0) == (1.0, 1.0)


def test_complex_numbers():
    a, b = -0.006775493338784244 - 1.615212397268393j, -1.615212397268393 - 0.006775493338784244j
    assert quotient(a, b) == 0.008389452840251986 + 0.9999648079212794j
    assert math.isnan(product(complex(math.inf, math.nan), complex(math.nan, math.inf)).imag)


def test_divmod_keeps_the_sign_of_zero():
    assert math.copysign(1, quotient_and_rest(-0.5, -2.0)[0]) == -1


def test_percent_formats_print_single_precision_and_32_bits():
    assert formatted(1.489745531369242) == "1.489745 1.489745e+00 1"
    assert formatted(1e300) == "inf inf -2147483648"


@pytest.mark.parametrize("value", [1e300, math.inf, math.nan, 2.0**63])
def test_tensors_without_a_whole_number_are_refused(value):
    with pytest.raises(RuntimeError, match="value cannot be converted to type int64_t without overflow"):
        whole(torch.tensor(value, dtype=torch.float64))
