/// Tensors to and from DLPack capsules (the structs of DLPack 1.0; dmlc.github.io/dlpack).
#include <memory>

#include "base/text.h"
#include "bind.h"
#include "casters.h"

namespace rushlight::python {
namespace {

struct DLDevice {
  int32_t type;
  int32_t id;
};
struct DLDataType {
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
};
struct DLTensor {
  void* data;
  DLDevice device;
  int32_t ndim;
  DLDataType dtype;
  int64_t* shape;
  int64_t* strides;  ///< in elements; null: contiguous
  uint64_t byte_offset;
};
struct DLManagedTensor {
  DLTensor tensor;
  void* context;
  void (*deleter)(DLManagedTensor*);
};
struct DLVersion {
  uint32_t major;
  uint32_t minor;
};
struct DLManagedTensorVersioned {
  DLVersion version;
  void* context;
  void (*deleter)(DLManagedTensorVersioned*);
  uint64_t flags;
  DLTensor tensor;
};
constexpr int32_t kCpu = 1;
constexpr uint64_t kReadOnly = 1;
constexpr int32_t kMaxRank = 64;

enum : uint8_t { kInt = 0, kUInt = 1, kFloat = 2, kBfloat = 4, kComplex = 5, kBool = 6 };

DLDataType dlpack_dtype(ScalarType dtype) {
  const uint8_t bits = uint8_t(item_size(dtype) * 8);
  if (dtype == ScalarType::bool_) return {kBool, bits, 1};
  if (dtype == ScalarType::bfloat16) return {kBfloat, bits, 1};
  if (dtype == ScalarType::uint8) return {kUInt, bits, 1};
  if (is_complex(dtype)) return {kComplex, bits, 1};
  return {is_floating(dtype) ? kFloat : kInt, bits, 1};
}

ScalarType dtype_from(DLDataType dtype) {
  if (dtype.lanes == 1)
    for (int64_t number = 0; number < 64; ++number)
      if (const DtypeInfo* info = find_dtype(number)) {
        const DLDataType known = dlpack_dtype(info->type);
        if (known.code == dtype.code && known.bits == dtype.bits) return info->type;
      }
  throw RuntimeError(cat("Unsupported kind of elements in a DLPack tensor: code ", int(dtype.code), ", ",
                         int(dtype.bits), " bits, ", dtype.lanes, " lanes"));
}

/// The tensor is kept alive together with the struct that describes it.
template <class Managed>
struct Export {
  Managed managed{};
  Tensor tensor;
  static void destroy(Managed* managed) { delete static_cast<Export*>(managed->context); }
};

template <class Managed>
Managed* describe(const Tensor& tensor) {
  auto exported = std::make_unique<Export<Managed>>();
  exported->tensor = tensor;
  DLTensor& description = exported->managed.tensor;
  description.data = tensor.data();
  description.device = {kCpu, 0};
  description.ndim = int32_t(tensor.dim());
  description.dtype = dlpack_dtype(tensor.dtype());
  description.shape = const_cast<int64_t*>(tensor.sizes().data());
  description.strides = const_cast<int64_t*>(tensor.strides().data());
  exported->managed.context = exported.get();
  exported->managed.deleter = &Export<Managed>::destroy;
  return &exported.release()->managed;
}

/// A capsule that nobody took over frees what it holds.
template <class Managed>
void destroy_capsule(PyObject* capsule) {
  const char* name = PyCapsule_GetName(capsule);
  if (!name || std::string_view(name).starts_with("used_")) return;
  auto* managed = static_cast<Managed*>(PyCapsule_GetPointer(capsule, name));
  if (managed && managed->deleter) managed->deleter(managed);
}

nb::object to_dlpack(const Tensor& tensor, bool versioned) {
  if (tensor.is_meta()) throw RuntimeError("a tensor without data cannot be exported");
  if (versioned) {
    auto* managed = describe<DLManagedTensorVersioned>(tensor);
    managed->version = {1, 0};
    return owned(PyCapsule_New(managed, "dltensor_versioned", &destroy_capsule<DLManagedTensorVersioned>));
  }
  return owned(PyCapsule_New(describe<DLManagedTensor>(tensor), "dltensor", &destroy_capsule<DLManagedTensor>));
}

Tensor tensor_over(const DLTensor& description, std::function<void()> release) {
  if (description.device.type != kCpu) throw RuntimeError("only memory of the CPU can be shared");
  if (description.ndim < 0 || description.ndim > kMaxRank)
    throw RuntimeError(cat("a DLPack tensor of ", description.ndim, " dimensions"));
  const ScalarType dtype = dtype_from(description.dtype);
  const IntArrayRef sizes(description.shape, size_t(description.ndim));
  const Strides strides = description.strides ? Strides(IntArrayRef(description.strides, size_t(description.ndim)))
                                              : contiguous_strides(sizes);
  for (size_t i = 0; i < sizes.size(); ++i)
    if (sizes[i] < 0 || strides[i] < 0)
      throw RuntimeError("a DLPack tensor with negative sizes or strides cannot be shared");
  std::byte* data = static_cast<std::byte*>(description.data) + description.byte_offset;
  const size_t bytes = size_t(storage_extent(sizes, strides)) * item_size(dtype);
  return rushlight::tensor_over(Storage::borrow(data, bytes, std::move(release)), dtype, sizes, strides, 0);
}

/// Takes the memory over: the capsule is renamed, so that its destructor leaves the struct to the tensor.
template <class Managed>
Tensor take(PyObject* capsule, const char* name, const char* used_name) {
  auto* managed = static_cast<Managed*>(PyCapsule_GetPointer(capsule, name));
  if (!managed) nb::raise_python_error();
  if constexpr (std::is_same_v<Managed, DLManagedTensorVersioned>) {
    if (managed->version.major != 1)
      throw RuntimeError(cat("DLPack version ", managed->version.major, " is not known"));
    if (managed->flags & kReadOnly)
      checked(PyErr_WarnEx(PyExc_UserWarning,
                           "The given array is not writable, and tensors cannot be protected from writing.", 1));
  }
  Tensor tensor = tensor_over(managed->tensor, [managed] {
    if (!managed->deleter || !Py_IsInitialized()) return;
    const nb::gil_scoped_acquire locked;
    managed->deleter(managed);
  });
  checked(PyCapsule_SetName(capsule, used_name));
  return tensor;
}

Tensor from_dlpack(nb::object capsule) {
  if (PyCapsule_IsValid(capsule.ptr(), "dltensor_versioned"))
    return take<DLManagedTensorVersioned>(capsule.ptr(), "dltensor_versioned", "used_dltensor_versioned");
  if (PyCapsule_IsValid(capsule.ptr(), "dltensor"))
    return take<DLManagedTensor>(capsule.ptr(), "dltensor", "used_dltensor");
  throw RuntimeError(
      "from_dlpack received an invalid capsule. Note that DLTensor capsules can be consumed only once, so you might "
      "have already "
      "constructed a tensor from it once.");
}

}  // namespace

void bind_dlpack(nb::module_& m) {
  m.def("_to_dlpack", &to_dlpack, nb::arg("tensor"), nb::arg("versioned"));
  m.def("_from_dlpack", &from_dlpack);
}

}  // namespace rushlight::python
