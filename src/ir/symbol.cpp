#include "ir/symbol.h"

#include <mutex>
#include <unordered_set>

namespace rushlight::ir {

Symbol Symbol::intern(std::string_view text) {
  // Never freed: symbols are used by static data of every layer, whose end comes in an unknown order.
  static auto& mutex = *new std::mutex;
  static auto& texts = *new std::unordered_set<std::string>;
  std::lock_guard lock(mutex);
  return Symbol(&*texts.emplace(text).first);
}

std::string_view Symbol::namespace_part() const {
  const size_t at = text_->find("::");
  return at == std::string::npos ? std::string_view() : std::string_view(*text_).substr(0, at);
}

std::string_view Symbol::name_part() const {
  const size_t at = text_->find("::");
  return at == std::string::npos ? std::string_view(*text_) : std::string_view(*text_).substr(at + 2);
}

}  // namespace rushlight::ir
