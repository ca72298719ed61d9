/// Kernels whose derived forms differ from the usual: functions that write into their first argument, and `out=` forms
/// that do not convert.
#pragma once
#include "ops/cpu/copy.h"
#include "ops/typed_kernel.h"

namespace rushlight {

/// The `out=` form of operators that do not convert: `out` must have the dtype of the result.
void exact_out(const Operator& op, const IValue* arguments, IValue* results);

/// From a function that writes into its first argument and returns nothing: the in-place form is the function, the
/// functional one works on a copy of the argument.
template <auto fn>
Kernel writing_kernel() {
  struct Forms {
    static void inplace(const Operator& op, const IValue* arguments, IValue* results) {
      unbox::Boxed<fn, decltype(fn)>::run(op, arguments, results);
      results[0] = arguments[0];
    }
    static void functional(const Operator& op, const IValue* arguments, IValue* results) {
      std::vector<IValue> copied(arguments, arguments + op.argument_count() - (op.form() == Operator::Form::out));
      copied[0] = IValue(cpu::clone(arguments[0].tensor(), MemoryFormat::preserve));
      inplace(op, copied.data(), results);
    }
  };
  return {.call = &Forms::functional, .call_inplace = &Forms::inplace};
}
/// Whose `out=` form takes only tensors of the result's dtype.
template <auto fn>
Kernel exact_out_kernel() {
  return {.call = &unbox::Boxed<fn, decltype(fn)>::run, .call_out = &exact_out};
}
/// With an `out=` form that writes straight into the given tensor(s).
template <auto fn, auto out>
Kernel typed_kernel_with_out() {
  return {.call = &unbox::Boxed<fn, decltype(fn)>::run, .call_out = &unbox::Boxed<out, decltype(out)>::run};
}

}  // namespace rushlight
