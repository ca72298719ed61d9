"""What the recorded modules do not show: hooks, states, lazy modules, parametrisations, the checks of constructors."""
import copy
import warnings

import pytest
import rushlight as torch
import rushlight.nn as nn
import rushlight.nn.functional as F


def test_hooks_run_in_order_and_change_what_passes():
    seen = []
    layer = nn.Linear(2, 2)
    layer.register_forward_pre_hook(lambda module, args: seen.append("pre") or (args[0] * 0,))
    layer.register_forward_pre_hook(lambda module, args, kwargs: seen.append("kwargs"), with_kwargs=True, prepend=True)
    handle = layer.register_forward_hook(lambda module, args, result: seen.append("post") or result + 1)
    assert torch.equal(layer(torch.ones(1, 2)), layer.bias.unsqueeze(0) + 1)
    assert seen == ["kwargs", "pre", "post"]
    handle.remove()
    assert torch.equal(layer(torch.ones(1, 2)), layer.bias.unsqueeze(0))


def test_full_backward_hooks_see_and_change_gradients():
    seen = []
    layer = nn.Linear(2, 1, bias=False)
    layer.register_full_backward_hook(lambda module, grad_in, grad_out: seen.append((grad_in, grad_out)) or (grad_in[0] * 2,))
    x = torch.ones(1, 2, requires_grad=True)
    layer(x).sum().backward()
    (grad_in, grad_out), = seen
    assert torch.equal(grad_out[0], torch.ones(1, 1)) and torch.equal(grad_in[0], layer.weight.detach())
    assert torch.equal(x.grad, layer.weight.detach() * 2)


def test_states_have_versions_and_extra_parts():
    class Counted(nn.Module):
        count = 3

        def get_extra_state(self):
            return self.count

        def set_extra_state(self, state):
            self.count = state

    module = nn.Sequential(Counted(), nn.BatchNorm1d(2))
    state = module.state_dict()
    assert list(state) == ["0._extra_state", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked"]
    assert state._metadata["1"] == {"version": 2}
    state["0._extra_state"] = 5
    assert repr(module.load_state_dict(state)) == "<All keys matched successfully>"
    assert module[0].count == 5
    del state["0._extra_state"], state["1.bias"]
    assert module.load_state_dict({**state, "more": 1}, strict=False) == (["0._extra_state", "1.bias"], ["more"])


def test_a_state_of_a_version_without_batch_counts_loads():
    norm = nn.BatchNorm1d(2)
    state = {name: value for name, value in norm.state_dict().items() if name != "num_batches_tracked"}
    norm.load_state_dict(state)
    assert norm.num_batches_tracked.item() == 0


def test_lazy_modules_take_their_shape_from_the_first_input():
    torch.manual_seed(0)
    lazy = nn.LazyLinear(3)
    assert repr(lazy.weight) == "<UninitializedParameter>"
    with pytest.raises(RuntimeError, match="Can't access the shape of an uninitialized parameter"):
        lazy.weight.shape
    result = lazy(torch.ones(2, 4))
    assert type(lazy) is nn.Linear and type(lazy.weight) is nn.Parameter and result.shape == (2, 3)
    torch.manual_seed(0)
    assert torch.equal(nn.Linear(4, 3).weight, lazy.weight)


def test_parametrisations_compute_the_tensor_each_time():
    class Doubled(nn.Module):
        def forward(self, weight):
            return weight * 2

        def right_inverse(self, weight):
            return weight / 2

    layer = nn.Linear(2, 2)
    before = layer.weight.detach().clone()
    nn.utils.parametrize.register_parametrization(layer, "weight", Doubled())
    assert type(layer).__name__ == "ParametrizedLinear" and torch.allclose(layer.weight, before)
    assert list(dict(layer.named_parameters())) == ["bias", "parametrizations.weight.original"]
    layer.weight = torch.ones(2, 2)
    assert torch.equal(layer.parametrizations.weight.original, torch.full((2, 2), 0.5))
    nn.utils.parametrize.remove_parametrizations(layer, "weight")
    assert type(layer) is nn.Linear and torch.equal(layer.weight, torch.ones(2, 2))


def test_modules_copy_and_convert():
    net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    twin = copy.deepcopy(net)
    assert torch.equal(twin[0].weight, net[0].weight) and twin[0].weight is not net[0].weight
    net.to(torch.float64)
    assert net[0].weight.dtype == net[1].running_mean.dtype == torch.float64 and net[1].num_batches_tracked.dtype == torch.int64
    with pytest.raises(TypeError, match="only accepts floating point or complex dtypes"):
        net.to(torch.int32)


@pytest.mark.parametrize("make, message", [
    (lambda: nn.Conv2d(3, 2, 3, groups=2), "in_channels must be divisible by groups"),
    (lambda: nn.Conv2d(4, 3, 3, padding="foo"), "Invalid padding string 'foo', should be one of {'valid', 'same'}"),
    (lambda: nn.ConvTranspose2d(4, 3, 3, padding_mode="reflect"), 'Only "zeros" padding mode is supported for ConvTranspose2d'),
    (lambda: nn.LSTM(0, 4), "input_size must be greater than zero"),
    (lambda: nn.GRU(-1, 1.5), "input_size must be greater than zero"),
    (lambda: nn.LSTM(3, 4, proj_size=5), "proj_size has to be smaller than hidden_size"),
    (lambda: nn.GroupNorm(3, 4), "num_channels (4) must be divisible by num_groups (3)"),
    (lambda: nn.Dropout(2), "dropout probability has to be between 0 and 1, but got 2"),
])
def test_wrong_options_are_refused(make, message):
    with pytest.raises(ValueError) as raised:
        make()
    assert str(raised.value) == message


def test_older_arguments_of_losses_are_understood():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert nn.L1Loss(size_average=False).reduction == "sum"
    assert "please use reduction='sum' instead" in str(seen[0].message)


def test_functional_is_one_module_for_the_compiler():
    def f(x: torch.Tensor):
        return F.relu(x)
    from rushlight._jit_internal import _qualified_name
    assert _qualified_name(F.relu) == "__torch__.torch.nn.functional.relu"
    assert torch.equal(torch.jit.script(f)(torch.tensor([-1.0, 2.0])), torch.tensor([0.0, 2.0]))


def test_functional_call_exchanges_parameters_for_one_call():
    layer = nn.Linear(2, 1, bias=False)
    before = layer.weight
    result = nn.utils.stateless.functional_call(layer, {"weight": torch.ones(1, 2)}, (torch.ones(1, 2),))
    assert result.item() == 2 and layer.weight is before


def test_circular_padding_takes_samples_without_a_batch():
    x = torch.arange(6.0).reshape(1, 2, 3)
    padded = nn.CircularPad2d(1)(x)
    assert padded.shape == (1, 4, 5) and padded[0, 1].tolist() == [2, 0, 1, 2, 0]
    assert nn.CircularPad1d(1)(x[0]).tolist() == [[2, 0, 1, 2, 0], [5, 3, 4, 5, 3]]


def test_instance_norm_of_one_sample_keeps_its_statistics_for_the_gradient():
    norm = nn.InstanceNorm1d(3, track_running_stats=True).eval()
    x = torch.randn(1, 3, 5, requires_grad=True)
    norm(x).sum().backward()
    assert x.grad.shape == x.shape


def test_a_transformer_layer_takes_masks():
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True).eval()
    x = torch.randn(2, 3, 8)
    hidden = torch.tensor([[False, False, True], [False, False, False]])
    masked = layer(x, src_key_padding_mask=hidden)
    changed = x.clone()
    changed[0, 2] += 1.0  # a hidden place does not reach the others
    assert torch.allclose(masked[0, :2], layer(changed, src_key_padding_mask=hidden)[0, :2])
    assert not torch.allclose(masked[0, :2], layer(x)[0, :2])


@pytest.mark.parametrize("options", [{}, {"bidirectional": True, "num_layers": 2}, {"proj_size": 3, "batch_first": True}])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_an_lstm_gives_the_same_numbers_without_gradients(options, dtype):
    torch.manual_seed(0)
    lstm = nn.LSTM(5, 7, dtype=dtype, **options)
    x = torch.randn(4, 3, 5, dtype=dtype)
    recorded, (hidden, cell) = lstm(x)
    with torch.no_grad():
        plain, (plain_hidden, plain_cell) = lstm(x)
        assert plain.grad_fn is None and recorded.grad_fn is not None
    for a, b in ((recorded, plain), (hidden, plain_hidden), (cell, plain_cell)):
        assert torch.equal(a, b)


def test_an_encoder_leaves_out_padding():
    torch.manual_seed(0)
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2, norm=nn.LayerNorm(8))
    x = torch.randn(2, 3, 8)
    right = torch.tensor([[False, False, True], [False, False, False]])
    left = right.flip(1)
    trained = encoder(x, src_key_padding_mask=right)
    encoder.eval()
    scripted = torch.jit.script(encoder)
    with torch.no_grad():
        for form in (encoder, scripted, torch.jit.freeze(scripted)):
            out = form(x, src_key_padding_mask=right)
            assert torch.equal(out[0, 2], encoder.norm.bias)  # the norm of zeros
            assert torch.allclose(out[0, :2], form(x[:1, :2])[0], atol=1e-6) and torch.allclose(out[1], form(x[1:])[0], atol=1e-6)
            assert not torch.equal(form(x, src_key_padding_mask=left)[0, 0], encoder.norm.bias)
    assert not torch.equal(trained[0, 2], encoder.norm.bias)
    with pytest.raises(NotImplementedError, match="nested tensors are not implemented"):
        torch._nested_tensor_from_mask(x, ~right)


def test_questions_about_tensors():
    assert torch.is_floating_point(torch.ones(1)) and not torch.is_complex(torch.ones(1))
    assert torch.is_nonzero(torch.ones(1)) and torch.numel(torch.ones(2, 3)) == 6
    with pytest.raises(TypeError) as raised:
        torch.is_floating_point(3)
    assert str(raised.value) == "is_floating_point(): argument 'input' (position 1) must be Tensor, not int"


def question(x: torch.Tensor) -> int:
    if torch.is_floating_point(x) and not torch.is_autocast_enabled():
        return torch.numel(x)
    return 0


def test_compiled_code_asks_the_same():
    compiled = torch.jit.script(question)
    assert compiled(torch.ones(3)) == 3 and compiled(torch.ones(3, dtype=torch.int32)) == 0
    assert "aten::is_floating_point(%x" in str(compiled.graph)
