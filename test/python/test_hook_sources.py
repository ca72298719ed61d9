"""What torch.jit.script asks of hooks before it compiles anything."""
from typing import Tuple

import pytest
import rushlight as torch
from rushlight import nn


class Texts(nn.Module):
    def forward(self, text: str) -> str:
        return nothing  # never reached by the compiler in these tests


class Pairs(nn.Module):
    def forward(self, pair: Tuple[int]) -> int:
        return pair[0]


def bare(self, input: Tuple[Tuple[int]]) -> Tuple[int]:
    return (1,)


def test_a_lambda_is_no_hook():
    module = Texts()
    module.register_forward_hook(lambda self, input, output: output)
    with pytest.raises(RuntimeError, match="Expected a single top-level function"):
        torch.jit.script(module)


def test_hooks_of_one_name_are_one():
    module = Texts()

    def make():
        def hook(self, input: Tuple[str]) -> None:
            pass
        return hook
    module.register_forward_pre_hook(make())
    module.register_forward_pre_hook(make())
    with pytest.raises(RuntimeError, match="Pre-hook 'hook' on Texts has at least two different python definitions"):
        torch.jit.script(module)


def test_a_tuple_argument_is_wrapped_by_the_pre_hook():
    module = Pairs()
    module.register_forward_pre_hook(bare)
    with pytest.raises(RuntimeError, match="the return needs to be 'None' or a nested tuple containing forward's input tuple argument as in: "
                                           "'Tuple.Tuple.int..'"):
        torch.jit.script(module)
