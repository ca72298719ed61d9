def f(x, *args, y=1, **kw):
    global g
    try:
        import os
    except E as e:
        yield lambda: x
    finally:
        class C: pass
    async with a: await b
    (x := 1)
    match x:
        case 1: pass
