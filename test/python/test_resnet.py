"""ResNet-18 as the real PyTorch saves it (scripted, traced, frozen): loads, runs on a photograph, and goes back."""
import os
import subprocess
from pathlib import Path

import pytest

import rushlight as torch

PYTORCH = os.environ.get("RUSHLIGHT_PYTORCH")
ROOT = Path(__file__).parents[2]
MAKE_MODELS = Path(os.environ.get("RUSHLIGHT_CONFORMANCE", ROOT.parent / "shared" / "conformance")) / "models" / "make_models.py"
PEER = Path(__file__).with_name("pytorch_peer.py")
MODES = ("script", "trace", "freeze")


def peer(*command):
    done = subprocess.run([PYTORCH, *map(str, command)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    if not PYTORCH:
        pytest.skip("RUSHLIGHT_PYTORCH names no Python with PyTorch")
    if not MAKE_MODELS.exists():
        pytest.skip("the conformance corpus, whose script makes the model, is not there")
    if subprocess.run([PYTORCH, "-c", "import importlib.util as u, sys; sys.exit(not (u.find_spec('torchvision') and u.find_spec('PIL')))"]).returncode:
        pytest.skip("PyTorch's environment has no torchvision and pillow")
    datasets = pytest.importorskip("sklearn.datasets")
    folder = tmp_path_factory.mktemp("models")
    peer("-W", "ignore", MAKE_MODELS, "--out", folder, "--only", "resnet18", "--mode", ",".join(MODES))
    peer(PEER, "photo", Path(datasets.__file__).parent / "images" / "china.jpg", folder / "photo.npy")
    return folder


@pytest.mark.parametrize("mode", MODES)
def test_a_network_from_pytorch(models, mode, tmp_path):
    numpy = pytest.importorskip("numpy")
    archive = models / "resnet18" / f"{mode}.pt"
    peer(PEER, "run", archive, models / "photo.npy", tmp_path / "theirs.npz")
    theirs = numpy.load(tmp_path / "theirs.npz")
    module = torch.jit.load(str(archive))
    with torch.no_grad():
        out = module(torch.from_numpy(numpy.load(models / "photo.npy")))
    numpy.testing.assert_allclose(out.numpy(), theirs["out"], rtol=1e-4, atol=1e-4)
    assert module.code == str(theirs["code"])
    assert str(module.graph) == str(theirs["graph"])
    if mode != "freeze":
        assert str(torch.jit.freeze(module).graph) == str(theirs["frozen"])

    module.save(str(tmp_path / "again.pt"))
    peer(PEER, "run", tmp_path / "again.pt", models / "photo.npy", tmp_path / "again.npz")
    again = numpy.load(tmp_path / "again.npz")
    numpy.testing.assert_array_equal(again["out"], theirs["out"])
    assert str(again["code"]) == str(theirs["code"])
