/// Tensors from Python data: nested sequences, numbers, buffers (NumPy arrays and everything else with the buffer
/// protocol).
#pragma once
#include <optional>

#include "python_api.h"
#include "tensor/tensor.h"

namespace rushlight::python {

/// torch.tensor(data): always a copy. Without `dtype` it is inferred as PyTorch does.
Tensor tensor_from_data(PyObject* data, std::optional<ScalarType> dtype, Device device);
/// Shares the memory of an object with the buffer protocol that describes its elements. TypeError for element types
/// that tensors do not have. `is_shared`: the user gets this very memory, and is warned when it is read-only.
Tensor tensor_from_array(PyObject* array, bool is_shared = true);
/// torch.Tensor(2, 3), torch.Tensor([1, 2]) and the same of subclasses.
PyObject* legacy_tensor_new(PyTypeObject* type, PyObject* arguments, PyObject* keywords);

void bind_new_tensor(nb::module_& m);

}  // namespace rushlight::python
