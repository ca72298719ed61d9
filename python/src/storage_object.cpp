#include "storage_object.h"

#include <nanobind/stl/vector.h>

#include <cstring>

#include "base/error.h"
#include "base/text.h"
#include "casters.h"
#include "value_objects.h"

namespace rushlight::python {
namespace {

struct StorageHandle {
  Ref<Storage> storage;
};

/// Checks that the view lies within the storage: sizes may come from a file.
Tensor view_of(const StorageHandle& handle, nb::handle dtype, const std::vector<int64_t>& sizes,
               const std::vector<int64_t>& strides, int64_t offset) {
  if (!is_dtype(dtype.ptr())) throw TypeError("dtype must be torch.dtype");
  if (sizes.size() != strides.size()) throw RuntimeError("sizes and strides must have the same length");
  for (size_t i = 0; i < sizes.size(); ++i)
    if (sizes[i] < 0 || strides[i] < 0) throw RuntimeError("sizes and strides must not be negative");
  const size_t item = item_size(dtype_of_object(dtype.ptr()));
  const int64_t elements = int64_t(handle.storage->bytes() / item);
  const int64_t extent = storage_extent(sizes, strides);
  if (offset < 0 || offset > elements || extent > elements - offset)
    throw RuntimeError(cat("setStorage: sizes ", shape_text(sizes), ", strides ", shape_text(strides),
                           ", storage offset ", offset, ", and itemsize ", item,
                           " are out of bounds for storage of size ", handle.storage->bytes()));
  return tensor_over(handle.storage, dtype_of_object(dtype.ptr()), sizes, strides, offset);
}

StorageHandle from_bytes(nb::bytes bytes) {
  StorageHandle handle{Storage::allocate(bytes.size())};
  if (bytes.size()) std::memcpy(handle.storage->data(), bytes.c_str(), bytes.size());
  return handle;
}

nb::bytes to_bytes(const StorageHandle& self) {
  return nb::bytes(reinterpret_cast<const char*>(self.storage->data()), self.storage->bytes());
}

}  // namespace

void bind_storage(nb::module_& m) {
  nb::class_<StorageHandle>(m, "UntypedStorage", nb::dynamic_attr(), "The bytes behind tensors.")
      .def(
          "__init__",
          [](StorageHandle* self, int64_t bytes) {
            if (bytes < 0) throw RuntimeError(cat("Storage size calculation overflowed with size ", bytes));
            new (self) StorageHandle{Storage::allocate(size_t(bytes))};
          },
          nb::arg("size") = 0)
      .def_static("_of", [](const Tensor& tensor) { return StorageHandle{tensor.storage()}; })
      .def_static("_from_bytes", &from_bytes)
      .def("nbytes", [](const StorageHandle& self) { return self.storage->bytes(); })
      .def("size", [](const StorageHandle& self) { return self.storage->bytes(); })
      .def("__len__", [](const StorageHandle& self) { return self.storage->bytes(); })
      .def("data_ptr", [](const StorageHandle& self) { return reinterpret_cast<uintptr_t>(self.storage->data()); })
      .def("tobytes", &to_bytes)
      .def("resize_", [](StorageHandle& self, size_t bytes) { self.storage->resize(bytes); })
      .def("cpu", [](nb::object self) { return self; })
      .def("__reduce__",
           [](nb::object self) {
             return nb::make_tuple(self.type().attr("_from_bytes"),
                                   nb::make_tuple(to_bytes(nb::cast<StorageHandle&>(self))));
           })
      .def_prop_ro("device", [](const StorageHandle& self) { return nb::steal(wrap(self.storage->device())); })
      .def_prop_ro("_cdata", [](const StorageHandle& self) { return reinterpret_cast<uintptr_t>(self.storage.get()); });
  m.def("_tensor_over_storage", &view_of, nb::arg("storage"), nb::arg("dtype"), nb::arg("size"), nb::arg("stride"),
        nb::arg("storage_offset"));
}

}  // namespace rushlight::python
