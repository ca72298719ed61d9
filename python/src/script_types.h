/// Types of TorchScript as Python objects: torch._C.TensorType, ListType ... One C++ class; Python's classes of the
/// many kinds are made over it in rushlight/_script_types.py.
#pragma once
#include "python_api.h"
#include "value/type.h"

namespace rushlight::python {

/// What the Python object holds.
struct TypeHandle {
  TypePtr type;
};

void bind_script_types(nb::module_& m);

}  // namespace rushlight::python

namespace nanobind::detail {

template <>
struct type_caster<rushlight::TypePtr> {
  NB_TYPE_CASTER(rushlight::TypePtr, const_name("Type"))
  bool from_python(handle source, uint8_t, cleanup_list*) noexcept {
    if (source.is_none()) {
      value = nullptr;
      return true;
    }
    rushlight::python::TypeHandle* held = nullptr;
    if (!nanobind::try_cast(source, held) || !held) return false;
    value = held->type;
    return true;
  }
  static handle from_cpp(const rushlight::TypePtr& type, rv_policy, cleanup_list*) noexcept {
    if (!type) return none().release();
    return nanobind::cast(rushlight::python::TypeHandle{type}).release();
  }
};

}  // namespace nanobind::detail
