/// Fourier transforms: complex and real ones in one or more dimensions, short-time transforms, frequencies.
#include "ops/functions/fourier.h"

#include <cmath>
#include <numeric>

#include "ops/cpu/copy.h"
#include "ops/cpu/fourier.h"
#include "ops/derived_forms.h"
#include "ops/functions/arithmetic.h"
#include "ops/functions/comparison.h"
#include "ops/functions/conversion.h"
#include "ops/functions/factories.h"
#include "ops/functions/joining.h"
#include "ops/functions/padding.h"
#include "ops/functions/rearranging.h"
#include "ops/functions/reductions.h"
#include "ops/functions/selection.h"
#include "ops/functions/view_scatters.h"
#include "ops/functions/views.h"
#include "ops/kernel_forms.h"
#include "ops/operators.h"

namespace rushlight::ops {
namespace {

using OptInt = std::optional<int64_t>;
using OptDims = std::optional<IntArrayRef>;
using OptText = std::optional<std::string_view>;
using Complex = std::complex<double>;

/// How a transform is scaled: PyTorch's numbers.
enum Normalization : int64_t { kNone = 0, kByRoot = 1, kByCount = 2 };

// ---- Kernels

/// Transforms a contiguous complex128 tensor in place along dimensions.
void transform_dims(const Tensor& wide, IntArrayRef dims, bool forward) {
  for (int64_t dim : dims) {
    const int64_t length = wide.size(dim), stride = wide.stride(dim), block = length * stride;
    if (length == 0 || wide.numel() == 0) continue;
    const cpu::Fourier fourier(length);
    std::vector<Complex> line(static_cast<size_t>(length));
    Complex* data = wide.data<Complex>();
    for (int64_t start = 0; start < wide.numel(); start += block)
      for (int64_t j = 0; j < stride; ++j) {
        Complex* at = data + start + j;
        for (int64_t i = 0; i < length; ++i) line[size_t(i)] = at[i * stride];
        fourier.transform(line.data(), forward);
        for (int64_t i = 0; i < length; ++i) at[i * stride] = line[size_t(i)];
      }
  }
}
double scale_of(int64_t normalization, IntArrayRef sizes, IntArrayRef dims) {
  if (normalization == kNone) return 1;
  double count = 1;
  for (int64_t dim : dims) count *= double(sizes[size_t(wrap_dim(dim, int64_t(sizes.size())))]);
  return normalization == kByCount ? 1 / count : 1 / std::sqrt(count);
}
void scale(const Tensor& wide, double factor) {
  if (factor == 1) return;
  Complex* data = wide.data<Complex>();
  for (int64_t i = 0; i < wide.numel(); ++i) data[i] *= factor;
}
Tensor wide_complex(const Tensor& self) {
  return cpu::clone(cpu::to_dtype(self, ScalarType::complex128), MemoryFormat::contiguous);
}

Tensor c2c_cpu(const Tensor& self, IntArrayRef dims, int64_t normalization, bool forward) {
  if (dims.empty()) return cpu::clone(self);
  const Tensor wide = wide_complex(self);
  transform_dims(wide, dims, forward);
  scale(wide, scale_of(normalization, self.sizes(), dims));
  return cpu::to_dtype(wide, self.dtype());
}
Tensor r2c_cpu(const Tensor& self, IntArrayRef dims, int64_t normalization, bool onesided) {
  const Tensor wide = wide_complex(self);
  transform_dims(wide, dims, true);
  scale(wide, scale_of(normalization, self.sizes(), dims));
  Tensor result = wide;
  if (onesided) {
    const int64_t last = dims[dims.size() - 1];
    result = cpu::contiguous(narrow(wide, last, 0, wide.size(last) / 2 + 1));
  }
  return cpu::to_dtype(result, to_complex(self.dtype()));
}
Tensor c2r_cpu(const Tensor& self, IntArrayRef dims, int64_t normalization, int64_t last_size) {
  const int64_t last = wrap_dim(dims[dims.size() - 1], self.dim());
  Tensor wide = wide_complex(self);
  transform_dims(wide, dims.slice(0, dims.size() - 1), false);
  // The other half of the spectrum is the conjugate of the first, in reverse; only real parts count at its ends.
  Shape shape(self.sizes());
  const int64_t half = shape[size_t(last)];
  shape[size_t(last)] = last_size;
  Tensor whole = empty_tensor(shape, ScalarType::complex128);
  cpu::fill(whole, 0);
  const int64_t stride = whole.stride(last), from_stride = wide.stride(last);
  const int64_t lines = stride == 0 || last_size == 0 ? 0 : whole.numel() / last_size;
  for (int64_t line = 0; line < lines; ++line) {
    Complex* to = whole.data<Complex>() + line / stride * stride * last_size + line % stride;
    const Complex* from = wide.data<Complex>() + line / stride * from_stride * half + line % stride;
    for (int64_t k = 0; k <= last_size / 2 && k < half; ++k) {
      const Complex value = from[k * from_stride];
      const bool end = k == 0 || 2 * k == last_size;
      to[k * stride] = end ? Complex(value.real()) : value;
      if (!end) to[(last_size - k) * stride] = std::conj(value);
    }
  }
  transform_dims(whole, last, false);
  scale(whole, scale_of(normalization, shape, dims));
  Tensor real_part = empty_tensor(shape, ScalarType::float64);
  for (int64_t i = 0; i < whole.numel(); ++i) real_part.data<double>()[i] = whole.data<Complex>()[i].real();
  return cpu::to_dtype(real_part, to_real(self.dtype()));
}

Tensor r2c_back(const Backward& b) {
  const std::vector<int64_t> dims = b.ints_of("dim");
  Tensor grad = b.grad();
  const int64_t last = wrap_dim(dims.back(), int64_t(b.sizes("self").size())), size = b.sizes("self")[size_t(last)];
  if (b.bool_of("onesided") && grad.size(last) != size)
    grad = slice_backward(
        grad,
        [&] {
          Shape shape(grad.sizes());
          shape[size_t(last)] = size;
          return shape;
        }(),
        last, 0, grad.size(last), 1);
  return real(_fft_c2c(grad, dims, b.int_of("normalization"), false));
}
Tensor c2r_back(const Backward& b) {
  const std::vector<int64_t> dims = b.ints_of("dim");
  Tensor grad = _fft_r2c(b.grad(), dims, b.int_of("normalization"), true);
  const int64_t last = wrap_dim(dims.back(), grad.dim());
  // Every frequency that stands for two counts twice.
  const int64_t size = b.int_of("last_dim_size"), doubled = size - grad.size(last);
  if (doubled > 0) {
    const Tensor middle = narrow(grad, last, 1, doubled);
    grad = slice_scatter(grad, middle * Scalar(2), last, 1, 1 + doubled, 1);
  }
  const int64_t missing = b.sizes("self")[size_t(last)] - grad.size(last);
  if (missing > 0) {
    Shape shape(grad.sizes());
    shape[size_t(last)] += missing;
    grad = slice_backward(grad, shape, last, 0, grad.size(last), 1);
  }
  return grad;
}

// ---- Arguments of torch.fft

int64_t normalization_of(OptText norm, bool forward) {
  if (!norm || *norm == "backward") return forward ? kNone : kByCount;
  if (*norm == "forward") return forward ? kByCount : kNone;
  if (*norm == "ortho") return kByRoot;
  throw RuntimeError(cat("Invalid normalization mode: \"", *norm, "\""));
}
Tensor promoted(const Tensor& self, bool want_complex) {
  Tensor result = is_integral_or_bool(self.dtype()) ? to(self, default_dtype()) : self;
  if (kReducedFloating.contains(result.dtype()))
    throw RuntimeError(cat("Unsupported dtype ", dtype_info(self.dtype()).ir_name));
  return want_complex ? to(result, to_complex(result.dtype())) : result;
}
/// Cut or padded with zeros to `size` along a dimension.
Tensor resized(const Tensor& self, int64_t dim, int64_t size) {
  const int64_t old = self.size(dim);
  if (size == old) return self;
  if (size < old) return narrow(self, dim, 0, size);
  Shape shape(self.sizes());
  shape[size_t(wrap_dim(dim, self.dim()))] = size;
  return slice_backward(self, shape, dim, 0, old, 1);
}
int64_t checked_length(const Tensor& self, OptInt n, int64_t dim) {
  // 0-dimensional tensors have no dimension to transform.
  wrap_dim(dim, self.dim(), false);
  const int64_t length = n.value_or(self.size(dim));
  if (length < 1) throw RuntimeError(cat("Invalid number of data points (", length, ") specified"));
  return length;
}

Tensor c2c_1d(const Tensor& self, OptInt n, int64_t dim, OptText norm, bool forward) {
  const int64_t length = checked_length(self, n, dim), at = wrap_dim(dim, self.dim());
  return _fft_c2c(resized(promoted(self, true), at, length), {at}, normalization_of(norm, forward), forward);
}
Tensor r2c_1d(const Tensor& self, OptInt n, int64_t dim, OptText norm, bool forward, std::string_view name) {
  if (is_complex(self.dtype()))
    throw RuntimeError(cat(name, " expects a real input tensor, but got ", dtype_info(self.dtype()).ir_name));
  const int64_t length = checked_length(self, n, dim), at = wrap_dim(dim, self.dim());
  const Tensor result =
      _fft_r2c(resized(promoted(self, false), at, length), {at}, normalization_of(norm, forward), true);
  return forward ? result : conjugate(result);
}
Tensor c2r_1d(const Tensor& self, OptInt n, int64_t dim, OptText norm, bool forward) {
  wrap_dim(dim, self.dim(), false);
  const int64_t at = wrap_dim(dim, self.dim()), length = n.value_or(2 * (self.size(at) - 1));
  if (length < 1) throw RuntimeError(cat("Invalid number of data points (", length, ") specified"));
  const Tensor input = resized(promoted(self, true), at, length / 2 + 1);
  return _fft_c2r(forward ? conjugate(input) : input, {at}, normalization_of(norm, forward), length);
}
Tensor fft_cpu(const Tensor& self, OptInt n, int64_t dim, OptText norm) { return c2c_1d(self, n, dim, norm, true); }
Tensor ifft_cpu(const Tensor& self, OptInt n, int64_t dim, OptText norm) { return c2c_1d(self, n, dim, norm, false); }
Tensor rfft_cpu(const Tensor& self, OptInt n, int64_t dim, OptText norm) {
  return r2c_1d(self, n, dim, norm, true, "rfft");
}
Tensor irfft_cpu(const Tensor& self, OptInt n, int64_t dim, OptText norm) { return c2r_1d(self, n, dim, norm, false); }
Tensor hfft_cpu(const Tensor& self, OptInt n, int64_t dim, OptText norm) { return c2r_1d(self, n, dim, norm, true); }
Tensor ihfft_cpu(const Tensor& self, OptInt n, int64_t dim, OptText norm) {
  return r2c_1d(self, n, dim, norm, false, "ihfft");
}

struct ShapeAndDims {
  std::vector<int64_t> shape, dims;
};
ShapeAndDims shape_and_dims(const Tensor& self, OptDims s, OptDims dims) {
  const int64_t rank = self.dim();
  ShapeAndDims result;
  if (dims) {
    std::vector<bool> seen(size_t(std::max<int64_t>(rank, 1)));
    for (int64_t dim : *dims) {
      const int64_t at = wrap_dim(dim, rank, false);
      if (seen[size_t(at)]) throw RuntimeError("FFT dims must be unique");
      seen[size_t(at)] = true;
      result.dims.push_back(at);
    }
  }
  if (s) {
    if (dims && dims->size() != s->size())
      throw RuntimeError("When given, dim and shape arguments must have the same length");
    if (int64_t(s->size()) > rank)
      throw RuntimeError(cat("Got shape with ", s->size(), " values but input tensor only has ", rank, " dimensions."));
    if (!dims)
      for (size_t i = 0; i < s->size(); ++i) result.dims.push_back(rank - int64_t(s->size()) + int64_t(i));
    for (size_t i = 0; i < s->size(); ++i) result.shape.push_back((*s)[i] == -1 ? self.size(result.dims[i]) : (*s)[i]);
  } else {
    if (!dims)
      for (int64_t d = 0; d < rank; ++d) result.dims.push_back(d);
    for (int64_t dim : result.dims) result.shape.push_back(self.size(dim));
  }
  for (int64_t size : result.shape)
    if (size <= 0) throw RuntimeError(cat("Invalid number of data points (", size, ") specified"));
  return result;
}
Tensor resized_all(Tensor self, const ShapeAndDims& target) {
  for (size_t i = 0; i < target.dims.size(); ++i) self = resized(self, target.dims[i], target.shape[i]);
  return self;
}

Tensor c2c_nd(const Tensor& self, OptDims s, OptDims dims, OptText norm, bool forward) {
  const ShapeAndDims target = shape_and_dims(self, s, dims);
  return _fft_c2c(resized_all(promoted(self, true), target), target.dims, normalization_of(norm, forward), forward);
}
Tensor r2c_nd(const Tensor& self, OptDims s, OptDims dims, OptText norm, bool forward, std::string_view name) {
  if (is_complex(self.dtype()))
    throw RuntimeError(cat(name, " expects a real-valued input tensor, but got ", dtype_info(self.dtype()).ir_name));
  const ShapeAndDims target = shape_and_dims(self, s, dims);
  if (target.shape.empty()) throw RuntimeError(cat(name, " must transform at least one axis"));
  const Tensor input = resized_all(promoted(self, false), target);
  const int64_t normalization = normalization_of(norm, forward);
  if (forward) return _fft_r2c(input, target.dims, normalization, true);
  // Only the last dimension is real: the others are transformed back as complex ones.
  const std::vector<int64_t> others(target.dims.begin(), target.dims.end() - 1);
  const Tensor last = conjugate(_fft_r2c(input, {target.dims.back()}, normalization, true));
  return others.empty() ? last : _fft_c2c(last, others, normalization, false);
}
Tensor c2r_nd(const Tensor& self, OptDims s, OptDims dims, OptText norm, bool forward, std::string_view name) {
  ShapeAndDims target = shape_and_dims(self, s, dims);
  if (target.shape.empty()) throw RuntimeError(cat(name, " must transform at least one axis"));
  const bool given = s && (*s)[s->size() - 1] != -1;
  const int64_t last_size = given ? target.shape.back() : 2 * (self.size(target.dims.back()) - 1);
  if (last_size < 1) throw RuntimeError(cat("Invalid number of data points (", last_size, ") specified"));
  target.shape.back() = last_size / 2 + 1;
  const Tensor input = resized_all(promoted(self, true), target);
  const int64_t normalization = normalization_of(norm, forward);
  if (!forward) return _fft_c2r(input, target.dims, normalization, last_size);
  const std::vector<int64_t> others(target.dims.begin(), target.dims.end() - 1);
  const Tensor turned = others.empty() ? input : _fft_c2c(input, others, normalization, true);
  return _fft_c2r(conjugate(turned), {target.dims.back()}, normalization, last_size);
}
Tensor fftn_cpu(const Tensor& self, OptDims s, OptDims dims, OptText norm) { return c2c_nd(self, s, dims, norm, true); }
Tensor ifftn_cpu(const Tensor& self, OptDims s, OptDims dims, OptText norm) {
  return c2c_nd(self, s, dims, norm, false);
}
Tensor rfftn_cpu(const Tensor& self, OptDims s, OptDims dims, OptText norm) {
  return r2c_nd(self, s, dims, norm, true, "rfftn");
}
Tensor irfftn_cpu(const Tensor& self, OptDims s, OptDims dims, OptText norm) {
  return c2r_nd(self, s, dims, norm, false, "irfftn");
}
Tensor hfftn_cpu(const Tensor& self, OptDims s, OptDims dims, OptText norm) {
  return c2r_nd(self, s, dims, norm, true, "hfftn");
}
Tensor ihfftn_cpu(const Tensor& self, OptDims s, OptDims dims, OptText norm) {
  return r2c_nd(self, s, dims, norm, false, "ihfftn");
}
Tensor fft2_cpu(const Tensor& self, OptDims s, IntArrayRef dims, OptText norm) { return fftn_cpu(self, s, dims, norm); }
Tensor ifft2_cpu(const Tensor& self, OptDims s, IntArrayRef dims, OptText norm) {
  return ifftn_cpu(self, s, dims, norm);
}
Tensor rfft2_cpu(const Tensor& self, OptDims s, IntArrayRef dims, OptText norm) {
  return rfftn_cpu(self, s, dims, norm);
}
Tensor irfft2_cpu(const Tensor& self, OptDims s, IntArrayRef dims, OptText norm) {
  return irfftn_cpu(self, s, dims, norm);
}
Tensor hfft2_cpu(const Tensor& self, OptDims s, IntArrayRef dims, OptText norm) {
  return hfftn_cpu(self, s, dims, norm);
}
Tensor ihfft2_cpu(const Tensor& self, OptDims s, IntArrayRef dims, OptText norm) {
  return ihfftn_cpu(self, s, dims, norm);
}

// ---- Frequencies and shifts

Tensor fftfreq_cpu(int64_t n, double d, std::optional<ScalarType> dtype, std::optional<Layout>, std::optional<Device>,
                   std::optional<bool>) {
  const ScalarType type = dtype.value_or(default_dtype());
  if (!is_floating(type) && !is_complex(type)) throw RuntimeError("fftfreq requires a floating point or complex dtype");
  Tensor result = empty_tensor(n, ScalarType::float64);
  for (int64_t i = 0; i < n; ++i) result.data<double>()[i] = double(i < (n + 1) / 2 ? i : i - n) / (double(n) * d);
  return cpu::to_dtype(result, type);
}
Tensor rfftfreq_cpu(int64_t n, double d, std::optional<ScalarType> dtype, std::optional<Layout>, std::optional<Device>,
                    std::optional<bool>) {
  const ScalarType type = dtype.value_or(default_dtype());
  if (!is_floating(type) && !is_complex(type))
    throw RuntimeError("rfftfreq requires a floating point or complex dtype");
  Tensor result = empty_tensor(n / 2 + 1, ScalarType::float64);
  for (int64_t i = 0; i < result.numel(); ++i) result.data<double>()[i] = double(i) / (double(n) * d);
  return cpu::to_dtype(result, type);
}
template <bool kBack>
Tensor shifted(const Tensor& self, OptDims dims) {
  std::vector<int64_t> all(size_t(self.dim()));
  std::iota(all.begin(), all.end(), int64_t(0));
  const IntArrayRef over = dims ? *dims : IntArrayRef(all);
  std::vector<int64_t> shifts;
  for (int64_t dim : over) shifts.push_back(kBack ? (self.size(dim) + 1) / 2 : self.size(dim) / 2);
  if (shifts.empty()) return clone(self);
  return roll(self, shifts, over);
}

// ---- Short-time transforms

Tensor padded_window(const Tensor& window, int64_t win_length, int64_t n_fft, ScalarType type) {
  Tensor result = window.defined() ? window : ones({win_length}, type);
  if (win_length < n_fft) {
    const int64_t left = (n_fft - win_length) / 2;
    result = slice_backward(result, Shape{n_fft}, 0, left, left + win_length, 1);
  }
  return result;
}
Tensor stft_cpu(const Tensor& self, int64_t n_fft, OptInt hop, OptInt win, const Tensor& window, bool normalized,
                std::optional<bool> onesided, std::optional<bool> return_complex, std::optional<bool>) {
  const int64_t hop_length = hop.value_or(n_fft / 4), win_length = win.value_or(n_fft);
  if (!window.defined())
    warn_once_at(
        "aten/src/ATen/native/SpectralOps.cpp:835",
        "A window was not provided. A rectangular window will be applied,which is known to cause spectral leakage. "
        "Other windows such as torch.hann_window or torch.hamming_window are recommended to reduce spectral leakage.To "
        "suppress this warning and use a rectangular window, explicitly set `window=torch.ones(n_fft, "
        "device=<device>)`.");
  const auto failed = [&](std::string_view what) {
    throw RuntimeError(cat("stft(", "torch.", dtype_info(self.dtype()).ir_name, "Tensor", shape_text(self.sizes()),
                           ", n_fft=", n_fft, ", hop_length=", hop_length, ", win_length=", win_length,
                           ", window=", window.defined() ? "torch.Tensor" : "None", ", normalized=", normalized ? 1 : 0,
                           "): ", what));
  };
  if (!is_floating(self.dtype()) && !is_complex(self.dtype()))
    failed("expected a tensor of floating point or complex values");
  if (self.dim() > 2 || self.dim() < 1) failed("expected a 1D or 2D tensor");
  Tensor input = self.dim() == 1 ? unsqueeze(self, 0) : self;
  const int64_t length = input.size(1);
  if (n_fft <= 0 || n_fft > length) failed(cat("expected 0 < n_fft < ", length, ", but got n_fft=", n_fft));
  if (hop_length <= 0) failed(cat("expected hop_length > 0, but got hop_length=", hop_length));
  if (win_length <= 0 || win_length > n_fft)
    failed(cat("expected 0 < win_length <= n_fft, but got win_length=", win_length));
  if (window.defined() && (window.dim() != 1 || window.size(0) != win_length))
    failed(cat("expected a 1D window tensor of size equal to win_length=", win_length, ", but got window with size ",
               shape_text(window.sizes())));
  const bool complex_input = is_complex(self.dtype()) || (window.defined() && is_complex(window.dtype()));
  const bool half = onesided.value_or(!complex_input);
  if (!return_complex && !complex_input)
    throw RuntimeError(
        "stft requires the return_complex parameter be given for real inputs, and will further require that "
        "return_complex=True in a future PyTorch release.");
  const bool as_complex = return_complex.value_or(complex_input);
  const int64_t frames = 1 + (length - n_fft) / hop_length;
  input = as_strided(contiguous(input), {input.size(0), frames, n_fft}, {length, hop_length, 1});
  if (window.defined() || win_length < n_fft)
    input = input * padded_window(window, win_length, n_fft, to_real(self.dtype()));
  const int64_t normalization = normalized ? kByRoot : kNone;
  Tensor result;
  if (complex_input) {
    if (half) throw RuntimeError("Cannot have onesided output if window or input is complex");
    result = _fft_c2c(input, {2}, normalization, true);
  } else {
    result = _fft_r2c(input, {2}, normalization, half);
  }
  result = transpose(result, 1, 2);
  if (self.dim() == 1) result = squeeze(result, 0);
  return as_complex ? result : view_as_real(result);
}
Tensor stft_centered(const Tensor& self, int64_t n_fft, OptInt hop, OptInt win, const Tensor& window, bool center,
                     std::string_view pad_mode, bool normalized, std::optional<bool> onesided,
                     std::optional<bool> return_complex, std::optional<bool> align) {
  Tensor input = self;
  if (center) {
    std::vector<int64_t> shape(size_t(std::max<int64_t>(3 - self.dim(), 0)), 1);
    shape.insert(shape.end(), self.sizes().begin(), self.sizes().end());
    const Tensor padded = pad(view(self, shape), {n_fft / 2, n_fft / 2}, pad_mode, std::nullopt);
    std::vector<int64_t> back(padded.sizes().end() - self.dim(), padded.sizes().end());
    input = view(padded, back);
  }
  return stft(input, n_fft, hop, win, window, normalized, onesided, return_complex, align);
}
Tensor istft_cpu(const Tensor& self, int64_t n_fft, OptInt hop, OptInt win, const Tensor& window, bool center,
                 bool normalized, std::optional<bool> onesided, OptInt length, bool return_complex) {
  if (!window.defined())
    warn_once_at("aten/src/ATen/native/SpectralOps.cpp:1035",
                 "A window was not provided. A rectangular window will be applied.Please provide the same window used "
                 "by stft to "
                 "make the inversion lossless.To suppress this warning and use a rectangular window, explicitly set "
                 "`window=torch.ones(n_fft, device=<device>)`.");
  if (!is_complex(self.dtype()))
    throw RuntimeError(
        "istft requires a complex-valued input tensor matching the output from stft with return_complex=True.");
  const int64_t hop_length = hop.value_or(n_fft / 4), win_length = win.value_or(n_fft);
  const auto failed = [&](std::string_view what) {
    throw RuntimeError(cat("istft(", "torch.", dtype_info(self.dtype()).ir_name, "Tensor", shape_text(self.sizes()),
                           ", n_fft=", n_fft, ", hop_length=", hop_length, ", win_length=", win_length,
                           ", window=", window.defined() ? "torch.Tensor" : "None", ", center=", center ? 1 : 0,
                           ", normalized=", normalized ? 1 : 0, "): ", what));
  };
  Tensor input = view_as_real(self);
  const int64_t rank = input.dim();
  if (input.numel() == 0) failed("input tensor cannot be empty.");
  if (rank != 3 && rank != 4) failed(cat("expected a tensor with 3 or 4 dimensions, but got ", rank));
  if (input.size(-1) != 2)
    failed(cat("expected the last dimension to be 2 (corresponding to real and imaginary parts), but got ",
               input.size(-1)));
  const int64_t frames = input.size(-2), bins = input.size(-3);
  const bool half = onesided.value_or(bins != n_fft);
  if (half && n_fft / 2 + 1 != bins)
    failed(
        cat("expected the frequency dimension (3rd to the last) of the input tensor to match n_fft / 2 + 1 when "
            "onesided=True, but got ",
            bins));
  if (!half && n_fft != bins)
    failed(
        cat("expected the frequency dimension (3rd to the last) of the input tensor to match n_fft when "
            "onesided=False, but got ",
            bins));
  if (hop_length <= 0 || hop_length > win_length) failed("expected 0 < hop_length <= win_length");
  if (win_length <= 0 || win_length > n_fft) failed("expected 0 < win_length <= n_fft");
  if (window.defined() && (window.dim() != 1 || window.size(0) != win_length))
    failed(cat("Invalid window shape. window has to be 1D and length of `win_length`"));
  if (return_complex && half) failed("complex output is incompatible with onesided=True");
  if (!return_complex && window.defined() && is_complex(window.dtype()))
    failed("complex windows are incompatible with return_complex=False");
  const ScalarType window_type = return_complex ? to_complex(input.dtype()) : input.dtype();
  const Tensor shape_window = padded_window(window, win_length, n_fft, to_real(window_type));
  Tensor spectrum = view_as_complex(contiguous(input));
  if (rank == 3) spectrum = unsqueeze(spectrum, 0);
  spectrum = transpose(spectrum, 1, 2);
  const int64_t normalization = normalized ? kByRoot : kByCount;
  Tensor lines;
  if (return_complex) {
    lines = _fft_c2c(spectrum, {2}, normalization, false);
  } else {
    if (!half) spectrum = slice(spectrum, -1, 0, n_fft / 2 + 1, 1);
    lines = _fft_c2r(spectrum, {2}, normalization, n_fft);
  }
  // Overlapping windows are added up and divided by what their squares add up to.
  const Tensor windowed = lines * shape_window;
  const int64_t total = n_fft + hop_length * (frames - 1);
  const Tensor sums = unfold_backward(windowed, {windowed.size(0), total}, 1, n_fft, hop_length);
  const Tensor squares = expand(unsqueeze(square(shape_window), 0), {frames, n_fft});
  Tensor envelope = unfold_backward(unsqueeze(squares, 0), {1, total}, 1, n_fft, hop_length);
  const int64_t start = center ? n_fft / 2 : 0;
  const int64_t end = length ? start + *length : center ? total - n_fft / 2 : total;
  Tensor result = slice(sums, 1, start, end, 1);
  envelope = slice(envelope, 1, start, end, 1);
  if (envelope.numel() > 0 && amin(abs(envelope)).item().to<double>() <= 1e-11) failed("window overlap add min: 1");
  result = result / envelope;
  if (rank == 3) result = squeeze(result, 0);
  if (length && end > total) {
    const int64_t missing = end - total;
    warn_once_at(
        "aten/src/ATen/native/SpectralOps.cpp:1199",
        "The length of signal is shorter than the length parameter. Result is being padded with zeros in the tail. "
        "Please check your center and hop_length settings.");
    Shape shape(result.sizes());
    const int64_t known = shape.back();
    shape.back() += missing;
    result = slice_backward(result, shape, -1, 0, known, 1);
  }
  return result;
}

}  // namespace

void declare_fourier(OpSet& ops) {
  constexpr OpTraits kFft = OpTraits::no_method;
  constexpr OpTraits kComposite = OpTraits::composite | OpTraits::no_method;
  ops.add({.schema = "_fft_c2c(Tensor self, SymInt[] dim, int normalization, bool forward) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&c2c_cpu>(),
           .derivatives = {{"self",
                            [](const Backward& b) {
                              return _fft_c2c(b.grad(), b.ints_of("dim"), b.int_of("normalization"),
                                              !b.bool_of("forward"));
                            }}},
           .traits = kFft,
           .doc = "The transform of complex numbers."});
  ops.add({.schema = "_fft_r2c(Tensor self, int[] dim, int normalization, bool onesided) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&r2c_cpu>(),
           .derivatives = {{"self", r2c_back}},
           .traits = kFft,
           .doc = "The transform of real numbers."});
  ops.add({.schema = "_fft_c2r(Tensor self, int[] dim, int normalization, SymInt last_dim_size) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&c2r_cpu>(),
           .derivatives = {{"self", c2r_back}},
           .traits = kFft,
           .doc = "The inverse transform of half a spectrum to real numbers."});
  ops.add({.schema = "fft_fft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&fft_cpu>(),
           .traits = kComposite,
           .doc = "The transform along a dimension."});
  ops.add({.schema = "fft_ifft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&ifft_cpu>(),
           .traits = kComposite,
           .doc = "The inverse of fft."});
  ops.add({.schema = "fft_rfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&rfft_cpu>(),
           .traits = kComposite,
           .doc = "Half of the spectrum of real numbers."});
  ops.add({.schema = "fft_irfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&irfft_cpu>(),
           .traits = kComposite,
           .doc = "The inverse of rfft."});
  ops.add({.schema = "fft_hfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&hfft_cpu>(),
           .traits = kComposite,
           .doc = "The spectrum of a Hermitian signal."});
  ops.add({.schema = "fft_ihfft(Tensor self, SymInt? n=None, int dim=-1, str? norm=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&ihfft_cpu>(),
           .traits = kComposite,
           .doc = "The inverse of hfft."});
  ops.add({.schema = "fft_fftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&fftn_cpu>(),
           .traits = kComposite,
           .doc = "fft along several dimensions."});
  ops.add({.schema = "fft_ifftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&ifftn_cpu>(),
           .traits = kComposite,
           .doc = "ifft along several dimensions."});
  ops.add({.schema = "fft_rfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&rfftn_cpu>(),
           .traits = kComposite,
           .doc = "rfft along several dimensions."});
  ops.add({.schema = "fft_irfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&irfftn_cpu>(),
           .traits = kComposite,
           .doc = "irfft along several dimensions."});
  ops.add({.schema = "fft_hfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&hfftn_cpu>(),
           .traits = kComposite,
           .doc = "hfft along several dimensions."});
  ops.add({.schema = "fft_ihfftn(Tensor self, SymInt[1]? s=None, int[1]? dim=None, str? norm=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&ihfftn_cpu>(),
           .traits = kComposite,
           .doc = "ihfft along several dimensions."});
  ops.add({.schema = "fft_fft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&fft2_cpu>(),
           .traits = kComposite,
           .doc = "fft along two dimensions."});
  ops.add({.schema = "fft_ifft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&ifft2_cpu>(),
           .traits = kComposite,
           .doc = "ifft along two dimensions."});
  ops.add({.schema = "fft_rfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&rfft2_cpu>(),
           .traits = kComposite,
           .doc = "rfft along two dimensions."});
  ops.add({.schema = "fft_irfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&irfft2_cpu>(),
           .traits = kComposite,
           .doc = "irfft along two dimensions."});
  ops.add({.schema = "fft_hfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&hfft2_cpu>(),
           .traits = kComposite,
           .doc = "hfft along two dimensions."});
  ops.add({.schema = "fft_ihfft2(Tensor self, SymInt[1]? s=None, int[1] dim=[-2, -1], str? norm=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&ihfft2_cpu>(),
           .traits = kComposite,
           .doc = "ihfft along two dimensions."});
  ops.add({.schema =
               "fft_fftfreq(int n, float d=1., *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, "
               "bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&fftfreq_cpu>(),
           .traits = kFft,
           .doc = "The frequencies of fft."});
  ops.add({.schema = "fft_rfftfreq(int n, float d=1., *, ScalarType? dtype=None, Layout? layout=None, Device? "
                     "device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&rfftfreq_cpu>(),
           .traits = kFft,
           .doc = "The frequencies of rfft."});
  ops.add({.schema = "fft_fftshift(Tensor self, int[1]? dim=None) -> Tensor",
           .kernel = typed_kernel<&shifted<false>>(),
           .traits = kComposite,
           .doc = "Frequency zero in the middle."});
  ops.add({.schema = "fft_ifftshift(Tensor self, int[1]? dim=None) -> Tensor",
           .kernel = typed_kernel<&shifted<true>>(),
           .traits = kComposite,
           .doc = "The inverse of fftshift."});
  ops.add(
      {.schema =
           "stft(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool "
           "normalized=False, bool? onesided=None, bool? return_complex=None, bool? align_to_window=None) -> Tensor",
       .kernel = typed_kernel<&stft_cpu>(),
       .traits = OpTraits::composite,
       .doc = "One spectrum for each window."});
  ops.add({.schema =
               "stft.center(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? "
               "window=None, bool center=True, str pad_mode=\"reflect\", bool normalized=False, bool? onesided=None, "
               "bool? return_complex=None, bool? align_to_window=None) -> Tensor",
           .kernel = typed_kernel<&stft_centered>(),
           .traits = OpTraits::composite,
           .doc = "stft of a padded signal."});
  ops.add({.schema =
               "istft(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool "
               "center=True, bool normalized=False, bool? onesided=None, int? length=None, bool "
               "return_complex=False) -> Tensor",
           .kernel = typed_kernel<&istft_cpu>(),
           .traits = OpTraits::composite,
           .doc = "The signal of short-time spectra."});
}

}  // namespace rushlight::ops
