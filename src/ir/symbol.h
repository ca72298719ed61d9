/// Interned names: node kinds ("aten::add", "prim::If") and attribute names. Comparing two is comparing pointers.
#pragma once
#include <string>
#include <string_view>

namespace rushlight::ir {

class Symbol {
 public:
  Symbol() = default;
  static Symbol intern(std::string_view text);
  const std::string& str() const { return *text_; }
  /// "aten" of "aten::add"; empty if there is no "::".
  std::string_view namespace_part() const;
  std::string_view name_part() const;
  bool operator==(const Symbol&) const = default;
  explicit operator bool() const { return text_ != nullptr; }
  const void* id() const { return text_; }

 private:
  explicit Symbol(const std::string* text) : text_(text) {}
  const std::string* text_ = nullptr;
};

}  // namespace rushlight::ir

template <>
struct std::hash<rushlight::ir::Symbol> {
  size_t operator()(rushlight::ir::Symbol symbol) const { return std::hash<const void*>()(symbol.id()); }
};
