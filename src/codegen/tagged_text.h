/// Text that remembers which source range each part of it was printed for.
#pragma once
#include "base/source.h"

namespace rushlight::codegen {

/// From `offset` on the text belongs to `range`; an empty range: to nothing.
struct TextRange {
  size_t offset;
  SourceRange range;
};

class TaggedText {
 public:
  const std::string& text() const { return text_; }
  const std::vector<TextRange>& ranges() const { return ranges_; }
  size_t size() const { return text_.size(); }

  void append(std::string_view text, const SourceRange& range) {
    if (text.empty()) return;
    if (ranges_.empty() || !(ranges_.back().range == range)) ranges_.push_back({text_.size(), range});
    text_ += text;
  }
  void append(const TaggedText& other) {
    for (const TextRange& part : other.ranges_)
      if (ranges_.empty() || !(ranges_.back().range == part.range))
        ranges_.push_back({text_.size() + part.offset, part.range});
    text_ += other.text_;
  }

 private:
  std::string text_;
  std::vector<TextRange> ranges_;
};

}  // namespace rushlight::codegen
