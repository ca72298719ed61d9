/// at::Tensor: a counted handle to a tensor of the library. Methods that are operators are derived from the operators'
/// declarations (TensorMethods.inc); here stand those that are more than a call of an operator.
#pragma once
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "ATen/core/Generator.h"
#include "ATen/core/TensorAccessor.h"
#include "c10/core/Scalar.h"
#include "c10/core/Storage.h"
#include "c10/core/TensorOptions.h"
#include "c10/util/ArrayRef.h"
#include "c10/util/intrusive_ptr.h"

namespace c10 {
inline namespace RUSHLIGHT_ABI {
class TensorImpl : public ::rushlight::Opaque {};
template <class T>
class List;
}  // namespace RUSHLIGHT_ABI
}  // namespace c10

namespace torch {
inline namespace RUSHLIGHT_ABI {
namespace autograd {
class Node;
}
}  // namespace RUSHLIGHT_ABI
}  // namespace torch

namespace at {
using namespace c10;
using c10::ArrayRef;
using c10::Device;
using c10::IntArrayRef;
using c10::Layout;
using c10::MemoryFormat;
using c10::OptionalIntArrayRef;
using c10::Scalar;
using c10::ScalarType;
using c10::TensorOptions;

inline namespace RUSHLIGHT_ABI {

class Tensor;
using TensorList = ArrayRef<Tensor>;
namespace indexing {
struct TensorIndex;
}

class RUSHLIGHT_API Tensor {
 public:
  /// Undefined: no tensor at all.
  Tensor() = default;
  explicit Tensor(c10::intrusive_ptr<c10::TensorImpl> impl) : impl_(std::move(impl)) {}
  Tensor(const Tensor&) = default;
  Tensor(Tensor&&) noexcept = default;
  Tensor& operator=(const Tensor& other) & noexcept {
    impl_ = other.impl_;
    return *this;
  }
  Tensor& operator=(Tensor&& other) & noexcept {
    impl_ = std::move(other.impl_);
    return *this;
  }
  /// `t[0] = x` writes into t.
  Tensor& operator=(const Tensor& values) &&;
  Tensor& operator=(Tensor&& values) &&;
  Tensor& operator=(const Scalar& value) &&;

  bool defined() const { return impl_.defined(); }
  void reset() { impl_.reset(); }
  bool is_same(const Tensor& other) const { return impl_ == other.impl_; }
  size_t use_count() const { return impl_.use_count(); }
  c10::TensorImpl* unsafeGetTensorImpl() const { return impl_.get(); }
  const c10::intrusive_ptr<c10::TensorImpl>& getIntrusivePtr() const { return impl_; }
  c10::TensorImpl* unsafeReleaseTensorImpl() { return impl_.release(); }

  IntArrayRef sizes() const;
  IntArrayRef strides() const;
  int64_t size(int64_t dim) const;
  int64_t stride(int64_t dim) const;
  int64_t dim() const;
  int64_t ndimension() const { return dim(); }
  int64_t numel() const;
  int64_t storage_offset() const;
  size_t itemsize() const { return c10::elementSize(scalar_type()); }
  int64_t element_size() const { return int64_t(itemsize()); }
  size_t nbytes() const { return size_t(numel()) * itemsize(); }
  ScalarType scalar_type() const;
  caffe2::TypeMeta dtype() const { return scalar_type(); }
  Device device() const;
  int64_t get_device() const { return device().index(); }
  Layout layout() const;
  TensorOptions options() const { return TensorOptions(scalar_type()).device(device()).layout(layout()); }
  bool is_cpu() const { return device().is_cpu(); }
  bool is_cuda() const { return device().is_cuda(); }
  bool is_mps() const { return device().is_mps(); }
  bool is_meta() const { return device().is_meta(); }
  bool is_sparse() const { return layout() == Layout::Sparse; }
  bool is_quantized() const { return false; }
  bool is_floating_point() const { return c10::isFloatingType(scalar_type()); }
  bool is_complex() const { return c10::isComplexType(scalar_type()); }
  bool is_signed() const { return scalar_type() != ScalarType::Byte && scalar_type() != ScalarType::Bool; }
  bool is_contiguous(MemoryFormat format = MemoryFormat::Contiguous) const;
  bool is_non_overlapping_and_dense() const;
  bool is_inference() const;
  bool is_view() const;
  c10::Storage storage() const;
  bool has_storage() const { return defined(); }
  bool is_alias_of(const Tensor& other) const { return storage().is_alias_of(other.storage()); }
  std::string toString() const;
  void print() const;

  void* data_ptr() const { return mutable_data_ptr(); }
  const void* const_data_ptr() const { return mutable_data_ptr(); }
  void* mutable_data_ptr() const;
  /// Checked: "expected scalar type Long but found Float".
  template <class T>
  T* data_ptr() const {
    check_scalar_type(c10::CppTypeToScalarType<std::remove_const_t<T>>::value);
    return static_cast<T*>(mutable_data_ptr());
  }
  template <class T>
  const T* const_data_ptr() const {
    return data_ptr<std::remove_const_t<T>>();
  }
  template <class T>
  T* mutable_data_ptr() const {
    return data_ptr<T>();
  }
  template <class T>
  T* data() const {
    return data_ptr<T>();
  }
  template <class T, size_t N>
  TensorAccessor<T, N> accessor() const& {
    static_assert(N > 0, "accessor is used for indexing tensor, for scalars use *data_ptr<T>()");
    TORCH_CHECK(dim() == int64_t(N), "TensorAccessor expected ", N, " dims but tensor has ", dim());
    return {data_ptr<T>(), sizes().data(), strides().data()};
  }
  template <class T, size_t N>
  TensorAccessor<T, N> accessor() && = delete;

  /// The one element; "a Tensor with 2 elements cannot be converted to Scalar" otherwise.
  Scalar item() const;
  template <class T>
  T item() const {
    return item().to<T>();
  }

  Tensor cpu() const { return to(options().device(DeviceType::CPU)); }
  Tensor cuda() const { return to(options().device(DeviceType::CUDA)); }
  Tensor toType(ScalarType type) const { return to(type); }
  Tensor to(caffe2::TypeMeta type, bool non_blocking = false, bool copy = false) const {
    return to(type.toScalarType(), non_blocking, copy);
  }
  Tensor to(Device device, caffe2::TypeMeta type, bool non_blocking = false, bool copy = false) const {
    return to(device, type.toScalarType(), non_blocking, copy);
  }

  Tensor index(ArrayRef<indexing::TensorIndex> indices) const;
  Tensor index(std::initializer_list<indexing::TensorIndex> indices) const;
  Tensor& index_put_(ArrayRef<indexing::TensorIndex> indices, const Tensor& values);
  Tensor& index_put_(ArrayRef<indexing::TensorIndex> indices, const Scalar& value);
  Tensor& index_put_(std::initializer_list<indexing::TensorIndex> indices, const Tensor& values);
  Tensor& index_put_(std::initializer_list<indexing::TensorIndex> indices, const Scalar& value);
  Tensor operator[](int64_t index) const;
  Tensor operator[](const Scalar& index) const;
  Tensor operator[](const Tensor& index) const;
  Tensor operator~() const;
  Tensor operator-() const;
  Tensor& operator+=(const Tensor& other);
  Tensor& operator+=(const Scalar& other);
  Tensor& operator-=(const Tensor& other);
  Tensor& operator-=(const Scalar& other);
  Tensor& operator*=(const Tensor& other);
  Tensor& operator*=(const Scalar& other);
  Tensor& operator/=(const Tensor& other);
  Tensor& operator/=(const Scalar& other);
  Tensor& operator&=(const Tensor& other);
  Tensor& operator|=(const Tensor& other);
  Tensor& operator^=(const Tensor& other);

  bool requires_grad() const;
  const Tensor& set_requires_grad(bool value) const;
  const Tensor& requires_grad_(bool value = true) const { return set_requires_grad(value); }
  bool is_leaf() const;
  void retain_grad() const;
  bool retains_grad() const;
  /// The gradient that `backward` left, or an undefined tensor.
  const Tensor& grad() const;
  Tensor& mutable_grad() const;
  void backward(const Tensor& gradient = {}, std::optional<bool> retain_graph = std::nullopt, bool create_graph = false,
                std::optional<TensorList> inputs = std::nullopt) const;
  /// What made it; null for a leaf.
  c10::intrusive_ptr<torch::autograd::Node> grad_fn() const;
  /// `hook` sees the gradient and may return another one. The number that comes back is for remove_hook.
  template <class Hook>
  unsigned register_hook(Hook&& hook) const {
    if constexpr (std::is_void_v<std::invoke_result_t<Hook, Tensor>>)
      return add_hook([hook](const Tensor& grad) { return hook(grad), Tensor(); });
    else
      return add_hook(std::function<Tensor(const Tensor&)>(hook));
  }
  void remove_hook(unsigned key) const;
  int64_t _version() const;
  /// The same data without history.
  Tensor data() const { return variable_data(); }
  Tensor variable_data() const;
  Tensor tensor_data() const { return variable_data(); }
  void set_data(const Tensor& data) const;

#include "ATen/core/TensorMethods.inc"

 private:
  void check_scalar_type(ScalarType expected) const;
  unsigned add_hook(std::function<Tensor(const Tensor&)> hook) const;
  c10::intrusive_ptr<c10::TensorImpl> impl_;
};

RUSHLIGHT_API std::ostream& print(std::ostream& out, const Tensor& tensor, int64_t line_width);
/// To standard output.
RUSHLIGHT_API void print(const Tensor& tensor, int64_t line_width = 80);
RUSHLIGHT_API std::ostream& operator<<(std::ostream& out, const Tensor& tensor);

}  // namespace RUSHLIGHT_ABI
}  // namespace at
