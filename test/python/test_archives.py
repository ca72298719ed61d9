"""torch.jit.save and torch.jit.load; with PyTorch at hand (RUSHLIGHT_PYTORCH names its Python), both ways between the two."""
import enum
import io
import json
import os
import subprocess
import textwrap
import zipfile
from typing import Dict, List, NamedTuple, Optional, Tuple

import pytest

import rushlight as torch
from rushlight import nn

PYTORCH = os.environ.get("RUSHLIGHT_PYTORCH")
needs_pytorch = pytest.mark.skipif(not PYTORCH, reason="RUSHLIGHT_PYTORCH names no Python with PyTorch")


class Color(enum.Enum):
    RED = 1
    BLUE = 2


class Point(NamedTuple):
    x: int
    y: torch.Tensor


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        self.register_buffer("shift", torch.tensor([0.5]))

    def forward(self, x, scale: int = 2):
        return (x @ self.weight) * scale + self.shift


class Net(nn.Module):
    names: List[str]
    table: Dict[str, int]
    maybe: Optional[int]
    pair: Tuple[int, float]

    def __init__(self):
        super().__init__()
        self.layer = Layer()
        self.names = ["a", "b"]
        self.table = {"z": 26, "a": 1}
        self.maybe = None
        self.pair = (1, 2.5)

    def forward(self, x: torch.Tensor, n: int = 1):
        for _ in range(n):
            x = self.layer(x)
        return x

    @torch.jit.export
    def describe(self, key: str) -> int:
        return self.table[key] + len(self.names)


def saved(program, **kwargs):
    buffer = io.BytesIO()
    torch.jit.save(program, buffer, **kwargs)
    buffer.seek(0)
    return buffer


def reloaded(program):
    return torch.jit.load(saved(program))


def in_pytorch(program, tmp_path, source):
    """What `source` prints in PyTorch, given the loaded module as `m`."""
    path = tmp_path / "m.pt"
    torch.jit.save(program, path)
    text = f"import torch\nm = torch.jit.load({str(path)!r})\n" + textwrap.dedent(source)
    done = subprocess.run([PYTORCH, "-W", "ignore", "-c", text], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_module_comes_back():
    net = torch.jit.script(Net())
    back = reloaded(net)
    x = torch.tensor([[1.0, 1.0]])
    assert type(back) is torch.jit.RecursiveScriptModule and back.original_name == "Net"
    assert torch.equal(back(x, n=2), net(x, n=2)) and back.describe("z") == 28
    assert back.code == net.code and [name for name, _ in back.named_parameters()] == ["layer.weight"]
    assert list(back.state_dict()) == ["layer.weight", "layer.shift"]
    assert back.names == ["a", "b"] and back.table == {"z": 26, "a": 1} and back.maybe is None and back.pair == (1, 2.5)
    assert back.layer.weight.requires_grad and not back.layer.shift.requires_grad


def test_a_function_becomes_a_module():
    @torch.jit.script
    def double(x, factor: int = 2):
        return x * factor

    back = reloaded(double)
    assert repr(back) == "RecursiveScriptModule(original_name=PlaceholderModule)"
    assert back(torch.tensor(3), 4).item() == 12
    with pytest.raises(RuntimeError, match="missing value for argument 'factor'"):
        back(torch.tensor(3))


def test_graphs_keep_their_places():
    net = torch.jit.script(Net())
    assert str(reloaded(net).graph) == str(reloaded(reloaded(net)).graph)
    assert "test_archives.py:" in str(reloaded(net).layer.graph)


def test_errors_show_saved_and_original_code():
    back = reloaded(torch.jit.script(Layer()))
    with pytest.raises(RuntimeError) as caught:
        back(torch.ones(3, 3))
    text = str(caught.value)
    assert "serialized code (most recent call last):\n  File \"code/__torch__/" in text
    assert "original code (most recent call last):\n  File \"" + __file__ in text


def test_shared_memory_stays_shared():
    class Views(nn.Module):
        def __init__(self):
            super().__init__()
            self.whole = nn.Parameter(torch.zeros(4))
            self.register_buffer("part", self.whole.detach()[1:3])

        def forward(self):
            return self.part

    back = reloaded(torch.jit.script(Views()))
    with torch.no_grad():
        back.whole[1] = 7
    assert back.part.tolist() == [7, 0]


def test_extra_files(tmp_path):
    path = tmp_path / "net.pt"
    torch.jit.script(Net()).save(path, _extra_files={"notes": "hello", "bytes": b"\0\1"})
    files = {"notes": "", "bytes": "", "missing": "x"}
    torch.jit.load(path, _extra_files=files)
    assert files == {"notes": b"hello", "bytes": b"\0\1", "missing": b""}


def test_records_and_versions():
    @torch.jit.script
    def halves(x):
        return x / 2

    def version(program):
        with zipfile.ZipFile(saved(program)) as archive:
            return archive.read("archive/version")
    assert version(halves) == b"4\n"
    assert version(torch.jit.script(Net())) == b"3\n"


def test_old_operators_mean_what_they_meant():
    @torch.jit.script
    def halves(x):
        return x / 2

    source = zipfile.ZipFile(saved(halves))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as changed:
        for name in source.namelist():
            changed.writestr(name, b"3\n" if name.endswith("/version") else source.read(name))
    buffer.seek(0)
    old = torch.jit.load(buffer)
    assert old(torch.tensor([7, -7])).tolist() == [3, -3] and old(torch.tensor([7.0])).tolist() == [3.5]


def test_what_load_refuses(tmp_path):
    with pytest.raises(ValueError, match="The provided filename nope.pt does not exist"):
        torch.jit.load("nope.pt")
    with pytest.raises(ValueError, match="is a directory"):
        torch.jit.load(tmp_path)
    with pytest.raises(ValueError, match="map_location should be either None, string or torch.device, but got type: <class 'int'>"):
        torch.jit.load(io.BytesIO(b""), map_location=3)
    with pytest.raises(RuntimeError, match="failed finding central directory"):
        torch.jit.load(io.BytesIO(b"this is no archive"))


def test_torch_load_hands_programs_over():
    @torch.jit.script
    def double(x):
        return x * 2

    buffer = saved(double)
    with pytest.warns(UserWarning, match="looks like a TorchScript archive"), pytest.raises(RuntimeError, match="Cannot use ``weights_only=True``"):
        torch.load(buffer)
    buffer.seek(0)
    with pytest.warns(UserWarning):
        assert torch.load(buffer, weights_only=False)(torch.tensor(2)).item() == 4


def test_mobile_modules_run_from_their_code():
    from rushlight.jit.mobile import _load_for_lite_interpreter

    @torch.jit.script
    def double(x):
        return x * 2

    module = _load_for_lite_interpreter(saved(double))
    assert module(torch.tensor(2)).item() == 4 and module.find_method("forward") and not module.find_method("backward")


def test_classes_of_all_kinds():
    class Kinds(nn.Module):
        def forward(self, x: int) -> Tuple[Point, Color]:
            return Point(x, torch.ones(1)), Color.BLUE

    point, color = reloaded(torch.jit.script(Kinds()))(3)
    assert point.x == 3 and color is Color.BLUE


@needs_pytorch
def test_pytorch_reads_what_rushlight_writes(tmp_path):
    net = torch.jit.script(Net())
    x = torch.tensor([[1.0, 1.0]])
    out = in_pytorch(net, tmp_path, """
        import json
        print(json.dumps([m(torch.tensor([[1.0, 1.0]]), n=2).tolist(), m.describe("z"), m.names, m.table, m.layer.weight.requires_grad,
                          m.code, m.layer.code, str(m.graph)]))
    """)
    values, described, names, table, requires_grad, code, layer_code, graph = json.loads(out)
    assert values == net(x, n=2).tolist() and described == 28 and names == net.names and table == net.table and requires_grad
    back = reloaded(net)
    assert code == back.code and layer_code == back.layer.code
    assert graph == str(back.graph)


@needs_pytorch
def test_rushlight_reads_what_pytorch_writes(tmp_path):
    path = tmp_path / "net.pt"
    source = textwrap.dedent(f"""
        import torch
        from torch import nn
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
            def forward(self, x, names: list[str]):
                return self.layers(x) + len(names)
        torch.manual_seed(0)
        m = torch.jit.script(Net())
        m.save({str(path)!r})
        print(m(torch.ones(1, 2), ["a"]).item())
    """)
    script = tmp_path / "write.py"
    script.write_text(source)
    done = subprocess.run([PYTORCH, "-W", "ignore", str(script)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    result = torch.jit.load(path)(torch.ones(1, 2), ["a"])
    assert result.item() == pytest.approx(float(done.stdout), rel=1e-6)


@needs_pytorch
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16", "int8", "uint8", "int16", "int32", "int64", "bool", "complex64"])
def test_every_dtype_travels(tmp_path, dtype):
    class Holder(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("t", torch.tensor([0, 1, 2]).to(getattr(torch, dtype)).reshape(3, 1).t())

        def forward(self):
            return self.t

    out = in_pytorch(torch.jit.script(Holder()), tmp_path, "print(m.t.dtype, tuple(m.t.stride()), m.t.to(torch.complex128).real.tolist())")
    expected = [[0.0, 1.0, 1.0 if dtype == "bool" else 2.0]]
    assert out == f"torch.{dtype} (1, 1) {expected}\n"


def maybe_none(x: int) -> Optional[int]:
    return x


def test_a_function_is_saved_as_a_module():
    file = io.BytesIO()
    torch.jit.save(torch.jit.script(maybe_none), file)
    code = zipfile.ZipFile(file).read("archive/code/__torch__.py").decode()
    assert code == textwrap.dedent("""\
        class PlaceholderModule(Module):
          __parameters__ = []
          __buffers__ = []
          training : bool
          def forward(self: __torch__.PlaceholderModule,
            x: int) -> int:
            return x
        """)
    file.seek(0)
    net = torch.jit.load(file)
    assert net.training and net(3) == 3
    net.eval()
    assert not net.training
