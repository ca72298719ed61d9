/// Where the code of an archive came from: the records code/*.py.debug_pkl (archive.md section 7). A map says for
/// offsets of a code file which range of which original file they were printed for.
#pragma once
#include <unordered_map>

#include "archive/limits.h"
#include "codegen/tagged_text.h"
#include "value/ivalue.h"

namespace rushlight::archive {

/// Finds originals by the map that `read` gives, which is asked for once, when the first error or graph needs it. A
/// map that is missing or damaged in any way knows nothing; it never stops a program.
Source::FindOriginal read_source_map(std::function<std::string()> read, const Limits& limits);

/// Makes the maps of one archive: equal ranges have the same number in all of them.
class SourceMapWriter {
 public:
  /// The pickle for a file that was printed in these parts.
  std::string write(const std::vector<codegen::TextRange>& ranges);

 private:
  int64_t number_of(const SourceRange& range);
  std::vector<std::pair<SourceRange, int64_t>> numbers_;
  std::unordered_multimap<size_t, size_t> number_index_;
};

}  // namespace rushlight::archive
