#include "tensor/device.h"

#include <charconv>

#include "base/error.h"
#include "base/text.h"

namespace rushlight {
namespace {
struct DeviceName {
  std::string_view name;
  DeviceType type;
};
constexpr DeviceName kDevices[] = {{"cpu", DeviceType::cpu}, {"cuda", DeviceType::cuda}, {"meta", DeviceType::meta}};
}  // namespace

Device Device::parse(std::string_view text) {
  const size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  for (const DeviceName& device : kDevices) {
    if (device.name != name) continue;
    if (colon == std::string_view::npos) return {device.type, -1};
    int index = -1;
    const char* begin = text.data() + colon + 1;
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(begin, end, index);
    const bool leading_zero = end - begin > 1 && *begin == '0';
    if (error != std::errc() || at != end || index < 0 || index > 127 || leading_zero)
      throw RuntimeError(cat("Invalid device string: '", text, "'"));
    return {device.type, int8_t(index)};
  }
  throw RuntimeError(
      cat("Expected one of cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, "
          "mps, "
          "meta, hpu, mtia, privateuseone device type at start of device string: ",
          name));
}

std::string Device::str() const {
  for (const DeviceName& device : kDevices)
    if (device.type == type) return index < 0 ? std::string(device.name) : cat(device.name, ":", int(index));
  return "unknown";
}

std::string_view layout_name(Layout layout) {
  switch (layout) {
    case Layout::strided:
      return "torch.strided";
    case Layout::sparse_coo:
      return "torch.sparse_coo";
    case Layout::sparse_csr:
      return "torch.sparse_csr";
  }
  return "torch.unknown";
}

std::string_view memory_format_name(MemoryFormat format) {
  switch (format) {
    case MemoryFormat::contiguous:
      return "torch.contiguous_format";
    case MemoryFormat::preserve:
      return "torch.preserve_format";
    case MemoryFormat::channels_last:
      return "torch.channels_last";
    case MemoryFormat::channels_last_3d:
      return "torch.channels_last_3d";
  }
  return "torch.unknown";
}

}  // namespace rushlight
