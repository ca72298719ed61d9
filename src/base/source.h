/// Source text and places in it. A range keeps its source alive, so errors and graphs can point into it for ever.
#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rushlight {

class SourceRange;

/// One piece of source text: a file, a function cut out of one, a string given to CompilationUnit, a record of an
/// archive.
class Source {
 public:
  /// `first_line`: the number that the text's first line has in `filename`, whose own first line is 1.
  /// `leading_whitespace`: how many characters were cut from the start of each line (added to columns that are shown).
  Source(std::string text, std::string filename, size_t first_line = 1, size_t leading_whitespace = 0);

  std::string_view text() const { return text_; }
  /// Empty when the source has no file.
  const std::string& filename() const { return filename_; }
  size_t first_line() const { return first_line_; }
  size_t leading_whitespace() const { return leading_whitespace_; }

  /// The line, from 0 within the text, that holds the byte at `offset`.
  size_t line_of(size_t offset) const;
  size_t line_begin(size_t line) const { return line_begins_[line]; }
  size_t line_count() const { return line_begins_.size(); }
  std::string_view line(size_t line) const;

  /// For the source of an archive: where the text at `offset` came from when it was saved. Null: this is the original.
  using FindOriginal = std::function<SourceRange(size_t offset)>;
  void set_find_original(FindOriginal find) { find_original_ = std::move(find); }
  const FindOriginal& find_original() const { return find_original_; }

 private:
  std::string text_;
  std::string filename_;
  size_t first_line_;
  size_t leading_whitespace_;
  std::vector<size_t> line_begins_;
  FindOriginal find_original_;
};

/// Bytes [begin, end) of a source. A default-made range points nowhere.
class SourceRange {
 public:
  SourceRange() = default;
  SourceRange(std::shared_ptr<const Source> source, size_t begin, size_t end)
      : source_(std::move(source)), begin_(begin), end_(end) {}

  explicit operator bool() const { return source_ != nullptr; }
  const std::shared_ptr<const Source>& source() const { return source_; }
  size_t begin() const { return begin_; }
  size_t end() const { return end_; }
  std::string_view text() const { return source_->text().substr(begin_, end_ - begin_); }

  /// 1-based line and 0-based column in the file, as in `# file.py:12:4`.
  struct Position {
    std::string filename;
    size_t line;
    size_t column;
  };
  Position position() const;

  /// The range shown in its lines, with `~~~~ <--- HERE` below, as PyTorch prints it; `context` lines before and after.
  std::string highlight(size_t context = 3) const;

  /// Where a range of an archive's source came from; an empty range if that is unknown or this is the original.
  SourceRange original() const;

  bool operator==(const SourceRange&) const = default;

 private:
  std::shared_ptr<const Source> source_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace rushlight
