"""How often words occur: a dictionary with text keys."""
from typing import Dict, List


def word_count(count: int) -> int:
    words: List[str] = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"]
    counts: Dict[str, int] = {}
    for i in range(count):
        word = words[(i * 7 + i // 3) % 10]
        if word in counts:
            counts[word] += 1
        else:
            counts[word] = 1
    total = 0
    for word in words:
        total = total * 3 + counts[word]
    return total


ENTRY = word_count
ARGUMENTS = (200_000,)
