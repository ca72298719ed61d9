#include "archive/value_file.h"

#include "archive/pickle_reader.h"
#include "archive/storage_reader.h"

namespace rushlight::archive {

IValue read_value_file(std::shared_ptr<const ByteSource> source, const Limits& limits) {
  const ZipReader zip(std::move(source), limits);
  if (!zip.has("data.pkl")) throw ArchiveError("the file holds no value: it has no record 'data.pkl'");
  StorageReader storages(zip, "data/", std::nullopt);
  PickleHost host;
  host.find_storage = [&](const std::string& key, const std::string& device, ScalarType dtype, uint64_t bytes) {
    return storages.find(key, device, dtype, bytes);
  };
  IValue value = read_pickle(zip.read("data.pkl"), host, limits);
  storages.fill();
  return value;
}

}  // namespace rushlight::archive
