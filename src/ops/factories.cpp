/// New tensors: empty, filled, ranges. All take the dtype, device and layout options of PyTorch; only `cpu` and `meta`
/// exist here.
#include <cmath>

#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"
#include "ops/functions/conversion.h"
#include "ops/functions/factories.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

using OptType = std::optional<ScalarType>;
using OptLayout = std::optional<Layout>;
using OptDevice = std::optional<Device>;
using OptBool = std::optional<bool>;
using OptFormat = std::optional<MemoryFormat>;

void check_layout(OptLayout layout) {
  if (layout.value_or(Layout::strided) != Layout::strided)
    throw NotImplementedError(cat("Rushlight has no tensors of layout ", layout_name(*layout), "; strided ones only"));
}

Tensor empty_cpu(IntArrayRef size, OptType dtype, OptLayout layout, OptDevice device, OptBool, OptFormat format) {
  check_layout(layout);
  return empty_tensor(size, dtype.value_or(default_dtype()), device.value_or(Device()),
                      format.value_or(MemoryFormat::contiguous));
}
Tensor empty_strided_cpu(IntArrayRef size, IntArrayRef stride, OptType dtype, OptLayout layout, OptDevice device,
                         OptBool) {
  check_layout(layout);
  return empty_strided_tensor(size, stride, dtype.value_or(default_dtype()), device.value_or(Device()));
}
/// The dtype that a fill value asks for where none is given.
ScalarType dtype_of_fill(const Scalar& value) {
  if (value.is_bool()) return ScalarType::bool_;
  if (value.is_int()) return ScalarType::int64;
  return value.is_complex() ? to_complex(default_dtype()) : default_dtype();
}
Tensor filled(Tensor tensor, const Scalar& value) {
  cpu::fill(tensor, value);
  return tensor;
}
Tensor full_cpu(IntArrayRef size, Scalar value, OptType dtype, OptLayout layout, OptDevice device, OptBool pin) {
  return filled(empty_cpu(size, dtype.value_or(dtype_of_fill(value)), layout, device, pin, {}), value);
}
Tensor zeros_cpu(IntArrayRef size, OptType dtype, OptLayout layout, OptDevice device, OptBool pin) {
  return filled(empty_cpu(size, dtype, layout, device, pin, {}), 0);
}
Tensor ones_cpu(IntArrayRef size, OptType dtype, OptLayout layout, OptDevice device, OptBool pin) {
  return filled(empty_cpu(size, dtype, layout, device, pin, {}), 1);
}

/// Keeps the order of dimensions of `self` unless a memory format says otherwise.
Tensor empty_like_cpu(const Tensor& self, OptType dtype, OptLayout layout, OptDevice device, OptBool,
                      OptFormat format) {
  check_layout(layout);
  const ScalarType type = dtype.value_or(self.dtype());
  const Device where = device.value_or(self.device());
  if (format.value_or(MemoryFormat::preserve) != MemoryFormat::preserve)
    return empty_tensor(self.sizes(), type, where, *format);
  if (is_non_overlapping_and_dense(self.sizes(), self.strides()))
    return empty_strided_tensor(self.sizes(), self.strides(), type, where);
  // Holes and overlaps go, the order of the dimensions stays.
  SmallVector<size_t, 5> order(size_t(self.dim()));
  for (size_t i = 0; i < order.size(); ++i) order[i] = order.size() - 1 - i;
  for (size_t x = 1; x < order.size(); ++x)
    for (size_t y = x;
         y > 0 && self.strides()[order[y - 1]] > self.strides()[order[y]] && self.strides()[order[y]] != 0; --y)
      std::swap(order[y - 1], order[y]);
  Strides strides(order.size());
  int64_t stride = 1;
  for (size_t d : order) {
    strides[d] = stride;
    stride *= std::max<int64_t>(self.sizes()[d], 1);
  }
  return empty_strided_tensor(self.sizes(), strides, type, where);
}
Tensor full_like_cpu(const Tensor& self, Scalar value, OptType dtype, OptLayout layout, OptDevice device, OptBool pin,
                     OptFormat format) {
  return filled(empty_like_cpu(self, dtype, layout, device, pin, format), value);
}
Tensor zeros_like_cpu(const Tensor& self, OptType dtype, OptLayout layout, OptDevice device, OptBool pin,
                      OptFormat format) {
  return full_like_cpu(self, 0, dtype, layout, device, pin, format);
}
Tensor ones_like_cpu(const Tensor& self, OptType dtype, OptLayout layout, OptDevice device, OptBool pin,
                     OptFormat format) {
  return full_like_cpu(self, 1, dtype, layout, device, pin, format);
}
Tensor new_empty_cpu(const Tensor& self, IntArrayRef size, OptType dtype, OptLayout layout, OptDevice device,
                     OptBool pin) {
  return empty_cpu(size, dtype.value_or(self.dtype()), layout, device.value_or(self.device()), pin, {});
}
Tensor new_full_cpu(const Tensor& self, IntArrayRef size, Scalar value, OptType dtype, OptLayout layout,
                    OptDevice device, OptBool pin) {
  return filled(new_empty_cpu(self, size, dtype, layout, device, pin), value);
}
Tensor new_zeros_cpu(const Tensor& self, IntArrayRef size, OptType dtype, OptLayout layout, OptDevice device,
                     OptBool pin) {
  return new_full_cpu(self, size, 0, dtype, layout, device, pin);
}
Tensor new_ones_cpu(const Tensor& self, IntArrayRef size, OptType dtype, OptLayout layout, OptDevice device,
                    OptBool pin) {
  return new_full_cpu(self, size, 1, dtype, layout, device, pin);
}

/// An integer start counts as integral only next to an integer end, so `arange(2.5)` is a float range.
Tensor arange_cpu(Scalar start, Scalar end, Scalar step, OptType dtype, OptLayout layout, OptDevice device,
                  OptBool pin) {
  const bool integral =
      start.type() == ScalarType::int64 && end.type() == ScalarType::int64 && step.type() == ScalarType::int64;
  const ScalarType type = dtype.value_or(integral ? ScalarType::int64 : default_dtype());
  // Into int64 the ends and the step are cut to integers first, into other dtypes only the results.
  const auto number = [&](const Scalar& value) {
    return type == ScalarType::int64 ? double(value.to<int64_t>()) : value.to<double>();
  };
  const double from = number(start), to = number(end), by = number(step);
  if (step.to<double>() == 0) throw RuntimeError("step must be nonzero");
  if (by == 0) throw ValueError("step must be nonzero");
  if (!std::isfinite(from) || !std::isfinite(to)) throw RuntimeError(cat("unsupported range: ", from, " -> ", to));
  if ((by > 0 && to < from) || (by < 0 && to > from))
    throw RuntimeError("upper bound and lower bound inconsistent with step sign");
  int64_t count;
  if (integral) {
    const __int128 span = __int128(end.to<int64_t>()) - start.to<int64_t>(), width = step.to<int64_t>();
    count = int64_t((span + width + (width > 0 ? -1 : 1)) / width);
  } else {
    const double size = std::ceil((to - from) / by);
    if (!(size >= 0 && size <= double(std::numeric_limits<int64_t>::max())))
      throw RuntimeError("invalid size, possible overflow?");
    count = int64_t(size);
  }
  Tensor result = empty_cpu(count, type, layout, device, pin, {});
  if (result.is_meta()) return result;
  cpu::dispatch<kIntegral | kFloating>(type, "arange_cpu", [&](auto tag) {
    using T = typename decltype(tag)::type;
    // Halves are stepped in float, integers exactly.
    using C = std::conditional_t<cpu::is_reduced<T>, float, std::conditional_t<std::is_integral_v<T>, int64_t, double>>;
    T* out = result.data<T>();
    const C a = start.to<C>(), s = step.to<C>();
    for (int64_t i = 0; i < count; ++i) out[i] = T(C(a + C(i) * s));
  });
  return result;
}
Tensor arange_to(Scalar end, OptType dtype, OptLayout layout, OptDevice device, OptBool pin) {
  return arange_cpu(Scalar(0), end, Scalar(1), dtype, layout, device, pin);
}
Tensor arange_between(Scalar start, Scalar end, OptType dtype, OptLayout layout, OptDevice device, OptBool pin) {
  return arange_cpu(start, end, Scalar(1), dtype, layout, device, pin);
}

/// The ends are both included, and integers give floating-point numbers too: PyTorch's older form of arange.
Tensor range_cpu(Scalar start, Scalar end, Scalar step, OptType dtype, OptLayout layout, OptDevice device,
                 OptBool pin) {
  const double from = start.to<double>(), to = end.to<double>(), by = step.to<double>();
  if (by == 0) throw RuntimeError("step must be nonzero");
  if (!std::isfinite(from) || !std::isfinite(to)) throw RuntimeError(cat("unsupported range: ", from, " -> ", to));
  if ((by > 0 && to < from) || (by < 0 && to > from))
    throw RuntimeError("upper bound and lower bound inconsistent with step sign");
  const double count = std::floor((to - from) / by) + 1;
  if (!(count <= double(std::numeric_limits<int64_t>::max()))) throw RuntimeError("invalid size, possible overflow?");
  Tensor result = empty_cpu(int64_t(count), dtype.value_or(default_dtype()), layout, device, pin, {});
  if (result.is_meta()) return result;
  cpu::dispatch<kIntegral | kFloating>(result.dtype(), "range_cpu", [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = std::conditional_t<std::is_integral_v<T>, int64_t, double>;
    T* out = result.data<T>();
    const C a = start.to<C>(), s = step.to<C>();
    for (int64_t i = 0; i < result.numel(); ++i) out[i] = T(C(a + C(i) * s));
  });
  return result;
}
Tensor range_between(Scalar start, Scalar end, OptType dtype, OptLayout layout, OptDevice device, OptBool pin) {
  return range_cpu(start, end, Scalar(1), dtype, layout, device, pin);
}

Tensor linspace_cpu(Scalar start, Scalar end, int64_t steps, OptType dtype, OptLayout layout, OptDevice device,
                    OptBool pin) {
  if (steps < 0) throw RuntimeError("number of steps must be non-negative");
  Tensor result = empty_cpu(steps, dtype.value_or(default_dtype()), layout, device, pin, {});
  if (steps == 0 || result.is_meta()) return result;
  cpu::dispatch<kIntegral | kFloating | kComplex>(result.dtype(), "linspace_cpu", [&](auto tag) {
    using T = typename decltype(tag)::type;
    // Integers step in double between ends that are integers already; halves are rounded after each operation.
    using C = std::conditional_t<std::is_integral_v<T>, double, cpu::Compute<T>>;
    const auto rounded = [](C value) {
      if constexpr (std::is_integral_v<T>)
        return value;
      else
        return C(T(value));
    };
    T* out = result.data<T>();
    const auto end_of = [&](const Scalar& value) {
      if constexpr (std::is_integral_v<T>)
        return C(double(value.to<int64_t>()));
      else
        return rounded(value.to<C>());
    };
    const C from = end_of(start), to = end_of(end);
    const C step = steps > 1 ? rounded(rounded(to - from) / rounded(C(double(steps - 1)))) : C(0);
    // From both ends, so that both are exact. As in PyTorch's vectors the product is not rounded before the sum.
    const auto at = [&](C origin, C signed_step, int64_t i) {
      const C count = rounded(C(double(i)));
      if constexpr (std::is_floating_point_v<C> && !cpu::is_reduced<T>)
        return T(std::fma(signed_step, count, origin));
      else
        return T(origin + rounded(signed_step * count));
    };
    for (int64_t i = 0; i < steps; ++i)
      out[i] = i < steps / 2 || steps == 1 ? at(from, step, i) : at(to, -step, steps - i - 1);
  });
  return result;
}

Tensor eye_rectangular(int64_t n, int64_t m, OptType dtype, OptLayout layout, OptDevice device, OptBool pin) {
  if (n < 0) throw RuntimeError(cat("n must be greater or equal to 0, got ", n));
  if (m < 0) throw RuntimeError(cat("m must be greater or equal to 0, got ", m));
  Tensor result = zeros_cpu(IntArrayRef({n, m}), dtype, layout, device, pin);
  if (!result.is_meta()) cpu::fill(alias_tensor(result, std::min(n, m), m + 1, 0), 1);
  return result;
}
Tensor eye_cpu(int64_t n, OptType dtype, OptLayout layout, OptDevice device, OptBool pin) {
  return eye_rectangular(n, n, dtype, layout, device, pin);
}
Tensor scalar_tensor_cpu(Scalar value, OptType dtype, OptLayout layout, OptDevice device, OptBool pin) {
  return full_cpu({}, value, dtype.value_or(default_dtype()), layout, device, pin);
}
Tensor complex_cpu(const Tensor& real_part, const Tensor& imag_part) {
  if (real_part.dtype() != imag_part.dtype())
    throw RuntimeError(cat("Expected object of scalar type ", dtype_info(real_part.dtype()).ir_name,
                           " but got scalar type ", dtype_info(imag_part.dtype()).ir_name, " for second argument"));
  if (!is_floating(real_part.dtype()))
    throw RuntimeError(cat("Expected both inputs to be Half, Float or Double tensors but got ",
                           dtype_info(real_part.dtype()).ir_name, " and ", dtype_info(imag_part.dtype()).ir_name));
  const ScalarType type = to_complex(real_part.dtype());
  Tensor result = empty_tensor(broadcast_shapes(real_part.sizes(), imag_part.sizes()), type);
  // A complex tensor is its real view with one more dimension: each part is a strided copy.
  Strides strides(result.strides());
  for (int64_t& stride : strides) stride *= 2;
  for (int64_t part = 0; part < 2; ++part) {
    const Tensor view = tensor_over(result.storage(), real_part.dtype(), result.sizes(), strides, part);
    cpu::copy_into(view, part == 0 ? real_part : imag_part);
  }
  return result;
}

}  // namespace

void declare_factories(OpSet& ops) {
  constexpr OpTraits kPlain = OpTraits::not_differentiable | OpTraits::no_method;
  constexpr OpTraits kMethod = OpTraits::not_differentiable;
  ops.add({.schema = "empty.memory_format(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? "
                     "device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
           .kernel = typed_kernel<&empty_cpu>(),
           .traits = kPlain | OpTraits::nondeterministic,
           .doc = "A tensor whose elements are not set."});
  ops.add({.schema = "empty_strided(SymInt[] size, SymInt[] stride, *, ScalarType? dtype=None, Layout? layout=None, "
                     "Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&empty_strided_cpu>(),
           .traits = kPlain | OpTraits::nondeterministic,
           .doc = "A tensor with given strides whose elements are not set."});
  ops.add({.schema = "empty_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, "
                     "bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
           .kernel = typed_kernel<&empty_like_cpu>(),
           .traits = kPlain | OpTraits::nondeterministic,
           .doc = "A tensor of the same shape whose elements are not set."});
  ops.add({.schema = "full(SymInt[] size, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? "
                     "device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&full_cpu>(),
           .traits = kPlain,
           .doc = "A tensor of one value."});
  ops.add({.schema = "zeros(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
                     "pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&zeros_cpu>(),
           .traits = kPlain,
           .doc = "A tensor of zeros."});
  ops.add({.schema = "ones(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
                     "pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&ones_cpu>(),
           .traits = kPlain,
           .doc = "A tensor of ones."});
  ops.add({.schema = "full_like(Tensor self, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, "
                     "Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
           .kernel = typed_kernel<&full_like_cpu>(),
           .traits = kPlain,
           .doc = "A tensor of one value with the shape of self."});
  ops.add({.schema = "zeros_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, "
                     "bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
           .kernel = typed_kernel<&zeros_like_cpu>(),
           .traits = kPlain,
           .doc = "Zeros with the shape of self."});
  ops.add({.schema = "ones_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, "
                     "bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
           .kernel = typed_kernel<&ones_like_cpu>(),
           .traits = kPlain,
           .doc = "Ones with the shape of self."});
  ops.add({.schema = "new_empty(Tensor self, SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? "
                     "device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&new_empty_cpu>(),
           .traits = kMethod | OpTraits::no_function | OpTraits::nondeterministic,
           .doc = "An unset tensor of self's dtype."});
  ops.add({.schema = "new_full(Tensor self, SymInt[] size, Scalar fill_value, *, ScalarType? dtype=None, Layout? "
                     "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&new_full_cpu>(),
           .traits = kMethod | OpTraits::no_function,
           .doc = "A tensor of one value and self's dtype."});
  ops.add({.schema = "new_zeros(Tensor self, SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? "
                     "device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&new_zeros_cpu>(),
           .traits = kMethod | OpTraits::no_function,
           .doc = "Zeros of self's dtype."});
  ops.add({.schema = "new_ones(Tensor self, SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? "
                     "device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&new_ones_cpu>(),
           .traits = kMethod | OpTraits::no_function,
           .doc = "Ones of self's dtype."});
  ops.add({.schema = "arange(Scalar end, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
                     "pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&arange_to>(),
           .traits = kPlain,
           .doc = "0, 1, ... up to but without end."});
  ops.add({.schema = "arange.start(Scalar start, Scalar end, *, ScalarType? dtype=None, Layout? layout=None, Device? "
                     "device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&arange_between>(),
           .traits = kPlain,
           .doc = "start, start + 1, ... up to but without end."});
  ops.add({.schema = "arange.start_step(Scalar start, Scalar end, Scalar step=1, *, ScalarType? dtype=None, Layout? "
                     "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&arange_cpu>(),
           .traits = kPlain,
           .doc = "start, start + step, ... up to but without end."});
  ops.add({.schema = "range.step(Scalar start, Scalar end, Scalar step=1, *, ScalarType? dtype=None, Layout? "
                     "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&range_cpu>(),
           .traits = kPlain,
           .doc = "start, start + step, ... up to and with end."});
  ops.add({.schema = "range(Scalar start, Scalar end, *, ScalarType? dtype=None, Layout? layout=None, Device? "
                     "device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&range_between>(),
           .traits = kPlain,
           .doc = "start, start + 1, ... up to and with end."});
  ops.add({.schema = "linspace(Scalar start, Scalar end, int steps, *, ScalarType? dtype=None, Layout? layout=None, "
                     "Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&linspace_cpu>(),
           .traits = kPlain,
           .doc = "steps numbers at equal distances, both ends included."});
  ops.add({.schema = "eye(SymInt n, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
                     "pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&eye_cpu>(),
           .traits = kPlain,
           .doc = "The unit matrix."});
  ops.add({.schema = "eye.m(SymInt n, SymInt m, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, "
                     "bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&eye_rectangular>(),
           .traits = kPlain,
           .doc = "Ones on the diagonal of an n by m matrix."});
  ops.add({.schema = "scalar_tensor(Scalar s, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, "
                     "bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&scalar_tensor_cpu>(),
           .traits = kPlain,
           .doc = "A 0-dimensional tensor."});
  ops.add({.schema = "complex(Tensor real, Tensor imag) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&complex_cpu>(),
           .derivatives = {{"real", [](const Backward& b) { return ops::real(b.grad()); }},
                           {"imag", [](const Backward& b) { return ops::imag(b.grad()); }}},
           .traits = OpTraits::no_method,
           .doc = "Complex numbers from their parts."});
}

}  // namespace rushlight::ops
