#include "value/qualified_name.h"

#include <algorithm>

#include "base/text.h"

namespace rushlight {

QualifiedName split_qualified_name(std::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return {"", std::string(name)};
  return {std::string(name.substr(0, dot)), std::string(name.substr(dot + 1))};
}

std::string with_mangle(std::string_view name, size_t number) {
  constexpr std::string_view kMark = "___torch_mangle_";
  const std::string atom = cat(kMark, number);
  std::vector<std::string> atoms;
  for (std::string_view part : split(name, '.')) atoms.emplace_back(part);
  const auto old =
      std::find_if(atoms.begin(), atoms.end(), [&](const std::string& part) { return part.starts_with(kMark); });
  if (old != atoms.end())
    *old = atom;
  else
    atoms.insert(atoms.end() - 1, atom);
  return join(atoms, ".");
}

}  // namespace rushlight
