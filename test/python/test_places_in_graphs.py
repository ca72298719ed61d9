"""The places that graphs name behind `#`: those of user source, of methods that dataclasses write, of builtins in the language, and of what was loaded."""
import dataclasses
import io
import re
from typing import List

import rushlight as torch


def places(graph):
    """{operator: place} of a graph; the file of this test is cut off, "" stands where there is none."""
    found = {}
    for line in str(graph).splitlines():
        node = re.match(r"\s+(?:%.* : .* )?= (\w+::\w+)(.*?)(?: # (.*))?$", line)
        if node:
            constant = re.search(r'value=("[^"]*"|[^\]]*)\]', node[2])
            found[node[1] + (f" {constant[1]}" if constant else "")] = (node[3] or "").replace(__file__, "")
    return found


def loaded(fn):
    file = io.BytesIO()
    torch.jit.save(torch.jit.script(fn), file)
    file.seek(0)
    return torch.jit.load(file)


def number_first(x: torch.Tensor, s: str):
    return 2 / x, 2 - x, x.shape, s in s, x.dtype, x.mT


@torch.jit.script
@dataclasses.dataclass
class Pair:
    a: int
    b: int = 2


def equal_pairs(a: int):
    return Pair(a) == Pair(a, 3)


def indexes_displays(s: str, i: int):
    return {"k": i}[s], [s, s][0]


def test_builtins_written_in_the_language_stand_in_their_texts():
    found = places(torch.jit.script(number_first).graph)
    assert found["aten::reciprocal"] == "<string>:13:9"
    assert found["aten::neg"] == "<string>:11:9"
    assert found["aten::size"] == "<string>:13:9"
    assert found["aten::find"] == "<string>:5:11"
    assert found["aten::len"] == "<string>:5:29"


def test_attributes_of_tensors_have_no_place():
    found = places(torch.jit.script(number_first).graph)
    assert found["prim::dtype"] == found["aten::mT"] == ""


def test_methods_of_dataclasses_stand_in_files_of_their_own():
    text = str(torch.jit.script(equal_pairs).inlined_graph)
    assert "__torch_jit_dataclass/Pair/__init__:0:0" in text
    assert "__torch_jit_dataclass/Pair/__eq__:3:5" in text


def test_what_was_saved_without_a_place_is_loaded_at_none():
    found = places(loaded(equal_pairs).graph)
    assert found["prim::Constant 2"] == ":0:0"  # the default of b
    line = equal_pairs.__code__.co_firstlineno + 1
    assert found["prim::CreateObject"] == f":{line}:22"


def test_a_display_that_is_indexed_has_the_place_of_the_whole():
    line = indexes_displays.__code__.co_firstlineno + 1
    found = places(loaded(indexes_displays).graph)
    assert found['prim::Constant "k"'] == f":{line}:11"
    assert found["prim::Constant 0"] == f":{line}:31"


def test_errors_behind_static_methods_show_the_source_that_is_known():
    net = loaded(calls_static)
    try:
        net(torch.ones(2))
    except RuntimeError as error:
        serialized, original = str(error).split("Traceback of TorchScript, original code (most recent call last):\n")
    assert serialized.count("File") == 2
    assert original.startswith(f'  File "{__file__}", line ')


@torch.jit.script
class Flat:
    def __init__(self):
        self.sizes: List[int] = []

    @staticmethod
    def seven(x: torch.Tensor) -> torch.Tensor:
        return x.view(7)


def calls_static(x: torch.Tensor):
    return Flat.seven(x)
