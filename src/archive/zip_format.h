/// Numbers of the zip format that reader and writer share.
#pragma once
#include <cstddef>
#include <cstdint>

namespace rushlight::archive::zip {

inline constexpr uint32_t kLocalHeader = 0x04034b50;
inline constexpr uint32_t kDataDescriptor = 0x08074b50;
inline constexpr uint32_t kDirectoryHeader = 0x02014b50;
inline constexpr uint32_t kEnd = 0x06054b50;
inline constexpr uint32_t kEnd64 = 0x06064b50;
inline constexpr uint32_t kEnd64Locator = 0x07064b50;

inline constexpr size_t kLocalHeaderSize = 30;
inline constexpr size_t kDirectoryHeaderSize = 46;
inline constexpr size_t kEndSize = 22;
inline constexpr size_t kEnd64Size = 56;
inline constexpr size_t kEnd64LocatorSize = 20;

inline constexpr uint16_t kEncrypted = 1;       ///< flag
inline constexpr uint16_t kHasDescriptor = 8;   ///< flag: sizes and checksum follow the data
inline constexpr uint16_t kUtf8Names = 0x0800;  ///< flag
inline constexpr uint16_t kStored = 0;
inline constexpr uint16_t kDeflated = 8;
inline constexpr uint16_t kZip64Field = 1;
inline constexpr uint32_t kInZip64Field = 0xFFFFFFFF;  ///< in place of a number that needs 64 bits

}  // namespace rushlight::archive::zip
