def f():
    return "ab" * 1000000000 + str([0] * 1000000000)
