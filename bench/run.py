#!/usr/bin/env python3
"""Times Rushlight beside the peers that are installed: ./dev bench [GROUP...] [--threads N...].

Groups: import, operators, models, first, cpp, language, threads, compile (default: all). PyTorch is found through RUSHLIGHT_PYTORCH or
.cache/pytorch, ONNX Runtime and OpenVINO beside it where they are installed with onnx, CPython is /usr/bin/python3. Peers take turns,
each in a process of its own that answers one request at a time; the best of all rounds counts, and only after the results were found
equal. Prints microseconds and the ratio to each peer: below 1 Rushlight is faster.
"""
import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ROUNDS = 15
LANGUAGE = ("countdown", "sieve", "mandelbrot", "nbody", "bubble_sort", "matrix_product", "word_count", "fibonacci")
COMPILE = ("1000 statements", "5000 statements", "20000 statements", "500 functions", "4000 functions", "300 calls", "2400 calls", "300 branches",
           "2400 branches")
OPERATORS = (
    "add 3x4", "add 1000x1000", "exp 1000x1000", "tanh 1000x1000", "sigmoid 1000x1000", "sum 1000x1000", "sum of columns 1000x1000",
    "mean 1000x1000", "max 1000x1000", "softmax 256x1000", "matrix product 256x256", "linear 1x64 64x64", "gradient of (x*x).sum(), 100")
MODELS = ("tutorial model 3x4", "MLP 64-64-64-10, batch 1", "MLP 64-64-64-10, batch 64", "LSTM 2x128, 32 words",
          "transformer 2x128, 64 tokens", "ResNet-18 1x3x224x224")


class Peer:
    """A process that measures: bench/worker.py run by some Python with some module."""

    def __init__(self, python, module, threads, env):
        self.command, self.env = [python, str(HERE / "worker.py"), module, str(threads)], env
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                        env=self.env)

    def ask(self, what, name):
        """{"us": time, "result": what it computed} or {"error": why not}. A process that ended at the last question is started again."""
        if self.process.poll() is not None:
            self.start()
        print(json.dumps([what, name]), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        self.process.wait()
        return {"error": "the process ended"}

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def environment(build):
    return {**os.environ, "PYTHONPATH": str(build / "python")}


def torch_peers(build, threads):
    found = {"Rushlight": Peer(sys.executable, "rushlight", threads, environment(build))}
    python = pytorch()
    if python:
        found["PyTorch"] = Peer(python, "torch", threads, dict(os.environ))
    return found


def runtimes(threads):
    """The runtimes that PyTorch's environment has beside it (and onnx, through which it exports)."""
    if not pytorch():
        return {}
    code = "import importlib.util as u; print(*[m for m in ('onnxruntime', 'openvino') if u.find_spec('onnx') and u.find_spec(m)])"
    found = subprocess.run([pytorch(), "-c", code], capture_output=True, text=True).stdout.split()
    titles = {"onnxruntime": "ONNX Runtime", "openvino": "OpenVINO"}
    return {titles[module]: Peer(pytorch(), module, threads, dict(os.environ)) for module in found}


def pytorch():
    python = Path(os.environ.get("RUSHLIGHT_PYTORCH", ROOT / ".cache" / "pytorch" / "bin" / "python"))
    return str(python) if python.exists() else None


def equal(a, b):
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, float) or isinstance(b, float):
        return abs(a - b) <= 1e-4 * max(1.0, abs(a), abs(b))
    return a == b


def compare(peers, what, names, threads, rounds=ROUNDS):
    """One line a name: the best time of each peer, and the ratios. Returns the best times of the last name."""
    for name in names:
        best, results, errors = {}, {}, {}
        for _ in range(rounds):
            for peer, process in peers.items():
                if peer in errors:
                    continue
                answer = process.ask(what, name)
                if "error" in answer:
                    errors[peer] = answer["error"]
                else:
                    best[peer] = min(answer["us"], best.get(peer, answer["us"]))
                    results[peer] = answer["result"]
        print_row(name, threads, peers, best, results, errors)
    return best


def print_row(name, threads, peers, best, results, errors):
    line = f"{name:<34}{threads:>8}" + "".join(f"{best[p]:>18.2f}" if p in best else f"{'fails':>18}" for p in peers)
    own = best.get("Rushlight")
    for peer in peers:
        if peer == "Rushlight":
            continue
        if own is None or peer not in best:
            line += f"{'-':>15}"
        elif not equal(results["Rushlight"], results[peer]):
            line += f"{'differs':>15}"
        else:
            line += f"{own / best[peer]:>15.2f}"
    print(line + "".join(f"   {peer}: {why}" for peer, why in errors.items()), flush=True)


def title(text, peers):
    print(f"\n{text:<34}{'threads':>8}" + "".join(f"{p + ', us':>18}" for p in peers)
          + "".join(f"{'/ ' + p:>15}" for p in peers if p != "Rushlight"), flush=True)


def import_times(build):
    """Python with and without the import, in fresh processes."""
    peers = {"Rushlight": (sys.executable, "rushlight", environment(build))}
    if pytorch():
        peers["PyTorch"] = (pytorch(), "torch", dict(os.environ))
    best = {}
    for _ in range(3):
        for peer, (python, module, env) in peers.items():
            taken = []
            for code in ("pass", f"import {module}"):
                start = time.perf_counter()
                subprocess.run([python, "-c", code], check=True, env=env)
                taken.append(time.perf_counter() - start)
            seen = (taken[1] - taken[0]) * 1e6
            best[peer] = min(seen, best.get(peer, seen))
    title("import", peers)
    print_row("import", 1, peers, best, {peer: 0 for peer in peers}, {})


def first_calls(build):
    """The first call of the tutorial model, each time in a fresh process."""
    best, results, errors = {}, {}, {}
    names = ["Rushlight"] + (["PyTorch"] if pytorch() else [])
    for _ in range(5):
        for peer, process in torch_peers(build, 1).items():
            answer = process.ask("first", "tutorial model 3x4")
            process.close()
            if "error" in answer:
                errors[peer] = answer["error"]
            else:
                best[peer] = min(answer["us"], best.get(peer, answer["us"]))
                results[peer] = answer["result"]
    title("first call", names)
    print_row("tutorial model 3x4", 1, names, best, results, errors)


def cpp_programs(build):
    """bench/cpp built against Rushlight's drop-in package and against libtorch, by peer; and why one could not be built."""
    prefix, folder = build / "cpp-prefix", build / "cpp-bench"
    subprocess.run(["cmake", "--install", build, "--prefix", prefix, "--component", "cpp"], check=True, capture_output=True)
    packages = {"Rushlight": f"-DTorch_DIR={prefix}/share/rushlight/torch"}
    if pytorch():
        code = "import torch; print(torch.utils.cmake_prefix_path)"
        found = subprocess.run([pytorch(), "-c", code], capture_output=True, text=True).stdout.strip()
        packages["PyTorch"] = f"-DCMAKE_PREFIX_PATH={found}"
    programs, errors = {}, {}
    for peer, argument in packages.items():
        target = folder / peer
        for command in (["cmake", "-S", HERE / "cpp", "-B", target, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", argument], ["cmake", "--build", target]):
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                errors[peer] = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1][:80]
                break
        programs[peer] = target / "call"
    return programs, errors


def cpp(build):
    """The tutorial's model loaded and called from C++, each time in a fresh process."""
    programs, errors = cpp_programs(build)
    archive = build / "cpp-bench" / "tutorial.pt"
    code = f"import models, rushlight; rushlight.jit.script(models.make(rushlight, 'tutorial')[0].eval()).save({str(archive)!r})"
    env = environment(build)
    env["PYTHONPATH"] += os.pathsep + str(HERE)
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, env=env)
    best, first, results = {}, {}, {}
    for _ in range(5):
        for peer, program in programs.items():
            if peer in errors:
                continue
            done = subprocess.run([program, archive], capture_output=True, text=True)
            if done.returncode:
                errors[peer] = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1][:80]
                continue
            answer = json.loads(done.stdout)
            best[peer] = min(answer["us"], best.get(peer, answer["us"]))
            first[peer] = min(answer["first"], first.get(peer, answer["first"]))
            results[peer] = answer["result"]
    title("from C++", programs)
    print_row("tutorial model 3x4", 1, programs, best, results, errors)
    print_row("its first call, not frozen", 1, programs, first, results, errors)


def language(build):
    peers = {"Rushlight": Peer(sys.executable, "rushlight", 1, environment(build)), "CPython": Peer("/usr/bin/python3", "none", 1, dict(os.environ))}
    title("language", peers)
    compare(peers, "language", LANGUAGE, 1)
    for peer in peers.values():
        peer.close()


def threads_and_processes(build):
    """The tutorial's last cells: the same countdown, from twenty million, plain, on two threads and in two processes."""
    peers = {"Rushlight": Peer(sys.executable, "rushlight", 1, environment(build)), "CPython": Peer("/usr/bin/python3", "none", 1, dict(os.environ))}
    title("countdown of the tutorial", peers)
    compare(peers, "countdown", ("plain", "two threads", "two processes"), "-")
    for peer in peers.values():
        peer.close()


def compile_times(build):
    """Source to a function that has run once, and how many lines that are in a second."""
    import compile_programs
    peers = torch_peers(build, 1)
    title("compile", peers)
    for name in COMPILE:
        lines = compile_programs.make(name)[0].count("\n")
        best = compare(peers, "compile", (name,), 1, rounds=3)
        print(f"  {'lines a second':<32}{'':>8}" + "".join(f"{lines / best[p] * 1e6:>18.0f}" if p in best else f"{'-':>18}" for p in peers), flush=True)
    for peer in peers.values():
        peer.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    groups = ("import", "operators", "models", "first", "cpp", "language", "threads", "compile")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join(groups))
    parser.add_argument("--build", type=Path, required=True, help="the build folder")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="for operators and models [1 2]")
    options = parser.parse_args()
    unknown = set(options.groups) - set(groups)
    if unknown:
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    build, wanted = options.build.resolve(), options.groups or groups
    if not pytorch():
        print("PyTorch is not at hand (RUSHLIGHT_PYTORCH=.../python): times of Rushlight alone")
    if "import" in wanted:
        import_times(build)
    for group, names in (("operators", OPERATORS), ("models", MODELS)):
        if group not in wanted:
            continue
        for threads in options.threads:
            peers = torch_peers(build, threads) | (runtimes(threads) if group == "models" else {})
            title(group, peers)
            compare(peers, group, names, threads)
            for peer in peers.values():
                peer.close()
    if "first" in wanted:
        first_calls(build)
    if "cpp" in wanted:
        cpp(build)
    if "language" in wanted:
        language(build)
    if "threads" in wanted:
        threads_and_processes(build)
    if "compile" in wanted:
        compile_times(build)


if __name__ == "__main__":
    main()
