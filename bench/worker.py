"""Measures on request, for bench/run.py: worker.py MODULE THREADS, then lines of JSON [what, name] on the standard input.

The answer to each is one line: {"us": the best of a few short runs, "result": numbers to compare} or {"error": text}.
"""
import importlib
import io
import json
import multiprocessing
import sys
import threading
import time
import warnings
from pathlib import Path

MODULE, THREADS = sys.argv[1], int(sys.argv[2])
sys.path.insert(0, str(Path(__file__).resolve().parent / "language"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
warnings.simplefilter("ignore")
RUNTIMES = ("onnxruntime", "openvino")  # run what PyTorch exports
torch = None if MODULE == "none" else importlib.import_module("torch" if MODULE in RUNTIMES else MODULE)
SHORT = 0.002  # seconds a run: short enough to be undisturbed now and then
prepared = {}


def best(work, runs=20):
    """Microseconds of one call."""
    start = time.perf_counter()
    result = work()
    once = time.perf_counter() - start
    number = max(1, min(200, int(SHORT / max(once, 1e-7))))
    shortest = once
    for _ in range(runs if once < 0.05 else 1):
        start = time.perf_counter()
        for _ in range(number):
            work()
        shortest = min(shortest, (time.perf_counter() - start) / number)
    return shortest * 1e6, result


def numbers(value):
    """Something that JSON can carry and that tells results apart."""
    if isinstance(value, (tuple, list)):
        return [numbers(part) for part in value]
    if torch is not None and isinstance(value, torch.Tensor):
        flat = value.detach().double().reshape(-1)
        return [list(value.shape), float(flat.sum()), float((flat * flat).sum())]
    return value


def prepare_operator(name):
    torch.manual_seed(0)
    kind, _, shape = name.rpartition(" ")
    if kind in ("add", "exp", "tanh", "sigmoid", "sum", "sum of columns", "mean", "max", "softmax"):
        a = torch.rand(*map(int, shape.split("x")))
        b = torch.rand(*map(int, shape.split("x")))
        return {"add": lambda: a + b, "exp": lambda: torch.exp(a), "tanh": lambda: torch.tanh(a), "sigmoid": lambda: torch.sigmoid(a),
                "sum": lambda: a.sum(), "sum of columns": lambda: a.sum(0), "mean": lambda: a.mean(), "max": lambda: a.max(),
                "softmax": lambda: torch.softmax(a, 1)}[kind]
    if kind == "matrix product":
        a, b = torch.rand(256, 256), torch.rand(256, 256)
        return lambda: torch.mm(a, b)
    if name.startswith("linear"):
        x, w, b = torch.rand(1, 64), torch.rand(64, 64), torch.rand(64)
        return lambda: torch.nn.functional.linear(x, w, b)
    x = torch.rand(100, requires_grad=True)

    def gradient():
        x.grad = None
        (x * x).sum().backward()
        return x.grad
    return gradient


def frozen(module):
    """Scripted, and frozen where that can be had."""
    module = torch.jit.script(module.eval())
    try:
        return torch.jit.optimize_for_inference(module) if MODULE == "torch" else torch.jit.freeze(module)
    except NotImplementedError:
        return module


def exported(module, inputs):
    """The module as ONNX Runtime or OpenVINO runs it: a function of arrays that gives a list of arrays."""
    graph, names = io.BytesIO(), [f"input{i}" for i in range(len(inputs))]
    torch.onnx.export(module.eval(), inputs, graph, dynamo=False, input_names=names)
    if MODULE == "onnxruntime":
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        session = onnxruntime.InferenceSession(graph.getvalue(), options, providers=["CPUExecutionProvider"])
        return lambda *arrays: session.run(None, dict(zip(names, arrays)))
    import openvino
    core = openvino.Core()
    options = {"INFERENCE_NUM_THREADS": THREADS, "INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    compiled = core.compile_model(core.read_model(graph.getvalue(), b""), "CPU", options)
    return lambda *arrays: list(compiled(list(arrays)).values())


def prepare_export(name):
    import models
    module, inputs = models.make(torch, name)
    run, arrays = exported(module, inputs), [x.numpy() for x in inputs]

    def call():
        results = [torch.from_numpy(array) for array in run(*arrays)]
        return results[0] if len(results) == 1 else results
    return call


def prepare_model(name):
    import models
    module, inputs = models.make(torch, name)
    module = frozen(module)

    def call():
        with torch.no_grad():
            return module(*inputs)
    for _ in range(3):
        call()  # PyTorch profiles, then compiles
    return call


def scripted(entry):
    return entry if torch is None else torch.jit.script(entry)


def measure(what, name):
    if what == "first":
        import models
        module, inputs = models.make(torch, name)
        module = frozen(module)
        with torch.no_grad():
            start = time.perf_counter()
            result = module(*inputs)
            return (time.perf_counter() - start) * 1e6, result
    key = (what, name)
    if key not in prepared:
        if what == "operators":
            prepared[key] = prepare_operator(name)
        elif what == "models":
            prepared[key] = (prepare_export if MODULE in RUNTIMES else prepare_model)(name)
        elif what == "language":
            program = importlib.import_module(name)
            entry = scripted(program.ENTRY)
            prepared[key] = lambda: entry(*program.ARGUMENTS)
        elif what == "compile":
            prepared[key] = prepare_compilation(name)
        else:
            prepared[key] = prepare_countdown(name)
    return best(prepared[key])


def prepare_compilation(name):
    """Source to a function that has run once: a new unit each time."""
    import compile_programs
    source, entry, arguments = compile_programs.make(name)
    y = torch.ones(2)
    return lambda: getattr(torch.jit.CompilationUnit(source), entry)(y, *arguments)


def prepare_countdown(name):
    program = importlib.import_module("countdown")
    entry, count = scripted(program.ENTRY), 10 * program.ARGUMENTS[0]  # starting a thread takes as long as a million turns
    if name == "plain":
        return lambda: entry(count)
    if name == "two threads":
        def run():
            workers = [threading.Thread(target=entry, args=(count // 2,)) for _ in range(2)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            return 0
        return run
    global in_process
    in_process = entry
    pool = multiprocessing.get_context("fork").Pool(2)
    return lambda: sum(pool.map(run_in_process, [count // 2] * 2, chunksize=1))


def run_in_process(count):
    return in_process(count)


def main():
    if torch is not None:
        torch.set_num_threads(THREADS)
    for line in sys.stdin:
        try:
            taken, result = measure(*json.loads(line))
            answer = {"us": taken, "result": numbers(result)}
        except Exception as error:  # whatever a peer cannot do is a row of the table
            answer = {"error": (str(error).strip().splitlines() or [type(error).__name__])[-1][:80]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
