#!/usr/bin/env python3
"""Times Rushlight beside PyTorch, where RUSHLIGHT_PYTORCH or .cache/pytorch has one: ./dev bench [--threads N].

Each measurement runs in a fresh process; the two take turns, and the best of all rounds counts. Prints a table of ratios.
"""
import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 3

# name: (set-up, statement); microseconds a run, best of many, within one process.
CASES = {
    "add, 3x4": ("a = torch.rand(3, 4); b = torch.rand(3, 4)", "a + b"),
    "add, 1000x1000": ("a = torch.rand(1000, 1000); b = torch.rand(1000, 1000)", "a + b"),
    "tanh, 1000x1000": ("a = torch.rand(1000, 1000)", "torch.tanh(a)"),
    "sum, 1000x1000": ("a = torch.rand(1000, 1000)", "a.sum()"),
    "matrix product, 256x256": ("a = torch.rand(256, 256); b = torch.rand(256, 256)", "torch.mm(a, b)"),
    "gradient of (x*x).sum(), 100": ("x = torch.rand(100, requires_grad=True)", "(x * x).sum().backward()"),
}
MEASURE = """
import sys, timeit
import {module} as torch
torch.set_num_threads({threads})
{setup}
timer = timeit.Timer({statement!r}, globals=globals())
number = max(1, int(timer.autorange()[0] / 10))
print(min(timer.repeat(7, number)) / number * 1e6)
"""


def peers(build):
    """{name: (python, module, environment)}; Rushlight first."""
    found = {"Rushlight": (sys.executable, "rushlight", {**os.environ, "PYTHONPATH": str(build / "python")})}
    python = Path(os.environ.get("RUSHLIGHT_PYTORCH", ROOT / ".cache" / "pytorch" / "bin" / "python"))
    if python.exists():
        found["PyTorch"] = (str(python), "torch", dict(os.environ))
    return found


def measure(peer, setup, statement, threads):
    python, module, env = peer
    code = MEASURE.format(module=module, threads=threads, setup=setup, statement=statement)
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, env=env)
    return float(done.stdout) if done.returncode == 0 else None


def import_time(peer):
    python, module, env = peer
    times = []
    for code in ("pass", f"import {module}"):
        start = time.perf_counter()
        subprocess.run([python, "-c", code], check=True, env=env)
        times.append(time.perf_counter() - start)
    return (times[1] - times[0]) * 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="the build folder")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="[1 2]")
    options = parser.parse_args()
    found = peers(options.build.resolve())
    if "PyTorch" not in found:
        print("PyTorch is not at hand (RUSHLIGHT_PYTORCH=.../python): times of Rushlight alone")
    rows = [("import", 1, lambda peer: import_time(peer))]
    for threads in options.threads:
        for name, (setup, statement) in CASES.items():
            rows.append((name, threads, lambda peer, s=setup, t=statement, n=threads: measure(peer, s, t, n)))
    print(f"{'us, best of runs':<32}{'threads':>8}" + "".join(f"{name:>14}" for name in found) + ("   ratio" if len(found) > 1 else ""))
    for name, threads, timed in rows:
        best = {}
        for _ in range(ROUNDS):
            for peer, how in found.items():
                seen = timed(how)
                if seen is not None:
                    best[peer] = min(seen, best.get(peer, seen))
        line = f"{name:<32}{threads:>8}" + "".join(f"{best[p]:>14.2f}" if p in best else f"{'fails':>14}" for p in found)
        if len(best) > 1:
            line += f"{best['Rushlight'] / best['PyTorch']:>8.2f}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
