"""Convolutions keep weights in the layout that their kernels want: no write to a weight may be missed, whoever makes it."""
import os
import threading

import pytest

import rushlight as torch

F = torch.nn.functional


def exact(x, conv):
    """In double precision, which has no kept weights."""
    bias = None if conv.bias is None else conv.bias.double()
    return F.conv2d(x.double(), conv.weight.double(), bias, conv.stride, conv.padding, conv.dilation, conv.groups)


def check(x, conv):
    with torch.no_grad():
        for _ in range(4):  # laid out for the call, kept, used again
            assert torch.allclose(conv(x).double(), exact(x, conv), rtol=1e-4, atol=1e-4)


CONVOLUTIONS = {
    "winograd": lambda: torch.nn.Conv2d(64, 64, 3, padding=1),
    "winograd without padding": lambda: torch.nn.Conv2d(96, 160, 3, bias=False),
    "strided": lambda: torch.nn.Conv2d(64, 128, 3, stride=2, padding=1),
    "pointwise": lambda: torch.nn.Conv2d(64, 32, 1),
    "dilated": lambda: torch.nn.Conv2d(64, 64, 3, padding=2, dilation=2),
    "grouped": lambda: torch.nn.Conv2d(64, 64, 3, padding=1, groups=4),
    "depthwise": lambda: torch.nn.Conv2d(64, 64, 3, padding=1, groups=64),
    "first layer": lambda: torch.nn.Conv2d(64, 48, 7, stride=2, padding=3),
}


def by_numpy(weight):
    pytest.importorskip("numpy")
    weight.detach().numpy()[:] += 0.5


def by_data(weight):
    weight.data.mul_(-1)


def in_place(weight):
    with torch.no_grad():
        weight.add_(0.25)


def one_element(weight):
    with torch.no_grad():
        weight[-1, -1, -1, -1] += 30


def by_other_memory(weight):
    weight.data = torch.rand(*weight.shape)


WRITES = (by_numpy, by_data, in_place, one_element, by_other_memory)


@pytest.mark.parametrize("name", CONVOLUTIONS)
@pytest.mark.parametrize("threads", (1, 2))
def test_every_write_is_seen(name, threads):
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        torch.manual_seed(0)
        conv, x = CONVOLUTIONS[name](), torch.randn(1, 64, 20, 22)
        if conv.in_channels != 64:
            x = torch.randn(1, conv.in_channels, 20, 22)
        check(x, conv)
        for write in WRITES:
            write(conv.weight)
            check(x, conv)
    finally:
        torch.set_num_threads(before)


def test_shapes_may_change():
    torch.manual_seed(0)
    conv = torch.nn.Conv2d(64, 64, 3, padding=1)
    for _ in range(2):
        for batch, height, width in ((1, 20, 20), (3, 20, 20), (1, 15, 33), (2, 4, 4), (1, 1, 1), (5, 17, 14)):
            check(torch.randn(batch, 64, height, width), conv)


def test_training_sees_each_step():
    torch.manual_seed(0)
    conv, x = torch.nn.Conv2d(64, 64, 3, padding=1), torch.randn(2, 64, 16, 16)
    optimizer = torch.optim.SGD(conv.parameters(), lr=0.1)
    for _ in range(3):
        check(x, conv)
        optimizer.zero_grad()
        out = conv(x)
        assert torch.allclose(out.double(), exact(x, conv), rtol=1e-4, atol=1e-4)
        (out * out).mean().backward()
        optimizer.step()
        check(x, conv)


def test_scripted_modules_agree():
    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Conv2d(64, 64, 3, padding=1), torch.nn.ReLU(), torch.nn.Conv2d(64, 64, 3)).eval()
    x = torch.randn(1, 64, 24, 24)
    scripted = torch.jit.script(module)
    with torch.no_grad():
        for _ in range(3):
            expected = module(x)
            assert torch.equal(scripted(x), expected)
        module[0].weight.data.mul_(2)
        assert torch.equal(scripted(x), module(x))
        assert not torch.allclose(scripted(x), expected, rtol=1e-4, atol=1e-5)


def test_many_threads_share_one_module():
    torch.manual_seed(0)
    module = torch.jit.script(torch.nn.Conv2d(64, 96, 3, padding=1))
    inputs = [torch.randn(1, 64, 16 + i, 18) for i in range(4)]
    with torch.no_grad():
        expected = [module(x) for x in inputs]
    wrong = []

    def work(i):
        with torch.no_grad():
            for _ in range(20):
                if not torch.allclose(module(inputs[i]), expected[i], rtol=1e-4, atol=1e-5):
                    wrong.append(i)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_goes_on():
    torch.manual_seed(0)
    conv, x = torch.nn.Conv2d(64, 64, 3, padding=1), torch.randn(1, 64, 20, 20)
    check(x, conv)
    child = os.fork()
    if child == 0:
        try:
            check(x, conv)
            in_place(conv.weight)
            check(x, conv)
            os._exit(0)
        except BaseException:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
