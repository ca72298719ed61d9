def f(x: int) -> int:
    for i in range(x):
        for j in range(i):
            if j == 3:
                break
            if j == 4:
                return j
            while x > 0:
                x -= 1
                if x == 2:
                    continue
                return x
    return -1
