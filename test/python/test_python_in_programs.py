"""Python that compiled code calls or knows: bound methods, autograd functions, class methods, marks for profilers."""
from typing import List, Optional

import pytest
import rushlight as torch
from rushlight import Tensor, nn


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, k):
        ctx.save_for_backward(x)
        return x * x * k

    @staticmethod
    def backward(ctx, grad):
        return grad * 20 * ctx.saved_tensors[0], None


def squared(x: Tensor) -> Tensor:
    return Square.apply(x, 3)


def test_an_autograd_function_is_called_with_its_gradient():
    compiled = torch.jit.script(squared)
    assert "^Square[]()(%x.1, %" in str(compiled.graph)
    x = torch.full((1,), 2.0, requires_grad=True)
    compiled(x).sum().backward()
    assert compiled(x).item() == 12 and x.grad.item() == 40


class Made:
    unit = 3

    def __init__(self):
        self.x = 1

    @classmethod
    def make(cls, x: int):
        made = cls()
        made.x = x
        return made

    @classmethod
    def plain(cls, x: int) -> int:
        return x + 1

    @staticmethod
    def fixed(x: int) -> int:
        return x

    def again(self) -> int:
        return self.make(5).x + self.plain(1)


def of_object() -> List[int]:
    return [Made().make(3).x, Made().again(), Made.fixed(4)]


def of_class(x: int) -> int:
    return Made.plain(x)


def static_of_object() -> int:
    return Made().fixed(4)


def class_attribute() -> int:
    return Made().unit


def test_class_methods_are_methods_whose_first_parameter_is_the_class():
    assert torch.jit.script(of_object)() == [3, 7, 4]


def test_methods_that_are_bound_in_python_are_python_calls():
    compiled = torch.jit.script(of_class)
    assert compiled(1) == 2 and "^plain()(x)" in compiled.code


def test_only_values_of_the_class_body_are_class_attributes():
    with pytest.raises(RuntimeError, match="no attribute or method 'fixed'. Did you forget to initialize"):
        torch.jit.script(static_of_object)
    assert torch.jit.script(class_attribute)() == class_attribute()


def marked(x: Tensor) -> Tensor:
    with torch.autograd.profiler.record_function("a part"):
        y = x + 1
    with torch.profiler.record_function("another", "arguments") as mark:
        assert mark.args is not None
        with torch.jit.strict_fusion():
            y = y * 2
    return y


def test_marks_for_profilers():
    compiled = torch.jit.script(marked)
    assert compiled(torch.ones(1)).item() == marked(torch.ones(1)).item() == 4
    assert '(_0).__init__("a part", None, )' in compiled.code and "with _0:" in compiled.code


class Ignoring(nn.Module):
    @torch.jit.ignore
    def counted(self, x: Tensor, k: int = 2) -> Tensor:
        return x * k

    @torch.jit.unused
    @torch.no_grad()
    def never(self, x):
        # type: (Tensor) -> int
        return 1

    def forward(self, x: Tensor, run: bool) -> Tensor:
        if run:
            print(self.never(x))
        return self.counted(x, 3)


class LeavesOut(Ignoring):
    def forward(self, x: Tensor) -> Tensor:
        return self.counted(x)


def test_ignored_methods():
    compiled = torch.jit.script(Ignoring())
    assert compiled(torch.ones(1), False).item() == 3
    with pytest.raises(torch.jit.Error, match="annotated to be ignored and cannot be run"):
        compiled(torch.ones(1), True)
    with pytest.raises(RuntimeError, match=r"lazy_binding_method\(.*\nArgument k not provided"):
        torch.jit.script(LeavesOut())


class Twice(nn.Module):
    @torch.jit._overload_method
    def forward(self, x: int):
        pass

    @torch.jit._overload_method
    def forward(self, x: Tensor):
        pass


def test_overloads_of_a_method_need_an_implementation():
    with pytest.raises(RuntimeError, match='Implementation for the method "__torch__.*forward" is missing'):
        torch.jit.script(Twice())


def test_futures():
    future = torch.futures.Future()
    seen = []
    future.add_done_callback(lambda done: seen.append(done.value()))
    assert not future.done()
    future.set_result(3)
    assert future.wait() == 3 and seen == [3]
    assert torch.jit.script(waited)(future) == 4
    failed = torch.futures.Future()
    failed.set_exception(ValueError("no value"))
    with pytest.raises(ValueError, match="no value"):
        failed.wait()
    assert torch.futures.wait_all([future, future]) == [3, 3]
    with pytest.raises(ValueError, match="no value"):
        torch.futures.wait_all([future, failed])
    with pytest.raises(AssertionError, match="not an Exception"):
        failed.set_exception(3)


def waited(value: torch.futures.Future[int]) -> int:
    return value.wait() + 1


class Stateful(nn.Module):
    found: Optional[Tensor]

    def __init__(self):
        super().__init__()
        self.found = None
        self.calls = 0
        self.part = nn.Linear(1, 1)

    @torch.jit.ignore
    def find(self, x: Tensor) -> Tensor:
        if self.found is None:
            self.found = self.made(x)
        self.calls += 1
        assert isinstance(self, torch.jit.ScriptModule) and len(list(self.parameters())) == 2
        return self.found

    @torch.jit.ignore
    def made(self, x):
        return x * 3

    def forward(self, x: Tensor) -> int:
        self.find(x)
        self.find(x + 1)
        return self.calls


def test_ignored_methods_work_on_the_compiled_module():
    module = Stateful()
    compiled = torch.jit.script(module)
    assert compiled(torch.ones(1)) == 2 and compiled.found.item() == 3
    assert module.found is None and module.calls == 0


class Kept(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = torch.ones(1)
        self.count = 3

    @torch.jit.export
    def __getstate__(self):
        return self.scale, self.count, self.training

    @torch.jit.export
    def __setstate__(self, state):
        self.scale = state[0]
        self.count = state[1] + 1
        self.training = state[2]

    def forward(self) -> int:
        return self.count


class KeptWithoutState(nn.Module):
    @torch.jit.export
    def __setstate__(self, state):
        pass

    def forward(self):
        pass


class KeptOfTwo(Kept):
    @torch.jit.export
    def __setstate__(self, state, more):
        pass


def test_a_state_has_the_type_that_getstate_gives(tmp_path):
    compiled = torch.jit.script(Kept())
    assert "state: Tuple[Tensor, int, bool]" in compiled.__setstate__.code
    torch.jit.save(compiled, str(tmp_path / "m.pt"))
    assert torch.jit.load(str(tmp_path / "m.pt"))() == 4
    with pytest.raises(RuntimeError, match="`__setstate__` defined but not `__getstate__`"):
        torch.jit.script(KeptWithoutState())
    with pytest.raises(RuntimeError, match="Expected 2 arguments for `__setstate__`, got: 3"):
        torch.jit.script(KeptOfTwo())


elsewhere = torch.jit.script(nn.ReLU())


def calls_module(x: Tensor) -> Tensor:
    return elsewhere(x)


def annotates(x: List[int]) -> int:
    return torch.jit.annotate(int, x)


def test_refusals_show_their_place():
    with pytest.raises(RuntimeError, match=r"\nCannot call a ScriptModule that is not a submodule of the caller:\n.*\n(.*\n)*\s+~~~~~~~~~ <--- HERE"):
        torch.jit.script(calls_module)
    with pytest.raises(RuntimeError, match=r"expected an expression of type int but found List\[int\](.*\n)*\s+~~~~~~ <--- HERE"):
        torch.jit.script(annotates)


class WithClassMethod(nn.Module):
    @classmethod
    def shifted(cls, x: Tensor, k: int) -> Tensor:
        return x + k

    def forward(self, x: Tensor) -> Tensor:
        return self.shifted(x, 3)


def test_class_methods_of_modules_are_methods():
    compiled = torch.jit.script(WithClassMethod())
    assert compiled(torch.ones(1)).item() == 4 and "(self).shifted(x, 3, )" in compiled.code
