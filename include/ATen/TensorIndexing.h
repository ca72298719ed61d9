/// What stands between the brackets of Python's `t[...]`: at::indexing::{Slice, None, Ellipsis, TensorIndex}.
#pragma once
#include "ATen/core/TensorBody.h"

namespace at {
inline namespace RUSHLIGHT_ABI {
namespace indexing {

enum class TensorIndexType { None, Ellipsis, SymInt, Boolean, Slice, Tensor, Integer = SymInt };

constexpr std::nullopt_t None = std::nullopt;

struct EllipsisIndexType final {};
constexpr EllipsisIndexType Ellipsis{};

/// start:stop:step. A step that is not positive is a c10::ValueError.
struct Slice {
  Slice(std::optional<int64_t> start = std::nullopt, std::optional<int64_t> stop = std::nullopt,
        std::optional<int64_t> step = std::nullopt)
      : start_(start), stop_(stop), step_(step.value_or(1)) {
    TORCH_CHECK_VALUE(step_ != 0, "slice step cannot be zero");
  }
  const std::optional<int64_t>& start() const { return start_; }
  const std::optional<int64_t>& stop() const { return stop_; }
  int64_t step() const { return step_; }

 private:
  std::optional<int64_t> start_;
  std::optional<int64_t> stop_;
  int64_t step_;
};

struct TensorIndex {
  TensorIndex(std::nullopt_t) : type_(TensorIndexType::None) {}
  TensorIndex(EllipsisIndexType) : type_(TensorIndexType::Ellipsis) {}
  TensorIndex(const char* text) : TensorIndex(Ellipsis) {
    TORCH_CHECK_VALUE(std::string_view(text) == "...", "Expected \"...\" to represent an ellipsis index, but got \"",
                      text, "\"");
  }
  TensorIndex(int64_t index) : type_(TensorIndexType::Integer), integer_(index) {}
  TensorIndex(int index) : TensorIndex(int64_t(index)) {}
  template <class T, class = std::enable_if_t<std::is_same_v<T, bool>>>
  TensorIndex(T value) : type_(TensorIndexType::Boolean), integer_(value) {}
  TensorIndex(Slice slice) : type_(TensorIndexType::Slice), slice_(slice) {}
  TensorIndex(Tensor tensor) : type_(TensorIndexType::Tensor), tensor_(std::move(tensor)) {}

  bool is_none() const { return type_ == TensorIndexType::None; }
  bool is_ellipsis() const { return type_ == TensorIndexType::Ellipsis; }
  bool is_integer() const { return type_ == TensorIndexType::Integer; }
  bool is_boolean() const { return type_ == TensorIndexType::Boolean; }
  bool is_slice() const { return type_ == TensorIndexType::Slice; }
  bool is_tensor() const { return type_ == TensorIndexType::Tensor; }
  int64_t integer() const { return integer_; }
  bool boolean() const { return integer_ != 0; }
  const Slice& slice() const { return slice_; }
  const Tensor& tensor() const { return tensor_; }

 private:
  TensorIndexType type_;
  int64_t integer_ = 0;
  Slice slice_;
  Tensor tensor_;
};

RUSHLIGHT_API std::ostream& operator<<(std::ostream& out, const Slice& slice);
RUSHLIGHT_API std::ostream& operator<<(std::ostream& out, const TensorIndex& index);

}  // namespace indexing
}  // namespace RUSHLIGHT_ABI
}  // namespace at
