"""Bubble sort of numbers from a linear congruence: reads and writes of a list."""
from typing import List


def bubble_sort(count: int) -> int:
    values: List[int] = []
    seed = 42
    for _ in range(count):
        seed = (seed * 1103515245 + 12345) % 2147483648
        values.append(seed)
    for i in range(count):
        for j in range(count - 1 - i):
            if values[j] > values[j + 1]:
                t = values[j]
                values[j] = values[j + 1]
                values[j + 1] = t
    checksum = 0
    for i in range(count):
        checksum = (checksum * 31 + values[i]) % 1000000007
    return checksum


ENTRY = bubble_sort
ARGUMENTS = (700,)
