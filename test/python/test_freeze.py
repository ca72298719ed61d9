"""torch.jit.freeze: attributes become constants, and what was asked for stays."""
import io
import re

import pytest
import rushlight as torch
from rushlight import Tensor, nn


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 2)
        self.factor = 3
        with torch.no_grad():
            self.linear.weight.fill_(1)
            self.linear.bias.fill_(2)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) * self.factor

    @torch.jit.export
    def other(self, x: Tensor) -> Tensor:
        return x + self.factor


class Normalised(nn.Module):
    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(2, 3, 3)
        self.norm = nn.BatchNorm2d(3)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.norm(self.convolution(x)))


def compiled():
    return torch.jit.script(Scaled().eval())


def test_attributes_become_constants():
    module = compiled()
    frozen = torch.jit.freeze(module)
    assert re.sub(r" # .*", "", str(frozen.graph)).split("\n", 1)[1] == """\
      %x.1 : Tensor):
  %self.factor : int = prim::Constant[value=3]()
  %self.linear.bias : Float(2, strides=[1], requires_grad=0, device=cpu) = prim::Constant[value= 2  2 [ CPUFloatType{2} ]]()
  %self.linear.weight : Float(2, 2, strides=[2, 1], requires_grad=0, device=cpu) = prim::Constant[value= 1  1  1  1 [ CPUFloatType{2,2} ]]()
  %8 : Tensor = aten::linear(%x.1, %self.linear.weight, %self.linear.bias)
  %5 : Tensor = aten::mul(%8, %self.factor)
  return (%5)
"""
    assert list(frozen.named_parameters()) == [] and not hasattr(frozen, "training")
    assert torch.equal(frozen(torch.ones(1, 2)), module(torch.ones(1, 2)))
    assert len(list(module.named_parameters())) == 2  # the given one stays as it is


def test_methods_and_attributes_that_are_asked_for_stay():
    frozen = torch.jit.freeze(compiled(), preserved_attrs=["other", "factor"])
    assert frozen.other(torch.ones(1)).item() == 4 and frozen.factor == 3


def test_batch_normalisation_is_folded_into_the_convolution():
    torch.manual_seed(0)
    module = Normalised().eval()
    with torch.no_grad():
        module.norm.running_mean.fill_(0.5)
        module.norm.running_var.fill_(2.0)
    x = torch.randn(1, 2, 5, 5)
    for form in (torch.jit.freeze, torch.jit.optimize_for_inference):
        frozen = form(torch.jit.script(module))
        assert "batch_norm" not in str(frozen.graph)
        assert torch.allclose(frozen(x), module(x), atol=1e-6)
    kept = torch.jit.freeze(torch.jit.script(module), optimize_numerics=False)
    assert "batch_norm" in str(kept.graph)
    torch.jit.run_frozen_optimizations(kept)
    assert "batch_norm" not in str(kept.graph) and torch.allclose(kept(x), module(x), atol=1e-6)


def test_other_methods_are_optimised_too():
    optimised = torch.jit.optimize_for_inference(compiled(), other_methods=["other"])
    assert optimised.other(torch.ones(1)).item() == 4 and not hasattr(optimised, "factor")
    again = torch.jit.optimize_for_inference(optimised)
    assert again is optimised and again(torch.ones(1, 2)).tolist() == [[12.0, 12.0]]


def test_a_frozen_module_is_saved_and_loaded():
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.freeze(compiled()), buffer)
    buffer.seek(0)
    assert torch.jit.load(buffer)(torch.ones(1, 2)).tolist() == [[12.0, 12.0]]


@pytest.mark.parametrize("call, error, text", [
    (lambda: torch.jit.freeze(Scaled()), RuntimeError,
     "Freezing expects a ScriptModule as input. Please use torch.jit.script or torch.jit.trace to script your 'nn.Module'."),
    (lambda: torch.jit.freeze(torch.jit.script(Scaled())), RuntimeError,
     "Freezing is currently only implemented for modules in eval mode. Please call .eval() on your module before freezing."),
    (lambda: torch.jit.freeze(compiled(), ["nope"]), RuntimeError, "Unknown name: nope"),
    (lambda: torch.jit.freeze(torch.jit.freeze(compiled())), AttributeError, "'RecursiveScriptModule' object has no attribute 'training'"),
])
def test_what_cannot_be_frozen(call, error, text):
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value) == text
