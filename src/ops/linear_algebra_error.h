/// The error of matrices for which an operation has no result: torch.linalg.LinAlgError.
#pragma once
#include "base/error.h"

namespace rushlight {

class LinAlgError : public RuntimeError {
  using RuntimeError::RuntimeError;
};

}  // namespace rushlight
