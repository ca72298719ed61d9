/// Dotted names of types and functions: `__torch__.a.___torch_mangle_3.Net`.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace rushlight {

struct QualifiedName {
  std::string prefix;  ///< all before the last dot; may be empty
  std::string base;
};
QualifiedName split_qualified_name(std::string_view name);

/// Hands out new names for one that is taken. Numbers count up over all names.
class NameMangler {
 public:
  /// The name with the part `___torch_mangle_N` in front of its last, or in place of the one that it has already: N is
  /// then higher than that.
  std::string next(std::string_view name);

 private:
  uint64_t number_ = 0;
};

}  // namespace rushlight
