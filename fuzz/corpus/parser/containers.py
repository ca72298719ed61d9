def f() -> Dict[str, List[Tuple[int, float]]]:
    a, (b, *c) = 1, (2.0, "x", 3j)
    d = {"k": [(a, b)], "l": [(i, float(i)) for i in range(3)]}
    e = {i: [i] for i in [1, 2, 3]}
    print(d, e, c, 0xff, 0b11, 1_000, None, True, ...)
    return d
