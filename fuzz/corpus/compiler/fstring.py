def f(x: int):
    return f'{x}{{}}{x + 1}{x!r}{x:>{x}}{' f'{'
