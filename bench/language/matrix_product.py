"""A matrix product over lists of lists."""
from typing import List


def make(size: int, seed: int) -> List[List[float]]:
    rows: List[List[float]] = []
    for i in range(size):
        row: List[float] = []
        for j in range(size):
            row.append(float((i * 31 + j * 17 + seed) % 10))
        rows.append(row)
    return rows


def matrix_product(size: int) -> float:
    a = make(size, 1)
    b = make(size, 2)
    total = 0.0
    for i in range(size):
        for j in range(size):
            dot = 0.0
            for k in range(size):
                dot += a[i][k] * b[k][j]
            total += dot
    return total


ENTRY = matrix_product
ARGUMENTS = (80,)
