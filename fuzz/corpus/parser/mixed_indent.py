def f(x: int):
    if x:
      pass
   else:
  pass
