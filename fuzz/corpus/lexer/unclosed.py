def f(x: int):
    return [(x, {1: "a"
