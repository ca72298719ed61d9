/// How elements are laid out: layouts and memory formats.
#pragma once
#include <cstdint>
#include <ostream>

#include "rushlight/config.h"

namespace c10 {
inline namespace RUSHLIGHT_ABI {

enum class Layout : int8_t { Strided = 0, Sparse = 1, SparseCsr = 2 };
constexpr Layout kStrided = Layout::Strided;
constexpr Layout kSparse = Layout::Sparse;
constexpr Layout kSparseCsr = Layout::SparseCsr;

enum class MemoryFormat : int8_t { Contiguous = 0, Preserve = 1, ChannelsLast = 2, ChannelsLast3d = 3 };

RUSHLIGHT_API std::ostream& operator<<(std::ostream& out, Layout layout);
RUSHLIGHT_API std::ostream& operator<<(std::ostream& out, MemoryFormat format);

}  // namespace RUSHLIGHT_ABI
}  // namespace c10
