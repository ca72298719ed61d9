/// Records of a zip archive as PyTorch lays it out: all below one folder, which has the name of the first record.
/// The directory is checked when the archive is opened, a record (its header, size and checksum) when it is read.
#pragma once
#include <optional>
#include <unordered_map>
#include <vector>

#include "archive/byte_source.h"
#include "archive/limits.h"

namespace rushlight::archive {

/// What a file says of a record, and whether that is true of its bytes.
struct RecordInfo {
  std::string name;
  uint64_t size;    ///< inflated
  uint64_t stored;  ///< in the file
  uint64_t offset;  ///< of the bytes
  bool deflated;
  bool sound;  ///< header and checksum are right
};

class ZipReader {
 public:
  explicit ZipReader(std::shared_ptr<const ByteSource> source, const Limits& limits = {});

  /// The folder that all records are in.
  const std::string& root() const { return root_; }
  /// Names without the folder: "data/0".
  const std::vector<std::string>& names() const { return names_; }
  bool has(const std::string& name) const { return entries_.contains(name); }
  /// Bytes of the record, inflated.
  uint64_t size(const std::string& name) const { return find(name).size; }
  RecordInfo info(const std::string& name) const;
  std::string read(const std::string& name) const;
  /// `out` has exactly the record's size.
  void read_into(const std::string& name, std::span<std::byte> out) const;

 private:
  struct Entry {
    uint64_t header;  ///< offset of the local header
    uint64_t end;     ///< what follows the record: the next header or the directory
    uint64_t stored;  ///< bytes in the file
    uint64_t size;
    uint32_t crc;
    bool deflated;
    std::string full_name;
  };
  struct Directory {
    uint64_t offset;
    uint64_t size;
    uint64_t records;
  };
  Directory find_directory() const;
  void read_directory(const Directory& directory);
  void place_entries(std::vector<Entry>& entries, const Directory& directory);
  const Entry& find(const std::string& name) const;
  uint64_t find_data(const std::string& name, const Entry& entry) const;

  std::shared_ptr<const ByteSource> source_;
  Limits limits_;
  std::string root_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, Entry> entries_;
};

/// The number that every zip record and PyTorch's serialization id are checked with.
uint32_t crc32(uint32_t start, std::span<const std::byte> bytes);

}  // namespace rushlight::archive
