#include "base/source.h"

#include <algorithm>

namespace rushlight {

Source::Source(std::string text, std::string filename, size_t first_line, size_t leading_whitespace)
    : text_(std::move(text)),
      filename_(std::move(filename)),
      first_line_(first_line),
      leading_whitespace_(leading_whitespace) {
  line_begins_.push_back(0);
  for (size_t i = 0; i < text_.size(); ++i)
    if (text_[i] == '\n') line_begins_.push_back(i + 1);
}

size_t Source::line_of(size_t offset) const {
  return size_t(std::upper_bound(line_begins_.begin(), line_begins_.end(), offset) - line_begins_.begin()) - 1;
}

std::string_view Source::line(size_t line) const {
  size_t begin = line_begins_[line];
  size_t end = line + 1 < line_begins_.size() ? line_begins_[line + 1] - 1 : text_.size();
  return std::string_view(text_).substr(begin, end - begin);
}

SourceRange SourceRange::original() const {
  return source_ && source_->find_original() ? source_->find_original()(begin_) : SourceRange();
}

SourceRange::Position SourceRange::position() const {
  const size_t line = source_->line_of(begin_);
  return {source_->filename(), source_->first_line() + line,
          source_->leading_whitespace() + begin_ - source_->line_begin(line)};
}

}  // namespace rushlight
