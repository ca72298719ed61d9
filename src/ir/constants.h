/// Questions about constant values.
#pragma once
#include "ir/graph.h"

namespace rushlight::ir {

/// Whether the value is the constant True.
bool is_true(const Value* value);

/// Whether one constant can stand for both: numbers and texts of one type and value; tensors of the same dtype, shape
/// and bits; lists and tuples of such; one and the same object. Members of enums never can: PyTorch keeps one constant
/// for each place that names a member.
bool is_same_constant(const IValue& a, const IValue& b);
/// Equal for constants that are the same. Numbers, texts, what is made of them, and the shapes of tensors are told
/// apart; the rest meets in few buckets.
size_t hash_of_constant(const IValue& value);

}  // namespace rushlight::ir
