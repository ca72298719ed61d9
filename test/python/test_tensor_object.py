"""The Python object of a tensor: identity, life, attributes, copies, conversion."""
import copy
import gc
import pickle
import weakref

import pytest

import rushlight as torch


def test_a_tensor_held_only_by_another_keeps_its_python_object():
    owner = torch.tensor([0.0], requires_grad=True)
    gradient = torch.tensor([1.0])
    gradient.tag = "kept"
    identity, reference = id(gradient), weakref.ref(gradient)
    owner.grad = gradient
    del gradient
    gc.collect()
    assert id(owner.grad) == identity and owner.grad.tag == "kept" and reference() is owner.grad
    for i in range(3):  # over to C++ and back, again and again
        gradient = owner.grad
        gradient.count = i
        del gradient
        gc.collect()
        assert owner.grad.count == i
    owner.grad = None
    assert reference() is None


def test_cycles_through_attributes_are_collected():
    tensor = torch.tensor([1.0])
    tensor.myself = tensor
    reference = weakref.ref(tensor)
    del tensor
    gc.collect()
    assert reference() is None


def test_a_subclass_survives_and_results_are_plain():
    class Marked(torch.Tensor):
        pass
    tensor = Marked([1.0, 2.0])
    assert type(tensor) is Marked and type(tensor + 1) is torch.Tensor


def test_in_place_operators_return_the_same_object():
    tensor = torch.ones(2)
    same = tensor
    tensor += 1
    assert tensor is same and tensor.add_(1) is tensor


def test_copies_keep_strides_and_share_nothing():
    tensor = torch.tensor([[1.0, 2.0], [3.0, 4.0]]).t()
    for copied in (pickle.loads(pickle.dumps(tensor)), copy.deepcopy(tensor)):
        assert copied.stride() == tensor.stride() and copied.tolist() == tensor.tolist()
        assert copied.data_ptr() != tensor.data_ptr()


def test_only_leaves_are_deep_copied():
    tensor = torch.ones(2, requires_grad=True) * 2
    with pytest.raises(RuntimeError, match="Only Tensors created explicitly by the user"):
        copy.deepcopy(tensor)


def test_conversion_to_numbers():
    assert float(torch.tensor([2.5])) == 2.5 and int(torch.tensor(3.9)) == 3 and [10, 20, 30][torch.tensor(1)] == 20
    with pytest.raises(RuntimeError, match="a Tensor with 2 elements cannot be converted to Scalar"):
        torch.ones(2).item()
    with pytest.raises(ValueError, match="only one element tensors can be converted to Python scalars"):
        float(torch.ones(2))
    with pytest.raises(RuntimeError, match="Boolean value of Tensor with more than one value is ambiguous"):
        bool(torch.ones(2))
    with pytest.raises(TypeError, match="only integer tensors of a single element can be converted to an index"):
        [1, 2][torch.tensor(1.0)]


def test_containers_protocol():
    tensor = torch.tensor([[1, 2], [3, 4]])
    assert len(tensor) == 2 and [row.tolist() for row in tensor] == [[1, 2], [3, 4]] and 3 in tensor and 7 not in tensor
    with pytest.raises(TypeError, match="iteration over a 0-d tensor"):
        iter(torch.tensor(1))
    with pytest.raises(TypeError, match=r"len\(\) of a 0-d tensor"):
        len(torch.tensor(1))


def test_formatting():
    assert f"{torch.tensor(3.14159):.2f}" == "3.14"
    with pytest.raises(TypeError, match=r"unsupported format string passed to Tensor.__format__"):
        f"{torch.ones(2):.2f}"


def test_to_returns_self_when_nothing_changes():
    tensor = torch.ones(2)
    assert tensor.to(torch.float32) is tensor and tensor.to("cpu") is tensor and tensor.to(torch.float64).dtype is torch.float64
    assert tensor.type() == "torch.FloatTensor" and tensor.type(torch.int64).dtype is torch.int64


def test_data_of_nested_lists():
    assert torch.tensor([]).dtype is torch.float32 and torch.tensor([1, 2.5]).dtype is torch.float32
    assert torch.tensor([True, 2]).dtype is torch.int64 and torch.tensor([1 + 2j]).dtype is torch.complex64
    with pytest.raises(ValueError, match=r"expected sequence of length 1 at dim 1 \(got 2\)"):
        torch.tensor([[1], [1, 2]])


def test_value_types_have_pytorch_s_texts():
    assert repr(torch.float32) == "torch.float32" and repr(torch.device("cuda", 1)) == "device(type='cuda', index=1)"
    assert repr(torch.Size([1, 2]) + (3,)) == "torch.Size([1, 2, 3])" and repr(torch.strided) == "torch.strided"
    assert repr(torch.finfo(torch.float16)) == ("finfo(resolution=0.001, min=-65504, max=65504, eps=0.000976562, "
                                                "smallest_normal=6.10352e-05, tiny=6.10352e-05, dtype=float16)")
    assert repr(torch.iinfo(torch.int8)) == "iinfo(min=-128, max=127, dtype=int8)"
    with pytest.raises(TypeError, match="cannot create 'torch.dtype' instances"):
        torch.dtype()
