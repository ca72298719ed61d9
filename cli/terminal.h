/// Text for people: tables, colours on terminals only, and names from files made harmless.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace rushlight::cli {

/// Control characters and bytes that are no UTF-8 as \xNN, so that nothing in a file can drive the terminal.
std::string escaped(std::string_view text, bool keep_newlines = false);

/// Whether to colour: "always", "never", or "auto": standard output is a terminal and NO_COLOR is not set.
bool use_color(const std::string& when);

class Table {
 public:
  /// `right`: the columns that are right-aligned (numbers).
  Table(std::vector<std::string> header, std::vector<bool> right = {});
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  /// Columns two blanks apart, the header bold where colours are on. Cells are escaped.
  std::string str(bool color) const;

 private:
  std::vector<std::string> header_;
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;
};

std::string heading(std::string_view text, bool color);
/// 1234567 is "1,234,567".
std::string grouped(uint64_t number);
/// 1536 is "1.5 KiB".
std::string byte_count(uint64_t bytes);

}  // namespace rushlight::cli
