/// Choosing between values: where, clamp, maximum, minimum, masked_fill.
#include <cmath>

#include "ops/cpu/pointwise.h"
#include "ops/derived_forms.h"
#include "ops/functions/comparison.h"
#include "ops/functions/factories.h"
#include "ops/functions/selection.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

template <class T>
bool is_nan(T x) {
  if constexpr (std::is_floating_point_v<T>)
    return std::isnan(x);
  else
    return false;
}
template <class T>
struct Maximum {
  static constexpr auto kVector = cpu::VectorArithmetic::maximum;
  T operator()(T x, T y) const { return is_nan(x) ? x : is_nan(y) ? y : x > y ? x : y; }
};
template <class T>
struct Minimum {
  static constexpr auto kVector = cpu::VectorArithmetic::minimum;
  T operator()(T x, T y) const { return is_nan(x) ? x : is_nan(y) ? y : x < y ? x : y; }
};

Tensor where_cpu(const Tensor& condition, const Tensor& self, const Tensor& other) {
  if (condition.dtype() != ScalarType::bool_ && condition.dtype() != ScalarType::uint8)
    throw RuntimeError(cat("where expected condition to be a boolean tensor, but got a tensor with dtype ",
                           dtype_info(condition.dtype()).ir_name));
  if (condition.dtype() == ScalarType::uint8)
    warn_once_at("aten/src/ATen/native/TensorCompare.cpp:621",
                 "where received a uint8 condition tensor. This behavior is deprecated and will be removed in a future "
                 "version of PyTorch. Use a boolean condition instead.");
  const ScalarType type = cpu::result_type(self, other);
  const Tensor a = cpu::to_dtype(self, type), b = cpu::to_dtype(other, type),
               mask = cpu::to_dtype(condition, ScalarType::bool_);
  return cpu::dispatch<kAllDtypes>(type, "where_cpu", [&](auto tag) {
    using T = typename decltype(tag)::type;
    cpu::Elementwise plan(Tensor(), type, {&mask, &a, &b});
    plan.run([](std::byte* const* data, const int64_t* strides, int64_t count) {
      for (int64_t i = 0; i < count; ++i) {
        const bool chosen = *reinterpret_cast<const bool*>(data[1] + i * strides[1]);
        *reinterpret_cast<T*>(data[0] + i * strides[0]) = chosen
                                                              ? *reinterpret_cast<const T*>(data[2] + i * strides[2])
                                                              : *reinterpret_cast<const T*>(data[3] + i * strides[3]);
      }
    });
    return plan.output();
  });
}
Tensor where_scalar_other(const Tensor& condition, const Tensor& self, const Scalar& other) {
  return where(condition, self, wrapped_number(other));
}
Tensor where_scalar_self(const Tensor& condition, const Scalar& self, const Tensor& other) {
  return where(condition, wrapped_number(self), other);
}
Tensor where_scalars(const Tensor& condition, const Scalar& self, const Scalar& other) {
  return where(condition, wrapped_number(self), wrapped_number(other));
}

template <class T>
T clamped(T x, const std::optional<T>& low, const std::optional<T>& high) {
  if (is_nan(x)) return x;
  if (low && x < *low) x = *low;
  if (high && x > *high) x = *high;
  return x;
}
Tensor clamp_cpu(const Tensor& self, const std::optional<Scalar>& min, const std::optional<Scalar>& max) {
  if (!min && !max) throw RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None");
  cpu::PromotionState state;
  state.add(self);
  if (min) state.add(wrapped_number(*min));
  if (max) state.add(wrapped_number(*max));
  const ScalarType type = state.result();
  if (is_complex(type)) throw RuntimeError("clamp is not supported for complex types");
  const Tensor input = cpu::to_dtype(self, type);
  return cpu::dispatch<kIntegral | kFloating>(type, "clamp_scalar_cpu", [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = cpu::Compute<T>;
    std::optional<C> low, high;
    if (min) low = min->to<C>();
    if (max) high = max->to<C>();
    const bool nan_bound = (low && is_nan(*low)) || (high && is_nan(*high));
    cpu::Elementwise plan(Tensor(), type, {&input});
    plan.run([=](std::byte* const* data, const int64_t* strides, int64_t count) {
      cpu::unary_row<T, T>(
          [&](C x) { return nan_bound ? std::numeric_limits<C>::quiet_NaN() : clamped<C>(x, low, high); }, data,
          strides, count);
    });
    return plan.output();
  });
}
Tensor clamp_tensor(const Tensor& self, const Tensor& min, const Tensor& max) {
  if (!min.defined() && !max.defined())
    throw RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None");
  Tensor result = self;
  if (min.defined()) result = maximum(result, min);
  if (max.defined()) result = minimum(result, max);
  return result;
}
Tensor clamp_min_cpu(const Tensor& self, const Scalar& min) { return clamp_cpu(self, min, std::nullopt); }
Tensor clamp_max_cpu(const Tensor& self, const Scalar& max) { return clamp_cpu(self, std::nullopt, max); }

Tensor clamp_wrt_self(const Backward& b, const std::optional<Scalar>& min, const std::optional<Scalar>& max) {
  const Tensor self = b.saved("self");
  Tensor inside;
  if (min) inside = ge(self, *min);
  if (max) inside = min ? logical_and(inside, le(self, *max)) : le(self, *max);
  return where(inside, b.grad(), Scalar(0));
}
std::optional<Scalar> optional_scalar(const Backward& b, std::string_view name) {
  return b.argument(name).is_none() ? std::nullopt : std::optional(b.scalar_of(name));
}

/// Equal elements share the gradient.
Tensor split_by(const Backward& b, bool greater_first, bool for_self) {
  const Tensor self = b.saved("self"), other = b.saved("other");
  const Tensor loses = greater_first == for_self ? lt(self, other) : gt(self, other);
  const Tensor halved = where(eq(self, other), b.grad() / Scalar(2), b.grad());
  return masked_fill(halved, loses, Scalar(0));
}

Tensor masked_fill_cpu(const Tensor& self, const Tensor& mask, const Scalar& value) {
  if (mask.dtype() != ScalarType::bool_)
    throw RuntimeError(
        cat("masked_fill_ only supports boolean masks, but got mask with dtype ", dtype_info(mask.dtype()).ir_name));
  if (value.is_complex() && !is_complex(self.dtype()))
    throw RuntimeError(cat("value cannot be converted to type ", dtype_info(self.dtype()).name, " without overflow"));
  Tensor number = rushlight::scalar_tensor(value, self.dtype());
  return where_cpu(mask, number, self);
}
Tensor masked_fill_tensor(const Tensor& self, const Tensor& mask, const Tensor& value) {
  if (value.dim() != 0)
    throw RuntimeError(cat("masked_fill_ only supports a 0-dimensional value tensor, but got tensor with ", value.dim(),
                           " dimension(s)."));
  return where_cpu(mask, cpu::to_dtype(value, self.dtype()), self);
}

}  // namespace

void declare_selection(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::composite;
  ops.add(
      {.schema = "where.self(Tensor condition, Tensor self, Tensor other) -> Tensor",
       .out = "self_out",
       .kernel = typed_kernel<&where_cpu>(),
       .saves = "condition",
       .derivatives = {{"self", [](const Backward& b) { return where(b.saved("condition"), b.grad(), Scalar(0)); }},
                       {"other", [](const Backward& b) { return where(b.saved("condition"), Scalar(0), b.grad()); }}},
       .doc = "Elements of self where the condition holds, else of other."});
  ops.add({.schema = "where.ScalarOther(Tensor condition, Tensor self, Scalar other) -> Tensor",
           .kernel = typed_kernel<&where_scalar_other>(),
           .traits = kComposite,
           .doc = "where with a number."});
  ops.add({.schema = "where.ScalarSelf(Tensor condition, Scalar self, Tensor other) -> Tensor",
           .kernel = typed_kernel<&where_scalar_self>(),
           .traits = kComposite,
           .doc = "where with a number."});
  ops.add({.schema = "where.Scalar(Tensor condition, Scalar self, Scalar other) -> Tensor",
           .kernel = typed_kernel<&where_scalars>(),
           .traits = kComposite,
           .doc = "where with two numbers."});
  ops.add({.schema = "maximum(Tensor self, Tensor other) -> Tensor",
           .out = "out",
           .kernel = binary_kernel<Maximum, kReal>("maximum_cpu"),
           .saves = "self, other",
           .derivatives = {{"self", [](const Backward& b) { return split_by(b, true, true); }},
                           {"other", [](const Backward& b) { return split_by(b, true, false); }}},
           .doc = "The larger of two elements; nan wins."});
  ops.add({.schema = "minimum(Tensor self, Tensor other) -> Tensor",
           .out = "out",
           .kernel = binary_kernel<Minimum, kReal>("minimum_cpu"),
           .saves = "self, other",
           .derivatives = {{"self", [](const Backward& b) { return split_by(b, false, true); }},
                           {"other", [](const Backward& b) { return split_by(b, false, false); }}},
           .doc = "The smaller of two elements; nan wins."});
  ops.add({.schema = "clamp(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor",
           .inplace = true,
           .out = "out",
           .kernel = typed_kernel<&clamp_cpu>(),
           .saves = "self",
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return clamp_wrt_self(b, optional_scalar(b, "min"), optional_scalar(b, "max"));
                            }}},
           .doc = "Elements outside of [min, max] become the nearer bound."});
  ops.add({.schema = "clamp.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor",
           .inplace = true,
           .out = "Tensor_out",
           .kernel = typed_kernel<&clamp_tensor>(),
           .traits = kComposite,
           .doc = "clamp with a bound for each element."});
  ops.add(
      {.schema = "clamp_min(Tensor self, Scalar min) -> Tensor",
       .inplace = true,
       .out = "out",
       .kernel = typed_kernel<&clamp_min_cpu>(),
       .saves = "self",
       .derivatives = {{"self", [](const Backward& b) { return clamp_wrt_self(b, b.scalar_of("min"), std::nullopt); }}},
       .doc = "Smaller elements become min."});
  ops.add(
      {.schema = "clamp_max(Tensor self, Scalar max) -> Tensor",
       .inplace = true,
       .out = "out",
       .kernel = typed_kernel<&clamp_max_cpu>(),
       .saves = "self",
       .derivatives = {{"self", [](const Backward& b) { return clamp_wrt_self(b, std::nullopt, b.scalar_of("max")); }}},
       .doc = "Larger elements become max."});
  ops.add(
      {.schema = "masked_fill.Scalar(Tensor self, Tensor mask, Scalar value) -> Tensor",
       .inplace = true,
       .out = "Scalar_out",
       .kernel = typed_kernel<&masked_fill_cpu>(),
       .saves = "mask",
       .derivatives = {{"self", [](const Backward& b) { return masked_fill(b.grad(), b.saved("mask"), Scalar(0)); }}},
       .doc = "value where the mask holds."});
  ops.add(
      {.schema = "masked_fill.Tensor(Tensor self, Tensor mask, Tensor value) -> Tensor",
       .inplace = true,
       .out = "Tensor_out",
       .kernel = typed_kernel<&masked_fill_tensor>(),
       .saves = "mask",
       .derivatives = {{"self", [](const Backward& b) { return masked_fill(b.grad(), b.saved("mask"), Scalar(0)); }},
                       {"value", [](const Backward& b) { return where(b.saved("mask"), b.grad(), Scalar(0)); }}},
       .grad_fn = "MaskedFillBackward1",
       .doc = "value where the mask holds."});
}

}  // namespace rushlight::ops
