def f():
    return "%1000000000d %s %" % (1, 2) + "{5} {".format(1)
