def f(x: int): x = 1; return x;;
