/// Point-wise operators from formulas. A formula is a class template over the type it computes in:
///     template <class T> struct Tanh { T operator()(T x) const { return std::tanh(x); } };
///     .kernel = pointwise<Tanh, kFloating | kComplex, Promote::int_to_float>("tanh")
/// One that reads further arguments of the call takes them in its constructor:
///     template <class T> struct Add { explicit Add(const IValue* a) : alpha(a[2].to_scalar().to<T>()) {} ... };
/// Its call operator takes one, two or three elements; a result of another type than T (bool of a comparison) decides
/// the dtype.
/// One whose vector form stands in ops/cpu/vector_math.h names it:
///     static constexpr cpu::VectorFunction kVector = cpu::VectorFunction::tanh;
/// and one of two elements whose vector form stands in ops/cpu/vector_arithmetic.h likewise, with a member `alpha`
/// where that takes one.
#pragma once
#include "ops/cpu/copy.h"
#include "ops/cpu/dispatch.h"
#include "ops/cpu/elementwise.h"
#include "ops/cpu/promotion.h"
#include "ops/cpu/vector_arithmetic.h"
#include "ops/cpu/vector_math.h"
#include "ops/derived_forms.h"
#include "ops/op.h"

namespace rushlight {

/// In which dtype an operator works, given the promoted dtype of its arguments.
enum class Promote : uint8_t {
  same,          ///< in it
  int_to_float,  ///< integers and bools in the default dtype
  bool_to_int,   ///< bools as int64
};

namespace cpu {

struct PointwiseName {
  std::string_view name;
};

inline ScalarType working_dtype(ScalarType type, Promote promote) {
  if (promote == Promote::int_to_float && is_integral_or_bool(type)) return default_dtype();
  if (promote == Promote::bool_to_int && type == ScalarType::bool_) return ScalarType::int64;
  return type;
}

/// A tensor argument, or a number in tensor form.
inline Tensor as_operand(const IValue& value) {
  return value.is_tensor() ? value.tensor() : wrapped_number(value.to_scalar());
}

template <template <class> class Formula, class T>
Formula<T> make_formula(const IValue* arguments) {
  if constexpr (std::is_constructible_v<Formula<T>, const IValue*>)
    return Formula<T>(arguments);
  else
    return Formula<T>();
}

template <class F, class T>
concept HasVectorForm = (std::is_same_v<Compute<T>, float> || std::is_same_v<Compute<T>, double>)&&requires {
  F::kVector;
};

/// A row through a vector function. Elements that are halves or not side by side are worked on in a buffer.
template <class T>
void vector_unary_row(VectorFunction function, std::byte* const* data, const int64_t* strides, int64_t count) {
  using C = Compute<T>;
  if (std::is_same_v<C, T> && strides[0] == int64_t(sizeof(T)) && strides[1] == int64_t(sizeof(T)))
    return vector_row(function, reinterpret_cast<const C*>(data[1]), reinterpret_cast<C*>(data[0]), count);
  constexpr int64_t kBuffer = 256;
  C buffer[kBuffer];
  for (int64_t begin = 0; begin < count; begin += kBuffer) {
    const int64_t size = std::min(kBuffer, count - begin);
    for (int64_t i = 0; i < size; ++i) buffer[i] = C(*reinterpret_cast<const T*>(data[1] + (begin + i) * strides[1]));
    vector_row(function, buffer, buffer, size);
    for (int64_t i = 0; i < size; ++i) *reinterpret_cast<T*>(data[0] + (begin + i) * strides[0]) = T(buffer[i]);
  }
}

template <class R, class T, class F>
void unary_row(const F& f, std::byte* const* data, const int64_t* strides, int64_t count) {
  if constexpr (HasVectorForm<F, T>) return vector_unary_row<T>(F::kVector, data, strides, count);
  if (strides[0] == int64_t(sizeof(R)) && strides[1] == int64_t(sizeof(T))) {
    R* out = reinterpret_cast<R*>(data[0]);
    const T* in = reinterpret_cast<const T*>(data[1]);
    for (int64_t i = 0; i < count; ++i) out[i] = R(f(Compute<T>(in[i])));
    return;
  }
  for (int64_t i = 0; i < count; ++i)
    *reinterpret_cast<R*>(data[0] + i * strides[0]) =
        R(f(Compute<T>(*reinterpret_cast<const T*>(data[1] + i * strides[1]))));
}

template <class T, class F>
T scale_of(const F& f) {
  if constexpr (requires { f.alpha; })
    return f.alpha;
  else
    return T(1);
}

template <class R, class T, class F>
void binary_row(const F& f, std::byte* const* data, const int64_t* strides, int64_t count) {
  constexpr int64_t kSize = sizeof(T);
  if constexpr (HasVectorForm<F, T> && std::is_same_v<Compute<T>, T>) {
    const auto is_row = [&](size_t i) { return strides[i] == kSize || strides[i] == 0; };
    if (strides[0] == kSize && is_row(1) && is_row(2)) {
      vector_arithmetic(F::kVector, reinterpret_cast<const T*>(data[1]), strides[1] / kSize,
                        reinterpret_cast<const T*>(data[2]), strides[2] / kSize, scale_of<T>(f),
                        reinterpret_cast<T*>(data[0]), count);
      return;
    }
  }
  if (strides[0] == int64_t(sizeof(R))) {
    R* out = reinterpret_cast<R*>(data[0]);
    const T* a = reinterpret_cast<const T*>(data[1]);
    const T* b = reinterpret_cast<const T*>(data[2]);
    if (strides[1] == kSize && strides[2] == kSize) {
      for (int64_t i = 0; i < count; ++i) out[i] = R(f(Compute<T>(a[i]), Compute<T>(b[i])));
      return;
    }
    if (strides[1] == kSize && strides[2] == 0) {
      const Compute<T> same(*b);
      for (int64_t i = 0; i < count; ++i) out[i] = R(f(Compute<T>(a[i]), same));
      return;
    }
    if (strides[1] == 0 && strides[2] == kSize) {
      const Compute<T> same(*a);
      for (int64_t i = 0; i < count; ++i) out[i] = R(f(same, Compute<T>(b[i])));
      return;
    }
  }
  for (int64_t i = 0; i < count; ++i)
    *reinterpret_cast<R*>(data[0] + i * strides[0]) =
        R(f(Compute<T>(*reinterpret_cast<const T*>(data[1] + i * strides[1])),
            Compute<T>(*reinterpret_cast<const T*>(data[2] + i * strides[2]))));
}

template <class R, class T, class F>
void ternary_row(const F& f, std::byte* const* data, const int64_t* strides, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    *reinterpret_cast<R*>(data[0] + i * strides[0]) =
        R(f(Compute<T>(*reinterpret_cast<const T*>(data[1] + i * strides[1])),
            Compute<T>(*reinterpret_cast<const T*>(data[2] + i * strides[2])),
            Compute<T>(*reinterpret_cast<const T*>(data[3] + i * strides[3]))));
}

/// The type of a formula's result: T again, bool for a predicate, the real part's type where a complex formula gives a
/// real.
template <class T, class Returned>
using ResultElement = std::conditional_t<std::is_same_v<Returned, Compute<T>>, T, Returned>;

template <size_t kInputs, template <class> class Formula, DtypeSet Set, Promote promote>
struct Pointwise {
  /// `out` undefined: a new tensor. Its dtype must be able to take the result.
  static Tensor compute(const Operator& op, const IValue* arguments, Tensor out, bool resize) {
    std::array<Tensor, kInputs> inputs;
    for (size_t i = 0; i < kInputs; ++i) inputs[i] = as_operand(arguments[i]);
    ScalarType common = inputs[0].dtype();
    if constexpr (kInputs == 2) common = result_type(inputs[0], inputs[1]);
    if constexpr (kInputs == 3) {
      PromotionState state;
      for (const Tensor& input : inputs) state.add(input);
      common = state.result();
    }
    const ScalarType work = working_dtype(common, promote);
    for (Tensor& input : inputs)
      if (input.dtype() != work) input = convert(input, work);
    const std::string_view name = op.config<PointwiseName>().name;
    return dispatch<Set>(work, name, [&](auto tag) {
      using T = typename decltype(tag)::type;
      const auto formula = make_formula<Formula, Compute<T>>(arguments);
      using F = std::remove_const_t<decltype(formula)>;
      if constexpr (kInputs == 1) {
        using R = ResultElement<T, std::invoke_result_t<F, Compute<T>>>;
        return finish<R>(out, resize, inputs, [formula](auto... row) { unary_row<R, T>(formula, row...); });
      } else if constexpr (kInputs == 2) {
        using R = ResultElement<T, std::invoke_result_t<F, Compute<T>, Compute<T>>>;
        return finish<R>(out, resize, inputs, [formula](auto... row) { binary_row<R, T>(formula, row...); });
      } else {
        using R = ResultElement<T, std::invoke_result_t<F, Compute<T>, Compute<T>, Compute<T>>>;
        return finish<R>(out, resize, inputs, [formula](auto... row) { ternary_row<R, T>(formula, row...); });
      }
    });
  }

  static Tensor convert(const Tensor& input, ScalarType work) {
    Tensor converted = to_dtype(input, work);
    converted.impl()->is_wrapped_number = false;
    return converted;
  }

  template <class R, class Row>
  static Tensor finish(const Tensor& out, bool resize, const std::array<Tensor, kInputs>& inputs, Row row) {
    if (!out.defined()) return run(Tensor(), dtype_of<R>, inputs, row);
    check_out_dtype(dtype_of<R>, out.dtype());
    if (resize) {
      Shape shape(inputs[0].sizes());
      for (size_t i = 1; i < kInputs; ++i) shape = broadcast_shapes(shape, inputs[i].sizes());
      resize_out(out, shape);
    }
    if (out.dtype() == dtype_of<R>) return run(out, dtype_of<R>, inputs, row);
    copy_into(out, run(Tensor(), dtype_of<R>, inputs, row));
    return out;
  }

  template <class Row>
  static Tensor run(const Tensor& out, ScalarType dtype, const std::array<Tensor, kInputs>& inputs, const Row& row) {
    Elementwise plan = make_plan(out, dtype, inputs, std::make_index_sequence<kInputs>());
    plan.run(row);
    return plan.output();
  }
  template <size_t... I>
  static Elementwise make_plan(const Tensor& out, ScalarType dtype, const std::array<Tensor, kInputs>& inputs,
                               std::index_sequence<I...>) {
    return Elementwise(out, dtype, {&inputs[I]...});
  }

  static void call(const Operator& op, const IValue* arguments, IValue* results) {
    results[0] = IValue(compute(op, arguments, Tensor(), false));
  }
  static void call_inplace(const Operator& op, const IValue* arguments, IValue* results) {
    compute(op, arguments, arguments[0].tensor(), false);
    results[0] = arguments[0];
  }
  static void call_out(const Operator& op, const IValue* arguments, IValue* results) {
    const IValue& out = arguments[op.argument_count() - 1];
    compute(op, arguments, out.tensor(), true);
    results[0] = out;
  }
  static Kernel kernel(std::string_view name) {
    return {.call = &call,
            .call_inplace = &call_inplace,
            .call_out = &call_out,
            .config = std::make_shared<const PointwiseName>(PointwiseName{name})};
  }
};

}  // namespace cpu

/// `name` is what PyTorch's message says: `"tanh" not implemented for 'Long'`.
template <template <class> class Formula, DtypeSet Set, Promote promote = Promote::same>
Kernel unary_kernel(std::string_view name) {
  return cpu::Pointwise<1, Formula, Set, promote>::kernel(name);
}
/// Tensor and number operands in any mix: serves `op.Tensor` and `op.Scalar`.
template <template <class> class Formula, DtypeSet Set, Promote promote = Promote::same>
Kernel binary_kernel(std::string_view name) {
  return cpu::Pointwise<2, Formula, Set, promote>::kernel(name);
}
template <template <class> class Formula, DtypeSet Set, Promote promote = Promote::same>
Kernel ternary_kernel(std::string_view name) {
  return cpu::Pointwise<3, Formula, Set, promote>::kernel(name);
}

}  // namespace rushlight
