/// What Python's operators and functions take and TorchScript's do not: the compiler asks for `rushlight::name` when no
/// overload of `aten::name` or `prim::name` takes the arguments.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "base/text.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

std::string repeat_text(std::string_view text, int64_t count) {
  constexpr size_t kLongest = size_t(1) << 40;
  if (count <= 0 || text.empty()) return {};
  if (size_t(count) > kLongest / text.size()) throw RuntimeError("repeated string is too long");
  std::string result;
  result.reserve(text.size() * size_t(count));
  for (int64_t i = 0; i < count; ++i) result += text;
  return result;
}
std::string repeat_text_after(int64_t count, std::string_view text) { return repeat_text(text, count); }

Ref<DictObject> merged(DictObject& a, DictObject& b) {
  Ref<DictObject> result = a.copy();
  b.for_each([&](const IValue& key, const IValue& value) { result->insert_or_assign(key, value); });
  return result;
}

/// To a multiple of 10^places; halves go to the even neighbour.
int64_t round_int(int64_t x, int64_t digits) {
  if (digits >= 0) return x;
  if (digits < -19) return 0;
  unsigned __int128 unit = 1;
  for (int64_t i = 0; i < -digits; ++i) unit *= 10;
  const auto size = x < 0 ? -static_cast<unsigned __int128>(x) & UINT64_MAX : static_cast<unsigned __int128>(x);
  unsigned __int128 multiple = size / unit;
  const unsigned __int128 rest = size % unit;
  if (rest * 2 > unit || (rest * 2 == unit && multiple % 2 == 1)) ++multiple;
  const unsigned __int128 rounded = multiple * unit;
  if (rounded > static_cast<unsigned __int128>(INT64_MAX))
    throw RuntimeError("the rounded number does not fit in 64 bits");
  return x < 0 ? -int64_t(rounded) : int64_t(rounded);
}

/// As CPython does: the exact value of the double is rounded, halves to the even neighbour.
double round_float(double x, int64_t digits) {
  constexpr int64_t kMost = 323, kLeast = -308;
  if (!std::isfinite(x) || x == 0 || digits > kMost) return x;
  if (digits < kLeast) return std::copysign(0.0, x);
  std::string text = fmt::format("{:.{}f}", x, std::max<int64_t>(digits, 0));
  if (digits < 0) {
    // All digits before the point, and whether something follows: a half is one only if nothing does.
    const bool is_whole = std::trunc(x) == x;
    std::string whole = fmt::format("{:.0f}", std::trunc(std::fabs(x)));
    const size_t dropped = size_t(-digits);
    if (whole.size() < dropped) return std::copysign(0.0, x);
    whole.insert(whole.begin(), '0');
    const size_t kept = whole.size() - dropped;
    const std::string_view tail = std::string_view(whole).substr(kept);
    const bool over = tail[0] > '5' || (tail[0] == '5' && (tail.find_first_not_of('0', 1) != tail.npos || !is_whole));
    const bool is_half = tail[0] == '5' && !over;
    bool up = over || (is_half && (whole[kept - 1] - '0') % 2 == 1);
    for (size_t i = kept; up && i-- > 0;) {
      up = whole[i] == '9';
      whole[i] = up ? '0' : char(whole[i] + 1);
    }
    std::fill(whole.begin() + ptrdiff_t(kept), whole.end(), '0');
    text = cat(x < 0 ? "-" : "", whole);
  }
  double rounded = 0;
  std::from_chars(text.data(), text.data() + text.size(), rounded);
  return rounded;
}

std::string greater_text(std::string_view a, std::string_view b) { return std::string(b > a ? b : a); }
std::string smaller_text(std::string_view a, std::string_view b) { return std::string(b < a ? b : a); }

}  // namespace

void declare_builtins_python_fallbacks(OpSet& ops) {
  const auto add = [&](const char* schema, Kernel kernel, const char* doc) {
    ops.add({.schema = schema, .kernel = kernel, .traits = OpTraits::language, .doc = doc});
  };
  add("rushlight::mul.str_int(str s, int n) -> str", typed_kernel<&repeat_text>(), "a text so many times");
  add("rushlight::mul.int_str(int n, str s) -> str", typed_kernel<&repeat_text_after>(), "a text so many times");
  add("rushlight::__or__.dict(Dict(k, v) self, Dict(k, v) other) -> Dict(k, v)", typed_kernel<&merged>(),
      "a dictionary with the entries of both; the second one's count");
  add("rushlight::round.int_digits(int number, int ndigits) -> int", typed_kernel<&round_int>(),
      "a whole number rounded to tens, hundreds, ...");
  add("rushlight::round.float_digits(float number, int ndigits) -> float", typed_kernel<&round_float>(),
      "a number rounded to so many decimals");
  add("rushlight::max.str(str a, str b) -> str", typed_kernel<&greater_text>(), "the text that sorts last");
  add("rushlight::min.str(str a, str b) -> str", typed_kernel<&smaller_text>(), "the text that sorts first");
}

}  // namespace rushlight::ops
