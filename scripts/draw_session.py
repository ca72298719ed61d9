#!/usr/bin/env python3
"""Draws docs/session.svg: runs the commands of SESSION in an empty folder and puts what they print into a picture.

    scripts/draw_session.py --build build/release
"""
import argparse
import os
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# (what is shown, what is run, how many of its last lines are shown)
SESSION = [
    ("python -m rushlight digits.py", [sys.executable, "-m", "rushlight", str(ROOT / "examples/digits/digits.py")], 6),
    ("rushlight run digits.pt --input seven.png --gray --labels digits.txt",
     ["rushlight", "run", "digits.pt", "--input", "seven.png", "--gray", "--labels", "digits.txt"], 6),
    ("rushlight code digits.pt", ["rushlight", "code", "digits.pt"], 8),
]
LINE, CHARACTER, MARGIN = 18, 8.0, 14


def record(build):
    """The lines of the session, commands with `$ ` in front."""
    env = {**os.environ, "PYTHONPATH": str(build / "python")}
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for shown, command, last in SESSION:
            if command[0] == "rushlight":
                command = [str(next(build.rglob("bin/rushlight"), build / "cli" / "rushlight")), *command[1:]]
            done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=folder)
            if done.returncode:
                sys.exit(f"{shown}: status {done.returncode}\n{done.stderr}")
            lines += [f"$ {shown}", *done.stdout.rstrip("\n").split("\n")[-last:], ""]
    return lines[:-1]


def draw(lines):
    width = MARGIN * 2 + CHARACTER * max(map(len, lines))
    height = MARGIN * 2 + LINE * len(lines)
    rows = []
    for number, line in enumerate(lines):
        colour = "#ffd479" if line.startswith("$ ") else "#e6e6e6"
        rows.append(f'<text x="{MARGIN}" y="{MARGIN + LINE * (number + 1) - 5}" fill="{colour}" xml:space="preserve">{escape(line)}</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" font-family="monospace" font-size="13">\n'
            '<rect width="100%" height="100%" rx="8" fill="#22252b"/>\n' + "\n".join(rows) + "\n</svg>\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True, help="the build folder")
    options = parser.parse_args()
    (ROOT / "docs" / "session.svg").write_text(draw(record(options.build.resolve())))


if __name__ == "__main__":
    main()
