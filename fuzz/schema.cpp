#include "value/schema.h"

#include <cstdlib>

#include "targets.h"

namespace rushlight::fuzz {
namespace {

void read_schema(std::string_view text) {
  try {
    const Schema schema = Schema::parse(text);
    schema.str();
    schema.is_mutable();
  } catch (const Error&) {
  }
}

void read_type(std::string_view text) {
  try {
    const std::string once = parse_type(text)->annotation();
    // Names of classes need a resolver, and PyTorch's commas in a Union of numbers cannot be read; the rest must be
    // stable.
    if (once.find("__torch__") != std::string::npos || once.find("number") != std::string::npos) return;
    // SymInt and SymFloat print as int and float, so the order of a Union's members settles at the second reading.
    const std::string twice = parse_type(once)->annotation();
    if (parse_type(twice)->annotation() != twice) std::abort();
  } catch (const Error&) {
  }
}

}  // namespace

void schema(std::string_view input) {
  read_schema(input);
  read_type(input);
}

}  // namespace rushlight::fuzz
