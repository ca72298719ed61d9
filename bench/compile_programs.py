"""Programs to compile: one long function, or many small ones, with what real code is made of. Used by worker.py."""

STATEMENTS = """\
    a = a * {n} + b
    b = b - a // 7
    x = x * 0.5 + float(a)
    if a > {n} and x < 100.0:
        b += {n}
        y = torch.relu(y + x)
    else:
        x = min(x, {n}.5)
    for i in range(3):
        l.append(i + a)
    y = y * x + torch.ones([2])
    s = s + str(b)
"""
LINES = STATEMENTS.count("\n")
FUNCTION = """\
def f{n}(x: Tensor, n: int, bias: Optional[Tensor] = None) -> Tensor:
    y = torch.relu(x) * {n}
    if bias is not None:
        y = y + bias
    for i in range(n):
        y = y - i
    return y.sum(0, keepdim=True)

"""


def make(name):
    """(source, the function to call, its arguments without the tensor) of `N statements`, `N functions`, `N calls` or `N branches`."""
    count, kind = int(name.split()[0]), name.split()[1]
    if kind == "calls":  # a chain: each function calls the one before
        functions = "".join(f"def f{n}(y: Tensor, x: int) -> int:\n    x = f{n - 1}(y, x) if x < 0 else x\n    return x + {n}\n" for n in range(1, count))
        return (f"def f0(y: Tensor, x: int) -> int:\n    return x + 1\n{functions}def f(y: Tensor, x: int):\n    return f{count - 1}(y, x)\n", "f", (1,))
    if kind == "branches":  # that write one list
        body = "".join(f"    if x > {n}:\n        l.append(x)\n        l = l + [1] if x == 3 else l\n" for n in range(count))
        return f"def f(y: Tensor, x: int):\n    l: List[int] = []\n{body}    return len(l)\n", "f", (1,)
    if kind == "statements":
        body = "".join(STATEMENTS.format(n=n % 1000) for n in range(count // LINES))
        return ("def f(y: Tensor, a: int, b: int, x: float, s: str):\n    l: List[int] = []\n" + body + "    return a, b\n", "f", (1, 2, 0.5, ""))
    calls = "".join(f"    x = f{n}(x, n)\n" for n in range(count))
    return "".join(FUNCTION.format(n=n) for n in range(count)) + "def f(x: Tensor, n: int):\n" + calls + "    return n\n", "f", (2,)
