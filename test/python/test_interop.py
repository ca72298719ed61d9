"""Memory shared with NumPy and with buffers."""
import pytest

import rushlight as torch

numpy = pytest.importorskip("numpy")


def test_from_numpy_shares_memory_both_ways():
    array = numpy.arange(6, dtype=numpy.float32).reshape(2, 3)
    tensor = torch.from_numpy(array)
    array[0, 0] = 9
    tensor[1, 1] = 8
    assert tensor.tolist() == [[9.0, 1.0, 2.0], [3.0, 8.0, 5.0]] and array[1, 1] == 8
    assert numpy.shares_memory(array, tensor.numpy())


def test_strides_travel():
    array = numpy.arange(6).reshape(2, 3).T
    tensor = torch.from_numpy(array)
    assert tensor.stride() == (1, 3) and tensor.numpy().strides == array.strides


def test_the_memory_outlives_its_first_owner():
    tensor = torch.from_numpy(numpy.ones(1000))
    array = torch.ones(1000).numpy()
    assert tensor.sum().item() == 1000 and array.sum() == 1000


@pytest.mark.parametrize("make, error, text", [
    (lambda: numpy.ones(3)[::-1], ValueError, "At least one stride in the given numpy array is negative"),
    (lambda: numpy.array(["a"]), TypeError, "can't convert np.ndarray of type numpy.str_"),
])
def test_arrays_that_tensors_cannot_show_are_refused(make, error, text):
    with pytest.raises(error, match=text):
        torch.from_numpy(make())


def test_numpy_of_a_tensor_that_requires_grad_is_refused():
    with pytest.raises(RuntimeError, match=r"Can't call numpy\(\) on Tensor that requires grad"):
        torch.ones(1, requires_grad=True).numpy()


def test_numpy_scalars_are_numbers():
    assert torch.tensor(numpy.float64(2)).dtype is torch.float64
    assert (torch.ones(1) * numpy.float32(2)).tolist() == [2.0] and torch.zeros(numpy.int64(3)).shape == (3,)
    assert isinstance(numpy.float64(2) * torch.ones(1), torch.Tensor)


def test_frombuffer():
    data = bytearray(b"\1\0\0\0\2\0\0\0")
    tensor = torch.frombuffer(data, dtype=torch.int32)
    data[0] = 5
    assert tensor.tolist() == [5, 2] and torch.frombuffer(data, dtype=torch.int32, offset=4).tolist() == [2]
    with pytest.raises(ValueError, match="must be a multiple of element size"):
        torch.frombuffer(b"abc", dtype=torch.int32)
    with pytest.warns(UserWarning, match="The given buffer is not writable"):
        torch.frombuffer(b"abcd", dtype=torch.uint8)


def test_dlpack_shares_memory_both_ways():
    array = numpy.arange(6.0).reshape(2, 3)
    tensor = torch.from_dlpack(array)
    tensor[0, 0] = 9
    assert array[0, 0] == 9 and tensor.__dlpack_device__() == (1, 0)
    back = numpy.from_dlpack(tensor.t())
    assert numpy.shares_memory(back, array) and back.shape == (3, 2)
    with pytest.raises(BufferError, match="Can't export tensors that require gradient"):
        torch.ones(1, requires_grad=True).__dlpack__()


def test_a_capsule_is_consumed_once():
    capsule = torch.ones(2).__dlpack__()
    assert torch.from_dlpack(capsule).tolist() == [1.0, 1.0]
    with pytest.raises(RuntimeError, match="can be consumed only once"):
        torch.from_dlpack(capsule)
