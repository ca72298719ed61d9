/// NumPy's array files: .npy to and from tensors, .npz (a zip of them) to tensors.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "tensor/tensor.h"

namespace rushlight::cli {

/// UsageError, with `name` in it, for anything but an array of numbers that tensors can hold.
Tensor read_npy(const std::string& bytes, const std::string& name);
/// Names and arrays, in the order of the file.
std::vector<std::pair<std::string, Tensor>> read_npz(const std::string& bytes, const std::string& name);
std::string write_npy(const Tensor& tensor);

}  // namespace rushlight::cli
