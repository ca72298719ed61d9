#include "tensor/tensor.h"

#include <cstring>

#include "base/text.h"

namespace rushlight {

void (*TensorImpl::release_python_object)(void*) = nullptr;

TensorImpl::~TensorImpl() {
  if (void* object = python_object.load(std::memory_order_relaxed); object && release_python_object)
    release_python_object(object);
}

void TensorImpl::set_shape(IntArrayRef new_sizes, IntArrayRef new_strides) {
  sizes = Shape(new_sizes);
  strides = Strides(new_strides);
  numel = numel_of(sizes);
  is_contiguous = rushlight::is_contiguous(sizes, strides);
}

bool Tensor::is_contiguous(MemoryFormat format) const {
  return format == MemoryFormat::contiguous ? impl_->is_contiguous
                                            : rushlight::is_contiguous(sizes(), strides(), format);
}

void Tensor::check_dtype(ScalarType expected) const {
  if (impl_->dtype != expected)
    throw RuntimeError(
        cat("expected scalar type ", dtype_info(expected).ir_name, " but found ", dtype_info(impl_->dtype).ir_name));
}

namespace {

template <class T>
Scalar read_scalar(const void* at) {
  if constexpr (std::is_same_v<T, bool>) {
    return Scalar(*static_cast<const bool*>(at));
  } else if constexpr (std::is_integral_v<T>) {
    return Scalar(int64_t(*static_cast<const T*>(at)));
  } else if constexpr (std::is_same_v<T, std::complex<Half>>) {
    const Half* parts = static_cast<const Half*>(at);
    return Scalar(std::complex<double>(float(parts[0]), float(parts[1])));
  } else if constexpr (std::is_same_v<T, std::complex<float>> || std::is_same_v<T, std::complex<double>>) {
    return Scalar(std::complex<double>(*static_cast<const T*>(at)));
  } else {
    return Scalar(double(*static_cast<const T*>(at)));
  }
}

template <class T>
void write_scalar(void* at, const Scalar& value) {
  if constexpr (std::is_same_v<T, std::complex<Half>>) {
    const auto complex = value.to<std::complex<float>>();
    static_cast<Half*>(at)[0] = Half(complex.real());
    static_cast<Half*>(at)[1] = Half(complex.imag());
  } else {
    *static_cast<T*>(at) = value.to<T>();
  }
}

}  // namespace

Scalar Tensor::item() const {
  if (numel() != 1) throw RuntimeError(cat("a Tensor with ", numel(), " elements cannot be converted to Scalar"));
  if (is_meta()) throw RuntimeError("Tensor.item() cannot be called on meta tensors");
  switch (dtype()) {
#define RUSHLIGHT_DTYPE(name, number, cpp, ...) \
  case ScalarType::name:                        \
    return read_scalar<cpp>(data());
    RUSHLIGHT_FORALL_DTYPES(RUSHLIGHT_DTYPE)
#undef RUSHLIGHT_DTYPE
  }
  return Scalar();
}

VersionCounter& Tensor::version() const {
  if (!impl_->version) impl_->version = make_ref<VersionCounter>();
  return *impl_->version;
}

namespace {

size_t checked_bytes(int64_t elements, ScalarType dtype) {
  size_t bytes;
  if (__builtin_mul_overflow(size_t(elements), item_size(dtype), &bytes))
    throw RuntimeError("Storage size calculation overflowed");
  return bytes;
}

void check_sizes(IntArrayRef sizes) {
  for (int64_t size : sizes)
    if (size < 0)
      throw RuntimeError(cat("Trying to create tensor with negative dimension ", size, ": ", shape_text(sizes)));
}

}  // namespace

Tensor empty_tensor(IntArrayRef sizes, ScalarType dtype, Device device, MemoryFormat format) {
  check_sizes(sizes);
  const int64_t numel = numel_of(sizes);
  auto impl = make_ref<TensorImpl>(Storage::allocate(checked_bytes(numel, dtype), device), dtype, device);
  if (format == MemoryFormat::contiguous || format == MemoryFormat::preserve) {
    // The common case, spelled out: no test of contiguity, no second product.
    impl->sizes = Shape(sizes);
    impl->strides = contiguous_strides(sizes);
    impl->numel = numel;
  } else {
    impl->set_shape(sizes, strides_for(sizes, format));
  }
  return Tensor(std::move(impl));
}

Tensor empty_strided_tensor(IntArrayRef sizes, IntArrayRef strides, ScalarType dtype, Device device) {
  if (sizes.size() != strides.size())
    throw RuntimeError(cat("mismatch in length of strides and shape: ", strides.size(), " and ", sizes.size()));
  check_sizes(sizes);
  for (int64_t stride : strides)
    if (stride < 0)
      throw RuntimeError(
          cat("as_strided: Negative strides are not supported at the moment, got strides: ", shape_text(strides)));
  auto impl = make_ref<TensorImpl>(Storage::allocate(checked_bytes(storage_extent(sizes, strides), dtype), device),
                                   dtype, device);
  impl->set_shape(sizes, strides);
  return Tensor(std::move(impl));
}

Tensor tensor_over(Ref<Storage> storage, ScalarType dtype, IntArrayRef sizes, IntArrayRef strides,
                   int64_t storage_offset) {
  check_sizes(sizes);
  if (storage_offset < 0) throw RuntimeError(cat("Tensor: invalid storage offset ", storage_offset));
  int64_t needed = storage_extent(sizes, strides);
  if (needed && __builtin_add_overflow(needed, storage_offset, &needed))
    throw RuntimeError("Storage size calculation overflowed");
  const size_t bytes = checked_bytes(needed, dtype);
  if (bytes > storage->bytes())
    throw RuntimeError(cat("setStorage: sizes ", shape_text(sizes), ", strides ", shape_text(strides),
                           ", storage offset ", storage_offset, ", and itemsize ", item_size(dtype),
                           " requiring a storage size of ", bytes, " are out of bounds for storage of size ",
                           storage->bytes()));
  const Device device = storage->device();
  auto impl = make_ref<TensorImpl>(std::move(storage), dtype, device);
  impl->storage_offset = storage_offset;
  impl->set_shape(sizes, strides);
  return Tensor(std::move(impl));
}

Tensor alias_tensor(const Tensor& base, IntArrayRef sizes, IntArrayRef strides, int64_t storage_offset) {
  for (int64_t stride : strides)
    if (stride < 0)
      throw RuntimeError(
          cat("as_strided: Negative strides are not supported at the moment, got strides: ", shape_text(strides)));
  Tensor view = tensor_over(base.storage(), base.dtype(), sizes, strides, storage_offset);
  view.impl()->version = Ref<VersionCounter>(&base.version());
  view.impl()->is_inference = base.impl()->is_inference;
  return view;
}

Tensor scalar_tensor(const Scalar& value, std::optional<ScalarType> dtype) {
  ScalarType type = dtype.value_or(value.is_float()     ? default_dtype()
                                   : value.is_complex() ? to_complex(default_dtype())
                                                        : value.type());
  Tensor tensor = empty_tensor({}, type);
  switch (type) {
#define RUSHLIGHT_DTYPE(name, number, cpp, ...) \
  case ScalarType::name:                        \
    write_scalar<cpp>(tensor.data(), value);    \
    break;
    RUSHLIGHT_FORALL_DTYPES(RUSHLIGHT_DTYPE)
#undef RUSHLIGHT_DTYPE
  }
  return tensor;
}

Tensor wrapped_number(const Scalar& value) {
  Tensor tensor = scalar_tensor(value, value.is_float()     ? std::optional(ScalarType::float64)
                                       : value.is_complex() ? std::optional(ScalarType::complex128)
                                                            : std::nullopt);
  tensor.impl()->is_wrapped_number = true;
  return tensor;
}

}  // namespace rushlight
