"""The tutorial's loop: counting down from two million."""


def countdown(num: int) -> int:
    while num > 0:
        num -= 1
    return num


ENTRY = countdown
ARGUMENTS = (2_000_000,)
