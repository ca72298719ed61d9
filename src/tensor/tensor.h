/// Tensor: a counted handle to a shape and strides over shared storage. This layer has no operators; see
/// ops/functions.h.
#pragma once
#include <atomic>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/ref.h"
#include "tensor/dtype.h"
#include "tensor/scalar.h"
#include "tensor/shape.h"
#include "tensor/storage.h"

namespace rushlight {

/// What autograd hangs on a tensor (autograd/meta.h defines the one implementation). A tensor without it does not
/// require grad.
class AutogradMetaBase {
 public:
  virtual ~AutogradMetaBase() = default;
};

/// Counts in-place writes; shared by a tensor, its views and its detached twins, so that saved tensors notice a change.
class VersionCounter : public RefCounted {
 public:
  uint32_t value() const { return value_.load(std::memory_order_relaxed); }
  void bump() { add_shared(value_, uint32_t(1), std::memory_order_relaxed); }

 private:
  std::atomic<uint32_t> value_{0};
};

class TensorImpl : public RefCounted {
 public:
  TensorImpl(Ref<Storage> storage, ScalarType dtype, Device device)
      : storage(std::move(storage)), dtype(dtype), device(device) {}
  ~TensorImpl() override;

  Ref<Storage> storage;
  int64_t storage_offset = 0;  ///< in elements
  int64_t numel = 1;
  Shape sizes;
  Strides strides;
  ScalarType dtype;
  Device device;
  Layout layout = Layout::strided;
  bool is_contiguous = true;       ///< in the default memory format
  bool is_inference = false;       ///< made in inference mode: can never join a tape
  bool is_wrapped_number = false;  ///< a Python number in tensor form: takes part in promotion as a number
  std::unique_ptr<AutogradMetaBase> autograd;
  mutable Ref<VersionCounter> version;  ///< made when first asked for

  /// The Python object that stands for this tensor, if there is one. Owned by the binding, which clears it.
  std::atomic<void*> python_object{nullptr};
  /// Called by the destructor when `python_object` is set and this tensor owns it (set once by the binding).
  static void (*release_python_object)(void*);

  /// Sets sizes and strides and all that follows from them.
  void set_shape(IntArrayRef sizes, IntArrayRef strides);
};

class Tensor {
 public:
  Tensor() = default;  ///< undefined: no tensor at all
  explicit Tensor(Ref<TensorImpl> impl) : impl_(std::move(impl)) {}

  bool defined() const { return bool(impl_); }
  explicit operator bool() const = delete;
  TensorImpl* impl() const { return impl_.get(); }
  bool is_same(const Tensor& other) const { return impl_ == other.impl_; }

  ScalarType dtype() const { return impl_->dtype; }
  Device device() const { return impl_->device; }
  Layout layout() const { return impl_->layout; }
  bool is_meta() const { return impl_->device.type == DeviceType::meta; }
  int64_t dim() const { return int64_t(impl_->sizes.size()); }
  int64_t numel() const { return impl_->numel; }
  IntArrayRef sizes() const { return impl_->sizes; }
  IntArrayRef strides() const { return impl_->strides; }
  /// Negative dimensions count from the end; IndexError beyond.
  int64_t size(int64_t dim) const { return impl_->sizes[size_t(wrap_dim(dim, this->dim(), false))]; }
  int64_t stride(int64_t dim) const { return impl_->strides[size_t(wrap_dim(dim, this->dim(), false))]; }
  int64_t storage_offset() const { return impl_->storage_offset; }
  const Ref<Storage>& storage() const { return impl_->storage; }
  size_t item_size() const { return rushlight::item_size(impl_->dtype); }
  bool is_contiguous() const { return impl_->is_contiguous; }
  bool is_contiguous(MemoryFormat format) const;

  /// First element. Null for empty and meta tensors.
  void* data() const {
    std::byte* base = impl_->storage ? impl_->storage->data() : nullptr;
    return base ? base + size_t(impl_->storage_offset) * item_size() : nullptr;
  }
  /// The same, checked: RuntimeError "expected scalar type Long but found Float".
  template <class T>
  T* data() const {
    check_dtype(dtype_of<T>);
    return static_cast<T*>(data());
  }

  /// The one element as a number. Throws RuntimeError unless there is exactly one.
  Scalar item() const;

  VersionCounter& version() const;
  void bump_version() const {
    if (impl_->version)
      impl_->version->bump();
    else
      version().bump();
  }

  const Ref<TensorImpl>& ref() const { return impl_; }
  TensorImpl* detach_impl() { return impl_.detach(); }

 private:
  void check_dtype(ScalarType expected) const;
  Ref<TensorImpl> impl_;
};

/// New tensors. Not initialised; contiguous unless strides or a format are given. Sizes are checked for sign and
/// overflow.
Tensor empty_tensor(IntArrayRef sizes, ScalarType dtype, Device device = {},
                    MemoryFormat format = MemoryFormat::contiguous);
Tensor empty_strided_tensor(IntArrayRef sizes, IntArrayRef strides, ScalarType dtype, Device device = {});
/// A view of existing storage: bounds are checked. Shares the version counter of `base`, not its autograd state.
Tensor alias_tensor(const Tensor& base, IntArrayRef sizes, IntArrayRef strides, int64_t storage_offset);
Tensor tensor_over(Ref<Storage> storage, ScalarType dtype, IntArrayRef sizes, IntArrayRef strides,
                   int64_t storage_offset);
/// 0-dimensional, of the given dtype (default: the Scalar's own; floats take the default dtype).
Tensor scalar_tensor(const Scalar& value, std::optional<ScalarType> dtype = {});
/// scalar_tensor marked as a wrapped number.
Tensor wrapped_number(const Scalar& value);

}  // namespace rushlight
