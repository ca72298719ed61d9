/// Writes a zip archive as PyTorch's own writer does: the data of every record begins at a multiple of 64 bytes, so
/// that readers can map tensors; sizes and checksums follow the data.
#pragma once
#include <iosfwd>
#include <span>
#include <string>
#include <unordered_set>

namespace rushlight::archive {

class ZipWriter {
 public:
  /// Records are named `root`/name. Nothing is flushed or closed: the stream stays the caller's.
  ZipWriter(std::ostream& out, std::string root);
  /// RuntimeError when a record has this name already.
  void add(const std::string& name, std::span<const std::byte> bytes, bool deflate = false);
  void add(const std::string& name, std::string_view text, bool deflate = false);
  /// 40 digits that depend on the names and contents written so far, for the record `.data/serialization_id`.
  std::string content_id() const;
  /// Writes the directory. Nothing may be added afterwards. RuntimeError when the stream failed.
  void finish();

 private:
  void write(std::string_view bytes);

  std::ostream& out_;
  std::string root_;
  uint64_t offset_ = 0;
  std::string directory_;
  uint64_t records_ = 0;
  std::unordered_set<std::string> names_;
  uint64_t content_hash_ = 0;
};

}  // namespace rushlight::archive
