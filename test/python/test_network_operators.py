"""Operators of neural networks where the recorded corpus shows too little: gradients of gradients by finite differences,
and forms of one operator that must agree with each other."""
import math

import pytest

import rushlight as torch
import rushlight.nn.functional as F


def numbers(*shape):
    count = math.prod(shape)
    return torch.tensor([math.sin(1.7 * i + 0.3) for i in range(count)], dtype=torch.float64).reshape(shape)


def difference_quotient(f, x, step=1e-6):
    """The derivative of the number f(x) by each element of x."""
    slopes = []
    for i in range(x.numel()):
        shift = torch.tensor([step * (j == i) for j in range(x.numel())], dtype=torch.float64).reshape(x.shape)
        slopes.append((f(x + shift).item() - f(x - shift).item()) / (2 * step))
    return slopes


def check_second_derivative(f, inputs, tolerance=2e-4):
    """d/dx of a weighted sum of the first gradients, against finite differences."""
    inputs = [x.requires_grad_() for x in inputs]

    def mixed(*values):
        values = [v.detach().requires_grad_() for v in values]
        result = f(*values)
        first = torch.autograd.grad((result * numbers(*result.shape)).sum(), values)
        return sum((g * numbers(*g.shape)).sum() for g in first)

    result = f(*inputs)
    first = torch.autograd.grad((result * numbers(*result.shape)).sum(), inputs, create_graph=True)
    # The first gradients need not depend on every input (a bias).
    second = torch.autograd.grad(sum((g * numbers(*g.shape)).sum() for g in first), inputs, allow_unused=True)
    for at, gradient in enumerate(second):
        gradient = torch.zeros(inputs[at].shape) if gradient is None else gradient
        expected = difference_quotient(
            lambda x, at=at: mixed(*[x if i == at else v for i, v in enumerate(inputs)]), inputs[at].detach())
        for got, wanted in zip(gradient.flatten().tolist(), expected):
            assert abs(got - wanted) < tolerance * max(1, abs(wanted)), at


@pytest.mark.parametrize("training", [True, False])
def test_batch_norm_second_derivative(training):
    mean, var = numbers(3), numbers(3) + 2
    check_second_derivative(lambda x, w, b: F.batch_norm(x, mean.clone(), var.clone(), w, b, training),
                            [numbers(4, 3, 2), numbers(3) + 2, numbers(3)])


def test_layer_and_group_norm_second_derivative():
    check_second_derivative(lambda x, w, b: F.layer_norm(x, (4,), w, b), [numbers(3, 4), numbers(4) + 2, numbers(4)])
    check_second_derivative(lambda x, w, b: F.group_norm(x, 2, w, b), [numbers(2, 4, 2), numbers(4) + 2, numbers(4)])


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_grid_sample_second_derivative(mode):
    check_second_derivative(lambda x, grid: F.grid_sample(x, grid, mode=mode, align_corners=False),
                            [numbers(1, 2, 3, 4), numbers(1, 2, 2, 2) * 0.7])


@pytest.mark.parametrize("name", ["gelu", "silu", "mish", "softplus", "logsigmoid", "celu"])
def test_activation_second_derivative(name):
    check_second_derivative(getattr(F, name), [numbers(7) * 2])


def test_max_pool_without_gradients_takes_no_indices_and_agrees():
    x = numbers(2, 3, 7, 8)
    x[0, 0, 3, 3] = math.nan
    for options in ({}, {"stride": 1, "padding": 1}, {"dilation": 2, "ceil_mode": True}):
        values = F.max_pool2d(x, 3, **options)
        with_indices, indices = F.max_pool2d(x, 3, return_indices=True, **options)
        assert torch.equal(torch.nan_to_num(values, 9.0), torch.nan_to_num(with_indices, 9.0))
        assert torch.equal(torch.nan_to_num(x.flatten(2).gather(2, indices.flatten(2)), 9.0),
                           torch.nan_to_num(with_indices.flatten(2), 9.0))


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn_tanh"])
def test_packed_sequences_give_what_single_samples_give(kind):
    lengths, gates = [4, 2, 1], {"lstm": 4, "gru": 3, "rnn_tanh": 1}[kind]
    data = [numbers(n, 3) + n for n in lengths]
    params = [p * 0.3 for _ in range(2) for p in (numbers(gates * 2, 3), numbers(gates * 2, 2), numbers(gates * 2), numbers(gates * 2))]

    def run(x, batch_sizes, batch):
        state = torch.zeros(2, batch, 2, dtype=torch.float64)
        states = [state, state] if kind == "lstm" else state
        call = getattr(torch, kind)
        if batch_sizes is None:
            return call(x, states, params, True, 1, 0.0, False, True, False)
        return call(x, batch_sizes, states, params, True, 1, 0.0, False, True)

    steps = [torch.stack([d[t] for d in data if len(d) > t]) for t in range(lengths[0])]
    packed = run(torch.cat(steps), torch.tensor([len(s) for s in steps]), 3)
    for i, sample in enumerate(data):
        single = run(sample.unsqueeze(1), None, 1)
        for mine, other in zip(packed[1:], single[1:]):
            assert torch.allclose(mine[:, i:i + 1], other)


def test_attention_with_fewer_heads_of_keys():
    q, k, v = numbers(1, 4, 3, 2), numbers(1, 2, 5, 2), numbers(1, 2, 5, 2)
    spread = F.scaled_dot_product_attention(q, k.repeat_interleave(2, 1), v.repeat_interleave(2, 1))
    assert torch.allclose(F.scaled_dot_product_attention(q, k, v, enable_gqa=True), spread)


def test_a_failed_embedding_lookup_changes_nothing():
    with pytest.raises(IndexError, match="index out of range in self"):
        F.embedding(torch.tensor([0, 7]), numbers(3, 2))
    weight = numbers(3, 2)
    with pytest.raises(IndexError):
        torch.embedding_renorm_(weight, torch.tensor([1, 9]), 0.1, 2.0)
    assert torch.equal(weight, numbers(3, 2))
