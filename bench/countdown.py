#!/usr/bin/env python3
"""Times the tutorial's countdown: CPython, and scripted by Rushlight on one thread and on two. Prints milliseconds and ratios.

    PYTHONPATH=build/release/python .venv/bin/python bench/countdown.py
"""
import subprocess
import sys
import threading
import time

COUNT = 2_000_000
ROUNDS = 5


def countdown(num: int) -> int:
    while num > 0:
        num -= 1
    return num


def best(work):
    """The shortest of several runs, in milliseconds."""
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds) * 1e3


def main():
    if sys.argv[1:] == ["--plain"]:
        print(best(lambda: countdown(COUNT)))
        return
    import rushlight as torch
    scripted = torch.jit.script(countdown)

    def two_threads():
        threads = [threading.Thread(target=scripted, args=(COUNT // 2,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    plain = float(subprocess.run(["/usr/bin/python3", __file__, "--plain"], capture_output=True, text=True, check=True).stdout)
    one, two = best(lambda: scripted(COUNT)), best(two_threads)
    print(f"CPython {plain:.1f} ms, scripted {one:.2f} ms ({plain / one:.1f} times as fast), "
          f"on two threads {two:.2f} ms ({one / two:.2f} times as fast as on one)")


if __name__ == "__main__":
    main()
