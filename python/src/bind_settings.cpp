/// Process-wide settings: default dtype, print options, threads; and dtype questions that need no tensor.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/vector.h>

#include "base/thread_pool.h"
#include "bind.h"
#include "casters.h"
#include "tensor/print.h"
#include "value_objects.h"

namespace rushlight::python {

void bind_settings(nb::module_& m) {
  m.def("get_default_dtype", [] { return nb::steal(wrap(default_dtype())); });
  m.def("_set_default_dtype", [](nb::handle dtype) {
    if (!is_dtype(dtype.ptr()))
      throw TypeError("invalid dtype object: only floating-point types are supported as the default type");
    set_default_dtype(dtype_of_object(dtype.ptr()));
  });
  m.def("_get_num_threads", &get_num_threads);
  m.def("_set_num_threads", &set_num_threads);
  m.def(
      "_tensor_repr",
      [](const Tensor& tensor, const std::vector<std::string>& suffixes, const std::string& prefix) {
        return tensor_repr(tensor, suffixes, prefix);
      },
      nb::arg("tensor"), nb::arg("suffixes"), nb::arg("prefix"));
  m.def(
      "_set_print_options",
      [](int precision, int64_t threshold, int64_t edgeitems, int64_t linewidth, std::optional<bool> sci_mode) {
        print_options() = {.precision = precision,
                           .threshold = threshold,
                           .edgeitems = edgeitems,
                           .linewidth = linewidth,
                           .sci_mode = sci_mode};
      },
      nb::arg("precision"), nb::arg("threshold"), nb::arg("edgeitems"), nb::arg("linewidth"),
      nb::arg("sci_mode").none());
  m.def(
      "promote_types",
      [](nb::handle a, nb::handle b) {
        if (!is_dtype(a.ptr()) || !is_dtype(b.ptr())) throw TypeError("promote_types(): arguments must be torch.dtype");
        return nb::steal(wrap(promote_types(dtype_of_object(a.ptr()), dtype_of_object(b.ptr()))));
      },
      nb::arg("type1"), nb::arg("type2"));
  m.def(
      "can_cast",
      [](nb::handle from, nb::handle to) {
        if (!is_dtype(from.ptr()) || !is_dtype(to.ptr())) throw TypeError("can_cast(): arguments must be torch.dtype");
        return can_cast(dtype_of_object(from.ptr()), dtype_of_object(to.ptr()));
      },
      nb::arg("from_"), nb::arg("to"));
  m.def(
      "_storage_live_bytes", [] { return Storage::live_bytes(); }, "Bytes of all tensor memory that is in use.");
  m.def("_storage_peak_bytes", [] { return Storage::peak_bytes(); });
}

}  // namespace rushlight::python
