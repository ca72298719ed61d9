def f(x: int):
    t = (x, x, x, x, x, x, x, x, x, x)
    for a0 in t:
        for a1 in t:
            for a2 in t:
                for a3 in t:
                    for a4 in t:
                        for a5 in t:
                            for a6 in t:
                                for a7 in t:
                                    for a8 in t:
                                        for a9 in t:
                                            for a10 in t:
                                                for a11 in t:
                                                    x += a0
    return x
