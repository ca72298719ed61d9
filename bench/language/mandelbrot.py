"""How long the points of a grid stay within the Mandelbrot set: floats in nested loops."""


def mandelbrot(size: int, steps: int) -> int:
    total = 0
    for row in range(size):
        for column in range(size):
            cr = 3.0 * column / size - 2.0
            ci = 2.0 * row / size - 1.0
            zr = 0.0
            zi = 0.0
            n = 0
            while n < steps and zr * zr + zi * zi < 4.0:
                t = zr * zr - zi * zi + cr
                zi = 2.0 * zr * zi + ci
                zr = t
                n += 1
            total += n
    return total


ENTRY = mandelbrot
ARGUMENTS = (100, 50)
