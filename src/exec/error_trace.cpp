#include "exec/error_trace.h"

#include "base/text.h"
#include "value/future.h"

namespace rushlight::exec {
namespace {

/// Marks an error whose text already holds a trace: it crosses outer frames unchanged.
constexpr std::string_view kHeading = "The following operation failed in the TorchScript interpreter.\n";

struct Entry {
  SourceRange range;
  std::string function;
};

void add_inlined(std::vector<Entry>& entries, const ir::Node& node, std::string_view function_name) {
  // Outermost call first: the chain is kept innermost first.
  std::vector<const ir::InlinedCall*> calls;
  for (const ir::InlinedCall* call = node.inlined_from().get(); call; call = call->caller.get()) calls.push_back(call);
  std::string function(function_name);
  for (size_t i = calls.size(); i-- > 0;) {
    if (calls[i]->call_site) entries.push_back({calls[i]->call_site, function});
    if (calls[i]->function) function = calls[i]->function->name();
  }
  if (node.range()) entries.push_back({node.range(), function});
}

std::string entry_text(const SourceRange& range, const std::string& function) {
  const SourceRange::Position at = range.position();
  std::string text;
  if (!at.filename.empty()) text = cat("  File \"", at.filename, "\", line ", at.line, ", in ", function, "\n");
  text += range.highlight();
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

/// `only_innermost_call`: of the calls that were inlined at the place of the error PyTorch shows the last one, under
/// the name of the function that they were inlined into. It does so for `raise` and `assert`.
std::string trace_text(const std::vector<TraceFrame>& frames, bool only_innermost_call = false) {
  std::vector<Entry> entries;
  for (const TraceFrame& frame : frames) {
    if (!frame.node) continue;
    if (only_innermost_call && &frame == &frames.back() && frame.node->range())
      entries.push_back({frame.node->range(), std::string(frame.function_name)});
    else
      add_inlined(entries, *frame.node, frame.function_name);
  }
  bool any_original = false;
  for (const Entry& entry : entries) any_original |= bool(entry.range.original());
  std::string text(kHeading);
  text += any_original ? "Traceback of TorchScript, serialized code (most recent call last):\n"
                       : "Traceback of TorchScript (most recent call last):\n";
  for (const Entry& entry : entries) text += entry_text(entry.range, entry.function);
  if (any_original) {
    text += "\nTraceback of TorchScript, original code (most recent call last):\n";
    for (const Entry& entry : entries)
      if (const SourceRange original = entry.range.original(); original && !original.source()->text().empty())
        text += entry_text(original, entry.function);
  }
  return text;
}

SourceRange innermost_range(const std::vector<TraceFrame>& frames) {
  for (size_t i = frames.size(); i-- > 0;)
    if (frames[i].node && frames[i].node->range()) return frames[i].node->range();
  return {};
}

}  // namespace

void rethrow_with_trace(std::exception_ptr error, const std::vector<TraceFrame>& frames) {
  try {
    std::rethrow_exception(error);
  } catch (const RaisedByProgram& raised) {
    const std::string name = raised.class_name.empty() ? "RuntimeError" : raised.class_name;
    const std::string text = trace_text(frames, /*only_innermost_call=*/true), all = trace_text(frames);
    const std::string tail = cat(name, ": ", raised.message, "\n");
    throw ScriptRaisedError({.message = text + tail,
                             .range = innermost_range(frames),
                             .hint = text == all ? "" : cat("every call on the way:\n", all)});
  } catch (const LimitError&) {
    throw;
  } catch (const ScriptRaisedError& already) {
    throw;
  } catch (const ForkedError& failed) {
    throw RuntimeError({.message = cat(trace_text(frames), "RuntimeError: ", failed.message(), "\n"),
                        .range = innermost_range(frames),
                        .hint = failed.hint()});
  } catch (const NotImplementedError& failed) {
    // The one class that goes through as itself; its text says RuntimeError all the same.
    if (failed.message().starts_with(kHeading)) throw;
    throw NotImplementedError({.message = cat(trace_text(frames), "RuntimeError: ", failed.message(), "\n"),
                               .range = innermost_range(frames),
                               .hint = failed.hint()});
  } catch (const Error& failed) {
    if (failed.message().starts_with(kHeading)) throw;
    throw RuntimeError({.message = cat(trace_text(frames), "RuntimeError: ", failed.message(), "\n"),
                        .range = innermost_range(frames),
                        .hint = failed.hint()});
  } catch (const std::bad_alloc&) {
    throw RuntimeError(
        {.message = cat(trace_text(frames), "RuntimeError: out of memory\n"), .range = innermost_range(frames)});
  } catch (const std::exception& failed) {
    throw RuntimeError(
        {.message = cat(trace_text(frames), "RuntimeError: ", failed.what(), "\n"), .range = innermost_range(frames)});
  }
}

}  // namespace rushlight::exec
