def f():
    return '''a
