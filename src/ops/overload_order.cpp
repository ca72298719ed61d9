/// The order of overloads, read from overload_order.def.
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace rushlight {
namespace {

struct Row {
  std::string_view names;
  std::string_view overloads;
};
constexpr Row kRows[] = {
#define ORDER(names, overloads) {names, overloads},
#include "ops/overload_order.def"
#undef ORDER
};

using Table = std::map<std::string, std::vector<std::string_view>, std::less<>>;

Table make_table() {
  Table table;
  for (const Row& row : kRows) {
    std::vector<std::string_view> overloads = split(row.overloads, ' ');
    for (std::string_view& overload : overloads)
      if (overload == "-") overload = "";
    for (std::string_view name : split(row.names, ' '))
      table[name.find("::") == std::string_view::npos ? cat("aten::", name) : std::string(name)] = overloads;
  }
  return table;
}

}  // namespace

std::span<const std::string_view> overload_order(std::string_view name) {
  static const Table table = make_table();
  const auto found = table.find(name);
  return found == table.end() ? std::span<const std::string_view>() : std::span<const std::string_view>(found->second);
}

}  // namespace rushlight
