/// Small text tools: concatenation, joining, splitting, prefix tests beyond the standard library's.
#pragma once
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace rushlight {

namespace text_detail {
inline void append(std::string& out, std::string_view part) { out += part; }
inline void append(std::string& out, const char* part) { out += part; }
inline void append(std::string& out, const std::string& part) { out += part; }
inline void append(std::string& out, char part) { out += part; }
inline void append(std::string& out, bool part) { out += part ? "true" : "false"; }
template <class T>
void append(std::string& out, const T& part) {
  if constexpr (std::is_integral_v<T>) {
    out += std::to_string(part);
  } else {
    std::ostringstream stream;
    stream << part;
    out += stream.str();
  }
}
}  // namespace text_detail

/// The parts as one string: cat("size ", 3, " of ", name).
template <class... Parts>
std::string cat(const Parts&... parts) {
  std::string out;
  (text_detail::append(out, parts), ...);
  return out;
}

/// join({1, 2, 3}, ", ") is "1, 2, 3".
template <class Range>
std::string join(const Range& range, std::string_view separator) {
  std::string out;
  bool first = true;
  for (const auto& element : range) {
    if (!first) out += separator;
    first = false;
    text_detail::append(out, element);
  }
  return out;
}

/// split("a.b", '.') is {"a", "b"}; split("", '.') is {""}.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace rushlight
