"""`rushlight run`: inputs, outputs, exit codes."""
import json
import struct
import zlib

import pytest
import rushlight as torch

numpy = pytest.importorskip("numpy")


def png(path, rows):
    """A picture of rows of (red, green, blue), written by hand."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    raw = b"".join(b"\0" + bytes(value for pixel in row for value in pixel) for row in rows)
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


@pytest.fixture
def identity(rushlight):
    class Identity(torch.nn.Module):
        def forward(self, x):
            return x
    torch.jit.save(torch.jit.script(Identity()), str(rushlight.folder / "identity.pt"))
    return "identity.pt"


def test_zeros_go_through_the_model(rushlight, net):
    assert rushlight("run", net, "--input", "zeros:1x2").stdout == "tensor([[1., 1.]])\n"


def test_npy_in(rushlight, net):
    numpy.save(rushlight.folder / "x.npy", numpy.array([[1, 2], [3, 4]], dtype=numpy.float32))
    assert rushlight("run", net, "--input", "x.npy").stdout == "tensor([[2., 5.],\n        [4., 9.]])\n"


@pytest.mark.parametrize("dtype", ["float64", "float16", "int64", "int32", "int16", "int8", "uint8", "bool", "complex64"])
def test_npy_keeps_the_dtype(rushlight, identity, dtype):
    array = numpy.array([[0, 1], [1, 0]]).astype(dtype)
    numpy.save(rushlight.folder / "x.npy", array)
    rushlight("run", identity, "-i", "x.npy", "--output-dir", "out")
    back = numpy.load(rushlight.folder / "out" / "output.npy")
    assert back.dtype == array.dtype and (back == array).all()


def test_npy_in_column_order(rushlight, identity):
    array = numpy.asfortranarray(numpy.arange(6).reshape(2, 3))
    numpy.save(rushlight.folder / "x.npy", array)
    rushlight("run", identity, "-i", "x.npy", "--output-dir", "out")
    assert (numpy.load(rushlight.folder / "out" / "output.npy") == array).all()


@pytest.mark.parametrize("save", ["savez", "savez_compressed"])
def test_npz_gives_an_argument_for_each_array(rushlight, save):
    class Sum(torch.nn.Module):
        def forward(self, x, y):
            return x + y
    torch.jit.save(torch.jit.script(Sum()), str(rushlight.folder / "sum.pt"))
    getattr(numpy, save)(rushlight.folder / "xy.npz", x=numpy.ones(2), y=numpy.full(2, 2.0))
    assert rushlight("run", "sum.pt", "-i", "xy.npz").stdout == "tensor([3., 3.], dtype=torch.float64)\n"


def test_pt_in(rushlight, identity):
    torch.save(torch.tensor([1.5, 2.5]), str(rushlight.folder / "x.pt"))
    assert rushlight("run", identity, "-i", "x.pt").stdout == "tensor([1.5000, 2.5000])\n"


def test_pictures(rushlight, identity):
    png(rushlight.folder / "p.png", [[(255, 0, 0), (0, 255, 0)], [(0, 0, 255), (255, 255, 255)]])
    assert rushlight("run", identity, "-i", "p.png").stdout == (
        "tensor([[[[1., 0.],\n          [0., 1.]],\n\n         [[0., 1.],\n          [0., 1.]],\n\n         [[0., 0.],\n          [1., 1.]]]])\n")
    assert rushlight("run", identity, "-i", "p.png", "--gray").stdout == "tensor([[[[0.2980, 0.5882],\n          [0.1137, 1.0000]]]])\n"
    shrunk = rushlight("run", identity, "-i", "p.png", "--resize", "1x1", "--mean", "0.5", "--std", "0.5,0.5,0.25").stdout
    assert shrunk == "tensor([[[[0.]],\n\n         [[0.]],\n\n         [[0.]]]])\n"


def test_random_is_the_same_for_a_seed(rushlight, identity):
    first = rushlight("run", identity, "-i", "random:2x2", "--seed", 3).stdout
    torch.manual_seed(3)
    assert first == rushlight("run", identity, "-i", "random:2x2", "--seed", 3).stdout == f"{torch.randn(2, 2)}\n"
    assert first != rushlight("run", identity, "-i", "random:2x2", "--seed", 4).stdout
    assert "int64" not in rushlight("run", identity, "-i", "random:3:int64").stdout
    assert rushlight("run", identity, "-i", "zeros:2:bool").stdout == "tensor([False, False])\n"


def test_results_print_as_in_python(rushlight, net):
    assert rushlight("run", net, "-m", "parts", "-i", "zeros:1").stdout == "(tensor([0.]), [tensor([0.])], {'key': 2}, \"it's\")\n"


def test_json(rushlight, net):
    printed = json.loads(rushlight("run", net, "-i", "zeros:1x2", "--json").stdout)
    assert printed == {"version": 1, "method": "forward", "output": {"dtype": "float32", "shape": [1, 2], "data": [[1.0, 1.0]]}}


def test_output_dir(rushlight, net):
    printed = rushlight("run", net, "-m", "parts", "-i", "zeros:2", "--output-dir", "out").stdout
    assert printed == "out/output.0.npy\nout/output.1.0.npy\n"
    assert numpy.load(rushlight.folder / "out" / "output.1.0.npy").tolist() == [0.0, 0.0]


def test_labels(rushlight, identity):
    numpy.save(rushlight.folder / "x.npy", numpy.log(numpy.array([[0.1, 0.7, 0.2]])))
    (rushlight.folder / "names.txt").write_text("cat\ndog\nbird\n")
    assert rushlight("run", identity, "-i", "x.npy", "--labels", "names.txt").stdout == " 70.00%  dog\n 20.00%  bird\n 10.00%  cat\n"
    (rushlight.folder / "two.txt").write_text("cat\ndog\n")
    assert "has 2 labels but the result has 3 scores" in rushlight("run", identity, "-i", "x.npy", "--labels", "two.txt", code=1).stderr


def test_standard_input(rushlight, net):
    archive = (rushlight.folder / net).read_bytes()
    assert rushlight("run", "-", "-i", "zeros:1x2", input=archive).stdout == "tensor([[1., 1.]])\n"


@pytest.mark.parametrize("arguments, message", [
    (["nope.pt"], "cannot open 'nope.pt': No such file or directory"),
    (["net.pt", "-i", "nope.npy"], "cannot open 'nope.npy': No such file or directory"),
    (["net.pt", "-i", "zeros:1xa"], "a shape looks like 1x3x224x224"),
    (["net.pt", "-i", "zeros:1:int99"], "there is no dtype 'int99'"),
    (["net.pt", "-m", "backward"], "the module has no method 'backward'; it has: "),
    (["net.pt"], "forward() is missing value for argument 'x'"),
    (["net.pt", "--frobnicate"], "--frobnicate"),
    (["net.pt", "--limits", "weight=3"], "unknown limit 'weight'"),
    (["net.pt", "-i", "net.txt"], "none of the files that can be an input"),
])
def test_wrong_use_is_one_line_and_code_1(rushlight, net, arguments, message):
    (rushlight.folder / "net.txt").write_text("text")
    error = rushlight("run", *arguments, code=1).stderr
    assert message in error and error.startswith("rushlight: ")


def test_damaged_pictures_and_arrays(rushlight, identity):
    png(rushlight.folder / "p.png", [[(1, 2, 3)] * 40] * 40)
    (rushlight.folder / "p.png").write_bytes((rushlight.folder / "p.png").read_bytes()[:60])
    assert "cannot read the picture 'p.png'" in rushlight("run", identity, "-i", "p.png", code=1).stderr
    numpy.save(rushlight.folder / "x.npy", numpy.ones(100))
    whole = (rushlight.folder / "x.npy").read_bytes()
    for size in (7, 40, 128, 500):
        (rushlight.folder / "x.npy").write_bytes(whole[:size])
        assert "is no NumPy array that can be used" in rushlight("run", identity, "-i", "x.npy", code=1).stderr


def test_an_error_of_the_model_is_code_4(rushlight, net):
    error = rushlight("run", net, "-m", "fail", "-i", "zeros:1", code=4).stderr
    assert "always" in error and "raise RuntimeError" in error


def test_refused_files_are_code_2(rushlight, net):
    whole = (rushlight.folder / net).read_bytes()
    (rushlight.folder / "half.pt").write_bytes(whole[:len(whole) // 2])
    (rushlight.folder / "text.pt").write_text("This is no archive.")
    for name in ("half.pt", "text.pt"):
        error = rushlight("run", name, code=2).stderr
        assert error.startswith("rushlight: ") and error.count("\n") == 1


def test_limits_are_code_5(rushlight, net):
    assert "are allowed" in rushlight("run", net, "-i", "zeros:1x2", "--limits", "code-bytes=10", code=5).stderr
