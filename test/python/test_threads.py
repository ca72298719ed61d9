"""Compiled code beside Python's threads and in forked processes."""
import multiprocessing
import os
import subprocess
import sys
import threading
import time

import pytest
import rushlight as torch


@torch.jit.script
def count_down(num: int) -> int:
    while num > 0:
        num -= 1
    return num


@torch.jit.script
def work(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    return torch.tanh(torch.nn.functional.linear(x, w)).sum()


def large_operands():
    torch.manual_seed(3)
    return torch.rand(300, 300), torch.rand(300, 300)


def work_in_child(_):
    # Products and long rows, which the parent ran on its threads before it forked.
    x, w = large_operands()
    return float(work(x, w)), float((x.exp() * w).sum()), float(torch.nn.functional.conv2d(x.view(1, 1, 300, 300), w[:3, :3].reshape(1, 1, 3, 3)).sum())


def test_the_interpreter_lock_is_free_while_compiled_code_runs():
    thread = threading.Thread(target=count_down, args=(100_000_000,))
    thread.start()
    turns = 0
    while thread.is_alive() and turns < 5:
        time.sleep(0.001)
        turns += thread.is_alive()
    assert turns == 5, "Python stood still while the compiled function ran"
    thread.join()


def test_threads_compute_what_one_computes():
    x, w = large_operands()
    expected = float(work(x, w))
    results = []
    threads = [threading.Thread(target=lambda: results.append([float(work(x, w)) for _ in range(5)])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [[expected] * 5] * 4


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="the threads of a process are not listed here")
def test_one_thread_means_one():
    program = """
import os, rushlight as torch
torch.set_num_threads(1)
x = torch.ones(2000, 2000)
image, weight = torch.ones(4, 16, 32, 32), torch.ones(16, 16, 3, 3)
for count in (1, 2):
    torch.set_num_threads(count)
    assert torch.get_num_threads() == count
    x.exp().sum(), x[:300, :300] @ x[:300, :300], torch.nn.functional.conv2d(image, weight)
    print(len(os.listdir("/proc/self/task")))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    one, two = map(int, done.stdout.split())
    assert one == 1 and two > 1, done.stderr


@pytest.mark.parametrize("variable", ["OMP_NUM_THREADS", "MKL_NUM_THREADS"])
def test_the_environment_limits_threads(variable):
    program = "import rushlight; print(rushlight.get_num_threads())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env={**os.environ, variable: "1"})
    assert done.stdout == "1\n", done.stderr


@pytest.mark.parametrize("count, error", [(0, RuntimeError), (-1, RuntimeError), (2.0, RuntimeError), (True, RuntimeError), (2**40, ValueError)])
def test_other_counts_of_threads_are_refused(count, error):
    before = torch.get_num_threads()
    with pytest.raises(error):
        torch.set_num_threads(count)
    assert torch.get_num_threads() == before


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="there is no fork here")
def test_forked_workers_compute_after_the_parent_has():
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        expected = work_in_child(0)
        with multiprocessing.get_context("fork").Pool(2) as pool:
            assert pool.map_async(work_in_child, range(4)).get(timeout=60) == [expected] * 4
        assert work_in_child(0) == expected
    finally:
        torch.set_num_threads(threads)
