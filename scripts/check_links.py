#!/usr/bin/env python3
"""Checks that every relative link in a Markdown file of the repository leads to a file or folder of it."""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def without_code(text):
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


def main():
    listed = subprocess.run(["git", "ls-files", "*.md"], capture_output=True, text=True, cwd=ROOT, check=True).stdout.split("\n")
    links = broken = 0
    for name in filter(None, listed):
        page = ROOT / name
        for target in re.findall(r"\]\(([^)#\s]+)", without_code(page.read_text())):
            if "://" in target or target.startswith("mailto:"):
                continue
            links += 1
            if not (page.parent / target).exists():
                broken += 1
                print(f"{name}: {target} is not there")
    print(f"{links} links, {broken} broken")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
