/// Where data lives, and how it is laid out. Rushlight computes on the CPU; `meta` tensors have shapes without data.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace rushlight {

enum class DeviceType : int8_t { cpu = 0, cuda = 1, meta = 14 };

struct Device {
  DeviceType type = DeviceType::cpu;
  int8_t index = -1;  ///< -1: the current device of that type

  /// "cpu", "cuda:0". Throws RuntimeError with PyTorch's text for anything else.
  static Device parse(std::string_view text);
  std::string str() const;
  bool operator==(const Device&) const = default;
};

enum class Layout : int8_t { strided = 0, sparse_coo = 1, sparse_csr = 2 };
std::string_view layout_name(Layout layout);  ///< "torch.strided"

enum class MemoryFormat : int8_t { contiguous = 0, preserve = 1, channels_last = 2, channels_last_3d = 3 };
std::string_view memory_format_name(MemoryFormat format);  ///< "torch.contiguous_format"

}  // namespace rushlight
