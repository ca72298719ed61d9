#include "archive/format_version.h"

#include <cerrno>
#include <cstdlib>

#include "base/error.h"
#include "base/text.h"

namespace rushlight::archive {
namespace {

/// As C's strtoull reads it: blanks in front and anything behind are no errors.
int64_t parse_version(const std::string& text) {
  char* end = nullptr;
  errno = 0;
  const unsigned long long value = std::strtoull(text.c_str(), &end, 10);
  if (end == text.c_str())
    throw ArchiveError(
        cat("[enforce fail at inline_container.cc:215] . Couldn't parse the version ", text, " as Long Long."));
  if (errno == ERANGE) throw IndexError("stoull");
  return int64_t(value);
}

}  // namespace

int64_t read_format_version(const ZipReader& zip) {
  const char* record = zip.has(".data/version") ? ".data/version" : "version";
  if (!zip.has(record))
    throw ArchiveError(
        "Expected hasRecord(\"version\") to be true, but got false.  (Could this error message be improved?  If so, "
        "please report an enhancement request to PyTorch.)");
  const int64_t version = parse_version(zip.read(record));
  if (version < kOldestVersion)
    throw ArchiveError(
        cat("[enforce fail at inline_container.cc:219] . Attempted to read a PyTorch file with version ", version,
            ", but the minimum supported version for reading is ", kOldestVersion,
            ". Your PyTorch script module file is too old. Please regenerate it with latest version of PyTorch to "
            "mitigate this issue."));
  if (version > kNewestVersion)
    throw ArchiveError(
        cat("[enforce fail at inline_container.cc:230] . Attempted to read a PyTorch file with version ", version,
            ", but the maximum supported version for reading is ", kNewestVersion,
            ". The version of your PyTorch installation may be too old, please upgrade PyTorch to latest version to "
            "mitigate this issue."));
  return version;
}

}  // namespace rushlight::archive
