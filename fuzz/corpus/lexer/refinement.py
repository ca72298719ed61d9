def f(x: Optional[int], y: Union[int, str, List[int]]) -> int:
    if x is not None and x > 0:
        return x
    assert isinstance(y, (int, str)), "not a list"
    if isinstance(y, str):
        y = len(y)
    z = torch.jit.annotate(List[int], [])
    z.append(y)
    z[0:1] = [2]
    del z[0]
    return z[-1] if len(z) > 0 else -1
