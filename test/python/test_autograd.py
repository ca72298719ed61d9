"""The Python surface of autograd."""
import gc
import weakref

import pytest

import rushlight as torch


def leaf():
    return torch.tensor([1.0, 2.0], requires_grad=True)


def test_backward_adds_into_grad():
    x = leaf()
    (x * x).sum().backward()
    (x * 3).sum().backward()
    assert x.grad.tolist() == [5.0, 7.0]


def test_grad_of_grad():
    x = leaf()
    first, = torch.autograd.grad((x ** 3).sum(), x, create_graph=True)
    second, = torch.autograd.grad(first.sum(), x)
    assert second.tolist() == [6.0, 12.0]


def test_the_tape_can_be_walked():
    result = (leaf() * 2).sum()
    assert result.grad_fn.name() == "SumBackward0" and repr(result.grad_fn).startswith("<SumBackward0 object at 0x")
    (node, number), = result.grad_fn.next_functions
    assert node.name() == "MulBackward0" and number == 0
    assert node.next_functions[0][0].name() == "AccumulateGrad"
    assert result.grad_fn is result.grad_fn


@pytest.mark.parametrize("call, text", [
    (lambda: (leaf() * 2).backward(), "grad can be implicitly created only for scalar outputs"),
    (lambda: torch.ones(1).sum().backward(), "element 0 of tensors does not require grad and does not have a grad_fn"),
    (lambda: torch.tensor([1]).requires_grad_(), "only Tensors of floating point dtype can require gradients"),
])
def test_errors_are_pytorch_s(call, text):
    with pytest.raises(RuntimeError, match=text):
        call()


def test_modes_as_contexts_and_decorators():
    x = leaf()
    with torch.no_grad():
        assert not (x * 2).requires_grad
        with torch.enable_grad():
            assert (x * 2).requires_grad

    @torch.no_grad()
    def silent():
        return x * 2

    @torch.no_grad
    def silent_too():
        return x * 2

    @torch.no_grad()
    def values():
        yield (x * 2).requires_grad
    assert not silent().requires_grad and not silent_too().requires_grad
    generator = values()
    assert next(generator) is False and torch.is_grad_enabled()
    with torch.set_grad_enabled(False):
        assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled()


def test_hooks_change_gradients_until_they_are_removed():
    x = leaf()
    handle = x.register_hook(lambda gradient: gradient * 10)
    (x * 2).sum().backward()
    assert x.grad.tolist() == [20.0, 20.0]
    handle.remove()
    x.grad = None
    (x * 2).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_an_exception_in_a_hook_comes_out_of_backward():
    def fail(gradient):
        raise KeyError("from the hook")
    x = leaf()
    x.register_hook(fail)
    with pytest.raises(KeyError, match="from the hook"):
        (x * 2).sum().backward()


class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.save_for_backward(x)
        ctx.factor = factor
        return x * factor

    @staticmethod
    def backward(ctx, gradient):
        saved, = ctx.saved_tensors
        assert saved.tolist() == [1.0, 2.0]
        return gradient * ctx.factor, None


def test_a_function_written_in_python():
    x = leaf()
    result = Scale.apply(x, 3)
    assert type(result.grad_fn).__name__ == "ScaleBackward"
    result.sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_a_wrong_number_of_gradients_is_refused():
    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, gradient):
            return gradient, gradient
    with pytest.raises(RuntimeError, match=r"function WrongBackward returned an incorrect number of gradients \(expected 1, got 2\)"):
        Wrong.apply(leaf()).sum().backward()


def test_a_function_s_node_dies_with_its_results():
    x = leaf()
    reference = weakref.ref(Scale.apply(x, 3).grad_fn)
    gc.collect()
    assert reference() is None


def test_parts_may_be_written_while_no_gradient_is_wanted():
    whole = torch.ones(4)
    with torch.no_grad():
        hidden = whole[2:]
    whole.chunk(2)[0].add_(1)
    hidden.mul_(3)
    assert whole.tolist() == [2.0, 2.0, 3.0, 3.0]


def test_parts_are_not_written_where_a_gradient_is_wanted():
    with pytest.raises(RuntimeError, match="A view was created in no_grad mode .* returns multiple views"):
        torch.ones(4).chunk(2)[0].add_(leaf())
    with pytest.raises(RuntimeError, match="Output 0 of Split is a view and is being modified inplace"):
        (torch.ones(4, requires_grad=True) * 2).chunk(2)[0].add_(1)


@pytest.mark.parametrize("training", [False, True])
def test_rrelu_in_place(training):
    x = torch.tensor([-1.0, 0.0, 2.0], requires_grad=True)
    result = torch.nn.functional.rrelu(x + 0, 0.25, 0.25, training=training, inplace=True)
    result.sum().backward()
    assert result.tolist() == [-0.25, 0.0, 2.0] and x.grad.tolist() == [0.25, 0.25, 1.0]


@pytest.mark.parametrize("value, message", [
    (torch.ones(1), "Cannot input a tensor of dimension other than 0 as a scalar argument"),
    (torch.tensor(1.5), "Cannot input a tensor of type Float as an integral argument"),
    (torch.tensor(1.0, requires_grad=True), "Cannot input a tensor that requires grad as a scalar argument"),
])
def test_tensors_where_numbers_are_wanted(value, message):
    unit = torch.jit.CompilationUnit("def f(x, dim): return x.unsqueeze(dim)")
    assert unit.f(torch.ones(2), torch.tensor(1)).shape == (2, 1)
    with pytest.raises(RuntimeError, match=message):
        unit.f(torch.ones(2), value)


def test_compiled_code_asks_for_gradients():
    unit = torch.jit.CompilationUnit("""
def square(x):
    y = x.detach().requires_grad_()
    return torch.autograd.grad([(y * y).sum()], [y])

def stop(x):
    return x.requires_grad_(False)
""")
    assert unit.square(torch.tensor([1.0, 2.0]))[0].tolist() == [2.0, 4.0]
    assert not unit.stop(leaf()).requires_grad
    with pytest.raises(RuntimeError, match="Only Tensors of floating point and complex dtype can require gradients"):
        unit.square(torch.tensor([1, 2]))
