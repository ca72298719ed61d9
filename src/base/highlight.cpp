/// A range shown in its lines, as PyTorch's errors show it.
#include <algorithm>

#include "base/source.h"

namespace rushlight {

std::string SourceRange::highlight(size_t context) const {
  if (!source_) return {};
  const std::string_view text = source_->text();
  const size_t end = std::min(end_, text.size());
  std::string out;
  // A range that is the whole text needs no mark.
  if (begin_ == 0 && end == text.size()) {
    out = text;
  } else {
    const size_t first = source_->line_of(begin_), last = source_->line_of(std::max(begin_, end ? end - 1 : 0));
    const size_t from = first - std::min(first, context - 1), to = std::min(last + context, source_->line_count());
    for (size_t line = from; line < to; ++line) {
      const std::string_view shown = source_->line(line);
      // The text ends before the last line break, so an empty line at its end does not show.
      if (shown.empty() && line + 1 == to && (line > last || to == source_->line_count())) break;
      out += shown;
      if (line + 1 < source_->line_count() || (line >= first && line <= last && begin_ != end)) out += '\n';
      if (line < first || line > last || begin_ == end) continue;
      const size_t line_begin = source_->line_begin(line);
      const size_t indent = line == first ? begin_ - line_begin : std::min(shown.find_first_not_of(' '), shown.size());
      const size_t mark_end = std::min(end, line_begin + shown.size()) - line_begin;
      out.append(indent, ' ');
      out.append(mark_end > indent ? mark_end - indent : 0, '~');
      out += line == last ? " <--- HERE\n" : "\n";
    }
    // Lines behind the range end in a line break, also where the text does not.
    if (to > last + 1 && !out.empty() && out.back() != '\n') out += '\n';
  }
  return out;
}

}  // namespace rushlight
