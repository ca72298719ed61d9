#!/usr/bin/env python3
"""Prints which files took longest in the builds of a folder, from ninja's log: ./dev build --times."""
import sys
from pathlib import Path

SHOWN = 20


def main():
    seconds = {}
    for line in (Path(sys.argv[1]) / ".ninja_log").read_text().splitlines()[1:]:
        start, end, _, output, _ = line.split("\t")
        seconds[output] = (int(end) - int(start)) / 1000  # a later line is a later build of the same file
    for output, time in sorted(seconds.items(), key=lambda item: -item[1])[:SHOWN]:
        print(f"{time:7.1f} s  {output}")
    print(f"{sum(seconds.values()):7.1f} s  all {len(seconds)} outputs, one after the other")


if __name__ == "__main__":
    main()
