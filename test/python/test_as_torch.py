"""Rushlight under the name torch."""
import subprocess
import sys
import textwrap


def run(program, *arguments, tmp_path):
    path = tmp_path / "prog.py"
    path.write_text(textwrap.dedent(program))
    return subprocess.run([sys.executable, "-m", "rushlight", str(path), *arguments], capture_output=True, text=True)


def test_a_program_runs_unmodified(tmp_path):
    result = run("""
        import sys
        import torch
        import torch.autograd
        from torch.autograd import Function
        from torch import Tensor
        import torch.utils.hooks as hooks
        import rushlight
        assert torch is rushlight and torch.autograd is rushlight.autograd and hooks is rushlight.utils.hooks
        assert __name__ == "__main__" and sys.argv[1:] == ["a", "b"]
        print(torch.ones(2), torch.__version__.split("+")[0], isinstance(torch.ones(1), Tensor))
    """, "a", "b", tmp_path=tmp_path)
    assert result.stderr == "" and result.stdout == "tensor([1., 1.]) 2.13.0 True\n"


def test_the_real_torch_is_not_replaced(tmp_path):
    (tmp_path / "torch.py").write_text("real = True\n")
    result = subprocess.run([sys.executable, "-c", "import torch, rushlight.as_torch"], capture_output=True, text=True, cwd=tmp_path)
    assert "ImportError: the real torch has already been imported" in result.stderr


def test_a_missing_program_is_named(tmp_path):
    result = subprocess.run([sys.executable, "-m", "rushlight", "nowhere.py"], capture_output=True, text=True, cwd=tmp_path)
    assert result.returncode == 2 and "nowhere.py" in result.stderr


def test_import_leaves_numpy_alone():
    program = "import sys, rushlight; print('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.split() == ["False"]
