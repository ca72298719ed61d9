/// Calls of operators by name from the binding itself: `op_call<"aten::select", "int">(self, dim, index)`, all
/// arguments given.
#pragma once
#include "ops/op.h"

namespace rushlight::python {

struct OpName {
  template <size_t N>
  constexpr OpName(const char (&name)[N]) {
    static_assert(N <= sizeof(text));
    for (size_t i = 0; i < N; ++i) text[i] = name[i];
  }
  char text[40] = {};
};

/// Only for operators with one result.
template <OpName name, OpName overload, class... Arguments>
IValue op_call(const Arguments&... arguments) {
  static const Operator& op = get_operator(name.text, overload.text);
  const IValue values[] = {IValue(arguments)...};
  RUSHLIGHT_ASSERT(sizeof...(Arguments) == op.argument_count());
  IValue result;
  call_operator(op, values, &result);
  return result;
}

}  // namespace rushlight::python
