"""Modules in the old style: subclasses of torch.jit.ScriptModule with methods that torch.jit.script_method marks."""
import pytest
import rushlight as torch
from rushlight import Tensor, nn


class Scaled(torch.jit.ScriptModule):
    __constants__ = ["factor"]

    def __init__(self, factor):
        super().__init__()
        self.factor = factor
        self.bias = nn.Parameter(torch.ones(2))
        self.inner = nn.Linear(2, 2, bias=False)
        self.count = torch.jit.Attribute(0, int)

    @torch.jit.script_method
    def helper(self, x: Tensor) -> Tensor:
        return x * self.factor + self.bias

    @torch.jit.script_method
    def forward(self, x):
        self.count += 1
        return self.helper(self.inner(x))


class Further(Scaled):
    def __init__(self):
        super().__init__(3)
        self.extra = 1

    @torch.jit.script_method
    def helper(self, x: Tensor) -> Tensor:
        return x - self.extra


def test_an_object_is_compiled_when_init_is_through():
    module = Scaled(2)
    x = torch.ones(1, 2)
    assert torch.equal(module(x), module.inner(x) * 2 + module.bias)
    assert module.count == 1 and module.factor == 2
    assert "prim::CallMethod" in str(module.graph) and "def helper(self" in module.helper.code
    assert repr(module) == "Scaled(\n  (inner): RecursiveScriptModule(original_name=Linear)\n)"
    assert [name for name, _ in module.named_parameters()] == ["bias", "inner.weight"]
    module.train(False)
    assert module.training is False
    assert torch.jit.script(module) is module


def test_a_subclass_replaces_methods():
    module = Further()
    x = torch.ones(1, 2)
    assert torch.equal(module(x), module.inner(x) - 1)


class Defined(torch.jit.ScriptModule):
    def __init__(self, text):
        super().__init__()
        self.define(text)


def test_methods_that_init_defines_from_a_text():
    assert Defined("def forward(self, x):\n    return x + 2\n")(torch.zeros(1)).item() == 2
    assert Defined("def forward(self, x):\n    return x + 3\n")(torch.zeros(1)).item() == 3
    with pytest.raises(RuntimeError, match="single top-level function"):
        Defined("x = 3")


class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = Scaled(2)

    @torch.jit.script_method
    def forward(self, x):
        return self.part(x) + 1


def test_as_a_part_of_a_module_and_as_a_mark_on_its_forward():
    outer = Outer()
    compiled = torch.jit.script(outer)
    x = torch.ones(1, 2)
    assert torch.equal(compiled(x), outer.part(x) + 1)
    assert outer.part.count == 2  # both are one object
    assert "(part): Scaled(" in repr(compiled)


def test_save_and_load(tmp_path):
    module = Scaled(2)
    torch.jit.save(module, str(tmp_path / "m.pt"))
    x = torch.ones(1, 2)
    assert torch.equal(torch.jit.load(str(tmp_path / "m.pt"))(x), module(x))


def test_a_text_of_init_stands_in_no_file():
    module = Defined("def forward(self, x):\n    return x + 2\n")
    assert "#" not in str(module.graph)
    with pytest.raises(RuntimeError, match="^\nundefined value nope:\ndef forward"):
        Defined("def forward(self, x):\n    return nope\n")


class WithoutForward(torch.jit.ScriptModule):
    pass


def test_an_object_without_forward():
    module = WithoutForward()
    with pytest.raises(RuntimeError, match="Method 'forward' is not defined"):
        module.graph


def test_a_script_module_without_a_class_of_its_own_takes_methods():
    net = torch.jit.ScriptModule()
    net.define("def forward(self, x):\n    return x + 1\n")
    net.define("def twice(self, x):\n    return self.forward(x) * 2\n")
    assert net.twice(torch.ones(1)).item() == 4
    assert str(net.graph).startswith("graph(%self : __torch__.torch.jit._script.ScriptModule,")
