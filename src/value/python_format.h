/// Text of values as Python writes it: `repr`, and the format language of f-strings (Python's documentation, "Format
/// Specification Mini-Language"). PyTorch's own text of values, which `str` and `print` show, is IValue::str.
#pragma once
#include "value/ivalue.h"

namespace rushlight {

/// `repr(value)`: strings in quotes, floats with their shortest digits ("1.0"), containers of such. Values that only
/// the language has show PyTorch's text. `ascii`: other characters than ASCII as escapes.
std::string python_repr(const IValue& value, bool ascii = false);

/// `format(value, spec)` of numbers, bools, strings and tensors of one element. Throws ValueError for a format that the
/// value does not have, TypeError for a value that takes none.
std::string python_format(const IValue& value, std::string_view spec);

}  // namespace rushlight
