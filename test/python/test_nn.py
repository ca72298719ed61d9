"""Modules, their initial values, training steps. Values were printed by PyTorch 2.13."""
import pytest
import rushlight as torch


def test_linear_draws_what_pytorch_draws():
    torch.manual_seed(0)
    layer = torch.nn.Linear(4, 4)
    assert repr(layer.weight) == (
        "Parameter containing:\n"
        "tensor([[-0.0037,  0.2682, -0.4115, -0.3680],\n"
        "        [-0.1926,  0.1341, -0.0099,  0.3964],\n"
        "        [-0.0444,  0.1323, -0.1511, -0.0983],\n"
        "        [-0.4777, -0.3311, -0.2061,  0.0185]], requires_grad=True)")


def test_sgd_follows_pytorch():
    torch.manual_seed(0)
    layer = torch.nn.Linear(4, 4)
    x = torch.rand(3, 4)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    losses = []
    for _ in range(3):
        optimizer.zero_grad()
        loss = (layer(x) - x).pow(2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses == pytest.approx([0.8400589823722839, 0.6738476157188416, 0.5430050492286682], rel=1e-6)


def test_modules_print_their_tree():
    module = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ModuleList([torch.nn.ReLU(), torch.nn.ReLU()]))
    assert repr(module) == (
        "Sequential(\n"
        "  (0): Linear(in_features=2, out_features=3, bias=True)\n"
        "  (1): ModuleList(\n"
        "    (0-1): 2 x ReLU()\n"
        "  )\n"
        ")")


def test_state_goes_out_and_in():
    a, b = torch.nn.Linear(2, 3), torch.nn.Linear(2, 3)
    assert str(b.load_state_dict(a.state_dict())) == "<All keys matched successfully>"
    assert torch.equal(a.weight, b.weight)


def test_a_wrong_state_changes_nothing():
    layer = torch.nn.Linear(2, 3)
    before = layer.weight.detach().clone()
    with pytest.raises(RuntimeError, match=r"Missing key\(s\) in state_dict: \"bias\""):
        layer.load_state_dict({"weight": torch.zeros(3, 2)})
    assert torch.equal(layer.weight, before)


def test_names_are_checked():
    module = torch.nn.Module()
    with pytest.raises(KeyError, match="contain"):
        module.add_module("a.b", torch.nn.ReLU())
    with pytest.raises(AttributeError, match="'Module' object has no attribute 'nope'"):
        module.nope
    with pytest.raises(AttributeError, match="cannot assign parameters before Module.__init__"):
        type("Late", (torch.nn.Module,), {"__init__": lambda self: setattr(self, "p", torch.nn.Parameter(torch.ones(1)))})()


def test_gradients_reach_every_layer():
    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1))
    module(torch.ones(2, 3)).sum().backward()
    assert all(p.grad is not None and p.grad.shape == p.shape for p in module.parameters())
    module.zero_grad()
    assert all(p.grad is None for p in module.parameters())
