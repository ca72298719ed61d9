#include "value/qualified_name.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace rushlight {

QualifiedName split_qualified_name(std::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return {"", std::string(name)};
  return {std::string(name.substr(0, dot)), std::string(name.substr(dot + 1))};
}

std::string NameMangler::next(std::string_view name) {
  constexpr std::string_view kMark = "___torch_mangle_";
  std::vector<std::string> atoms;
  for (std::string_view part : split(name, '.')) atoms.emplace_back(part);
  auto old = std::find_if(atoms.begin(), atoms.end(), [&](const std::string& part) { return part.starts_with(kMark); });
  if (old == atoms.end()) {
    old = atoms.insert(atoms.end() - 1, "");
  } else {
    // A number from a file can be anything; one that does not fit is not counted on from.
    uint32_t number = 0;
    const char* const end = old->data() + old->size();
    if (std::from_chars(old->data() + kMark.size(), end, number).ec == std::errc())
      number_ = std::max(number_, uint64_t(number) + 1);
  }
  *old = cat(kMark, number_++);
  return join(atoms, ".");
}

}  // namespace rushlight
