def f(x: int):
	if x > 1:
        	x = 1
	return x
