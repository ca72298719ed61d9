"""The sieve of Eratosthenes: how many primes there are below a number."""
from typing import List


def sieve(limit: int) -> int:
    is_prime: List[bool] = [True] * limit
    count = 0
    for i in range(2, limit):
        if is_prime[i]:
            count += 1
            j = i * i
            while j < limit:
                is_prime[j] = False
                j += i
    return count


ENTRY = sieve
ARGUMENTS = (300_000,)
