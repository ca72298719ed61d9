#include "lang/diagnostics.h"

#include "base/text.h"

namespace rushlight::lang {
namespace {
struct Frame {
  std::string name;
  SourceRange at;
};
thread_local std::vector<Frame> frames;
}  // namespace

CompilationFrame::CompilationFrame(std::string name, SourceRange range) {
  frames.push_back({std::move(name), std::move(range)});
}
CompilationFrame::~CompilationFrame() { frames.pop_back(); }

void CompilationFrame::now_at(const SourceRange& range) {
  if (!frames.empty()) frames.back().at = range;
}

std::string CompilationFrame::chain() {
  std::string text;
  for (size_t i = frames.size(); i-- > 1;)
    text += cat("'", frames[i].name, "' is being compiled since it was called from '", frames[i - 1].name, "'\n",
                located(frames[i - 1].at));
  return text;
}

std::string located(const SourceRange& range) {
  if (!range) return {};
  const SourceRange::Position at = range.position();
  return cat(at.filename.empty() ? "" : cat("  File \"", at.filename, "\", line ", at.line, "\n"), range.highlight());
}

std::string report_text(const SourceRange& range, const std::string& message) {
  return cat(message, ":\n", located(range), CompilationFrame::chain());
}

void fail_at(const SourceRange& range, const std::string& message, std::string hint) {
  throw CompileError({.message = cat("\n", report_text(range, message)), .range = range, .hint = std::move(hint)});
}

}  // namespace rushlight::lang
