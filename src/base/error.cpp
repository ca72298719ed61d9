#include "base/error.h"

#include "base/text.h"

namespace rushlight {

void internal_error(const char* file, int line, const char* condition) {
  throw RuntimeError(
      cat("internal error in Rushlight at ", file, ":", line, ": ", condition, " does not hold; please report it"));
}

}  // namespace rushlight
