/// Where the bytes of an archive come from: a file, read piece by piece, or memory.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace rushlight::archive {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual uint64_t size() const = 0;
  /// Fills `out` with the bytes from `offset` on. ArchiveError unless all of them are there.
  virtual void read(uint64_t offset, std::span<std::byte> out) const = 0;
};

/// A regular file. A file that shrinks while it is read gives an error, never a crash, as it would when mapped.
std::shared_ptr<const ByteSource> open_file(const std::string& path);
std::shared_ptr<const ByteSource> in_memory(std::string bytes);

}  // namespace rushlight::archive
