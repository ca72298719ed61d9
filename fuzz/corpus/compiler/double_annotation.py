def f(x: Tuple[Tuple[Tuple[Tuple[Tuple[Tuple[Tuple[Tuple[Tuple[Tuple[Tuple[Tuple[int, int], int], int], int], int], int], int], int], int], int], int], int]):
    return x
