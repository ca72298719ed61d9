/// How much a file may ask for. The defaults suit files of one's own; lower them for files of strangers.
#pragma once
#include <cstddef>
#include <cstdint>

namespace rushlight::archive {

struct Limits {
  uint64_t records = 1'000'000;
  uint64_t directory_bytes = uint64_t(256) << 20;
  uint64_t inflated_record_bytes = uint64_t(4) << 30;
  uint64_t inflated_total_bytes = uint64_t(16) << 30;
  uint64_t pickle_bytes = uint64_t(2) << 30;
  /// Lists in lists, objects in objects. Destructors of values recurse, so this also bounds the stack.
  size_t value_depth = 1'000;
  uint64_t code_bytes = uint64_t(256) << 20;  ///< of one file
};

}  // namespace rushlight::archive
