/// The forms of `--input`: files of arrays, tensors and pictures, or tensors made on the spot.
#pragma once
#include "image.h"
#include "value/ivalue.h"

namespace rushlight::cli {

/// The values that one `--input TEXT` stands for: one, or the arrays of a .npz. UsageError for what cannot be read.
std::vector<IValue> read_input(const std::string& text, const ImageOptions& options);
/// "224x224": height and width.
std::pair<int64_t, int64_t> parse_size(const std::string& text);
std::string read_file(const std::string& path);

}  // namespace rushlight::cli
