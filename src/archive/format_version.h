/// The version number of an archive: what it allows in code and pickles (archive.md section 4).
#pragma once
#include "archive/zip_reader.h"

namespace rushlight::archive {

inline constexpr int64_t kOldestVersion = 1;
inline constexpr int64_t kNewestVersion = 10;
/// What writers use as long as no operator needs more.
inline constexpr int64_t kUsualVersion = 3;
/// From here on the record is `.data/version`, before `version`.
inline constexpr int64_t kHiddenVersion = 6;

/// ArchiveError unless it is there and one that can be read.
int64_t read_format_version(const ZipReader& zip);

}  // namespace rushlight::archive
