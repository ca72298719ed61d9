def g(x: Tensor) -> Tensor:
    return x + 1
def f(x: Tensor) -> Tensor:
    a = torch.jit.fork(g, x)
    return torch.jit.wait(a)
