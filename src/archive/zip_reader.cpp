#include "archive/zip_reader.h"

#include <zlib.h>

#include <algorithm>
#include <unordered_set>

#include "archive/byte_cursor.h"
#include "archive/zip_format.h"
#include "base/checked.h"
#include "base/error.h"
#include "base/text.h"

namespace rushlight::archive {
namespace {

[[noreturn]] void fail(std::string_view what, std::string_view reason) {
  throw ArchiveError(cat("PytorchStreamReader failed ", what, ": ", reason,
                         ". This is an internal miniz error. If you are seeing this error, there is a high likelihood "
                         "that your checkpoint file is corrupted. This can happen if the checkpoint was not saved "
                         "properly, was transferred incorrectly, or the file was modified after saving."));
}
[[noreturn]] void fail_archive(std::string_view reason) { fail("reading zip archive", reason); }
constexpr std::string_view kCorrupted = "invalid header or archive is corrupted";

/// Reads fields; an early end is a corrupted archive.
auto fields(std::string_view bytes) {
  return ByteCursor(bytes, [] { fail_archive(kCorrupted); });
}

std::string read_bytes(const ByteSource& source, uint64_t offset, size_t count) {
  std::string bytes(count, '\0');
  source.read(offset, std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

/// What replaces numbers of 32 bits that were too small, in the order size, stored size, header offset.
void read_zip64_field(std::string_view extra, uint64_t& size, uint64_t& stored, uint64_t& header) {
  auto at = fields(extra);
  while (at.left() >= 4) {
    const auto id = at.number<uint16_t>();
    const std::string_view field = at.take(at.number<uint16_t>());
    if (id != zip::kZip64Field) continue;
    auto wide = fields(field);
    for (uint64_t* number : {&size, &stored, &header})
      if (*number == zip::kInZip64Field) *number = wide.number<uint64_t>();
    return;
  }
}

void check_name(std::string_view name) {
  const bool printable =
      std::none_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; });
  const std::vector<std::string_view> parts = split(name, '/');
  if (name.empty() || !printable || name[0] == '/' || std::find(parts.begin(), parts.end(), "..") != parts.end())
    fail_archive("invalid filename");
}

std::string folded(std::string name) {
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return name;
}

void inflate_into(std::string_view deflated, std::span<std::byte> out, const std::string& name) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) fail(cat("reading file ", name), "allocation failed");
  // zlib counts in 32 bits: both sides go in pieces.
  constexpr size_t kPiece = size_t(1) << 30;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(deflated.data()));
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  size_t in_left = deflated.size(), out_left = out.size();
  Bytef nothing = 0;
  if (out.empty()) stream.next_out = &nothing;
  int result = Z_OK;
  while (result == Z_OK) {
    stream.avail_in = uInt(std::min(in_left, kPiece));
    stream.avail_out = uInt(std::min(out_left, kPiece));
    const uInt in_given = stream.avail_in, out_given = stream.avail_out;
    result = inflate(&stream, Z_NO_FLUSH);
    in_left -= in_given - stream.avail_in;
    out_left -= out_given - stream.avail_out;
  }
  inflateEnd(&stream);
  if (result != Z_STREAM_END || in_left != 0 || out_left != 0) fail(cat("reading file ", name), "decompression failed");
}

}  // namespace

uint32_t crc32(uint32_t start, std::span<const std::byte> bytes) {
  return uint32_t(::crc32_z(start, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

ZipReader::ZipReader(std::shared_ptr<const ByteSource> source, const Limits& limits)
    : source_(std::move(source)), limits_(limits) {
  read_directory(find_directory());
}

ZipReader::Directory ZipReader::find_directory() const {
  constexpr uint64_t kMaxComment = 65'535;
  // Streams this short fail in PyTorch before it looks for a directory.
  if (source_->size() < 8) throw ArchiveError("istream reader failed: getting the current position.");
  const uint64_t tail_size = std::min(source_->size(), zip::kEndSize + kMaxComment);
  const uint64_t tail_offset = source_->size() - tail_size;
  const std::string tail = read_bytes(*source_, tail_offset, tail_size);
  const size_t found = tail.rfind("PK\5\6");
  if (found == std::string::npos || tail.size() - found < zip::kEndSize)
    fail_archive("failed finding central directory");
  const uint64_t end_offset = tail_offset + found;

  auto end = fields(std::string_view(tail).substr(found + 4));
  const auto disk = end.number<uint16_t>();
  const auto directory_disk = end.number<uint16_t>();
  end.take(2);
  Directory directory{};
  directory.records = end.number<uint16_t>();
  directory.size = end.number<uint32_t>();
  directory.offset = end.number<uint32_t>();
  uint64_t directory_end = end_offset;
  if (end_offset >= zip::kEnd64LocatorSize) {
    const std::string locator = read_bytes(*source_, end_offset - zip::kEnd64LocatorSize, zip::kEnd64LocatorSize);
    auto at = fields(locator);
    if (at.number<uint32_t>() == zip::kEnd64Locator) {
      at.take(4);
      const auto end64_offset = at.number<uint64_t>();
      if (!fits_within(end64_offset, zip::kEnd64Size, end_offset)) fail_archive(kCorrupted);
      const std::string end64 = read_bytes(*source_, end64_offset, zip::kEnd64Size);
      auto wide = fields(end64);
      if (wide.number<uint32_t>() != zip::kEnd64) fail_archive(kCorrupted);
      wide.take(8 + 2 + 2);
      if (wide.number<uint32_t>() != 0 || wide.number<uint32_t>() != 0) fail_archive("unsupported multidisk archive");
      wide.take(8);
      directory.records = wide.number<uint64_t>();
      directory.size = wide.number<uint64_t>();
      directory.offset = wide.number<uint64_t>();
      directory_end = end64_offset;
    }
  }
  if (disk != 0 || directory_disk != 0) fail_archive("unsupported multidisk archive");
  if (!fits_within(directory.offset, directory.size, directory_end)) fail_archive(kCorrupted);
  if (directory.records > limits_.records || directory.size > limits_.directory_bytes)
    throw LimitError(cat("the archive's directory has ", directory.records, " records in ", directory.size,
                         " bytes; at most ", limits_.records, " in ", limits_.directory_bytes, " are allowed"));
  return directory;
}

void ZipReader::read_directory(const Directory& directory) {
  if (directory.records == 0)
    throw ArchiveError("[enforce fail at inline_container.cc:171] . archive does not contain any files");
  const std::string bytes = read_bytes(*source_, directory.offset, directory.size);
  auto at = fields(bytes);
  std::vector<Entry> entries;
  uint64_t inflated = 0;
  for (uint64_t i = 0; i < directory.records; ++i) {
    if (at.number<uint32_t>() != zip::kDirectoryHeader) fail_archive(kCorrupted);
    at.take(4);
    const auto flags = at.number<uint16_t>();
    const auto method = at.number<uint16_t>();
    at.take(4);
    Entry entry{};
    entry.crc = at.number<uint32_t>();
    entry.stored = at.number<uint32_t>();
    entry.size = at.number<uint32_t>();
    const auto name_size = at.number<uint16_t>();
    const auto extra_size = at.number<uint16_t>();
    const auto comment_size = at.number<uint16_t>();
    at.take(8);
    entry.header = at.number<uint32_t>();
    entry.full_name = at.take(name_size);
    read_zip64_field(at.take(extra_size), entry.size, entry.stored, entry.header);
    at.take(comment_size);
    check_name(entry.full_name);
    if (flags & zip::kEncrypted) fail_archive("unsupported encryption");
    if (method != zip::kStored && method != zip::kDeflated) fail_archive("unsupported method");
    entry.deflated = method == zip::kDeflated;
    if (!entry.deflated && entry.size != entry.stored) fail_archive(kCorrupted);
    if (entry.deflated) {
      // No deflated byte stands for more than this: memory is asked for only where the data can fill it.
      constexpr uint64_t kMostPerByte = 1032;
      if (entry.size / kMostPerByte > entry.stored) fail_archive(kCorrupted);
      if (entry.size > limits_.inflated_record_bytes || (inflated += entry.size) > limits_.inflated_total_bytes)
        throw LimitError(
            cat("record '", entry.full_name, "' is larger than allowed when inflated (", entry.size, " bytes)"));
    }
    entries.push_back(std::move(entry));
  }
  if (at.left() != 0) fail_archive(kCorrupted);
  place_entries(entries, directory);
}

/// Finds where each record ends, which must be before the next begins, and gives the records their short names.
void ZipReader::place_entries(std::vector<Entry>& entries, const Directory& directory) {
  std::vector<Entry*> by_offset;
  for (Entry& entry : entries) by_offset.push_back(&entry);
  std::sort(by_offset.begin(), by_offset.end(), [](const Entry* a, const Entry* b) { return a->header < b->header; });
  uint64_t next = directory.offset;
  for (auto it = by_offset.rbegin(); it != by_offset.rend(); ++it) {
    Entry& entry = **it;
    const auto needed = checked_add<uint64_t>(zip::kLocalHeaderSize + entry.full_name.size(), entry.stored);
    if (!needed || !fits_within(entry.header, *needed, next)) fail_archive(kCorrupted);
    entry.end = next;
    next = entry.header;
  }

  const std::string& first = entries[0].full_name;
  const size_t slash = first.find('/');
  if (slash == std::string::npos)
    throw ArchiveError(
        cat("[enforce fail at inline_container.cc:180] . file in archive is not in a subdirectory: ", first));
  root_ = first.substr(0, slash);
  std::unordered_set<std::string> seen;
  for (Entry& entry : entries) {
    // PyTorch's lookup ignores case, so two such names would mean different records here and there.
    if (!seen.insert(folded(entry.full_name)).second)
      throw ArchiveError(cat("the archive has two records named '", entry.full_name, "'"));
    if (!entry.full_name.starts_with(root_ + "/")) continue;
    std::string name = entry.full_name.substr(root_.size() + 1);
    names_.push_back(name);
    entries_.emplace(std::move(name), std::move(entry));
  }
}

const ZipReader::Entry& ZipReader::find(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) fail(cat("locating file ", name), "file not found");
  return found->second;
}

/// Offset of the record's bytes; its own header must say the same as the directory.
uint64_t ZipReader::find_data(const std::string& name, const Entry& entry) const {
  const auto corrupted = [&] { fail(cat("reading file ", name), kCorrupted); };
  const std::string header = read_bytes(*source_, entry.header, zip::kLocalHeaderSize + entry.full_name.size());
  ByteCursor at(std::string_view(header), corrupted);
  if (at.number<uint32_t>() != zip::kLocalHeader) corrupted();
  at.take(4);
  if (at.number<uint16_t>() != (entry.deflated ? zip::kDeflated : zip::kStored)) corrupted();
  at.take(16);
  const auto name_size = at.number<uint16_t>();
  const auto extra_size = at.number<uint16_t>();
  if (name_size != entry.full_name.size() || at.take(name_size) != entry.full_name) corrupted();
  const uint64_t data = entry.header + header.size() + extra_size;
  if (!fits_within(data, entry.stored, entry.end)) corrupted();
  return data;
}

RecordInfo ZipReader::info(const std::string& name) const {
  const Entry& entry = find(name);
  RecordInfo info{name, entry.size, entry.stored, 0, entry.deflated, false};
  try {
    info.offset = find_data(name, entry);
    read(name);
    info.sound = true;
  } catch (const ArchiveError&) {
  }
  return info;
}

std::string ZipReader::read(const std::string& name) const {
  std::string bytes(size(name), '\0');
  read_into(name, std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

void ZipReader::read_into(const std::string& name, std::span<std::byte> out) const {
  const Entry& entry = find(name);
  if (out.size() != entry.size)
    throw ArchiveError(cat("record '", name, "' has ", entry.size, " bytes, not ", out.size()));
  const uint64_t data = find_data(name, entry);
  if (entry.deflated)
    inflate_into(read_bytes(*source_, data, entry.stored), out, name);
  else
    source_->read(data, out);
  // A checksum of 0 says that the writer did not compute it (torch.serialization.set_crc32_options(False)).
  if (entry.crc != 0 && crc32(0, out) != entry.crc) fail(cat("reading file ", name), "CRC-32 check failed");
}

}  // namespace rushlight::archive
