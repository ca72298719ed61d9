def f():
    return 'a\