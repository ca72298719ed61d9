def f(x: int):
    ÿş = "Ã"
    return í €
