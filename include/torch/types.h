/// torch:: names of tensors, dtypes and options.
#pragma once
#include "ATen/ATen.h"
#include "rushlight/tensor_literal.h"

namespace torch {

using namespace at;
using c10::nullopt;
using std::optional;
using Dtype = at::ScalarType;

/// Names as Python has them.
constexpr auto kUInt8 = at::kByte;
constexpr auto kInt8 = at::kChar;
constexpr auto kInt16 = at::kShort;
constexpr auto kInt32 = at::kInt;
constexpr auto kInt64 = at::kLong;
constexpr auto kFloat16 = at::kHalf;
constexpr auto kFloat32 = at::kFloat;
constexpr auto kFloat64 = at::kDouble;
constexpr auto kComplex64 = at::kComplexFloat;
constexpr auto kComplex128 = at::kComplexDouble;
constexpr auto kU8 = kUInt8;
constexpr auto kI8 = kInt8;
constexpr auto kI16 = kInt16;
constexpr auto kI32 = kInt32;
constexpr auto kI64 = kInt64;
constexpr auto kF16 = kFloat16;
constexpr auto kF32 = kFloat32;
constexpr auto kF64 = kFloat64;

namespace indexing = at::indexing;

}  // namespace torch
