def f(s: str, n: int) -> str:
    parts = s.split(",")
    joined = "-".join([p.strip().upper() for p in parts])
    t = "%s has %d" % (joined, n)
    return t + "{} {}".format(n, s[1:-1:2]) + 'a\tb\x41\u00e9' "joined" + s[0]
