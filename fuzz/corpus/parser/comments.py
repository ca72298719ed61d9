def f(x, y):
    # type: (int, List[Dict[str, Tuple[()]]]) -> None
    # type: ignore
    z = []  # type: List[List[int]]
    return None
