def f(x: int):
    return f(*x, **x, *[1], a=1, a=2, 1)
