#include "archive/zip_writer.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <ostream>
#include <vector>

#include "archive/zip_format.h"
#include "archive/zip_reader.h"
#include "base/error.h"
#include "base/text.h"

namespace rushlight::archive {
namespace {

constexpr uint64_t kAlignment = 64;
constexpr std::string_view kPaddingField = "FB";

template <class T>
void put(std::string& out, T number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof number);
}
bool needs_64_bits(uint64_t number) { return number >= zip::kInZip64Field; }
uint32_t narrow(uint64_t number) { return needs_64_bits(number) ? zip::kInZip64Field : uint32_t(number); }

std::string zip64_field(uint64_t size, uint64_t stored, uint64_t offset) {
  std::string numbers;
  if (needs_64_bits(size)) {
    put(numbers, size);
    put(numbers, stored);
  }
  if (needs_64_bits(offset)) put(numbers, offset);
  if (numbers.empty()) return {};
  std::string field;
  put(field, zip::kZip64Field);
  put(field, uint16_t(numbers.size()));
  return field + numbers;
}

/// An extra field that makes the data behind `start` begin at a multiple of the alignment.
std::string padding_field(uint64_t start) {
  const auto padding = size_t((kAlignment - (start + 4) % kAlignment) % kAlignment);
  std::string field(kPaddingField);
  put(field, uint16_t(padding));
  return field + std::string(padding, 'Z');
}

std::string deflated(std::span<const std::byte> bytes) {
  if (bytes.size() > std::numeric_limits<uInt>::max()) throw RuntimeError("a compressed record is limited to 4 GiB");
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY) != Z_OK)
    throw RuntimeError("the compressor could not be started");
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
  stream.avail_in = uInt(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = uInt(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  RUSHLIGHT_ASSERT(result == Z_STREAM_END);
  return out;
}

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// FNV-1a: the same on every machine, which std::hash does not promise.
uint64_t name_hash(std::string_view name) {
  uint64_t hash = 0xcbf29ce484222325;
  for (unsigned char c : name) hash = (hash ^ c) * 0x100000001b3;
  return hash;
}
uint64_t combined(uint64_t seed, uint64_t value) { return seed ^ (value + 0x9e3779b9 + (seed << 6) + (seed >> 2)); }

}  // namespace

ZipWriter::ZipWriter(std::ostream& out, std::string root) : out_(out), root_(std::move(root)) {}

void ZipWriter::write(std::string_view bytes) {
  out_.write(bytes.data(), std::streamsize(bytes.size()));
  offset_ += bytes.size();
}

void ZipWriter::add(const std::string& name, std::string_view text, bool deflate) {
  add(name, std::as_bytes(std::span(text)), deflate);
}

void ZipWriter::add(const std::string& name, std::span<const std::byte> bytes, bool deflate) {
  if (!names_.insert(name).second) throw RuntimeError(cat("Tried to serialize file twice: ", name));
  const std::string full_name = cat(root_, "/", name);
  if (full_name.size() > std::numeric_limits<uint16_t>::max())
    throw RuntimeError(cat("the name of a record is too long: ", name.substr(0, 80), "..."));
  const std::string packed = deflate ? deflated(bytes) : std::string();
  const std::string_view data = deflate ? std::string_view(packed) : as_text(bytes);
  const uint32_t crc = crc32(0, bytes);
  const uint64_t header_offset = offset_;
  const auto version = uint16_t(deflate ? 20 : 0);
  const auto method = deflate ? zip::kDeflated : zip::kStored;
  const auto flags = uint16_t(zip::kUtf8Names | (bytes.empty() ? 0 : zip::kHasDescriptor));
  const std::string wide = zip64_field(bytes.size(), data.size(), header_offset);

  std::string extra = wide;
  extra += padding_field(header_offset + zip::kLocalHeaderSize + full_name.size() + extra.size());
  std::string header;
  put(header, zip::kLocalHeader);
  put(header, version);
  put(header, flags);
  put(header, method);
  put(header, uint32_t(0));  // time and date
  put(header, uint32_t(0));  // checksum and sizes: in the descriptor
  put(header, uint64_t(0));
  put(header, uint16_t(full_name.size()));
  put(header, uint16_t(extra.size()));
  write(header + full_name + extra);
  write(data);
  if (!bytes.empty()) {
    std::string descriptor;
    put(descriptor, zip::kDataDescriptor);
    put(descriptor, crc);
    if (wide.empty()) {
      put(descriptor, uint32_t(data.size()));
      put(descriptor, uint32_t(bytes.size()));
    } else {
      put(descriptor, uint64_t(data.size()));
      put(descriptor, uint64_t(bytes.size()));
    }
    write(descriptor);
    content_hash_ = combined(content_hash_, crc);
  }

  put(directory_, zip::kDirectoryHeader);
  put(directory_, uint16_t(0));
  put(directory_, version);
  put(directory_, flags);
  put(directory_, method);
  put(directory_, uint32_t(0));
  put(directory_, crc);
  put(directory_, narrow(data.size()));
  put(directory_, narrow(bytes.size()));
  put(directory_, uint16_t(full_name.size()));
  put(directory_, uint16_t(wide.size()));
  put(directory_, uint16_t(0));  // comment
  put(directory_, uint16_t(0));  // disk
  put(directory_, uint16_t(0));  // attributes
  put(directory_, uint32_t(0));
  put(directory_, narrow(header_offset));
  directory_ += full_name + wide;
  ++records_;
}

std::string ZipWriter::content_id() const {
  std::vector<std::string> sorted(names_.begin(), names_.end());
  std::sort(sorted.begin(), sorted.end());
  uint64_t names = 0;
  for (const std::string& name : sorted) names = combined(names, name_hash(name));
  return fmt::format("{:020}{:020}", names, content_hash_);
}

void ZipWriter::finish() {
  const uint64_t directory_offset = offset_;
  write(directory_);
  const uint64_t end64_offset = offset_;
  std::string end;
  put(end, zip::kEnd64);
  put(end, uint64_t(zip::kEnd64Size - 12));
  put(end, uint16_t(0x031E));
  put(end, uint16_t(45));
  put(end, uint64_t(0));  // disks
  put(end, records_);
  put(end, records_);
  put(end, uint64_t(directory_.size()));
  put(end, directory_offset);
  put(end, zip::kEnd64Locator);
  put(end, uint32_t(0));
  put(end, end64_offset);
  put(end, uint32_t(1));
  put(end, zip::kEnd);
  put(end, uint32_t(0));  // disks
  const auto few_records = uint16_t(std::min<uint64_t>(records_, 0xFFFF));
  put(end, few_records);
  put(end, few_records);
  put(end, narrow(directory_.size()));
  put(end, narrow(directory_offset));
  put(end, uint16_t(0));  // comment
  write(end);
  out_.flush();
  if (!out_) throw RuntimeError("writing the archive failed");
}

}  // namespace rushlight::archive
