def f(x: Tensor, t: Tuple[int, str]):
    return x[::0, ..., ..., None:None:-1, [1], (2,)], t[5], t[:], t[0:9223372036854775807:2], x[()]
