/// c10::optional is std::optional.
#pragma once
#include <optional>
#include <string_view>

namespace c10 {
using std::in_place;
using std::make_optional;
using std::nullopt;
using std::nullopt_t;
using std::optional;
using std::string_view;
}  // namespace c10
