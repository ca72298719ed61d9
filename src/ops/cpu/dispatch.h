/// From a dtype at run time to a C++ type: the one switch.
#pragma once
#include <type_traits>

#include "base/text.h"
#include "tensor/tensor.h"

namespace rushlight::cpu {

template <class T>
struct TypeTag {
  using type = T;
};

/// Calls fn(TypeTag<T>{}) for the C++ type of `dtype`. Only the types in `Set` are compiled; others raise PyTorch's
/// `"tanh" not implemented for 'Long'`.
template <DtypeSet Set, class Fn>
decltype(auto) dispatch(ScalarType dtype, std::string_view op_name, Fn&& fn) {
  switch (dtype) {
#define RUSHLIGHT_DTYPE(name, number, cpp, ...)   \
  case ScalarType::name:                          \
    if constexpr (Set.contains(ScalarType::name)) \
      return fn(TypeTag<cpp>{});                  \
    else                                          \
      break;
    RUSHLIGHT_FORALL_DTYPES(RUSHLIGHT_DTYPE)
#undef RUSHLIGHT_DTYPE
  }
  throw NotImplementedError(cat("\"", op_name, "\" not implemented for '", dtype_info(dtype).ir_name, "'"));
}

template <class T>
inline constexpr bool is_reduced = std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;
template <class T>
inline constexpr bool is_complex_v = std::is_same_v<T, std::complex<float>> || std::is_same_v<T, std::complex<double>>;
template <class T>
inline constexpr bool is_floating_v = std::is_same_v<T, float> || std::is_same_v<T, double> || is_reduced<T>;
/// In which type a formula works on elements of T: half types in float.
template <class T>
using Compute = std::conditional_t<is_reduced<T>, float, T>;
/// The accumulator of sums: float for halves and float, int64 for integers.
template <class T>
using Accumulate = std::conditional_t<is_reduced<T>, float, std::conditional_t<std::is_integral_v<T>, int64_t, T>>;

}  // namespace rushlight::cpu
