#!/usr/bin/env python3
"""Builds the programs of fuzz/ with clang and feeds each with random inputs for a while: ./dev fuzz [TARGET...] [--seconds N].

They start from the kept inputs of fuzz/corpus. A crash, a hang or a leak ends with exit status 1; the input that caused it lies
in build/fuzz and belongs into fuzz/corpus once the fault is mended.
"""
import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "fuzz"
LONGEST_INPUT_SECONDS = 10


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    targets = [path.stem for path in sorted((ROOT / "fuzz").glob("*.cpp")) if path.stem not in ("libfuzzer", "replay_test")]
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"{', '.join(targets)} [all]")
    parser.add_argument("--seconds", type=int, default=30, help="for each program [30]")
    options = parser.parse_args()
    subprocess.run(["cmake", "-S", ROOT, "-B", BUILD, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
                    "-DCMAKE_CXX_COMPILER=clang++-14", "-DRUSHLIGHT_FUZZ=ON", "-DRUSHLIGHT_SANITIZE=address,undefined",
                    "-DRUSHLIGHT_PYTHON=OFF", "-DRUSHLIGHT_CLI=OFF", "-DRUSHLIGHT_TESTS=OFF", "-DRUSHLIGHT_WERROR=OFF"],
                   check=True, stdout=subprocess.DEVNULL)
    unknown = set(options.targets) - set(targets)
    if unknown:
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    wanted = options.targets or targets
    subprocess.run(["cmake", "--build", BUILD, "--target", *(f"fuzz_{name}" for name in wanted)], check=True)
    failed = []
    for name in wanted:
        program = BUILD / "fuzz" / f"fuzz_{name}"
        corpus = BUILD / "corpus" / program.name
        corpus.mkdir(parents=True, exist_ok=True)
        print(f"{program.name}: {options.seconds} s", flush=True)
        kept = ROOT / "fuzz" / "corpus" / name
        done = subprocess.run([program, corpus, kept, f"-max_total_time={options.seconds}", f"-timeout={LONGEST_INPUT_SECONDS}",
                               "-print_final_stats=0", "-verbosity=0"], cwd=BUILD)
        if done.returncode:
            failed.append(program.name)
    print("fuzz: " + ("failed: " + ", ".join(failed) if failed else "nothing found"))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
