"""Graphs of compiled functions to the letter, numbers of values and placeholders included."""

import linecache
import re

from typing import Any, Dict, List, Optional, Tuple, Union

import pytest

import rushlight

TYPES = {"Any": Any, "Dict": Dict, "List": List, "Optional": Optional, "Tuple": Tuple, "Union": Union}
PROGRAMS = {
    "loop_returns": (
        """
def loop_returns(y: int):
    for i in range(y):
        return 2
    return 1
""",
        """
graph(%y.1 : int):
  %27 : int = prim::Constant[value=9223372036854775807]()
  %24 : int = prim::Constant[value=0]()
  %6 : int = prim::Constant[value=2]()
  %7 : int = prim::Constant[value=1]()
  %14 : bool = prim::Constant[value=0]()
  %13 : bool = prim::Constant[value=1]()
  %19 : int = prim::Uninitialized()
  %26 : bool = aten::gt(%y.1, %24)
  %18 : bool, %20 : int, %28 : int = prim::Loop(%27, %26, %14, %19, %24)
    block0(%5 : int, %17 : bool, %21 : int, %29 : int):
      %30 : int = aten::add(%29, %7)
      %31 : bool = aten::lt(%30, %y.1)
      %32 : bool = aten::__and__(%31, %14)
      -> (%32, %13, %6, %30)
  %23 : int = prim::If(%18)
    block0():
      -> (%20)
    block1():
      -> (%7)
  return (%23)
""",
    ),
    "early_return_of_dict": (
        """
def early_return_of_dict(x: bool, y: int) -> Dict[int, int]:
    if x:
        return {y: y}
    return {y: 1}
""",
        """
graph(%x.1 : bool,
      %y.1 : int):
  %8 : int = prim::Constant[value=1]()
  %26 : Dict(int, int) = prim::If(%x.1)
    block0():
      %6 : Dict(int, int) = prim::DictConstruct(%y.1, %y.1)
      -> (%6)
    block1():
      %24 : Dict(int, int) = prim::DictConstruct(%y.1, %8)
      -> (%24)
  return (%26)
""",
    ),
    "union_kept_through_if": (
        """
def union_kept_through_if(x: Union[int, str]) -> str:
    if isinstance(x, str):
        return x
    else:
        return "baz"
""",
        """
graph(%x.1 : Union(int, str)):
  %10 : str = prim::Constant[value="baz"]()
  %2 : bool = prim::isinstance[types=[str]](%x.1)
  %24 : str = prim::If(%2)
    block0():
      %x.7 : str = prim::unchecked_cast(%x.1)
      -> (%x.7)
    block1():
      -> (%10)
  return (%24)
""",
    ),
    "condition_leaves_a_number": (
        """
def condition_leaves_a_number(n: int, found: bool):
    i = 0
    while i < n and not found:
        i += 1
    if i > 4:
        return 1
    return 2
""",
        """
graph(%n.1 : int,
      %found.1 : bool):
  %38 : bool = prim::Constant[value=0]()
  %i.1 : int = prim::Constant[value=0]()
  %3 : int = prim::Constant[value=9223372036854775807]()
  %16 : int = prim::Constant[value=1]()
  %20 : int = prim::Constant[value=4]()
  %23 : int = prim::Constant[value=2]()
  %32 : bool = aten::lt(%i.1, %n.1)
  %34 : bool = prim::If(%32)
    block0():
      %37 : bool = aten::__not__(%found.1)
      -> (%37)
    block1():
      -> (%38)
  %i : int = prim::Loop(%3, %34, %i.1)
    block0(%14 : int, %i.13 : int):
      %i.7 : int = aten::add(%i.13, %16)
      %6 : bool = aten::lt(%i.7, %n.1)
      %12 : bool = prim::If(%6)
        block0():
          %10 : bool = aten::__not__(%found.1)
          -> (%10)
        block1():
          -> (%38)
      -> (%12, %i.7)
  %21 : bool = aten::gt(%i, %20)
  %52 : int = prim::If(%21)
    block0():
      -> (%16)
    block1():
      -> (%23)
  return (%52)
""",
    ),
    "several_types": (
        """
def several_types(x: Any):
    return isinstance(x, (str, int, float))
""",
        """
graph(%x.1 : Any):
  %2 : bool = prim::isinstance[types=[float, int, str]](%x.1)
  return (%2)
""",
    ),
    "part_of_text": (
        """
def part_of_text(x: str, y: str):
    return x in y
""",
        """
graph(%x.1 : str,
      %y.1 : str):
  %5 : int = prim::Constant[value=-1]()
  %4 : int = prim::Constant[value=0]()
  %6 : int = aten::len(%y.1)
  %7 : int = aten::find(%y.1, %x.1, %4, %6)
  %8 : bool = aten::ne(%7, %5)
  return (%8)
""",
    ),
    "ternary_of_any": (
        """
def ternary_of_any(x: bool) -> Any:
    return "out" if x else {}
""",
        """
graph(%x.1 : bool):
  %3 : str = prim::Constant[value="out"]()
  %7 : Any = prim::If(%x.1)
    block0():
      %4 : Any = prim::unchecked_cast(%3)
      -> (%4)
    block1():
      %5 : Dict(str, Tensor) = prim::DictConstruct()
      %6 : Any = prim::unchecked_cast(%5)
      -> (%6)
  return (%7)
""",
    ),
    "ignored": (
        """
@torch.jit.ignore
def unseen(x):
    print(x)

def ignored(x):
    unseen(x)
    return x
""",
        """
graph(%x.1 : Tensor):
  %2 : NoneType = ^unseen[]()(%x.1)
  return (%x.1)
""",
    ),
    "forked": (
        """
def work(x: int) -> int:
    return x

def forked(x: int):
    return torch.jit.wait(torch.jit.fork(work, x))
""",
        """
graph(%x.1 : int):
  %19 : Future[int] = prim::fork_0(%x.1)
  %6 : int = aten::wait(%19)
  return (%6)
with prim::fork_0 = graph(%x.1 : int):
  %1 : Function = prim::Constant[name="work"]()
  %3 : int = prim::CallFunction(%1, %x.1)
  return (%3)
""",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_graph(name):
    source, expected = (text[1:] for text in PROGRAMS[name])
    place = f"<{name}>"
    linecache.cache[place] = (len(source), None, source.splitlines(True), place)
    scope = {"__name__": "program", "torch": rushlight, "Tensor": rushlight.Tensor, **TYPES}
    exec(compile(source, place, "exec"), scope)
    graph = str(rushlight.jit.script(scope[name]).graph)
    assert re.sub(r" # .*", "", graph).strip() + "\n" == expected
