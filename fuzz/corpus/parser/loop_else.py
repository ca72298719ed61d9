def f(x: int):
    for i in range(x):
        break
    else:
        return 1
    while x: pass
    else: pass
    break
