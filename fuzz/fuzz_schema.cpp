// Schemas and types from foreign text: any text gives a schema that prints, or an Error. A crash, a hang or another
// exception is a bug, and so is a type that does not read back as what it printed.
#include <cstdint>
#include <cstdlib>

#include "value/schema.h"

namespace {

using namespace rushlight;

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
    if (parse_type(once)->annotation() != once) std::abort();
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read_schema(text);
  read_type(text);
  return 0;
}
