"""What the functions of a file that generate.py made print and do, as JSON: observe.py FILE. Run with PyTorch, or with Rushlight's package first in the path.

For each function a list: graph, inlined graph, code, the results of two calls, code and graph of what was saved and loaded; or one error.
"""
import importlib.util
import io
import json
import re
import sys
import warnings

try:
    import rushlight.as_torch  # noqa: F401
except ImportError:
    pass
import torch

CALLS = (lambda: (3, 1.5, True, "abca", torch.arange(3.0) - 1, [1, 2, 3], None), lambda: (-2, 0.25, False, "k", torch.ones(2), [4], 5))


def outcome(function, arguments):
    try:
        result = function(*arguments)
    except Exception as error:
        return f"{type(error).__name__} {error}"
    # What the call changed shows too.
    return repr((result, arguments[4], arguments[5]))


def observe(function):
    try:
        compiled = torch.jit.script(function)
        seen = [str(compiled.graph), str(compiled.inlined_graph), compiled.code, *(outcome(compiled, make()) for make in CALLS)]
        file = io.BytesIO()
        torch.jit.save(compiled, file)
        file.seek(0)
        loaded = torch.jit.load(file)
        return [*seen, loaded.code, str(loaded.graph)]
    except Exception as error:
        return [f"{type(error).__name__} {error}"]


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    spec = importlib.util.spec_from_file_location("random_program", sys.argv[1])
    module = importlib.util.module_from_spec(spec)
    sys.modules["random_program"] = module
    spec.loader.exec_module(module)
    real_stdout, sys.stdout = sys.stdout, io.StringIO()
    seen = {name: observe(function) for name, function in vars(module).items() if re.fullmatch(r"f\d+", name)}
    sys.stdout = real_stdout
    print()  # what C++ printed ends here
    print(json.dumps(seen))
