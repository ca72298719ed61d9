def f(x: int):
    (x, *y, *z), [a] = x
    x + 1 = 2
    f() = x
    del x, y[0], f()
    *a = 1
    x: int = y: int
