/// Tensors as libtorch's operator<< prints them; programs' `print` and graphs' constants use this form too.
#include <fmt/format.h>

#include <cmath>
#include <iomanip>
#include <sstream>

#include "base/text.h"
#include "tensor/print.h"

namespace rushlight {
namespace {

/// All elements as doubles, row by row; of complex numbers only the real parts are printed.
std::vector<double> elements_of(const Tensor& tensor) {
  std::vector<double> values;
  values.reserve(size_t(tensor.numel()));
  Shape at(size_t(tensor.dim()));
  for (int64_t i = 0; i < tensor.numel(); ++i) {
    int64_t offset = tensor.storage_offset();
    for (size_t d = 0; d < at.size(); ++d) offset += at[d] * tensor.strides()[d];
    values.push_back(
        tensor_over(tensor.storage(), tensor.dtype(), {}, {}, offset).item().to<std::complex<double>>().real());
    for (size_t d = at.size(); d-- > 0;) {
      if (++at[d] < tensor.sizes()[d]) break;
      at[d] = 0;
    }
  }
  return values;
}

/// How the numbers of one tensor are written: a common scale, a common width, fixed or scientific.
struct NumberFormat {
  double scale = 1;
  int width = 0;
  bool scientific = false;
  bool fixed = false;

  void write(std::ostream& out, double value) const {
    if (scientific)
      out << std::scientific << std::setprecision(4);
    else if (fixed)
      out << std::fixed << std::setprecision(4);
    else
      out << std::defaultfloat << std::setprecision(6);
    out << std::setw(width) << value / scale;
  }
};

NumberFormat choose_format(const std::vector<double>& values) {
  NumberFormat format;
  if (values.empty()) return format;
  bool integral = true, any = false;
  double smallest = 0, largest = 0;
  for (double value : values) {
    if (!std::isfinite(value)) continue;
    const double magnitude = std::abs(value);
    integral &= value == std::ceil(value);
    smallest = any ? std::min(smallest, magnitude) : magnitude;
    largest = any ? std::max(largest, magnitude) : magnitude;
    any = true;
  }
  const auto exponent = [](double x) { return x == 0 ? 1 : int(std::floor(std::log10(x))) + 1; };
  const int low = any ? exponent(smallest) : 1, high = any ? exponent(largest) : 1;
  if (integral) {
    format.scientific = high > 9;
    format.width = high > 9 ? 11 : high + 1;
  } else if (high - low > 4) {
    format.scientific = true;
    format.width = std::abs(high) > 99 || std::abs(low) > 99 ? 12 : 11;
  } else {
    format.fixed = true;
    if (high > 5 || high < 0) {
      format.width = 7;
      format.scale = std::pow(10, high - 1);
    } else {
      format.width = high == 0 ? 7 : high + 6;
    }
  }
  return format;
}

void write_scale(std::ostream& out, const NumberFormat& format) {
  if (format.scale != 1) out << fmt::format("{} *\n", format.scale);
}

/// PyTorch sets the margin before every row but the first, which follows the heading as it is; below a scale, rows get
/// it twice and the first once.
void write_matrix(std::ostream& out, const double* values, int64_t rows, int64_t columns, int64_t line_width,
                  int indent) {
  const NumberFormat format = choose_format({values, values + rows * columns});
  const std::string margin(size_t(indent), ' ');
  const int64_t per_line = std::max<int64_t>(1, (line_width - indent) / (format.width + 1));
  for (int64_t first = 0; first < columns; first += per_line) {
    const int64_t last = std::min(first + per_line, columns) - 1;
    if (per_line < columns) {
      if (first != 0) out << '\n';
      out << "Columns " << first + 1 << " to " << last + 1 << margin;
    }
    write_scale(out, format);
    if (format.scale != 1) out << margin;
    for (int64_t row = 0; row < rows; ++row) {
      if (row != 0) out << margin << (format.scale != 1 ? margin : "");
      for (int64_t column = first; column <= last; ++column) {
        format.write(out, values[row * columns + column]);
        out << (column == last ? '\n' : ' ');
      }
    }
  }
}

void write_blocks(std::ostream& out, const Tensor& tensor, const std::vector<double>& values, int64_t line_width) {
  const size_t rank = size_t(tensor.dim());
  const int64_t rows = tensor.sizes()[rank - 2], columns = tensor.sizes()[rank - 1];
  const int64_t count = numel_of(tensor.sizes().slice(0, rank - 2));
  for (int64_t i = 0; i < count; ++i) {
    if (i > 0) out << '\n';
    // The first index runs fastest.
    out << '(';
    int64_t rest = i, block = 0;
    for (size_t d = 0; d + 2 < rank; ++d) {
      const int64_t size = tensor.sizes()[d], at = rest % size;
      out << at + 1 << ',';
      rest /= size;
      block = block * size + at;
    }
    out << ".,.) = \n";
    write_matrix(out, values.data() + block * rows * columns, rows, columns, line_width, 1);
  }
}

}  // namespace

std::string tensor_cpp_text(const Tensor& tensor, int64_t line_width) {
  if (!tensor.defined()) return "[ Tensor (undefined) ]";
  std::ostringstream out;
  const std::string type = cat(tensor.is_meta() ? "Meta" : "CPU", dtype_info(tensor.dtype()).ir_name, "Type");
  if (!tensor.is_meta() && tensor.numel() > 0) {
    const std::vector<double> values = elements_of(tensor);
    if (tensor.dim() == 0) {
      out << fmt::format("{}", values[0]) << '\n';
    } else if (tensor.dim() == 1) {
      const NumberFormat format = choose_format(values);
      write_scale(out, format);
      for (double value : values) {
        format.write(out, value);
        out << '\n';
      }
    } else if (tensor.dim() == 2) {
      write_matrix(out, values.data(), tensor.sizes()[0], tensor.sizes()[1], line_width, 0);
    } else {
      write_blocks(out, tensor, values, line_width);
    }
  }
  out << "[ " << type << '{' << join(tensor.sizes(), ",") << "} ]";
  return out.str();
}

}  // namespace rushlight
