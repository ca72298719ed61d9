/// Names of variables in printed code (code-printing.md section 4).
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "value/type.h"

namespace rushlight::codegen {

/// [A-Za-z_][A-Za-z0-9_]*
bool is_identifier(std::string_view name);
/// Every other character becomes `_`; one more in front of a digit or when nothing is left.
std::string make_identifier(std::string_view name);

/// Whether the type of `[a, b]` follows from its members: not if these may have a narrower type than the elements.
bool shows_in_members(const Type& element_type);

/// Finds free names. Used names belong to one function; the counters live as long as the printer, so a later function
/// may get other suffixes than it would alone.
class NameTable {
 public:
  std::string make(const std::string& candidate);
  void begin_function() { used_.clear(); }

 private:
  std::unordered_set<std::string> used_;
  std::unordered_map<std::string, size_t> counters_;  ///< by the name that collided
};

}  // namespace rushlight::codegen
