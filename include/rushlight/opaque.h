/// Objects that live in the library and are only pointed to from outside. A class derived from Opaque has no members:
/// its address is that of the library's own object, and all its methods are exported functions.
#pragma once
#include <cstddef>

#include "rushlight/config.h"

namespace rushlight {
inline namespace RUSHLIGHT_ABI {

class RUSHLIGHT_API Opaque {
 public:
  Opaque() = delete;
  Opaque(const Opaque&) = delete;
  Opaque& operator=(const Opaque&) = delete;
  void retain_() const;
  void release_() const;
  size_t use_count_() const;
};

}  // namespace RUSHLIGHT_ABI
}  // namespace rushlight
