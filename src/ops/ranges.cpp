/// Factories beyond factories.cpp: ranges between tensors, logarithmic ranges, windows, complex numbers from polar
/// coordinates, and the forms that write into a given tensor.
#include "ops/functions/ranges.h"

#include <cmath>

#include "ops/cpu/copy.h"
#include "ops/cpu/special_functions.h"
#include "ops/derived_forms.h"
#include "ops/functions/arithmetic.h"
#include "ops/functions/conversion.h"
#include "ops/functions/exponential.h"
#include "ops/functions/factories.h"
#include "ops/functions/reductions.h"
#include "ops/functions/selection.h"
#include "ops/functions/trigonometric.h"
#include "ops/functions/views.h"
#include "ops/kernel_forms.h"
#include "ops/operators.h"

namespace rushlight::ops {
namespace {

using OptType = std::optional<ScalarType>;
using OptLayout = std::optional<Layout>;
using OptDevice = std::optional<Device>;
using OptBool = std::optional<bool>;
constexpr double kPi = 3.14159265358979323846;

// ---- linspace and logspace

void check_ends(const Tensor& start, const Tensor& end, std::string_view name) {
  if (start.dim() != 0 || end.dim() != 0)
    throw RuntimeError(cat(name, " only supports 0-dimensional start and end tensors, but got start with ", start.dim(),
                           " dimension(s) and end with ", end.dim(), " dimension(s)."));
}
Tensor linspace_tensors(const Tensor& start, const Tensor& end, int64_t steps, OptType dtype, OptLayout layout,
                        OptDevice device, OptBool pin) {
  check_ends(start, end, "linspace");
  return linspace(start.item(), end.item(), steps, dtype, layout, device, pin);
}
Tensor linspace_from_tensor(const Tensor& start, Scalar end, int64_t steps, OptType dtype, OptLayout layout,
                            OptDevice device, OptBool pin) {
  if (start.dim() != 0)
    throw RuntimeError(cat("linspace only supports 0-dimensional start and end tensors, but got start with ",
                           start.dim(), " dimension(s)."));
  return linspace(start.item(), end, steps, dtype, layout, device, pin);
}
Tensor linspace_to_tensor(Scalar start, const Tensor& end, int64_t steps, OptType dtype, OptLayout layout,
                          OptDevice device, OptBool pin) {
  if (end.dim() != 0)
    throw RuntimeError(cat("linspace only supports 0-dimensional start and end tensors, but got end with ", end.dim(),
                           " dimension(s)."));
  return linspace(start, end.item(), steps, dtype, layout, device, pin);
}

Tensor logspace_cpu(Scalar start, Scalar end, int64_t steps, double base, OptType dtype, OptLayout layout,
                    OptDevice device, OptBool pin) {
  if (steps < 0) throw RuntimeError("number of steps must be non-negative");
  const bool complex_ends = start.is_complex() || end.is_complex();
  const ScalarType type = dtype.value_or(complex_ends ? to_complex(default_dtype()) : default_dtype());
  const ScalarType wide = is_complex(type) ? ScalarType::complex128 : ScalarType::float64;
  // Integers keep the exponents whole.
  const Tensor exponents = is_integral_or_bool(type)
                               ? to(linspace(start, end, steps, ScalarType::float64, layout, device, pin), wide)
                               : linspace(start, end, steps, wide, layout, device, pin);
  return to(pow(is_complex(type) ? Scalar(std::complex<double>(base)) : Scalar(base), exponents), type);
}
Tensor logspace_tensors(const Tensor& start, const Tensor& end, int64_t steps, double base, OptType dtype,
                        OptLayout layout, OptDevice device, OptBool pin) {
  check_ends(start, end, "logspace");
  return logspace(start.item(), end.item(), steps, base, dtype, layout, device, pin);
}
Tensor logspace_from_tensor(const Tensor& start, Scalar end, int64_t steps, double base, OptType dtype,
                            OptLayout layout, OptDevice device, OptBool pin) {
  if (start.dim() != 0)
    throw RuntimeError(cat("logspace only supports 0-dimensional start and end tensors, but got start with ",
                           start.dim(), " dimension(s)."));
  return logspace(start.item(), end, steps, base, dtype, layout, device, pin);
}
Tensor logspace_to_tensor(Scalar start, const Tensor& end, int64_t steps, double base, OptType dtype, OptLayout layout,
                          OptDevice device, OptBool pin) {
  if (end.dim() != 0)
    throw RuntimeError(cat("logspace only supports 0-dimensional start and end tensors, but got end with ", end.dim(),
                           " dimension(s)."));
  return logspace(start, end.item(), steps, base, dtype, layout, device, pin);
}

// ---- Into given tensors

Tensor copied_out(const Tensor& out, const Tensor& value) {
  resize_out(out, value.sizes());
  cpu::copy_into(out, value);
  return out;
}
Tensor linspace_out(Scalar start, Scalar end, int64_t steps, const Tensor& out) {
  return copied_out(out, linspace(start, end, steps, out.dtype()));
}
Tensor logspace_out(Scalar start, Scalar end, int64_t steps, double base, const Tensor& out) {
  return copied_out(out, logspace(start, end, steps, base, out.dtype()));
}
Tensor linspace_tensors_out(const Tensor& start, const Tensor& end, int64_t steps, const Tensor& out) {
  check_ends(start, end, "linspace");
  return copied_out(out, linspace(start.item(), end.item(), steps, out.dtype()));
}
Tensor logspace_tensors_out(const Tensor& start, const Tensor& end, int64_t steps, double base, const Tensor& out) {
  check_ends(start, end, "logspace");
  return copied_out(out, logspace(start.item(), end.item(), steps, base, out.dtype()));
}
Tensor linspace_from_tensor_out(const Tensor& start, Scalar end, int64_t steps, const Tensor& out) {
  return copied_out(out, linspace(start, end, steps, out.dtype()));
}
Tensor linspace_to_tensor_out(Scalar start, const Tensor& end, int64_t steps, const Tensor& out) {
  return copied_out(out, linspace(start, end, steps, out.dtype()));
}
Tensor logspace_from_tensor_out(const Tensor& start, Scalar end, int64_t steps, double base, const Tensor& out) {
  return copied_out(out, logspace(start, end, steps, base, out.dtype()));
}
Tensor logspace_to_tensor_out(Scalar start, const Tensor& end, int64_t steps, double base, const Tensor& out) {
  return copied_out(out, logspace(start, end, steps, base, out.dtype()));
}
Tensor arange_out(Scalar end, const Tensor& out) { return copied_out(out, arange(end, out.dtype())); }
Tensor arange_start_out(Scalar start, Scalar end, Scalar step, const Tensor& out) {
  return copied_out(out, arange(start, end, step, out.dtype()));
}
Tensor eye_out(int64_t n, const Tensor& out) { return copied_out(out, eye(n, out.dtype())); }
Tensor eye_m_out(int64_t n, int64_t m, const Tensor& out) { return copied_out(out, eye(n, m, out.dtype())); }
Tensor filled_out(IntArrayRef size, const Scalar& value, const Tensor& out) {
  resize_out(out, size);
  cpu::fill(out, value);
  return out;
}
Tensor zeros_out(IntArrayRef size, const Tensor& out) { return filled_out(size, 0, out); }
Tensor ones_out(IntArrayRef size, const Tensor& out) { return filled_out(size, 1, out); }
Tensor full_out(IntArrayRef size, Scalar value, const Tensor& out) { return filled_out(size, value, out); }

// ---- Windows

struct Window {
  int64_t length;
  bool periodic;
  OptType dtype;
};
/// value(i, length - 1) for i = 0 .. length - 1, of one number more for a periodic window, which ends before it.
template <class Value>
Tensor window_of(const Window& window, std::string_view name, Value&& value) {
  const ScalarType type = window.dtype.value_or(default_dtype());
  if (!is_floating(type))
    throw RuntimeError(
        cat(name, " expects floating point dtypes, got: ", "TensorOptions(dtype=", dtype_info(type).name, ")"));
  if (window.length < 0)
    throw RuntimeError(cat(name, " requires non-negative window_length, got window_length=", window.length));
  Tensor result = empty_tensor(window.length, ScalarType::float64);
  const double last = double(window.periodic ? window.length : window.length - 1);
  for (int64_t i = 0; i < window.length; ++i)
    result.data<double>()[i] = window.length == 1 ? 1 : value(double(i), last);
  return cpu::to_dtype(result, type);
}
Tensor hamming(const Window& window, double alpha, double beta) {
  return window_of(window, "hamming_window",
                   [&](double i, double last) { return alpha - beta * std::cos(2 * kPi * i / last); });
}
Tensor bartlett_periodic(int64_t length, bool periodic, OptType dtype, OptLayout, OptDevice, OptBool) {
  return window_of({length, periodic, dtype}, "bartlett_window",
                   [](double i, double last) { return i <= last / 2 ? 2 * i / last : 2 - 2 * i / last; });
}
Tensor bartlett_plain(int64_t length, OptType dtype, OptLayout l, OptDevice d, OptBool p) {
  return bartlett_periodic(length, true, dtype, l, d, p);
}
Tensor blackman_periodic(int64_t length, bool periodic, OptType dtype, OptLayout, OptDevice, OptBool) {
  return window_of({length, periodic, dtype}, "blackman_window", [](double i, double last) {
    return 0.42 - 0.5 * std::cos(2 * kPi * i / last) + 0.08 * std::cos(4 * kPi * i / last);
  });
}
Tensor blackman_plain(int64_t length, OptType dtype, OptLayout l, OptDevice d, OptBool p) {
  return blackman_periodic(length, true, dtype, l, d, p);
}
Tensor hann_periodic(int64_t length, bool periodic, OptType dtype, OptLayout, OptDevice, OptBool) {
  return window_of({length, periodic, dtype}, "hann_window",
                   [](double i, double last) { return 0.5 - 0.5 * std::cos(2 * kPi * i / last); });
}
Tensor hann_plain(int64_t length, OptType dtype, OptLayout l, OptDevice d, OptBool p) {
  return hann_periodic(length, true, dtype, l, d, p);
}
Tensor hamming_plain(int64_t length, OptType dtype, OptLayout, OptDevice, OptBool) {
  return hamming({length, true, dtype}, 0.54, 0.46);
}
Tensor hamming_periodic(int64_t length, bool periodic, OptType dtype, OptLayout, OptDevice, OptBool) {
  return hamming({length, periodic, dtype}, 0.54, 0.46);
}
Tensor hamming_alpha(int64_t length, bool periodic, double alpha, OptType dtype, OptLayout, OptDevice, OptBool) {
  return hamming({length, periodic, dtype}, alpha, 0.46);
}
Tensor hamming_alpha_beta(int64_t length, bool periodic, double alpha, double beta, OptType dtype, OptLayout, OptDevice,
                          OptBool) {
  return hamming({length, periodic, dtype}, alpha, beta);
}
Tensor kaiser_beta(int64_t length, bool periodic, double beta, OptType dtype, OptLayout, OptDevice, OptBool) {
  return window_of({length, periodic, dtype}, "kaiser_window", [&](double i, double last) {
    const double x = 2 * i / last - 1;
    return cpu::bessel_i0(beta * std::sqrt(std::max(0., 1 - x * x))) / cpu::bessel_i0(beta);
  });
}
Tensor kaiser_periodic(int64_t length, bool periodic, OptType dtype, OptLayout l, OptDevice d, OptBool p) {
  return kaiser_beta(length, periodic, 12.0, dtype, l, d, p);
}
Tensor kaiser_plain(int64_t length, OptType dtype, OptLayout l, OptDevice d, OptBool p) {
  return kaiser_beta(length, true, 12.0, dtype, l, d, p);
}

// ---- Others

Tensor polar_cpu(const Tensor& magnitude, const Tensor& angle) {
  if (magnitude.dtype() != angle.dtype())
    throw RuntimeError(cat("Expected object of scalar type ", dtype_info(magnitude.dtype()).ir_name,
                           " but got scalar type ", dtype_info(angle.dtype()).ir_name, " for second argument"));
  if (!is_floating(magnitude.dtype()) || magnitude.dtype() == ScalarType::bfloat16 ||
      magnitude.dtype() == ScalarType::float16)
    throw RuntimeError(cat("Expected both inputs to be Float or Double tensors but got ",
                           dtype_info(magnitude.dtype()).ir_name, " and ", dtype_info(angle.dtype()).ir_name));
  return complex(magnitude * cos(angle), magnitude * sin(angle));
}
Tensor empty_permuted_cpu(IntArrayRef size, IntArrayRef layout_order, OptType dtype, OptLayout, OptDevice, OptBool) {
  const size_t rank = size.size();
  if (rank != layout_order.size())
    throw RuntimeError(
        cat("Number of dimensions in size does not match the length of the physical_layout; i.e. "
            "len(size) = ",
            rank, " is not equal to len(physical_layout) = ", layout_order.size()));
  Strides strides(rank, 0);
  std::vector<bool> seen(rank);
  int64_t stride = 1;
  for (size_t i = 0; i < rank; ++i)
    if (layout_order[i] < 0 || layout_order[i] >= int64_t(rank))
      throw RuntimeError(cat("Dimension out of range (expected to be between 0 and ", int64_t(rank) - 1, ", but got ",
                             layout_order[i], " at index ", i,
                             ").  NB: negative dims not currently supported; file an issue if you want it."));
    else if (seen[size_t(layout_order[i])])
      throw RuntimeError("Duplicate dim not allowed");
    else
      seen[size_t(layout_order[i])] = true;
  for (size_t i = rank; i-- > 0;) {
    strides[size_t(layout_order[i])] = stride;
    stride *= std::max<int64_t>(size[size_t(layout_order[i])], 1);
  }
  return empty_strided_tensor(size, strides, dtype.value_or(default_dtype()));
}
Tensor everywhere(const Tensor& self) { return ones_like(self, ScalarType::bool_); }
Tensor fill_number(const Tensor& self, const Scalar& value) { return masked_fill(self, everywhere(self), value); }
Tensor fill_tensor(const Tensor& self, const Tensor& value) {
  if (value.dim() != 0)
    throw RuntimeError(
        cat("fill_ only supports 0-dimension value tensor but got tensor with ", value.dim(), " dimensions."));
  return masked_fill(self, everywhere(self), value);
}

}  // namespace

void declare_ranges(OpSet& ops) {
  constexpr OpTraits kPlain = OpTraits::no_method | OpTraits::not_differentiable;
  constexpr OpTraits kComposite = OpTraits::composite;
  ops.add({.schema = "linspace.Tensor_Tensor(Tensor start, Tensor end, int steps, *, ScalarType? dtype=None, Layout? "
                     "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&linspace_tensors>(),
           .traits = kPlain,
           .doc = "linspace between tensors."});
  ops.add({.schema = "linspace.Tensor_Scalar(Tensor start, Scalar end, int steps, *, ScalarType? dtype=None, Layout? "
                     "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&linspace_from_tensor>(),
           .traits = kPlain,
           .doc = "linspace from a tensor."});
  ops.add({.schema = "linspace.Scalar_Tensor(Scalar start, Tensor end, int steps, *, ScalarType? dtype=None, Layout? "
                     "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&linspace_to_tensor>(),
           .traits = kPlain,
           .doc = "linspace to a tensor."});
  ops.add({.schema = "logspace(Scalar start, Scalar end, int steps, float base=10., *, ScalarType? dtype=None, Layout? "
                     "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&logspace_cpu>(),
           .traits = kPlain,
           .doc = "Powers of base at equal distances of the exponent."});
  ops.add({.schema = "logspace.Tensor_Tensor(Tensor start, Tensor end, int steps, float base=10., *, ScalarType? "
                     "dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&logspace_tensors>(),
           .traits = kPlain,
           .doc = "logspace between tensors."});
  ops.add({.schema = "logspace.Tensor_Scalar(Tensor start, Scalar end, int steps, float base=10., *, ScalarType? "
                     "dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&logspace_from_tensor>(),
           .traits = kPlain,
           .doc = "logspace from a tensor."});
  ops.add({.schema = "logspace.Scalar_Tensor(Scalar start, Tensor end, int steps, float base=10., *, ScalarType? "
                     "dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&logspace_to_tensor>(),
           .traits = kPlain,
           .doc = "logspace to a tensor."});
  ops.add({.schema = "linspace.out(Scalar start, Scalar end, int steps, *, Tensor(a!) out) -> Tensor(a!)",
           .kernel = typed_kernel<&linspace_out>(),
           .traits = kPlain,
           .doc = "linspace into a tensor."});
  ops.add({.schema = "linspace.Tensor_Tensor_out(Tensor start, Tensor end, int steps, *, Tensor(a!) out) -> Tensor(a!)",
           .kernel = typed_kernel<&linspace_tensors_out>(),
           .traits = kPlain,
           .doc = "linspace into a tensor."});
  ops.add(
      {.schema = "logspace.out(Scalar start, Scalar end, int steps, float base=10., *, Tensor(a!) out) -> Tensor(a!)",
       .kernel = typed_kernel<&logspace_out>(),
       .traits = kPlain,
       .doc = "logspace into a tensor."});
  ops.add({.schema =
               "logspace.Tensor_Tensor_out(Tensor start, Tensor end, int steps, float base=10., *, Tensor(a!) out) "
               "-> Tensor(a!)",
           .kernel = typed_kernel<&logspace_tensors_out>(),
           .traits = kPlain,
           .doc = "logspace into a tensor."});
  ops.add({.schema = "linspace.Tensor_Scalar_out(Tensor start, Scalar end, int steps, *, Tensor(a!) out) -> Tensor(a!)",
           .kernel = typed_kernel<&linspace_from_tensor_out>(),
           .traits = kPlain,
           .doc = "linspace into a tensor."});
  ops.add({.schema = "linspace.Scalar_Tensor_out(Scalar start, Tensor end, int steps, *, Tensor(a!) out) -> Tensor(a!)",
           .kernel = typed_kernel<&linspace_to_tensor_out>(),
           .traits = kPlain,
           .doc = "linspace into a tensor."});
  ops.add({.schema =
               "logspace.Tensor_Scalar_out(Tensor start, Scalar end, int steps, float base=10., *, Tensor(a!) out) "
               "-> Tensor(a!)",
           .kernel = typed_kernel<&logspace_from_tensor_out>(),
           .traits = kPlain,
           .doc = "logspace into a tensor."});
  ops.add({.schema =
               "logspace.Scalar_Tensor_out(Scalar start, Tensor end, int steps, float base=10., *, Tensor(a!) out) "
               "-> Tensor(a!)",
           .kernel = typed_kernel<&logspace_to_tensor_out>(),
           .traits = kPlain,
           .doc = "logspace into a tensor."});
  ops.add({.schema = "arange.out(Scalar end, *, Tensor(a!) out) -> Tensor(a!)",
           .kernel = typed_kernel<&arange_out>(),
           .traits = kPlain,
           .doc = "arange into a tensor."});
  ops.add({.schema = "arange.start_out(Scalar start, Scalar end, Scalar step=1, *, Tensor(a!) out) -> Tensor(a!)",
           .kernel = typed_kernel<&arange_start_out>(),
           .traits = kPlain,
           .doc = "arange into a tensor."});
  ops.add({.schema = "eye.out(SymInt n, *, Tensor(a!) out) -> Tensor(a!)",
           .kernel = typed_kernel<&eye_out>(),
           .traits = kPlain,
           .doc = "eye into a tensor."});
  ops.add({.schema = "eye.m_out(SymInt n, SymInt m, *, Tensor(a!) out) -> Tensor(a!)",
           .kernel = typed_kernel<&eye_m_out>(),
           .traits = kPlain,
           .doc = "eye into a tensor."});
  ops.add({.schema = "zeros.out(SymInt[] size, *, Tensor(a!) out) -> Tensor(a!)",
           .kernel = typed_kernel<&zeros_out>(),
           .traits = kPlain,
           .doc = "zeros into a tensor."});
  ops.add({.schema = "ones.out(SymInt[] size, *, Tensor(a!) out) -> Tensor(a!)",
           .kernel = typed_kernel<&ones_out>(),
           .traits = kPlain,
           .doc = "ones into a tensor."});
  ops.add({.schema = "full.out(SymInt[] size, Scalar fill_value, *, Tensor(a!) out) -> Tensor(a!)",
           .kernel = typed_kernel<&full_out>(),
           .traits = kPlain,
           .doc = "full into a tensor."});
  ops.add({.schema = "bartlett_window(int window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? "
                     "device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&bartlett_plain>(),
           .traits = kPlain,
           .doc = "A triangle."});
  ops.add({.schema = "bartlett_window.periodic(int window_length, bool periodic, *, ScalarType? dtype=None, Layout? "
                     "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&bartlett_periodic>(),
           .traits = kPlain,
           .doc = "A triangle."});
  ops.add({.schema = "blackman_window(int window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? "
                     "device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&blackman_plain>(),
           .traits = kPlain,
           .doc = "Blackman's window."});
  ops.add({.schema = "blackman_window.periodic(int window_length, bool periodic, *, ScalarType? dtype=None, Layout? "
                     "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&blackman_periodic>(),
           .traits = kPlain,
           .doc = "Blackman's window."});
  ops.add({.schema = "hann_window(int window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? "
                     "device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&hann_plain>(),
           .traits = kPlain,
           .doc = "A raised cosine."});
  ops.add({.schema = "hann_window.periodic(int window_length, bool periodic, *, ScalarType? dtype=None, Layout? "
                     "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&hann_periodic>(),
           .traits = kPlain,
           .doc = "A raised cosine."});
  ops.add({.schema = "hamming_window(int window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? "
                     "device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&hamming_plain>(),
           .traits = kPlain,
           .doc = "A raised cosine that does not reach zero."});
  ops.add({.schema = "hamming_window.periodic(int window_length, bool periodic, *, ScalarType? dtype=None, Layout? "
                     "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&hamming_periodic>(),
           .traits = kPlain,
           .doc = "A raised cosine that does not reach zero."});
  ops.add({.schema = "hamming_window.periodic_alpha(int window_length, bool periodic, float alpha, *, ScalarType? "
                     "dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&hamming_alpha>(),
           .traits = kPlain,
           .doc = "alpha - 0.46 cos(2 pi i / n)."});
  ops.add({.schema =
               "hamming_window.periodic_alpha_beta(int window_length, bool periodic, float alpha, float beta, *, "
               "ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&hamming_alpha_beta>(),
           .traits = kPlain,
           .doc = "alpha - beta cos(2 pi i / n)."});
  ops.add({.schema = "kaiser_window(int window_length, *, ScalarType? dtype=None, Layout? layout=None, Device? "
                     "device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&kaiser_plain>(),
           .traits = kPlain,
           .doc = "Kaiser's window."});
  ops.add({.schema = "kaiser_window.periodic(int window_length, bool periodic, *, ScalarType? dtype=None, Layout? "
                     "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&kaiser_periodic>(),
           .traits = kPlain,
           .doc = "Kaiser's window."});
  ops.add({.schema =
               "kaiser_window.beta(int window_length, bool periodic, float beta, *, ScalarType? dtype=None, Layout? "
               "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&kaiser_beta>(),
           .traits = kPlain,
           .doc = "Kaiser's window."});
  ops.add({.schema = "polar(Tensor abs, Tensor angle) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&polar_cpu>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "Complex numbers from magnitudes and angles."});
  ops.add({.schema = "empty_permuted(SymInt[] size, int[] physical_layout, *, ScalarType? dtype=None, Layout? "
                     "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&empty_permuted_cpu>(),
           .traits = kPlain,
           .doc = "Uninitialised, dense, with its dimensions in a given order in memory."});
  ops.add({.schema = "fill.Scalar(Tensor self, Scalar value) -> Tensor",
           .out = "Scalar_out",
           .kernel = typed_kernel<&fill_number>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "A tensor like self, filled with a number."});
  ops.add({.schema = "fill.Tensor(Tensor self, Tensor value) -> Tensor",
           .out = "Tensor_out",
           .kernel = typed_kernel<&fill_tensor>(),
           .traits = kComposite | OpTraits::no_method,
           .doc = "A tensor like self, filled with the element of a tensor."});
}

}  // namespace rushlight::ops
