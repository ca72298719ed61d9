"""torch.save and torch.load."""
import collections
import pickle

import pytest

import rushlight as torch


def test_state_dicts_come_back(tmp_path):
    path = tmp_path / "state.pt"
    weight = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    state = collections.OrderedDict(weight=weight, view=weight[0], step=3, names=["a", "b"], kind=torch.float64, half=torch.ones(2, dtype=torch.bfloat16))
    torch.save(state, path)
    loaded = torch.load(path)
    assert list(loaded) == list(state) and loaded["weight"].tolist() == weight.tolist() and loaded["kind"] is torch.float64
    assert loaded["half"].dtype is torch.bfloat16 and loaded["step"] == 3 and loaded["names"] == ["a", "b"]
    loaded["weight"][0, 0] = 9
    assert loaded["view"][0].item() == 9  # views still share memory


def test_strides_and_requires_grad_travel(tmp_path):
    path = tmp_path / "t.pt"
    torch.save(torch.ones(2, 3, requires_grad=True).detach().t().requires_grad_(), path)
    loaded = torch.load(path)
    assert loaded.stride() == (1, 3) and loaded.requires_grad


def test_foreign_globals_are_refused(tmp_path):
    class Attack:
        def __reduce__(self):
            return print, ("owned",)
    path = tmp_path / "attack.pt"
    torch.save([Attack()], path)
    with pytest.raises(pickle.UnpicklingError, match="Unsupported global: GLOBAL __builtin__.print was not an allowed global by default"):
        torch.load(path)


def test_a_storage_that_is_too_short_is_refused(tmp_path):
    import zipfile
    path, broken = tmp_path / "t.pt", tmp_path / "broken.pt"
    torch.save(torch.ones(4), path)
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name)[:8] if "/data/" in name else source.read(name))
    with pytest.raises(torch.FileRefused, match="data/0: 4 elements of torch.float32 need 16 bytes, the record has 8"):
        torch.load(broken)
