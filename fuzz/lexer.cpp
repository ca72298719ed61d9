#include "lang/lexer.h"

#include "base/error.h"
#include "targets.h"

namespace rushlight::fuzz {

void lexer(std::string_view input) {
  const auto source = std::make_shared<const Source>(std::string(input), "fuzz");
  for (const auto dialect : {lang::Dialect::python, lang::Dialect::string}) {
    try {
      lang::tokenize(source, dialect);
    } catch (const Error&) {
    }
  }
}

}  // namespace rushlight::fuzz
