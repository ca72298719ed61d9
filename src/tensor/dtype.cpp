#include "tensor/dtype.h"

#include <array>
#include <atomic>

#include "base/error.h"
#include "base/text.h"

namespace rushlight {
namespace {

constexpr DtypeInfo kInfos[] = {
#define RUSHLIGHT_DTYPE(name, number, cpp, text, ir, kind) {ScalarType::name, sizeof(cpp), DtypeKind::kind, text, ir},
    RUSHLIGHT_FORALL_DTYPES(RUSHLIGHT_DTYPE)
#undef RUSHLIGHT_DTYPE
};
constexpr size_t kNumbers = 16;
constexpr auto kByNumber = [] {
  std::array<const DtypeInfo*, kNumbers> table{};
  for (const DtypeInfo& info : kInfos) table[size_t(info.type)] = &info;
  return table;
}();

struct Alias {
  std::string_view name;
  ScalarType type;
};
constexpr Alias kAliases[] = {
    {"float", ScalarType::float32},    {"double", ScalarType::float64},     {"half", ScalarType::float16},
    {"int", ScalarType::int32},        {"long", ScalarType::int64},         {"short", ScalarType::int16},
    {"cfloat", ScalarType::complex64}, {"cdouble", ScalarType::complex128}, {"chalf", ScalarType::complex32},
};

std::atomic<ScalarType> default_type{ScalarType::float32};

/// Among floating types: the wider one; the two halves meet in float32.
ScalarType promote_floating(ScalarType a, ScalarType b) {
  if (a == b) return a;
  if (a == ScalarType::float64 || b == ScalarType::float64) return ScalarType::float64;
  return ScalarType::float32;
}

}  // namespace

const DtypeInfo* find_dtype(int64_t number) {
  return number >= 0 && number < int64_t(kNumbers) ? kByNumber[size_t(number)] : nullptr;
}
const DtypeInfo& dtype_info(ScalarType type) {
  // Programs pass dtypes as plain numbers.
  const DtypeInfo* info = find_dtype(int64_t(type));
  if (!info) [[unlikely]]
    throw RuntimeError(cat("there is no dtype with the number ", int64_t(type)));
  return *info;
}

std::optional<ScalarType> dtype_from_name(std::string_view name) {
  for (const DtypeInfo& info : kInfos)
    if (info.name == name || info.ir_name == name) return info.type;
  for (const Alias& alias : kAliases)
    if (alias.name == name) return alias.type;
  return std::nullopt;
}

ScalarType promote_types(ScalarType a, ScalarType b) {
  if (a == b) return a;
  const DtypeKind ka = dtype_info(a).kind, kb = dtype_info(b).kind;
  if (ka == DtypeKind::complex || kb == DtypeKind::complex) {
    if (ka != DtypeKind::complex) return promote_types(b, a);
    const ScalarType real = kb == DtypeKind::complex ? to_real(b) : kb == DtypeKind::floating ? b : to_real(a);
    return to_complex(promote_floating(to_real(a), real));
  }
  if (ka == DtypeKind::floating || kb == DtypeKind::floating) {
    if (ka != kb) return ka == DtypeKind::floating ? a : b;
    return promote_floating(a, b);
  }
  if (ka == DtypeKind::boolean) return b;
  if (kb == DtypeKind::boolean) return a;
  // Signed integers by size; uint8 next to a signed type needs the next larger signed one.
  if (a == ScalarType::uint8) return b == ScalarType::int8 ? ScalarType::int16 : b;
  if (b == ScalarType::uint8) return a == ScalarType::int8 ? ScalarType::int16 : a;
  return std::max(a, b);
}

bool can_cast(ScalarType from, ScalarType to) {
  if (is_complex(from) && !is_complex(to)) return false;
  if (is_floating(from) && is_integral_or_bool(to)) return false;
  if (from != ScalarType::bool_ && to == ScalarType::bool_) return false;
  return true;
}

ScalarType to_complex(ScalarType type) {
  switch (type) {
    case ScalarType::float16:
      return ScalarType::complex32;
    case ScalarType::bfloat16:
    case ScalarType::float32:
      return ScalarType::complex64;
    case ScalarType::float64:
      return ScalarType::complex128;
    default:
      return is_complex(type) ? type : to_complex(default_dtype());
  }
}

ScalarType to_real(ScalarType type) {
  switch (type) {
    case ScalarType::complex32:
      return ScalarType::float16;
    case ScalarType::complex64:
      return ScalarType::float32;
    case ScalarType::complex128:
      return ScalarType::float64;
    default:
      return type;
  }
}

ScalarType default_dtype() { return default_type.load(std::memory_order_relaxed); }
void set_default_dtype(ScalarType type) {
  if (!is_floating(type)) throw TypeError(cat("only floating-point types are supported as the default type"));
  default_type.store(type, std::memory_order_relaxed);
}

}  // namespace rushlight
