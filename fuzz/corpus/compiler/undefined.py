def f(x: int):
    if x:
        y = 1
    return y + z
