/// Functions of Python's math and cmath that TorchScript lacks: `math.hypot` is `rushlight::math_hypot`. They mean what
/// Python's do, errors included, with integers of 64 bits.
#include <algorithm>
#include <cmath>
#include <complex>
#include <numeric>

#include "base/text.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

using Complex = std::complex<double>;

double real(const Scalar& x) {
  if (x.is_complex()) throw TypeError("must be real number, not complex");
  return x.to<double>();
}
std::vector<double> reals(ListObject& list) {
  std::vector<double> values;
  for (size_t i = 0; i < list.size(); ++i) values.push_back(real(list.get(i).to_scalar()));
  return values;
}
[[noreturn]] void fail_domain() { throw ValueError("math domain error"); }
[[noreturn]] void fail_range() { throw RuntimeError("OverflowError: math range error"); }
[[noreturn]] void fail_size(const char* name) { throw RuntimeError(cat(name, "() does not fit into 64 bits")); }

// ---- Powers and logarithms

double log2_of(const Scalar& number) {
  const double x = real(number);
  if (x <= 0) fail_domain();
  return std::log2(x);
}
double exp2_of(const Scalar& number) {
  const double x = real(number), result = std::exp2(x);
  if (std::isinf(result) && !std::isinf(x)) fail_range();
  return result;
}
double cbrt_of(const Scalar& x) { return std::cbrt(real(x)); }
int64_t isqrt_of(int64_t n) {
  if (n < 0) throw ValueError("isqrt() argument must be nonnegative");
  // The root of the nearest double is off by one at most.
  uint64_t root = uint64_t(std::sqrt(double(n)));
  while (root * root > uint64_t(n)) --root;
  while ((root + 1) * (root + 1) <= uint64_t(n)) ++root;
  return int64_t(root);
}

// ---- Sums without loss: a number is `high + low`, where `low` is what rounding took from `high`

struct Pair {
  double high, low;
};
Pair exact_sum(double a, double b) {
  const double sum = a + b, of_b = sum - a;
  return {sum, (a - (sum - of_b)) + (b - of_b)};
}
Pair exact_product(double a, double b) {
  const double product = a * b;
  return {product, std::fma(a, b, -product)};
}

/// The sum of many numbers, rounded once: parts that do not overlap, the smallest first.
class ExactSum {
 public:
  void add(double x) {
    if (!std::isfinite(x)) {
      special_ += x;
      has_special_ = true;
      return;
    }
    size_t kept = 0;
    for (double part : parts_) {
      const Pair sum = std::abs(x) < std::abs(part) ? exact_sum(part, x) : exact_sum(x, part);
      if (sum.low != 0) parts_[kept++] = sum.low;
      x = sum.high;
    }
    parts_.resize(kept);
    if (!std::isfinite(x)) throw RuntimeError("OverflowError: intermediate overflow in fsum");
    if (x != 0) parts_.push_back(x);
  }
  double total() const {
    if (has_special_) return special_;
    double high = 0, low = 0;
    size_t i = parts_.size();
    while (i-- > 0) {
      const Pair sum = exact_sum(high, parts_[i]);
      high = sum.high;
      low = sum.low;
      if (low != 0) break;
    }
    // Half way between two numbers the parts that are left decide.
    if (low != 0 && i > 0 && i != size_t(-1) && (low < 0) == (parts_[i - 1] < 0)) {
      const double twice = low * 2, rounded = high + twice;
      if (rounded - high == twice) high = rounded;
    }
    return high;
  }

 private:
  std::vector<double> parts_;
  double special_ = 0;
  bool has_special_ = false;
};

double fsum_of(ListObject& numbers) {
  ExactSum sum;
  bool has_nan = false;
  for (double x : reals(numbers)) {
    has_nan = has_nan || std::isnan(x);
    sum.add(x);
  }
  const double total = sum.total();
  if (std::isnan(total) && !has_nan) throw ValueError("-inf + inf in fsum");
  return total;
}

/// The length of a vector, scaled so that no square overflows.
double length_of(const std::vector<double>& coordinates) {
  double largest = 0;
  bool has_nan = false;
  for (double x : coordinates) {
    has_nan = has_nan || std::isnan(x);
    largest = std::max(largest, std::abs(x));
  }
  if (std::isinf(largest)) return largest;
  if (has_nan) return NAN;
  if (largest == 0) return 0;
  int exponent = 0;
  std::frexp(largest, &exponent);
  Pair squares{0, 0};
  for (double x : coordinates) {
    const double scaled = std::ldexp(x, -exponent);
    const Pair square = exact_product(scaled, scaled), sum = exact_sum(squares.high, square.high);
    squares = {sum.high, squares.low + square.low + sum.low};
  }
  const double root = std::sqrt(squares.high + squares.low);
  const Pair again = exact_product(root, root);
  const double rest = (squares.high - again.high) - again.low + squares.low;
  return std::ldexp(root + rest / (2 * root), exponent);
}
double hypot_of(ListObject& coordinates) { return length_of(reals(coordinates)); }
double dist_of(ListObject& p, ListObject& q) {
  if (p.size() != q.size()) throw ValueError("both points must have the same number of dimensions");
  std::vector<double> differences = reals(p);
  const std::vector<double> other = reals(q);
  for (size_t i = 0; i < differences.size(); ++i) differences[i] -= other[i];
  return length_of(differences);
}

void check_sumprod(ListObject& p, ListObject& q) {
  if (p.size() != q.size()) throw ValueError("Inputs are not the same length");
}
double sumprod_floats(ListObject& p, ListObject& q) {
  check_sumprod(p, q);
  const std::vector<double> a = reals(p), b = reals(q);
  ExactSum sum;
  for (size_t i = 0; i < a.size(); ++i) {
    const Pair product = exact_product(a[i], b[i]);
    sum.add(product.high);
    if (std::isfinite(product.high)) sum.add(product.low);
  }
  return sum.total();
}
int64_t sumprod_ints(ListObject& p, ListObject& q) {
  check_sumprod(p, q);
  int64_t sum = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    int64_t product;
    if (__builtin_mul_overflow(p.get(i).to_int(), q.get(i).to_int(), &product) ||
        __builtin_add_overflow(sum, product, &sum))
      fail_size("sumprod");
  }
  return sum;
}

// ---- Integers

int64_t prod_ints(ListObject& numbers, int64_t start) {
  uint64_t product = uint64_t(start);
  for (size_t i = 0; i < numbers.size(); ++i) product *= uint64_t(numbers.get(i).to_int());
  return int64_t(product);
}
double prod_floats(ListObject& numbers, const Scalar& start) {
  double product = real(start);
  for (double x : reals(numbers)) product *= x;
  return product;
}

int64_t comb_of(int64_t n, int64_t k) {
  if (n < 0) throw ValueError("n must be a non-negative integer");
  if (k < 0) throw ValueError("k must be a non-negative integer");
  if (k > n) return 0;
  k = std::min(k, n - k);
  uint64_t result = 1;
  for (int64_t i = 1; i <= k; ++i) {
    // result * (n - k + i) / i is whole; the common factors go first.
    uint64_t factor = uint64_t(n - k + i), divisor = uint64_t(i);
    const uint64_t common = std::gcd(result, divisor);
    result /= common;
    factor /= divisor / common;
    if (__builtin_mul_overflow(result, factor, &result) || result > uint64_t(INT64_MAX)) fail_size("comb");
  }
  return int64_t(result);
}
int64_t perm_of(int64_t n, std::optional<int64_t> given) {
  const int64_t k = given.value_or(n);
  if (n < 0) throw ValueError("n must be a non-negative integer");
  if (k < 0) throw ValueError("k must be a non-negative integer");
  if (k > n) return 0;
  int64_t result = 1;
  for (int64_t i = 0; i < k; ++i)
    if (__builtin_mul_overflow(result, n - i, &result)) fail_size("perm");
  return result;
}
int64_t lcm_of(IntArrayRef integers) {
  uint64_t result = 1;
  for (int64_t integer : integers) {
    const uint64_t size = integer < 0 ? 0 - uint64_t(integer) : uint64_t(integer);
    if (size == 0) return 0;
    if (__builtin_mul_overflow(result / std::gcd(result, size), size, &result) || result > uint64_t(INT64_MAX))
      fail_size("lcm");
  }
  return int64_t(result);
}

// ---- Floating numbers

int64_t trunc_float(double x) {
  if (std::isnan(x)) throw ValueError("cannot convert float NaN to integer");
  if (std::isinf(x)) throw RuntimeError("OverflowError: cannot convert float infinity to integer");
  if (x >= 9223372036854775808.0 || x < -9223372036854775808.0) fail_size("trunc");
  return int64_t(x);
}
int64_t trunc_int(int64_t x) { return x; }
double nextafter_of(const Scalar& x, const Scalar& y) { return std::nextafter(real(x), real(y)); }
double ulp_of(const Scalar& number) {
  const double x = std::abs(real(number));
  if (!std::isfinite(x)) return x;
  const double next = std::nextafter(x, INFINITY);
  return std::isinf(next) ? x - std::nextafter(x, 0) : next - x;
}

template <class T>
bool are_close(T a, T b, double relative, double absolute) {
  if (relative < 0 || absolute < 0) throw ValueError("tolerances must be non-negative");
  if (a == b) return true;
  if (std::isinf(std::abs(a)) || std::isinf(std::abs(b))) return false;
  const double difference = std::abs(a - b);
  return difference <= std::abs(relative * std::abs(b)) || difference <= std::abs(relative * std::abs(a)) ||
         difference <= absolute;
}
bool isclose_of(const Scalar& a, const Scalar& b, const Scalar& relative, const Scalar& absolute) {
  return are_close(real(a), real(b), real(relative), real(absolute));
}
bool complex_isclose(const Scalar& a, const Scalar& b, const Scalar& relative, const Scalar& absolute) {
  return are_close(a.to<Complex>(), b.to<Complex>(), real(relative), real(absolute));
}
std::tuple<double, double> polar_of(const Scalar& z) {
  const Complex number = z.to<Complex>();
  return {std::abs(number), std::arg(number)};
}

}  // namespace

void declare_builtins_python_math(OpSet& ops) {
  const auto add = [&](const char* schema, auto kernel, const char* doc) {
    ops.add({.schema = schema, .kernel = kernel, .traits = OpTraits::language, .doc = doc});
  };
  add("rushlight::math_log2(Scalar x) -> float", typed_kernel<&log2_of>(), "math.log2");
  add("rushlight::math_exp2(Scalar x) -> float", typed_kernel<&exp2_of>(), "math.exp2");
  add("rushlight::math_cbrt(Scalar x) -> float", typed_kernel<&cbrt_of>(), "math.cbrt");
  add("rushlight::math_isqrt(int n) -> int", typed_kernel<&isqrt_of>(), "math.isqrt");
  add("rushlight::math_hypot(Scalar[] coordinates) -> float", typed_kernel<&hypot_of>(), "math.hypot");
  for (const char* schema :
       {"rushlight::math_dist(float[] p, float[] q) -> float", "rushlight::math_dist.int(int[] p, int[] q) -> float",
        "rushlight::math_dist.int_float(int[] p, float[] q) -> float",
        "rushlight::math_dist.float_int(float[] p, int[] q) -> float"})
    add(schema, typed_kernel<&dist_of>(), "math.dist");
  add("rushlight::math_fsum(float[] seq) -> float", typed_kernel<&fsum_of>(), "math.fsum");
  add("rushlight::math_fsum.int(int[] seq) -> float", typed_kernel<&fsum_of>(), "math.fsum");
  add("rushlight::math_sumprod.int(int[] p, int[] q) -> int", typed_kernel<&sumprod_ints>(), "math.sumprod");
  for (const char* schema : {"rushlight::math_sumprod(float[] p, float[] q) -> float",
                             "rushlight::math_sumprod.int_float(int[] p, float[] q) -> float",
                             "rushlight::math_sumprod.float_int(float[] p, int[] q) -> float"})
    add(schema, typed_kernel<&sumprod_floats>(), "math.sumprod");
  add("rushlight::math_prod.int(int[] iterable, *, int start=1) -> int", typed_kernel<&prod_ints>(), "math.prod");
  add("rushlight::math_prod.int_float(int[] iterable, *, float start) -> float", typed_kernel<&prod_floats>(),
      "math.prod");
  add("rushlight::math_prod.float(float[] iterable, *, Scalar start=1) -> float", typed_kernel<&prod_floats>(),
      "math.prod");
  add("rushlight::math_comb(int n, int k) -> int", typed_kernel<&comb_of>(), "math.comb");
  add("rushlight::math_perm(int n, int? k=None) -> int", typed_kernel<&perm_of>(), "math.perm");
  add("rushlight::math_lcm(int[] integers=[]) -> int", typed_kernel<&lcm_of>(), "math.lcm");
  add("rushlight::math_trunc.int(int x) -> int", typed_kernel<&trunc_int>(), "math.trunc");
  add("rushlight::math_trunc(float x) -> int", typed_kernel<&trunc_float>(), "math.trunc");
  add("rushlight::math_nextafter(Scalar x, Scalar y) -> float", typed_kernel<&nextafter_of>(), "math.nextafter");
  add("rushlight::math_ulp(Scalar x) -> float", typed_kernel<&ulp_of>(), "math.ulp");
  add("rushlight::math_isclose(Scalar a, Scalar b, *, Scalar rel_tol=1e-09, Scalar abs_tol=0) -> bool",
      typed_kernel<&isclose_of>(), "math.isclose");
  add("rushlight::cmath_isclose(Scalar a, Scalar b, *, Scalar rel_tol=1e-09, Scalar abs_tol=0) -> bool",
      typed_kernel<&complex_isclose>(), "cmath.isclose");
  add("rushlight::cmath_polar(Scalar z) -> (float, float)", typed_kernel<&polar_of>(), "cmath.polar");
}

}  // namespace rushlight::ops
