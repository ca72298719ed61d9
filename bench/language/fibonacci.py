"""Fibonacci numbers by recursion: calls of functions."""


def fibonacci(n: int) -> int:
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


ENTRY = fibonacci
ARGUMENTS = (24,)
