/// Python's repr of tensors, number for number as PyTorch lays it out ("torch.set_printoptions").
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "tensor/print.h"

namespace rushlight {
namespace {

/// Ratio and size of numbers beyond which they are written with an exponent.
constexpr double kMaxRatio = 1000, kMaxFixed = 1e8, kMinFixed = 1e-4;

template <class T>
std::complex<double> load(const std::byte* at) {
  const T value = *reinterpret_cast<const T*>(at);
  return {double(value), 0};
}
template <>
std::complex<double> load<std::complex<float>>(const std::byte* at) {
  return std::complex<double>(*reinterpret_cast<const std::complex<float>*>(at));
}
template <>
std::complex<double> load<std::complex<double>>(const std::byte* at) {
  return *reinterpret_cast<const std::complex<double>*>(at);
}
template <>
std::complex<double> load<std::complex<Half>>(const std::byte* at) {
  const Half* parts = reinterpret_cast<const Half*>(at);
  return {double(parts[0]), double(parts[1])};
}

std::complex<double> element(const Tensor& tensor, int64_t offset) {
  const std::byte* at = static_cast<const std::byte*>(tensor.data()) + offset * int64_t(tensor.item_size());
  switch (tensor.dtype()) {
#define RUSHLIGHT_DTYPE(name, number, cpp, ...) \
  case ScalarType::name:                        \
    return load<cpp>(at);
    RUSHLIGHT_FORALL_DTYPES(RUSHLIGHT_DTYPE)
#undef RUSHLIGHT_DTYPE
  }
  return {};
}

/// Integers are printed from their exact value; a double would lose the last digits of large ones.
std::string integer_text(const Tensor& tensor, int64_t offset) {
  const std::byte* at = static_cast<const std::byte*>(tensor.data()) + offset * int64_t(tensor.item_size());
  switch (tensor.dtype()) {
    case ScalarType::bool_:
      return *reinterpret_cast<const bool*>(at) ? "True" : "False";
    case ScalarType::uint8:
      return std::to_string(*reinterpret_cast<const uint8_t*>(at));
    case ScalarType::int8:
      return std::to_string(*reinterpret_cast<const int8_t*>(at));
    case ScalarType::int16:
      return std::to_string(*reinterpret_cast<const int16_t*>(at));
    case ScalarType::int32:
      return std::to_string(*reinterpret_cast<const int32_t*>(at));
    default:
      return std::to_string(*reinterpret_cast<const int64_t*>(at));
  }
}

/// How the floating-point numbers of one tensor (or one part of a complex one) are written: all alike, all equally
/// wide.
class NumberFormat {
 public:
  explicit NumberFormat(const PrintOptions& options) : options_(options) {}

  /// Looks at one number of those that are shown; `finish` after the last.
  void see(double value) {
    if (!std::isfinite(value) || value == 0) return;
    seen_.push_back(value);
  }
  void finish() {
    if (seen_.empty()) return;
    double smallest = INFINITY, largest = 0;
    for (double value : seen_) {
      smallest = std::min(smallest, std::fabs(value));
      largest = std::max(largest, std::fabs(value));
      integral_ = integral_ && value == std::ceil(value);
    }
    scientific_ = largest / smallest > kMaxRatio || largest > kMaxFixed || (!integral_ && smallest < kMinFixed);
    if (options_.sci_mode) scientific_ = *options_.sci_mode;
    for (double value : seen_) width_ = std::max(width_, digits(value).size());
  }
  size_t width() const { return width_; }
  std::string text(double value) const {
    const std::string plain = digits(value);
    return std::string(width_ > plain.size() ? width_ - plain.size() : 0, ' ') + plain;
  }

 private:
  std::string digits(double value) const {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    if (scientific_) return fmt::format("{:.{}e}", value, options_.precision);
    if (integral_) return fmt::format("{:.0f}.", value);
    return fmt::format("{:.{}f}", value, options_.precision);
  }

  const PrintOptions& options_;
  std::vector<double> seen_;
  size_t width_ = 1;
  bool integral_ = true;
  bool scientific_ = false;
};

class Printer {
 public:
  Printer(const Tensor& tensor, const PrintOptions& options)
      : tensor_(tensor),
        options_(options),
        real_(options),
        imaginary_(options),
        summarized_(tensor.numel() > options.threshold) {
    is_floating_ = is_floating(tensor.dtype());
    is_complex_ = is_complex(tensor.dtype());
    see(0, 0);
    real_.finish();
    imaginary_.finish();
  }

  std::string text(size_t indent) const { return nested(0, 0, indent); }

 private:
  /// Calls fn(index) for the shown indices of a dimension, and gap() where some are left out.
  template <class Fn, class Gap>
  void for_shown(size_t dim, Fn&& fn, Gap&& gap) const {
    const int64_t size = tensor_.sizes()[dim], edge = options_.edgeitems;
    if (!summarized_ || size <= 2 * edge) {
      for (int64_t i = 0; i < size; ++i) fn(i);
      return;
    }
    for (int64_t i = 0; i < edge; ++i) fn(i);
    gap();
    for (int64_t i = size - edge; i < size; ++i) fn(i);
  }

  void see(size_t dim, int64_t offset) {
    if (dim < size_t(tensor_.dim())) {
      for_shown(
          dim, [&](int64_t i) { see(dim + 1, offset + i * tensor_.strides()[dim]); }, [] {});
    } else if (is_floating_ || is_complex_) {
      const std::complex<double> value = element(tensor_, offset);
      real_.see(value.real());
      if (is_complex_) imaginary_.see(value.imag());
    } else {
      integer_width_ = std::max(integer_width_, integer_text(tensor_, offset).size());
    }
  }

  std::string number(int64_t offset) const {
    if (is_floating_) return real_.text(element(tensor_, offset).real());
    if (!is_complex_) {
      const std::string plain = integer_text(tensor_, offset);
      return std::string(integer_width_ - plain.size(), ' ') + plain;
    }
    const std::complex<double> value = element(tensor_, offset);
    std::string imaginary = imaginary_.text(value.imag());
    imaginary.erase(0, imaginary.find_first_not_of(' '));
    const bool has_sign = imaginary[0] == '-' || imaginary[0] == '+';
    return cat(real_.text(value.real()), has_sign ? "" : "+", imaginary, "j");
  }

  std::string row(size_t dim, int64_t offset, size_t indent) const {
    std::vector<std::string> items;
    for_shown(
        dim, [&](int64_t i) { items.push_back(number(offset + i * tensor_.strides()[dim])); },
        [&] { items.push_back(" ..."); });
    size_t item_width = (is_floating_ || is_complex_ ? real_.width() : integer_width_) + 2;
    if (is_complex_) item_width += imaginary_.width() + 1;
    const int64_t room = options_.linewidth - int64_t(indent);
    const size_t per_line = room > int64_t(item_width) ? size_t(room) / item_width : 1;
    std::string text = "[";
    for (size_t i = 0; i < items.size(); ++i) {
      if (i) text += i % per_line ? ", " : cat(",\n", std::string(indent + 1, ' '));
      text += items[i];
    }
    return text + "]";
  }

  std::string nested(size_t dim, int64_t offset, size_t indent) const {
    const size_t dims = size_t(tensor_.dim()) - dim;
    if (dims == 0) return number(offset);
    if (dims == 1) return row(dim, offset, indent);
    std::vector<std::string> parts;
    for_shown(
        dim, [&](int64_t i) { parts.push_back(nested(dim + 1, offset + i * tensor_.strides()[dim], indent + 1)); },
        [&] { parts.push_back("..."); });
    return cat("[", join(parts, cat(",", std::string(dims - 1, '\n'), std::string(indent + 1, ' '))), "]");
  }

  const Tensor& tensor_;
  const PrintOptions& options_;
  NumberFormat real_, imaginary_;
  size_t integer_width_ = 1;
  bool summarized_, is_floating_, is_complex_;
};

std::string tuple_text(IntArrayRef sizes) {
  return sizes.size() == 1 ? cat("(", sizes[0], ",)") : cat("(", join(sizes, ", "), ")");
}

bool is_default_dtype(ScalarType dtype) {
  return dtype == default_dtype() || dtype == to_complex(default_dtype()) || dtype == ScalarType::int64 ||
         dtype == ScalarType::bool_;
}

/// A suffix that does not fit on the line starts a new one below the bracket.
std::string with_suffixes(std::string text, const std::vector<std::string>& suffixes, size_t indent,
                          int64_t line_width) {
  const size_t line_break = text.rfind('\n');
  // As PyTorch counts: a text without a line break is taken to be two longer than it is.
  size_t length = line_break == std::string::npos ? text.size() + 2 : text.size() - line_break + 1;
  for (const std::string& suffix : suffixes) {
    if (int64_t(length + suffix.size() + 2) > line_width) {
      text += cat(",\n", std::string(indent, ' '), suffix);
      length = indent + suffix.size();
    } else {
      text += cat(", ", suffix);
      length += suffix.size() + 2;
    }
  }
  return text + ")";
}

}  // namespace

PrintOptions& print_options() {
  static PrintOptions options;
  return options;
}

std::string tensor_repr(const Tensor& tensor, const std::vector<std::string>& more_suffixes, std::string_view prefix) {
  const PrintOptions& options = print_options();
  std::vector<std::string> suffixes;
  const auto add_dtype = [&] { suffixes.push_back(cat("dtype=torch.", dtype_info(tensor.dtype()).name)); };
  if (tensor.device().type != DeviceType::cpu) suffixes.push_back(cat("device='", tensor.device().str(), "'"));
  std::string numbers;
  if (tensor.is_meta()) {
    suffixes.push_back(cat("size=", tuple_text(tensor.sizes())));
    if (tensor.dtype() != default_dtype()) add_dtype();
    numbers = "...";
  } else if (tensor.numel() == 0) {
    if (tensor.dim() != 1) suffixes.push_back(cat("size=", tuple_text(tensor.sizes())));
    if (tensor.dtype() != default_dtype()) add_dtype();
    numbers = "[]";
  } else {
    if (!is_default_dtype(tensor.dtype())) add_dtype();
    numbers = Printer(tensor, options).text(prefix.size());
  }
  suffixes.insert(suffixes.end(), more_suffixes.begin(), more_suffixes.end());
  return with_suffixes(cat(prefix, numbers), suffixes, prefix.size(), options.linewidth);
}

}  // namespace rushlight
