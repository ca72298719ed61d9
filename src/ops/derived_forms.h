/// The forms that follow from an operator's functional one: `tanh_` and `tanh(..., out=)`.
#pragma once
#include "ops/op.h"

namespace rushlight {

/// `aten::tanh_(Tensor(a!) self) -> Tensor(a!)`
Schema inplace_schema(const Schema& functional);
/// `aten::tanh.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)`
Schema out_schema(const Schema& functional, std::string_view overload);

/// Kernels for operators that do not bring their own: compute, then copy into self or into the resized `out`.
void derived_inplace(const Operator& op, const IValue* arguments, IValue* results);
void derived_out(const Operator& op, const IValue* arguments, IValue* results);

/// Gives `out` the shape of a result, as PyTorch's out= rules have it: a wrong shape of a tensor that is not empty
/// warns.
void resize_out(const Tensor& out, IntArrayRef sizes);
/// RuntimeError "result type Float can't be cast to the desired output type Long".
void check_out_dtype(ScalarType result, ScalarType out);

/// Where warnings of operators go: the binding makes Python warnings of them. Default: stderr.
extern void (*warning_hook)(std::string_view message);
void warn(std::string_view message);
/// A warning of an operator. Its text ends in the place where PyTorch's source gives it, as there:
/// "aten/src/ATen/native/Cross.cpp:63".
void warn_at(std::string_view place, std::string_view message);
/// The same, but only the first time that a process comes to this place.
void warn_once_at(std::string_view place, std::string_view message);
/// No warnings of this thread while one lives.
class MutedWarnings {
 public:
  MutedWarnings();
  ~MutedWarnings();
  MutedWarnings(const MutedWarnings&) = delete;
};

}  // namespace rushlight
