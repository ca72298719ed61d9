/// Pictures as tensors: PNG by libpng, JPEG by libjpeg-turbo.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "tensor/tensor.h"

namespace rushlight::cli {

struct ImageOptions {
  std::optional<std::pair<int64_t, int64_t>> resize;  ///< height, width
  std::vector<double> mean, std;                      ///< one a channel, or one for all; none: 0 and 1
  bool gray = false;
};

bool is_image(const std::string& bytes);
/// float32, 1 x channels x height x width, from 0 to 1; then (x - mean) / std. UsageError, with `name` in it, for a
/// file that is damaged.
Tensor read_image(const std::string& bytes, const std::string& name, const ImageOptions& options);

}  // namespace rushlight::cli
