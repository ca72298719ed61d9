/// Which operators a module calls, and whether Rushlight has them.
#pragma once
#include "module/module.h"

namespace rushlight::cli {

struct UsedOperator {
  std::string name;  ///< "aten::add.Tensor"
  size_t uses;
  bool missing;
};
/// Of all methods and functions that came with the module, sorted by name.
std::vector<UsedOperator> used_operators(const Module& module);

}  // namespace rushlight::cli
