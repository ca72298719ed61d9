/// Constants as text, as graphs and `.code` write them (ir.md section 3, code-printing.md section 6).
#pragma once
#include <complex>
#include <string>

#include "value/ivalue.h"

namespace rushlight {

/// "0.10000000000000001", "2.", "1e-05", "inf", "-inf", "nan": 17 significant digits, a point or an exponent if below
/// 1e10.
std::string float_text(double value);
/// As `<<` and schemas write a float: every integral one that fits 64 bits gets a point, `10000000000.`.
std::string printed_float(double value);
/// "1.+2.j"; both parts as `printed_float`, also in graphs.
std::string complex_text(std::complex<double> value);
/// In double quotes, with escapes. Bytes above 127 print as PyTorch prints them, signed and wrong.
std::string quoted(std::string_view text);
/// One element `{1}`, up to ten ` 1  2 [ CPUFloatType{2} ]`, more `<Tensor>`.
std::string tensor_text(const Tensor& tensor);
/// A list, tuple, dictionary, enum or simple value as a graph prints it: `[1, 2]`, `annotate(List[int], [])`, `(1,)`.
std::string constant_text(const IValue& value);

}  // namespace rushlight
