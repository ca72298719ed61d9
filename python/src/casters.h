/// Tensors as parameters and results of functions that nanobind binds.
#pragma once
#include "tensor_object.h"

namespace nanobind::detail {

/// None is an undefined tensor, in parameters only where the function allows it (nb::arg().none()).
template <>
struct type_caster<rushlight::Tensor> {
  NB_TYPE_CASTER(rushlight::Tensor, const_name("Tensor"))
  bool from_python(handle source, uint8_t, cleanup_list*) noexcept {
    if (source.is_none()) {
      value = rushlight::Tensor();
      return true;
    }
    if (!rushlight::python::is_tensor(source.ptr())) return false;
    value = rushlight::python::tensor_of(source.ptr());
    return true;
  }
  static handle from_cpp(const rushlight::Tensor& tensor, rv_policy, cleanup_list*) noexcept {
    return rushlight::python::guarded([&] { return rushlight::python::wrap(tensor); });
  }
};

}  // namespace nanobind::detail
