#include "ops/printing.h"

#include <cstdio>

namespace rushlight {

void (*print_hook)(std::string_view text) = nullptr;

void print_text(std::string_view text) {
  if (print_hook)
    print_hook(text);
  else
    std::fwrite(text.data(), 1, text.size(), stdout);
}

std::string printed(const IValue& value) { return value.is_string() ? value.to_string() : value.str(); }

}  // namespace rushlight
