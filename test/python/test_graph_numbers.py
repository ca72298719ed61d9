"""Graphs to the letter where the numbers of values tell what the compiler made on the way: comprehensions, closures, forks,
what modules keep."""

import linecache
import re
from typing import Any, Dict, List, Optional, Tuple, Union

import pytest

import rushlight

SCOPE = {
    "__name__": "program",
    "torch": rushlight,
    "nn": rushlight.nn,
    "Tensor": rushlight.Tensor,
    "script": rushlight.jit.script,
    **{"Any": Any, "Dict": Dict, "List": List, "Optional": Optional, "Tuple": Tuple, "Union": Union},
}
#: the program, what is compiled, and its graph
PROGRAMS = {
    "elements_take_the_annotated_type": (
        """
def next_one(i: int):
    return i + 1

def f(n: int):
    x: List[Optional[int]] = [next_one(i) for i in range(n)]
    y: Dict[str, Optional[int]] = {k: None for k in ["a", "b"]}
    return x, y
""",
        "script(f)",
        """
graph(%n.1 : int):
  %20 : int? = prim::Constant()
  %13 : str = prim::Constant[value="b"]()
  %12 : str = prim::Constant[value="a"]()
  %8 : Function = prim::Constant[name="next_one"]()
  %5 : bool = prim::Constant[value=1]()
  %x.1 : int?[] = prim::ListConstruct()
   = prim::Loop(%n.1, %5)
    block0(%i.1 : int):
      %9 : int? = prim::CallFunction(%8, %i.1)
      %10 : int?[] = aten::append(%x.1, %9)
      -> (%5)
  %y.1 : Dict(str, int?) = prim::DictConstruct()
  %14 : str[] = prim::ListConstruct(%12, %13)
  %15 : int = aten::len(%14)
   = prim::Loop(%15, %5)
    block0(%17 : int):
      %k.1 : str = aten::__getitem__(%14, %17)
       = aten::_set_item(%y.1, %k.1, %20)
      -> (%5)
  %24 : (int?[], Dict(str, int?)) = prim::TupleConstruct(%x.1, %y.1)
  return (%24)
""",
    ),
    "comprehensions_for_unions": (
        """
def f(n: int):
    x: Union[List[Optional[int]], List[str]] = [i + 1 for i in range(n)]
    y: Optional[Dict[int, Optional[int]]] = {i: i + 1 for i in range(n)}
    return x, y, n + 7
""",
        "script(f)",
        """
graph(%n.1 : int):
  %5 : bool = prim::Constant[value=1]()
  %8 : int = prim::Constant[value=1]()
  %25 : int = prim::Constant[value=7]()
  %x.1 : int?[] = prim::ListConstruct()
   = prim::Loop(%n.1, %5)
    block0(%i.1 : int):
      %9 : int? = aten::add(%i.1, %8)
      %10 : int?[] = aten::append(%x.1, %9)
      -> (%5)
  %11 : Dict(int, int?) = prim::DictConstruct()
   = prim::Loop(%n.1, %5)
    block0(%i.5 : int):
      %19 : int? = aten::add(%i.5, %8)
       = aten::_set_item(%11, %i.5, %19)
      -> (%5)
  %21 : Dict(int, int?)? = prim::unchecked_cast(%11)
  %26 : int = aten::add(%n.1, %25)
  %27 : (Union(int?[], str[]), Dict(int, int?)?, int) = prim::TupleConstruct(%x.1, %21, %26)
  return (%27)
""",
    ),
    "carried_values_may_widen": (
        """
def f(n: int):
    x: Optional[int] = None
    y: Optional[int] = 3
    for i in range(n):
        x = i
        y = None
    return x, y
""",
        "script(f)",
        """
graph(%n.1 : int):
  %6 : bool = prim::Constant[value=1]()
  %x.1 : NoneType = prim::Constant()
  %y.1 : int = prim::Constant[value=3]()
  %x : int?, %y : int? = prim::Loop(%n.1, %6, %x.1, %y.1)
    block0(%i.1 : int, %x.7 : int?, %y.9 : int?):
      -> (%6, %i.1, %x.1)
  %14 : (int?, int?) = prim::TupleConstruct(%x, %y)
  return (%14)
""",
    ),
    "closures_have_their_parameters": (
        '''
unit = torch.jit.CompilationUnit("""
def f(x, n: int):
    output = x + 1
    def backward(grad, scale: int):
        for i in range(n):
            if i > scale:
                return grad
        return grad * output
    return output, backward
""")
''',
        "unit.f",
        """
graph(%x.1 : Tensor,
      %n.1 : int):
  %3 : int = prim::Constant[value=1]()
  %32 : bool = prim::Constant[value=0]()
  %31 : bool = prim::Constant[value=1]()
  %42 : Tensor = prim::Uninitialized()
  %34 : Tensor = prim::Uninitialized()
  %output.1 : Tensor = aten::add(%x.1, %3, %3)
  %6 : NoneType = prim::Closure_0()
  %56 : (int, bool, Tensor, bool, Tensor, Tensor) = prim::TupleConstruct(%n.1, %32, %34, %31, %42, %output.1)
  %57 : (NoneType, (int, bool, Tensor, bool, Tensor, Tensor)) = prim::TupleConstruct(%6, %56)
  %24 : (Tensor, NoneType) = prim::TupleConstruct(%output.1, %57)
  return (%24)
with prim::Closure_0 = graph(%context : (int, bool, Tensor, bool, Tensor, Tensor),
      %grad.1 : Tensor,
      %scale.1 : int):
  %11 : int = prim::Constant[value=9223372036854775807]()
  %8 : int = prim::Constant[value=1]()
  %7 : int = prim::Constant[value=0]()
  %6 : bool = prim::Constant[value=1]()
  %n.1 : int, %15 : bool, %16 : Tensor, %26 : bool, %32 : Tensor, %output.1 : Tensor = prim::TupleUnpack(%context)
  %9 : bool = aten::gt(%n.1, %7)
  %12 : bool, %13 : Tensor, %14 : int = prim::Loop(%11, %9, %15, %16, %7)
    block0(%17 : int, %18 : bool, %19 : Tensor, %20 : int):
      %21 : bool = aten::gt(%20, %scale.1)
      %25 : bool, %23 : bool, %24 : Tensor = prim::If(%21)
        block0():
          -> (%15, %26, %grad.1)
        block1():
          -> (%6, %15, %16)
      %27 : int = aten::add(%20, %8)
      %28 : bool = aten::lt(%27, %n.1)
      %29 : bool = aten::__and__(%28, %25)
      -> (%29, %23, %24, %27)
  %31 : Tensor = prim::If(%12)
    block0():
      -> (%13)
    block1():
      %33 : Tensor = aten::mul(%grad.1, %output.1)
      -> (%33)
  return (%31)
""",
    ),
    "closures_count_before_what_follows": (
        '''
unit = torch.jit.CompilationUnit("""
def f(x: int):
    if x > 0:
        def backward(grad):
            raise RuntimeError("no")
    else:
        return x
    while x > 1:
        x -= 1
    return x
""")
''',
        "unit.f",
        """
graph(%x.1 : int):
  %2 : int = prim::Constant[value=0]()
  %12 : int = prim::Constant[value=9223372036854775807]()
  %14 : int = prim::Constant[value=1]()
  %3 : bool = aten::gt(%x.1, %2)
  %53 : int = prim::If(%3)
    block0():
      %44 : bool = aten::gt(%x.1, %14)
      %x.23 : int = prim::Loop(%12, %44, %x.1)
        block0(%47 : int, %x.17 : int):
          %x.27 : int = aten::sub(%x.17, %14)
          %50 : bool = aten::gt(%x.27, %14)
          -> (%50, %x.27)
      -> (%x.23)
    block1():
      -> (%x.1)
  return (%53)
""",
    ),
    "forks_that_nobody_waits_for": (
        """
def work(x: Tensor, n: int):
    return x + n

def f(x: Tensor):
    unused = torch.jit.fork(work, x, 1)
    used = torch.jit.fork(work, x, n=2)
    return torch.jit.wait(used)
""",
        "script(f)",
        """
graph(%x.1 : Tensor):
  %8 : int = prim::Constant[value=2]()
  %used.1 : Future[Tensor] = prim::fork_0(%x.1, %8)
  %14 : Tensor = aten::wait(%used.1)
  return (%14)
with prim::fork_0 = graph(%x.1 : Tensor,
      %6 : int):
  %1 : Function = prim::Constant[name="work"]()
  %4 : Tensor = prim::CallFunction(%1, %x.1, %6)
  return (%4)
""",
    ),
    "parameter_lists": (
        """
class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.ParameterList([nn.Parameter(torch.ones(2)) for _ in range(2)])
    def forward(self, x):
        for weight in self.weights:
            x = x + weight
        return x * self.weights[1]
""",
        "script(M())",
        """
graph(%self : __torch__.program.M,
      %x.1 : Tensor):
  %12 : int = prim::Constant[value=1]()
  %weights.1 : __torch__.torch.nn.modules.container.ParameterList = prim::GetAttr[name="weights"](%self)
  %_0.3 : Tensor = prim::GetAttr[name="0"](%weights.1)
  %_1.3 : Tensor = prim::GetAttr[name="1"](%weights.1)
  %x.5 : Tensor = aten::add(%x.1, %_0.3, %12)
  %x.9 : Tensor = aten::add(%x.5, %_1.3, %12)
  %weights : __torch__.torch.nn.modules.container.ParameterList = prim::GetAttr[name="weights"](%self)
  %_1 : Tensor = prim::GetAttr[name="1"](%weights)
  %27 : Tensor = aten::mul(%x.9, %_1)
  return (%27)
""",
    ),
    "buffers_by_name": (
        """
class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("a", torch.zeros(1))
        self.register_buffer("b", torch.zeros(1))
    def forward(self, x):
        for name, buffer in self.named_buffers():
            print(name)
            x = x + buffer
        return x * 2
""",
        "script(M())",
        """
graph(%self : __torch__.program.___torch_mangle_3.M,
      %x.1 : Tensor):
  %12 : int = prim::Constant[value=1]()
  %name.5 : str = prim::Constant[value="b"]()
  %name.1 : str = prim::Constant[value="a"]()
  %21 : int = prim::Constant[value=2]()
  %a : Tensor = prim::GetAttr[name="a"](%self)
  %b : Tensor = prim::GetAttr[name="b"](%self)
   = prim::Print(%name.1)
  %x.5 : Tensor = aten::add(%x.1, %a, %12)
   = prim::Print(%name.5)
  %x.9 : Tensor = aten::add(%x.5, %b, %12)
  %22 : Tensor = aten::mul(%x.9, %21)
  return (%22)
""",
    ),
    "modules_by_name": (
        """
class Sub(nn.Module):
    def forward(self, x):
        return x + 1

class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = Sub()
        self.b = nn.Sequential(nn.Sequential(Sub()), Sub())
    def forward(self, x):
        for name, part in self.named_modules():
            x = x + 1
        for item in self.named_children():
            print(item[0])
        return x * 2
""",
        "script(M())",
        """
graph(%self : __torch__.program.___torch_mangle_5.M,
      %x.1 : Tensor):
  %48 : str = prim::Constant[value="b"]()
  %46 : str = prim::Constant[value="a"]()
  %24 : int = prim::Constant[value=1]()
  %30 : int = prim::Constant[value=2]()
  %x.5 : Tensor = aten::add(%x.1, %24, %24)
  %x.9 : Tensor = aten::add(%x.5, %24, %24)
  %x.13 : Tensor = aten::add(%x.9, %24, %24)
  %x.17 : Tensor = aten::add(%x.13, %24, %24)
  %x.21 : Tensor = aten::add(%x.17, %24, %24)
  %x.25 : Tensor = aten::add(%x.21, %24, %24)
   = prim::Print(%46)
   = prim::Print(%48)
  %57 : Tensor = aten::mul(%x.25, %30)
  return (%57)
""",
    ),
    "getitem_of_a_tensor": (
        """
def f(x: Tensor, i: Tensor):
    return x.__getitem__(i), torch.LongTensor(), x + 5
""",
        "script(f)",
        """
graph(%x.1 : Tensor,
      %i.1 : Tensor):
  %14 : int = prim::Constant[value=1]()
  %10 : bool = prim::Constant[value=0]()
  %9 : NoneType = prim::Constant()
  %7 : int = prim::Constant[value=4]()
  %13 : int = prim::Constant[value=5]()
  %5 : Tensor?[] = prim::ListConstruct(%i.1)
  %6 : Tensor = aten::index(%x.1, %5)
  %8 : int[] = prim::ListConstruct()
  %11 : Tensor = aten::tensor(%8, %7, %9, %10)
  %15 : Tensor = aten::add(%x.1, %13, %14)
  %16 : (Tensor, Tensor, Tensor) = prim::TupleConstruct(%6, %11, %15)
  return (%16)
""",
    ),
    "parts_of_tuples_are_converted": (
        """
def f(l: List[Tuple[int, float]], t: Tensor):
    l.append((1, t.item()))
    return l
""",
        "script(f)",
        """
graph(%l.1 : (int, float)[],
      %t.1 : Tensor):
  %3 : int = prim::Constant[value=1]()
  %5 : Scalar = aten::item(%t.1)
  %7 : float = aten::Float(%5)
  %8 : (int, float) = prim::TupleConstruct(%3, %7)
  %9 : (int, float)[] = aten::append(%l.1, %8)
  return (%l.1)
""",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_graph(name):
    source, entry, expected = PROGRAMS[name]
    place = f"<{name}>"
    linecache.cache[place] = (len(source) - 1, None, source[1:].splitlines(True), place)
    scope = dict(SCOPE)
    exec(compile(source[1:], place, "exec"), scope)
    graph = re.sub(r" # .*", "", str(eval(entry, scope).graph))
    # Names of library classes are numbered as they come in the process.
    assert re.sub(r"___torch_mangle_\d+\.", "", graph).strip() == re.sub(r"___torch_mangle_\d+\.", "", expected).strip()
