def g(x: int, y: float = 2.5, *, z: str = "z") -> float:
    return x * y + len(z)
def f(x: int) -> float:
    t = (x, 1.5)
    return g(x) + g(x, z="abc", y=min(1.0, float(x))) + g(*t)
