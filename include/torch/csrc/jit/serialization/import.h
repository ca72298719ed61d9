/// torch::jit::load: archives to modules.
#pragma once
#include <iosfwd>

#include "torch/csrc/jit/api/module.h"

namespace caffe2 {
inline namespace RUSHLIGHT_ABI {
namespace serialize {

/// Bytes that a program provides piece by piece.
class RUSHLIGHT_API ReadAdapterInterface {
 public:
  virtual ~ReadAdapterInterface();
  virtual size_t size() const = 0;
  virtual size_t read(uint64_t pos, void* buf, size_t n, const char* what = "") const = 0;
};

}  // namespace serialize
}  // namespace RUSHLIGHT_ABI
}  // namespace caffe2

namespace torch {
inline namespace RUSHLIGHT_ABI {
namespace jit {

using caffe2::serialize::ReadAdapterInterface;

/// c10::Error with the reason if the file is missing, damaged or foreign. Of `extra_files`, the values of the keys that
/// the archive has are replaced.
RUSHLIGHT_API Module load(const std::string& filename, std::optional<c10::Device> device = std::nullopt,
                          bool load_debug_files = true);
RUSHLIGHT_API Module load(const std::string& filename, std::optional<c10::Device> device, ExtraFilesMap& extra_files,
                          bool load_debug_files = true);
RUSHLIGHT_API Module load(std::istream& in, std::optional<c10::Device> device = std::nullopt,
                          bool load_debug_files = true);
RUSHLIGHT_API Module load(std::istream& in, std::optional<c10::Device> device, ExtraFilesMap& extra_files,
                          bool load_debug_files = true);
RUSHLIGHT_API Module load(std::shared_ptr<ReadAdapterInterface> adapter,
                          std::optional<c10::Device> device = std::nullopt, bool load_debug_files = true);
RUSHLIGHT_API Module load(std::shared_ptr<ReadAdapterInterface> adapter, std::optional<c10::Device> device,
                          ExtraFilesMap& extra_files, bool load_debug_files = true);

}  // namespace jit
}  // namespace RUSHLIGHT_ABI
}  // namespace torch
