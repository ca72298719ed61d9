/// The element-wise engine: broadcasting, order of dimensions, collapsing, overlap checks and threads, written once for
/// all operators that compute each output element from the input elements at the same place.
#pragma once
#include <array>

#include "tensor/tensor.h"

namespace rushlight::cpu {

/// One output and up to three inputs.
inline constexpr size_t kMaxOperands = 4;

/// Runs over `count` elements; operand i starts at data[i] and steps strides[i] bytes. Operand 0 is the output.
template <class Body>
concept RowBody = requires(Body body, std::byte* const* data, const int64_t* strides, int64_t count) {
  body(data, strides, count);
};

class Elementwise {
 public:
  /// `output` undefined: made with the broadcast shape, `dtype`, and strides that follow the inputs.
  /// `output` given (in-place, out=): must have the broadcast shape; RuntimeError for memory that overlaps in a harmful
  /// way.
  Elementwise(Tensor output, ScalarType dtype, std::initializer_list<const Tensor*> inputs);

  const Tensor& output() const { return output_; }
  /// Calls body(data, strides, count) for rows that together cover every element once, in parallel where that pays.
  template <RowBody Body>
  void run(Body body) {  // by value: a plain function arrives as a pointer
    run_erased([](const void* b, std::byte* const* data, const int64_t* strides,
                  int64_t count) { (*static_cast<const Body*>(b))(data, strides, count); },
               &body);
  }

 private:
  using ErasedBody = void (*)(const void* body, std::byte* const* data, const int64_t* strides, int64_t count);
  void run_erased(ErasedBody call, const void* body);
  void run_range(ErasedBody call, const void* body, int64_t begin, int64_t end) const;
  bool set_up_flat(std::initializer_list<const Tensor*> inputs, ScalarType dtype);
  void set_up(std::initializer_list<const Tensor*> inputs, ScalarType dtype);
  void collapse();

  Tensor output_;
  size_t operands_ = 0;
  std::array<std::byte*, kMaxOperands> data_{};
  /// From the fastest dimension on.
  SmallVector<int64_t, 6> sizes_;
  std::array<SmallVector<int64_t, 6>, kMaxOperands> strides_;
};

/// RuntimeError if `output` has elements that share memory, or overlaps `input` partly.
void check_no_internal_overlap(const Tensor& output);
void check_no_partial_overlap(const Tensor& output, const Tensor& input);

}  // namespace rushlight::cpu
