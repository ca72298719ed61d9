def f(xs: List[int], d: Dict[str, float]) -> Tuple[int, str]:
    """Loops of all kinds."""
    total, text = 0, ""
    for i, x in enumerate(xs):
        if x % 2 == 0 and i > 0 or x == 7:
            continue
        elif x < -3:
            break
        total += x ** 2 // 3 << 1
    for key, value in d.items():
        text += key + str(value)
    while True:
        total -= 1
        if not total > 0:
            return total, text
    return total, text[::-1]
