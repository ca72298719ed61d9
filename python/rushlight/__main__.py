"""python -m rushlight prog.py [arguments]: runs an unmodified PyTorch program, with ``import torch`` answered by Rushlight."""
import os
import runpy
import sys

USAGE = "usage: python -m rushlight [-m MODULE | PROGRAM.py] [ARGUMENTS...]\n\nRuns a PyTorch program with Rushlight in the place of torch."


def main(arguments):
    if not arguments or arguments[0] in ("-h", "--help"):
        print(USAGE)
        return 0 if arguments else 2
    from . import as_torch  # installs itself
    if arguments[0] == "-m":
        if len(arguments) < 2:
            print(USAGE, file=sys.stderr)
            return 2
        sys.argv = arguments[1:]
        sys.path[0] = os.getcwd()
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        return 0
    program = arguments[0]
    if not os.path.exists(program):
        print(f"python -m rushlight: cannot open {program!r}: no such file", file=sys.stderr)
        return 2
    sys.argv = arguments
    sys.path[0] = os.path.dirname(os.path.abspath(program))
    runpy.run_path(program, run_name="__main__")
    return 0


sys.exit(main(sys.argv[1:]))
