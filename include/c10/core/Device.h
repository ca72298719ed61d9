/// Where data lives. Rushlight computes on the CPU; `meta` tensors have shapes without data.
#pragma once
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>

#include "rushlight/config.h"

namespace c10 {
inline namespace RUSHLIGHT_ABI {

enum class DeviceType : int8_t { CPU = 0, CUDA = 1, MPS = 13, Meta = 14, XPU = 12 };
constexpr DeviceType kCPU = DeviceType::CPU;
constexpr DeviceType kCUDA = DeviceType::CUDA;
constexpr DeviceType kMPS = DeviceType::MPS;
constexpr DeviceType kMeta = DeviceType::Meta;
constexpr DeviceType kXPU = DeviceType::XPU;

using DeviceIndex = int8_t;

/// A type and, where it was given, the number of a device of that type.
class Device {
 public:
  using Type = DeviceType;
  constexpr Device(DeviceType type, DeviceIndex index = -1) : type_(type), index_(index) {}
  /// "cpu", "cuda:1". c10::Error for anything else.
  RUSHLIGHT_API Device(const std::string& text);
  Device(const char* text) : Device(std::string(text)) {}

  DeviceType type() const noexcept { return type_; }
  DeviceIndex index() const noexcept { return index_; }
  bool has_index() const noexcept { return index_ != -1; }
  void set_index(DeviceIndex index) { index_ = index; }
  bool is_cpu() const noexcept { return type_ == DeviceType::CPU; }
  bool is_cuda() const noexcept { return type_ == DeviceType::CUDA; }
  bool is_meta() const noexcept { return type_ == DeviceType::Meta; }
  bool is_mps() const noexcept { return type_ == DeviceType::MPS; }
  bool is_xpu() const noexcept { return type_ == DeviceType::XPU; }
  RUSHLIGHT_API std::string str() const;
  bool operator==(const Device& other) const noexcept { return type_ == other.type_ && index_ == other.index_; }
  bool operator!=(const Device& other) const noexcept { return !(*this == other); }

 private:
  DeviceType type_;
  DeviceIndex index_ = -1;
};

RUSHLIGHT_API std::string DeviceTypeName(DeviceType type, bool lower_case = false);
RUSHLIGHT_API std::ostream& operator<<(std::ostream& out, DeviceType type);
RUSHLIGHT_API std::ostream& operator<<(std::ostream& out, const Device& device);

}  // namespace RUSHLIGHT_ABI
}  // namespace c10

template <>
struct std::hash<c10::Device> {
  size_t operator()(c10::Device device) const noexcept {
    return size_t(uint8_t(device.type())) << 8 | uint8_t(device.index());
  }
};
