/// The storages of an archive's tensors: records such as data/0. Room is made, after their sizes were checked, when a
/// pickle names them; their bytes are read when all else has proved sound.
#pragma once
#include <unordered_map>

#include "archive/zip_reader.h"
#include "tensor/dtype.h"
#include "tensor/storage.h"

namespace rushlight::archive {

class StorageReader {
 public:
  /// Records are named `folder` + key. `device`: where all tensors go; empty: where the pickle says.
  StorageReader(const ZipReader& zip, std::string folder, std::optional<Device> device)
      : zip_(zip), folder_(std::move(folder)), device_(device) {}

  /// The storage of this key; the same for every tensor that names it.
  Ref<Storage> find(const std::string& key, const std::string& device, ScalarType dtype, uint64_t bytes);
  /// Reads the bytes of all storages found so far.
  void fill();

 private:
  struct Entry {
    Ref<Storage> storage;
    std::string record;  ///< empty: nothing to read
    size_t number_size;  ///< bytes that change places when the archive has the other byte order
    bool filled = false;
  };
  const ZipReader& zip_;
  std::string folder_;
  std::optional<Device> device_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace rushlight::archive
