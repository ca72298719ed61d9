/// Random source text through lexer and parser, in both dialects. A refusal is a good answer; a crash or a hang is a
/// bug.
#include "base/error.h"
#include "lang/parser.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rushlight;
  if (size == 0) return 0;
  const auto dialect = data[0] % 2 ? lang::Dialect::python : lang::Dialect::string;
  const auto source =
      std::make_shared<const Source>(std::string(reinterpret_cast<const char*>(data + 1), size - 1), "fuzz");
  try {
    lang::parse_module(source, dialect);
  } catch (const Error&) {
  }
  return 0;
}
