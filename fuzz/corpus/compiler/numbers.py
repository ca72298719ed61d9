def f():
    return 9223372036854775807 + 9223372036854775808 - 0x + 1e999 + 1e-999 + 08 + 0b2 + 1__0 + 1. + .5j + 0xffffffffffffffffffff
