/// Attributes of a tensor that say what it is: shape, dtype, device, and the views .T, .mT, .real ...
#include "op_call.h"
#include "tensor_slots.h"
#include "traced_values.h"
#include "value_objects.h"

namespace rushlight::python {
namespace {

PyObject* shape(PyObject* self, void*) {
  return guarded([&] { return is_tracing() ? traced_sizes(tensor_of(self)) : wrap_size(tensor_of(self).sizes()); });
}
PyObject* dtype(PyObject* self, void*) { return wrap(tensor_of(self).dtype()); }
PyObject* layout(PyObject* self, void*) { return wrap(tensor_of(self).layout()); }
PyObject* device(PyObject* self, void*) {
  return guarded([&] { return wrap(tensor_of(self).device()); });
}
PyObject* ndim(PyObject* self, void*) { return PyLong_FromLongLong(tensor_of(self).dim()); }
PyObject* itemsize(PyObject* self, void*) { return PyLong_FromSize_t(tensor_of(self).item_size()); }
PyObject* nbytes(PyObject* self, void*) {
  return PyLong_FromLongLong(tensor_of(self).numel() * int64_t(tensor_of(self).item_size()));
}
PyObject* address(PyObject* self, void*) { return PyLong_FromVoidPtr(tensor_of(self).impl()); }
PyObject* is_cpu(PyObject* self, void*) { return PyBool_FromLong(tensor_of(self).device().type == DeviceType::cpu); }
PyObject* is_meta(PyObject* self, void*) { return PyBool_FromLong(tensor_of(self).is_meta()); }
PyObject* always_false(PyObject*, void*) { Py_RETURN_FALSE; }
PyObject* always_none(PyObject*, void*) { Py_RETURN_NONE; }

template <OpName name>
PyObject* view(PyObject* self, void*) {
  return guarded([&] { return wrap(op_call<name, "">(tensor_of(self)).tensor()); });
}
PyObject* imaginary(PyObject* self, void*) {
  return guarded([&] {
    if (!is_complex(tensor_of(self).dtype()))
      throw RuntimeError("imag is not implemented for tensors with non-complex dtypes.");
    return wrap(op_call<"aten::imag", "">(tensor_of(self)).tensor());
  });
}

/// t.real = x, t.imag = x
template <OpName name>
int assign_part(PyObject* self, PyObject* value, void*) {
  return guarded(
      [&] {
        if (!value) throw RuntimeError("can't delete the real or imaginary part");
        const Tensor part = op_call<name, "">(tensor_of(self)).tensor();
        op_call<"aten::copy_", "">(part, is_tensor(value) ? tensor_of(value) : wrapped_number(to_scalar(value)), false);
        return 0;
      },
      -1);
}

}  // namespace

std::vector<PyGetSetDef>& shape_properties() {
  static std::vector<PyGetSetDef> properties = {
      {"shape", shape, nullptr, nullptr, nullptr},
      {"dtype", dtype, nullptr, nullptr, nullptr},
      {"layout", layout, nullptr, nullptr, nullptr},
      {"device", device, nullptr, nullptr, nullptr},
      {"ndim", ndim, nullptr, nullptr, nullptr},
      {"itemsize", itemsize, nullptr, "Bytes of one element.", nullptr},
      {"nbytes", nbytes, nullptr, "Bytes of all elements.", nullptr},
      {"_cdata", address, nullptr, "Tells tensors apart.", nullptr},
      {"T", view<"aten::numpy_T">, nullptr, nullptr, nullptr},
      {"mT", view<"aten::mT">, nullptr, nullptr, nullptr},
      {"H", view<"aten::matrix_H">, nullptr, nullptr, nullptr},
      {"mH", view<"aten::mH">, nullptr, nullptr, nullptr},
      {"real", view<"aten::real">, assign_part<"aten::real">, nullptr, nullptr},
      {"imag", imaginary, assign_part<"aten::imag">, nullptr, nullptr},
      {"is_cpu", is_cpu, nullptr, nullptr, nullptr},
      {"is_meta", is_meta, nullptr, nullptr, nullptr},
      {"is_cuda", always_false, nullptr, nullptr, nullptr},
      {"is_mps", always_false, nullptr, nullptr, nullptr},
      {"is_xpu", always_false, nullptr, nullptr, nullptr},
      {"is_xla", always_false, nullptr, nullptr, nullptr},
      {"is_mkldnn", always_false, nullptr, nullptr, nullptr},
      {"is_sparse", always_false, nullptr, nullptr, nullptr},
      {"is_sparse_csr", always_false, nullptr, nullptr, nullptr},
      {"is_quantized", always_false, nullptr, nullptr, nullptr},
      {"is_nested", always_false, nullptr, nullptr, nullptr},
      {"name", always_none, nullptr, nullptr, nullptr},
  };
  return properties;
}

}  // namespace rushlight::python
