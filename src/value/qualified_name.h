/// Dotted names of types and functions: `__torch__.a.___torch_mangle_3.Net`.
#pragma once
#include <string>
#include <string_view>

namespace rushlight {

struct QualifiedName {
  std::string prefix;  ///< all before the last dot; may be empty
  std::string base;
};
QualifiedName split_qualified_name(std::string_view name);

/// The name with the part `___torch_mangle_N` in front of its last, or in place of the one that it has already.
std::string with_mangle(std::string_view name, size_t number);

}  // namespace rushlight
