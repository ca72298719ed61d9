/// Values folded into chosen elements, with or without the value that was there before.
#pragma once
#include <string_view>

#include "ops/cpu/places.h"

namespace rushlight::cpu {

enum class ScatterReduction : uint8_t { sum, prod, mean, amax, amin };

/// "sum", "prod", "mean", "amax", "amin"; RuntimeError for others.
ScatterReduction scatter_reduction_of(std::string_view name);
/// `values`: contiguous, of the tensor's dtype, with as many elements as there are places.
void reduce_into_places(const Places& places, const Tensor& values, ScatterReduction reduction, bool include_self);

}  // namespace rushlight::cpu
