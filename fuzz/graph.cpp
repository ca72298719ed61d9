#include "ir/graph.h"

#include "base/error.h"
#include "targets.h"

namespace rushlight::fuzz {

void graph(std::string_view input) {
  std::string printed;
  try {
    printed = ir::parse_ir(input)->str();
  } catch (const Error&) {
    return;
  }
  try {
    ir::parse_ir(printed)->str();
  } catch (const Error&) {
  }
}

}  // namespace rushlight::fuzz
