"""Runs the Python blocks of a document, each in a namespace of its own, with PyTorch or with Rushlight in its place.

    documentation_runner.py rushlight|torch < BLOCKS.json > ANSWERS.json

A block is {"source", "file", "line", "compile"}; its answer is what it printed. A block that ends in an exception answers with the
exception's type and the first line of its message behind that. `compile`: the functions that the block defines are scripted, unless it
scripts something itself.
"""
import ctypes
import json
import os
import sys
import tempfile
import types
import warnings
from pathlib import Path

STDOUT, UNBUFFERED = 1, 2
PREAMBLE = "import torch\nfrom torch import nn, Tensor\nfrom typing import *\n"


def functions_of(scope, filename):
    """Plain functions of the block itself, in order; those that `torch.jit.ignore` and the like marked are left alone."""
    for value in list(scope.values()):
        if isinstance(value, types.FunctionType) and value.__code__.co_filename == filename and not hasattr(value, "_torchscript_modifier"):
            yield value


def run(block, number):
    # Behind as many empty lines as stand above it in the document, so that errors point there.
    name = f"{block['file']}_{number}"
    source = "\n" * (block["line"] - 1) + block["source"]
    path = Path(f"{name}.py").resolve()
    path.write_text(source)
    module = types.ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    exec(PREAMBLE, module.__dict__)
    with tempfile.TemporaryFile() as out, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.dup2(out.fileno(), STDOUT)
        try:
            exec(compile(source, path, "exec"), module.__dict__)
            if block["compile"] and "torch.jit." not in block["source"]:
                for function in functions_of(module.__dict__, str(path)):
                    module.torch.jit.script(function)
        except Exception as error:  # noqa: BLE001 an answer like any other
            lines = [line for line in str(error).splitlines() if line.strip()]
            print(f"{type(error).__name__}: {lines[0] if lines else ''}")
        sys.stdout.flush()
        out.seek(0)
        return out.read().decode()


def main():
    if sys.argv[1] == "rushlight":
        import rushlight.as_torch  # noqa: F401
    blocks = json.load(sys.stdin)
    answer_to = os.dup(STDOUT)
    # Compiled programs print to C's stdout, so both kinds of prints go to one file, as they come.
    libc = ctypes.CDLL(None)
    libc.setvbuf(ctypes.c_void_p.in_dll(libc, "stdout"), None, UNBUFFERED, 0)
    sys.stdout.reconfigure(write_through=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        answers = [run(block, number) for number, block in enumerate(blocks)]
        os.chdir("/")
    with os.fdopen(answer_to, "w") as target:
        json.dump(answers, target)


if __name__ == "__main__":
    main()
