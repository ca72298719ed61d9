#include "lang/parser.h"

#include "base/error.h"
#include "targets.h"

namespace rushlight::fuzz {
namespace {

template <class Read>
void refused_or_read(Read&& read) {
  try {
    read();
  } catch (const Error&) {
  }
}

}  // namespace

void parser(std::string_view input) {
  const auto source = std::make_shared<const Source>(std::string(input), "fuzz");
  refused_or_read([&] { lang::parse_module(source, lang::Dialect::python); });
  refused_or_read([&] { lang::parse_module(source, lang::Dialect::string); });
  refused_or_read([&] { lang::parse_functions(source); });
  refused_or_read([&] { lang::parse_def(source); });
  refused_or_read([&] { lang::parse_expression(source); });
}

}  // namespace rushlight::fuzz
