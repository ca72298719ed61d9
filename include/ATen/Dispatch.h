/// AT_DISPATCH_...: a template for the element type that a tensor turns out to have, under the name `scalar_t`.
#pragma once
#include "c10/core/ScalarType.h"
#include "c10/util/Exception.h"

// clang-format off: it cannot make up its mind about nested macros.
#define RUSHLIGHT_CASE(Type, cpp, ...) \
  case ::c10::ScalarType::Type: {      \
    using scalar_t = cpp;              \
    return __VA_ARGS__();              \
  }
#define RUSHLIGHT_CASES_FLOATING(...) \
  RUSHLIGHT_CASE(Double, double, __VA_ARGS__) RUSHLIGHT_CASE(Float, float, __VA_ARGS__)
#define RUSHLIGHT_CASES_INTEGRAL(...)        \
  RUSHLIGHT_CASE(Byte, uint8_t, __VA_ARGS__) \
  RUSHLIGHT_CASE(Char, int8_t, __VA_ARGS__)  \
  RUSHLIGHT_CASE(Int, int32_t, __VA_ARGS__)  \
  RUSHLIGHT_CASE(Long, int64_t, __VA_ARGS__) RUSHLIGHT_CASE(Short, int16_t, __VA_ARGS__)
#define RUSHLIGHT_DISPATCH(TYPE, NAME, CASES)                                                                      \
  [&] {                                                                                                            \
    switch (TYPE) {                                                                                                \
      CASES default                                                                                                \
          : TORCH_CHECK_NOT_IMPLEMENTED(false, '"', NAME, "\" not implemented for '", ::c10::toString(TYPE), "'"); \
    }                                                                                                              \
  }()
#define AT_DISPATCH_FLOATING_TYPES(TYPE, NAME, ...) \
  RUSHLIGHT_DISPATCH(TYPE, NAME, RUSHLIGHT_CASES_FLOATING(__VA_ARGS__))
#define AT_DISPATCH_FLOATING_TYPES_AND_HALF(TYPE, NAME, ...) \
  RUSHLIGHT_DISPATCH(TYPE, NAME, RUSHLIGHT_CASES_FLOATING(__VA_ARGS__) RUSHLIGHT_CASE(Half, ::c10::Half, __VA_ARGS__))
#define AT_DISPATCH_INTEGRAL_TYPES(TYPE, NAME, ...) \
  RUSHLIGHT_DISPATCH(TYPE, NAME, RUSHLIGHT_CASES_INTEGRAL(__VA_ARGS__))
#define AT_DISPATCH_ALL_TYPES(TYPE, NAME, ...) \
  RUSHLIGHT_DISPATCH(TYPE, NAME, RUSHLIGHT_CASES_FLOATING(__VA_ARGS__) RUSHLIGHT_CASES_INTEGRAL(__VA_ARGS__))
