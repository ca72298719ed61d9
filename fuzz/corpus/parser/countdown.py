def countdown(num: int) -> int:
    while num > 0:
        num -= 1
    return num
