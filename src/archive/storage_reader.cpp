#include "archive/storage_reader.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace rushlight::archive {
namespace {

Device device_of(const std::string& text, const std::string& record) {
  const Device device = Device::parse(text);
  if (device.type != DeviceType::cpu && device.type != DeviceType::meta)
    throw ArchiveError(cat("storage '", record, "' belongs to device ", text,
                           ", which Rushlight does not have; give map_location to load it elsewhere"));
  return device;
}

/// Whether the numbers of the archive have their bytes in the other order than this machine's.
bool is_swapped(const ZipReader& zip) {
  if (!zip.has("byteorder")) return false;
  const std::string order = zip.read("byteorder");
  if (order == "little") return false;
  if (order == "big") return true;
  throw ArchiveError(cat("Unknown endianness type: ", order));
}

}  // namespace

Ref<Storage> StorageReader::find(const std::string& key, const std::string& device, ScalarType dtype, uint64_t bytes) {
  const std::string record = cat(folder_, key);
  if (const auto known = entries_.find(key); known != entries_.end()) {
    if (known->second.storage->bytes() < bytes)
      throw ArchiveError(
          cat("storage '", record, "' is given ", known->second.storage->bytes(), " bytes and then ", bytes));
    return known->second.storage;
  }
  Entry entry;
  entry.number_size = is_complex(dtype) ? item_size(dtype) / 2 : item_size(dtype);
  const Device place = device_ ? *device_ : device_of(device, record);
  if (bytes > 0 && place.type != DeviceType::meta) {
    const uint64_t held = zip_.size(record);
    // A storage may end with less than one element.
    if (held < bytes || held - bytes >= item_size(dtype))
      throw ArchiveError(cat("storage '", record, "' holds ", held, " bytes but numel ", bytes / item_size(dtype),
                             " x ", item_size(dtype), " bytes are declared"));
    entry.record = record;
    bytes = held;
  }
  entry.storage = Storage::allocate(size_t(bytes), place);
  return entries_.emplace(key, std::move(entry)).first->second.storage;
}

void StorageReader::fill() {
  const bool swapped = !entries_.empty() && is_swapped(zip_);
  for (auto& [key, entry] : entries_) {
    if (entry.filled || entry.record.empty()) continue;
    const std::span<std::byte> bytes(entry.storage->data(), entry.storage->bytes());
    zip_.read_into(entry.record, bytes);
    if (swapped)
      for (size_t at = 0; at + entry.number_size <= bytes.size(); at += entry.number_size)
        std::reverse(bytes.begin() + ptrdiff_t(at), bytes.begin() + ptrdiff_t(at + entry.number_size));
    entry.filled = true;
  }
}

}  // namespace rushlight::archive
