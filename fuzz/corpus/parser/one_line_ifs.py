def f(x: int):
    if x: return 1
    else: return 2
    while 0: pass
    for i in x: continue
