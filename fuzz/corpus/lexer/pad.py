def f():
    return "x".ljust(4000000000) + "y".zfill(4000000000) + "\t".expandtabs(2000000000)
