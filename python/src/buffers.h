/// Memory shared with Python through the buffer protocol.
#pragma once
#include "python_api.h"
#include "tensor/tensor.h"

namespace rushlight::python {

/// torch.frombuffer: `count` elements (-1: all) from byte `offset` on, whatever the buffer says that it holds.
Tensor tensor_from_bytes(PyObject* buffer, ScalarType dtype, int64_t count, int64_t offset);

}  // namespace rushlight::python
