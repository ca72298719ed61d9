#include "terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace rushlight::cli {
namespace {

/// Length of the UTF-8 sequence that starts at `text[0]`, 0 if there is none.
size_t sequence_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  size_t length = byte(0) < 0x80 ? 1 : byte(0) >> 5 == 6 ? 2 : byte(0) >> 4 == 14 ? 3 : byte(0) >> 3 == 30 ? 4 : 0;
  if (length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i)
    if (byte(i) >> 6 != 2) return 0;
  // C1 control characters are two bytes long, and so are the longest overlong forms.
  if (length == 2 && byte(0) <= 0xc2 && byte(1) < 0xa0) return 0;
  return length;
}

/// Characters on the screen, for text that is valid UTF-8.
size_t width(const std::string& text) {
  return size_t(std::count_if(text.begin(), text.end(), [](unsigned char c) { return c >> 6 != 2; }));
}

}  // namespace

std::string escaped(std::string_view text, bool keep_newlines) {
  std::string safe;
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const size_t length = sequence_length(text.substr(i));
    const bool control = byte < 0x20 || byte == 0x7f;
    if (length == 0 || (control && !(keep_newlines && byte == '\n'))) {
      safe += byte == '\n' ? std::string("\\n") : byte == '\t' ? std::string("\\t") : fmt::format("\\x{:02x}", byte);
      ++i;
    } else {
      safe += text.substr(i, length);
      i += length;
    }
  }
  return safe;
}

bool use_color(const std::string& when) {
  if (when != "auto") return when == "always";
  const char* off = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) && !(off && *off);
}

Table::Table(std::vector<std::string> header, std::vector<bool> right)
    : header_(std::move(header)), right_(std::move(right)) {
  right_.resize(header_.size());
}

std::string Table::str(bool color) const {
  std::vector<std::vector<std::string>> cells;
  for (const auto& row : rows_) {
    cells.emplace_back();
    for (const std::string& cell : row) cells.back().push_back(escaped(cell));
  }
  std::vector<size_t> widths;
  for (const std::string& name : header_) widths.push_back(width(name));
  for (const auto& row : cells)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  const auto line = [&](const std::vector<std::string>& row) {
    std::string text;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string fill(widths[i] - width(row[i]), ' ');
      text += (i ? "  " : "") + (right_[i] ? fill + row[i] : row[i] + fill);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  };
  std::string text = color ? "\x1b[1m" + line(header_) + "\x1b[0m\n" : line(header_) + "\n";
  for (const auto& row : cells) text += line(row) + "\n";
  return text;
}

std::string heading(std::string_view text, bool color) {
  return color ? fmt::format("\x1b[1;33m{}\x1b[0m\n", text) : fmt::format("{}\n", text);
}

std::string grouped(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string byte_count(uint64_t bytes) {
  constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double value = double(bytes) / 1024;
  size_t unit = 0;
  for (; value >= 1024 && unit < 3; ++unit) value /= 1024;
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

}  // namespace rushlight::cli
