def f():
    return "aaa".count("") + len("aaa".replace("", "b")) + len("abc".split(""))
