"""Functions and methods that call themselves, which PyTorch refuses."""
import io
import threading
from typing import List

import pytest
import rushlight as torch
from rushlight import Tensor, nn


def fibonacci(n: int) -> int:
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


def is_even(n: int) -> bool:
    return True if n == 0 else is_odd(n - 1)


def is_odd(n: int) -> bool:
    return False if n == 0 else is_even(n - 1)


def depth_of(n: int) -> int:
    return 0 if n == 0 else 1 + depth_of(n - 1)


def halved(x: Tensor) -> Tensor:
    return x if bool(x.abs().max() < 1) else halved(x / 2)


class Tree(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(2.0))

    def forward(self, x: Tensor, depth: int) -> Tensor:
        if depth == 0:
            return x
        return self.forward(x * self.weight, depth - 1)


def test_functions_call_themselves():
    compiled = torch.jit.script(fibonacci)
    assert [compiled(n) for n in range(10)] == [fibonacci(n) for n in range(10)]
    assert torch.equal(torch.jit.script(halved)(torch.tensor([8.0, 3.0])), torch.tensor([0.5, 0.1875]))


def test_functions_call_each_other():
    compiled = torch.jit.script(is_even)
    assert [compiled(n) for n in range(5)] == [True, False, True, False, True]


def test_recursion_stays_a_call_where_calls_are_inlined():
    compiled = torch.jit.script(fibonacci)
    for graph in (compiled.graph, compiled.inlined_graph):
        assert "prim::CallFunction" in str(graph)
    assert "__torch__" in compiled.code and "fibonacci" in compiled.code


def test_ten_thousand_frames_and_a_clean_end():
    compiled = torch.jit.script(depth_of)
    assert compiled(10_000) == 10_000
    with pytest.raises(RuntimeError, match="maximum recursion depth exceeded"):
        compiled(10_000_000)
    assert compiled(10) == 10
    results: List[int] = []
    old = threading.stack_size(256 * 1024)
    try:
        thread = threading.Thread(target=lambda: results.append(compiled(10_000)))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(old)
    assert results == [10_000]


def test_methods_call_themselves_with_gradients_and_are_saved():
    module = torch.jit.script(Tree())
    out = module(torch.tensor(3.0), 3)
    assert out.item() == 24
    out.backward()
    assert module.weight.grad.item() == 36
    buffer = io.BytesIO()
    torch.jit.save(module, buffer)
    buffer.seek(0)
    assert torch.jit.load(buffer)(torch.tensor(3.0), 3).item() == 24


def test_texts_may_recur():
    unit = torch.jit.CompilationUnit("""
def factorial(n: int) -> int:
    return 1 if n < 2 else n * factorial(n - 1)
""")
    assert unit.factorial(10) == 3628800


def unannotated(n: int):
    if n == 0:
        return 0
    return unannotated(n - 1)


def test_a_result_that_is_not_declared_is_asked_for():
    with pytest.raises(RuntimeError) as raised:
        torch.jit.script(unannotated)
    assert "function 'unannotated' is called recursively. Recursive calls are not supported" in str(raised.value)
    assert any("annotate what it returns" in note for note in raised.value.__notes__)


def test_a_decorated_function_finds_itself():
    @torch.jit.script
    def gcd(a: int, b: int) -> int:
        return a if b == 0 else gcd(b, a % b)

    assert gcd(48, 36) == 12
