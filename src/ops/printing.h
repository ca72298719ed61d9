/// Where the texts of `print` go.
#pragma once
#include <string_view>

#include "value/ivalue.h"

namespace rushlight {

/// Takes the text of a `print`, its end included. Default: stdout.
extern void (*print_hook)(std::string_view text);
void print_text(std::string_view text);
/// A value as `print` shows it: texts as they are.
std::string printed(const IValue& value);

}  // namespace rushlight
