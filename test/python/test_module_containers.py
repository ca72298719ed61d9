"""Containers of modules in compiled code: parts that an index names when the program runs, parameters by name, modules behind interfaces."""
import re

import pytest
import rushlight as torch
from rushlight import Tensor, nn


@torch.jit.interface
class Step(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        pass


class AddOne(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x + 1


class Triple(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * 3


class Chosen(nn.Module):
    def __init__(self, *steps):
        super().__init__()
        self.steps = nn.ModuleList(steps)
        self.named = nn.ModuleDict({"a": AddOne(), "b": Triple()})

    def forward(self, x: Tensor, i: int, name: str) -> Tensor:
        first: Step = self.steps[i]
        second: Step = self.named[name]
        return second.forward(first.forward(x))


def test_an_index_of_one_interface_is_looked_up_when_the_program_runs():
    compiled = torch.jit.script(Chosen(AddOne(), Triple()))
    x = torch.ones(1)
    assert [compiled(x, i, name).item() for i, name in ((0, "a"), (1, "a"), (0, "b"))] == [3, 4, 6]
    assert "prim::ModuleContainerIndex(%steps, %i.1)" in str(compiled.graph)
    assert "first : __torch__." in compiled.code and "= steps[i]\n" in compiled.code
    with pytest.raises(RuntimeError, match="does not have a field with name '7'"):
        compiled(x, 7, "a")
    with pytest.raises(RuntimeError, match="does not have a field with name 'z'"):
        compiled(x, 0, "z")


def test_every_part_must_have_the_interface():
    with pytest.raises(RuntimeError, match="Attribute 1 is not of annotated type .*Step: Method on class"):
        torch.jit.script(Chosen(AddOne(), nn.Linear(1, 1)))


def test_it_goes_to_a_file_and_back(tmp_path):
    compiled = torch.jit.script(Chosen(AddOne(), Triple()))
    torch.jit.save(compiled, str(tmp_path / "m.pt"))
    assert torch.jit.load(str(tmp_path / "m.pt"))(torch.ones(1), 1, "b").item() == 9


class Parameters(nn.Module):
    def __init__(self):
        super().__init__()
        self.named = nn.ParameterDict({"a": nn.Parameter(torch.ones(1)), "b": nn.Parameter(torch.zeros(1))})
        self.listed = nn.ParameterList([nn.Parameter(torch.ones(1)), nn.Parameter(torch.full((1,), 5.0))])

    def forward(self, x: Tensor) -> Tensor:
        for p in self.listed:
            x = x + p
        return x * self.named["a"] + self.listed[-1]


def test_parameters_by_name_and_place():
    module = Parameters()
    compiled = torch.jit.script(module)
    assert compiled(torch.ones(1)).item() == 12
    assert re.sub(r" # .*", "", str(compiled.graph)) == """graph(%self : __torch__.test_module_containers.Parameters,
      %x.1 : Tensor):
  %12 : int = prim::Constant[value=1]()
  %listed.1 : __torch__.torch.nn.modules.container.ParameterList = prim::GetAttr[name="listed"](%self)
  %_0.3 : Tensor = prim::GetAttr[name="0"](%listed.1)
  %_1.3 : Tensor = prim::GetAttr[name="1"](%listed.1)
  %x.5 : Tensor = aten::add(%x.1, %_0.3, %12)
  %x.9 : Tensor = aten::add(%x.5, %_1.3, %12)
  %named : __torch__.torch.nn.modules.container.ParameterDict = prim::GetAttr[name="named"](%self)
  %a : Tensor = prim::GetAttr[name="a"](%named)
  %28 : Tensor = aten::mul(%x.9, %a)
  %listed : __torch__.torch.nn.modules.container.ParameterList = prim::GetAttr[name="listed"](%self)
  %_1 : Tensor = prim::GetAttr[name="1"](%listed)
  %39 : Tensor = aten::add(%28, %_1, %12)
  return (%39)
"""


class MissingName(Parameters):
    def forward(self, x: Tensor) -> Tensor:
        return self.named["z"]


class VariableName(Parameters):
    def forward(self, name: str) -> Tensor:
        return self.named[name]


def test_errors_of_parameter_dictionaries():
    with pytest.raises(RuntimeError, match="Key Error, z"):
        torch.jit.script(MissingName())
    with pytest.raises(RuntimeError, match="Unable to extract string literal index"):
        torch.jit.script(VariableName())


class Walks(nn.Module):
    part: Step

    def __init__(self):
        super().__init__()
        self.part = AddOne()

    def forward(self, x: Tensor) -> Tensor:
        for module in self.modules():
            x = module(x)
        return x


def test_modules_behind_an_interface_are_not_walked():
    with pytest.raises(RuntimeError, match=r"Could not compile modules\(\) because module is an interface type"):
        torch.jit.script(Walks())


class OldStyle(torch.jit.ScriptModule):
    @torch.jit.script_method
    def forward(self, x: Tensor) -> Tensor:
        return x - 1


class Holder(nn.Module):
    part: Step

    def __init__(self):
        super().__init__()
        self.part = OldStyle()

    def forward(self, x: Tensor) -> Tensor:
        return self.part.forward(x)


def test_modules_behind_an_interface_are_swapped():
    compiled = torch.jit.script(Holder())
    assert compiled(torch.ones(1)).item() == 0
    compiled.part = torch.jit.script(Triple())
    assert compiled(torch.ones(1)).item() == 3
    with pytest.raises(RuntimeError, match="is not compatible with interface"):
        compiled.part = torch.jit.script(nn.Linear(1, 1))
    assert compiled(torch.ones(1)).item() == 3
