#include "ops/cpu/scatter_reduction.h"

#include <limits>

#include "base/text.h"
#include "ops/cpu/copy.h"
#include "ops/functions/arithmetic.h"
#include "ops/functions/selection.h"

namespace rushlight::cpu {
namespace {

/// The smallest or the largest value of a dtype.
Scalar extreme_of(ScalarType type, bool largest) {
  switch (type) {
    case ScalarType::bool_:
      return Scalar(largest);
    case ScalarType::uint8:
      return Scalar(int64_t(largest ? 255 : 0));
    case ScalarType::int8:
      return Scalar(int64_t(largest ? INT8_MAX : INT8_MIN));
    case ScalarType::int16:
      return Scalar(int64_t(largest ? INT16_MAX : INT16_MIN));
    case ScalarType::int32:
      return Scalar(int64_t(largest ? INT32_MAX : INT32_MIN));
    case ScalarType::int64:
      return Scalar(largest ? INT64_MAX : INT64_MIN);
    default:
      return Scalar(largest ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity());
  }
}

/// What changes nothing when it is folded with a value.
Scalar neutral(ScatterReduction reduction, ScalarType type) {
  switch (reduction) {
    case ScatterReduction::prod:
      return Scalar(1);
    case ScatterReduction::amax:
      return extreme_of(type, false);
    case ScatterReduction::amin:
      return extreme_of(type, true);
    default:
      return Scalar(0);
  }
}

Combine combine_of(ScatterReduction reduction) {
  switch (reduction) {
    case ScatterReduction::prod:
      return Combine::multiply;
    case ScatterReduction::amax:
      return Combine::maximum;
    case ScatterReduction::amin:
      return Combine::minimum;
    default:
      return Combine::add;
  }
}

}  // namespace

ScatterReduction scatter_reduction_of(std::string_view name) {
  if (name == "sum") return ScatterReduction::sum;
  if (name == "prod") return ScatterReduction::prod;
  if (name == "mean") return ScatterReduction::mean;
  if (name == "amax") return ScatterReduction::amax;
  if (name == "amin") return ScatterReduction::amin;
  throw RuntimeError("reduce argument must be either sum, prod, mean, amax or amin, got " + std::string(name) + ".");
}

void reduce_into_places(const Places& places, const Tensor& values, ScatterReduction reduction, bool include_self) {
  const Tensor& target = places.tensor;
  if (!include_self) write_places(places, scalar_tensor(neutral(reduction, target.dtype()), target.dtype()));
  write_places(places, values, combine_of(reduction));
  if (reduction != ScatterReduction::mean || places.count() == 0) return;
  // Divided by how many values met in each element. The counts lie in memory as the target does.
  Tensor memory = empty_tensor({storage_extent(target.sizes(), target.strides())}, target.dtype());
  fill(memory, include_self ? 1 : 0);
  Places counters = places;
  counters.tensor = alias_tensor(memory, target.sizes(), target.strides(), 0);
  write_places(counters, scalar_tensor(Scalar(1), target.dtype()), Combine::add);
  const Tensor counts = ops::clamp_min(counters.tensor, Scalar(1));
  if (is_floating(target.dtype()) || is_complex(target.dtype()))
    copy_into(target, ops::div(target, counts));
  else
    copy_into(target, ops::div(target, counts, "floor"));
}

}  // namespace rushlight::cpu
