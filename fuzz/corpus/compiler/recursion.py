def f(x: int) -> int:
    return g(x)
def g(x: int) -> int:
    return f(x) + f(g(x))
