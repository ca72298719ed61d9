/// The parts of the Python type of tensors, each defined in its own file and put together in tensor_type.cpp.
#pragma once
#include "argument_values.h"
#include "tensor_object.h"

namespace rushlight::python {

std::vector<PyType_Slot> number_slots();          ///< operators (tensor_numbers.cpp)
std::vector<PyType_Slot> conversion_slots();      ///< bool, int, float, index (tensor_conversions.cpp)
std::vector<PyType_Slot> indexing_slots();        ///< t[i], t[i] = v, len, iteration (tensor_indexing.cpp)
std::vector<PyMethodDef>& conversion_methods();   ///< item, tolist (tensor_conversions.cpp)
std::vector<PyMethodDef>& shape_methods();        ///< size, stride, dim (tensor_shape_methods.cpp)
std::vector<PyMethodDef>& autograd_methods();     ///< requires_grad_, detach (tensor_autograd.cpp)
std::vector<PyGetSetDef>& shape_properties();     ///< shape, dtype, device, T (tensor_properties.cpp)
std::vector<PyGetSetDef>& autograd_properties();  ///< grad, requires_grad, grad_fn (tensor_autograd.cpp)

}  // namespace rushlight::python
