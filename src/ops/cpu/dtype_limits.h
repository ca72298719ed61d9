/// Limits of element types that std::numeric_limits does not know for halves.
#pragma once
#include <limits>

#include "tensor/dtype.h"

namespace rushlight::cpu {

/// The largest finite number of a floating dtype, or of the parts of a complex one.
inline double largest_finite(ScalarType type) {
  switch (to_real(type)) {
    case ScalarType::float16:
      return 65504;
    case ScalarType::bfloat16:
      return 0x1.fep127;
    case ScalarType::float32:
      return std::numeric_limits<float>::max();
    default:
      return std::numeric_limits<double>::max();
  }
}

}  // namespace rushlight::cpu
