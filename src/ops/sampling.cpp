/// Random tensors: PyTorch's CPU stream, bit for bit (Matsumoto and Nishimura 1998; Box and Muller 1958).
#include <bit>
#include <cmath>

#include "ops/cpu/dtype_limits.h"
#include "ops/cpu/matmul.h"
#include "ops/cpu/normal_block.h"
#include "ops/cpu/sampling.h"
#include "ops/derived_forms.h"
#include "ops/functions/factories.h"
#include "ops/functions/sampling.h"
#include "ops/functions/views.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

using cpu::fill_in_order;
using OptType = std::optional<ScalarType>;
using OptLayout = std::optional<Layout>;
using OptDevice = std::optional<Device>;
using OptBool = std::optional<bool>;
using OptFormat = std::optional<MemoryFormat>;

template <class T>
T uniform_element(Generator& generator, double from, double to) {
  if constexpr (std::is_same_v<T, double>) {
    const double value = std::fma(generator.uniform_double(), to - from, from);  // one rounding, as in PyTorch
    return value < to ? value : from;
  } else if constexpr (cpu::is_complex_v<T>) {
    const auto real = uniform_element<typename T::value_type>(generator, from, to);
    return T(real, uniform_element<typename T::value_type>(generator, from, to));
  } else {
    // One rounding, as PyTorch's vector form has it; the bounds are rounded to float first.
    const float low = float(from), high = float(to);
    const T value = T(std::fma(generator.uniform_float(), high - low, low));
    return float(value) < float(T(high)) ? value : T(low);  // rounding may reach the end, which is not included
  }
}
Tensor uniform_inplace(const Tensor& self, double from, double to, Generator* generator) {
  if (is_floating(self.dtype()) || is_complex(self.dtype())) {
    const double largest = cpu::largest_finite(self.dtype());
    for (const auto& [name, bound] : {std::pair("from", from), std::pair("to", to)})
      if (!(std::abs(bound) <= largest))
        throw RuntimeError(cat(name, " is out of bounds for ", cpu::cpp_type_name(to_real(self.dtype()))));
    if (from <= to && !(to - from <= largest))
      throw RuntimeError(cat("uniform_ expects to-from <= std::numeric_limits<", dtype_info(self.dtype()).ir_name,
                             ">::max(), but found to=", to, " and from=", from,
                             " which result in to-from to exceed the limit"));
  }
  if (from > to)
    throw RuntimeError(cat("uniform_ expects to return a [from, to) range, but found from=", from, " > to=", to));
  fill_in_order<kFloating | kComplex>(self, generator, "check_uniform_bounds", [=](Generator& g, auto tag) {
    return uniform_element<typename decltype(tag)::type>(g, from, to);
  });
  return self;
}

/// The form for 16 and more contiguous elements: uniforms first, then blocks of 16 in place; a rest recomputes the last
/// block.
template <class T>
void normal_blocks(Generator& generator, T* out, int64_t count, double mean, double std) {
  constexpr int64_t kBlock = 16;
  if constexpr (cpu::is_reduced<T>) {
    const auto block = [&](T* to) {
      float values[kBlock];
      for (float& value : values) value = generator.uniform_float();
      cpu::normal_block(values, float(mean), float(std));
      for (int64_t i = 0; i < kBlock; ++i) to[i] = T(values[i]);
    };
    for (int64_t i = 0; i + kBlock <= count; i += kBlock) block(out + i);
    if (count % kBlock) block(out + count - kBlock);
  } else {
    const auto draw = [&] {
      if constexpr (std::is_same_v<T, float>)
        return generator.uniform_float();
      else
        return generator.uniform_double();
    };
    for (int64_t i = 0; i < count; ++i) out[i] = draw();
    for (int64_t i = 0; i + kBlock <= count; i += kBlock) cpu::normal_block(out + i, T(mean), T(std));
    if (count % kBlock) {
      T* last = out + count - kBlock;
      for (int64_t i = 0; i < kBlock; ++i) last[i] = draw();
      cpu::normal_block(last, T(mean), T(std));
    }
  }
}
Tensor normal_inplace(const Tensor& self, double mean, double std, Generator* given) {
  if (!(std >= 0)) throw RuntimeError(cat("normal expects std >= 0.0, but found std ", std));
  if (self.is_meta()) return self;
  if (is_complex(self.dtype())) {
    // The real view has one more dimension of two parts.
    Shape sizes(self.sizes());
    Strides strides(self.strides());
    for (int64_t& stride : strides) stride *= 2;
    sizes.push_back(2);
    strides.push_back(1);
    normal_inplace(tensor_over(self.storage(), to_real(self.dtype()), sizes, strides, self.storage_offset() * 2), mean,
                   std / std::sqrt(2.0), given);
    return self;
  }
  if (self.numel() >= 16 && self.is_contiguous()) {
    Generator& generator = given ? *given : default_generator();
    std::lock_guard lock(generator.mutex);
    cpu::dispatch<kFloating>(self.dtype(), "normal_kernel_cpu", [&](auto tag) {
      using T = typename decltype(tag)::type;
      normal_blocks(generator, self.data<T>(), self.numel(), mean, std);
    });
    return self;
  }
  fill_in_order<kFloating>(self, given, "normal_kernel_cpu", [=](Generator& g, auto tag) {
    return typename decltype(tag)::type(std::fma(g.normal(), std, mean));
  });
  return self;
}

uint64_t integer_below(Generator& generator, uint64_t range) {
  return range >= (uint64_t(1) << 28) ? generator.u64() % range : generator.u32() % range;
}

/// The largest whole number up to which a dtype has all.
int64_t largest_integer(ScalarType type) {
  switch (type) {
    case ScalarType::bool_:
      return 1;
    case ScalarType::uint8:
      return 255;
    case ScalarType::int8:
      return 127;
    case ScalarType::int16:
      return 32767;
    case ScalarType::int32:
      return 2147483647;
    case ScalarType::float16:
      return int64_t(1) << 11;
    case ScalarType::bfloat16:
      return int64_t(1) << 8;
    case ScalarType::float32:
      return int64_t(1) << 24;
    case ScalarType::float64:
      return int64_t(1) << 53;
    default:
      return std::numeric_limits<int64_t>::max();
  }
}
int64_t smallest_integer(ScalarType type) {
  if (type == ScalarType::bool_ || type == ScalarType::uint8) return 0;
  return is_floating(type) ? -largest_integer(type) : -largest_integer(type) - 1;
}
void check_random_bound(std::string_view name, int64_t value, ScalarType type) {
  if (is_complex(type))
    throw RuntimeError("check_random_bounds handles only integral, floating-point and boolean types");
  if (value >= smallest_integer(type) && value <= largest_integer(type)) return;
  if (!is_floating(type) || std::abs(double(value)) > cpu::largest_finite(type))
    throw RuntimeError(cat(name, " is out of bounds for ", cpu::cpp_type_name(type)));
  const int digits = std::countr_zero(uint64_t(largest_integer(type)));
  const std::string_view place = name == "from" ? "aten/src/ATen/native/DistributionTemplates.h:110"
                                                : "aten/src/ATen/native/DistributionTemplates.h:111";
  warn_at(place, cat(name, " is out of bounds [-(2^", digits, "), 2^", digits, "]. Due to precision limitations ",
                     cpu::cpp_type_name(type), " can support discrete uniform distribution only within this range. ",
                     "This warning will become an error in version 1.7 release, please fix the code in advance"));
}
template <class T>
T from_integer(int64_t value) {
  if constexpr (cpu::is_reduced<T>)
    return T(float(value));
  else
    return T(value);
}
/// `to`, or the next number below it if `to - 1` is none of the type's and would be rounded up to `to`.
template <class T>
int64_t end_below(int64_t to) {
  const double last = double(cpu::Compute<T>(from_integer<T>(to - 1)));
  if (last < double(to)) return to;
  const int digits = std::countr_zero(uint64_t(largest_integer(DtypeOf<T>::value)));
  return int64_t(last) - (int64_t(1) << (std::bit_width(uint64_t(std::abs(to - 1))) - digits));
}
/// `from`, or the next number above it if `from + 1` would be rounded down below it.
template <class T>
int64_t start_above(int64_t from) {
  const double next = double(cpu::Compute<T>(from_integer<T>(from + 1)));
  if (next >= double(from)) return from;
  const int digits = std::countr_zero(uint64_t(largest_integer(DtypeOf<T>::value)));
  return int64_t(next) + (int64_t(1) << (std::bit_width(uint64_t(std::abs(from + 1))) - digits));
}
/// from + a number below range; a range of 0 stands for 2^64.
Tensor random_in_range(const Tensor& self, int64_t from, uint64_t range, Generator* generator) {
  fill_in_order<kReal>(self, generator, "random_from_to_kernel_cpu", [=](Generator& g, auto tag) {
    using T = typename decltype(tag)::type;
    return from_integer<T>(int64_t((range ? integer_below(g, range) : g.u64()) + uint64_t(from)));
  });
  return self;
}
Tensor random_between(const Tensor& self, int64_t from, std::optional<int64_t> to, Generator* generator) {
  if (to && from >= *to)
    throw RuntimeError(cat("random_ expects 'from' to be less than 'to', but got from=", from, " >= to=", *to));
  check_random_bound("from", from, self.dtype());
  if (to) {
    check_random_bound("to - 1", *to - 1, self.dtype());
    int64_t first = from, end = *to;
    if (is_floating(self.dtype()))
      cpu::dispatch<kFloating>(self.dtype(), "random_update_from_to", [&](auto tag) {
        using T = typename decltype(tag)::type;
        first = start_above<T>(first);
        end = end_below<T>(end);
        if (first >= end)
          throw RuntimeError(
              cat("random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, but got from=", first,
                  " >= to=", end));
      });
    return random_in_range(self, first, uint64_t(end) - uint64_t(first), generator);
  }
  return random_in_range(self, from, uint64_t(largest_integer(self.dtype())) - uint64_t(from) + 1, generator);
}
Tensor random_to(const Tensor& self, int64_t to, Generator* generator) {
  return random_between(self, 0, to, generator);
}
Tensor random_full(const Tensor& self, Generator* generator) {
  fill_in_order<kReal>(self, generator, "random_kernel_cpu", [](Generator& g, auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_same_v<T, bool>)
      return bool(g.u32() & 1);
    else if constexpr (std::is_same_v<T, int64_t>)
      return T(g.u64() % (uint64_t(1) << 63));
    else if constexpr (std::is_same_v<T, double>)
      return T(g.u64() % ((uint64_t(1) << 53) + 1));
    else if constexpr (std::is_same_v<T, float>)
      return T(g.u32() % ((1u << 24) + 1));
    else if constexpr (std::is_same_v<T, Half>)
      return T(float(g.u32() % ((1u << 11) + 1)));
    else if constexpr (std::is_same_v<T, BFloat16>)
      return T(float(g.u32() % ((1u << 8) + 1)));
    else
      return T(g.u32() % (uint32_t(std::numeric_limits<T>::max()) + 1u));
  });
  return self;
}

Tensor rand_with(IntArrayRef size, Generator* generator, OptType dtype, OptLayout layout, OptDevice device,
                 OptBool pin) {
  return uniform_inplace(empty(size, dtype, layout, device, pin), 0, 1, generator);
}
Tensor rand_cpu(IntArrayRef size, OptType dtype, OptLayout layout, OptDevice device, OptBool pin) {
  return rand_with(size, nullptr, dtype, layout, device, pin);
}
Tensor randn_with(IntArrayRef size, Generator* generator, OptType dtype, OptLayout layout, OptDevice device,
                  OptBool pin) {
  return normal_inplace(empty(size, dtype, layout, device, pin), 0, 1, generator);
}
Tensor randn_cpu(IntArrayRef size, OptType dtype, OptLayout layout, OptDevice device, OptBool pin) {
  return randn_with(size, nullptr, dtype, layout, device, pin);
}
Tensor rand_like_cpu(const Tensor& self, OptType dtype, OptLayout layout, OptDevice device, OptBool pin,
                     OptFormat format) {
  return uniform_inplace(empty_like(self, dtype, layout, device, pin, format), 0, 1, nullptr);
}
Tensor randn_like_cpu(const Tensor& self, OptType dtype, OptLayout layout, OptDevice device, OptBool pin,
                      OptFormat format) {
  return normal_inplace(empty_like(self, dtype, layout, device, pin, format), 0, 1, nullptr);
}
Tensor rand_out(IntArrayRef size, const Tensor& out) {
  resize_out(out, size);
  return uniform_inplace(out, 0, 1, nullptr);
}
Tensor randn_out(IntArrayRef size, const Tensor& out) {
  resize_out(out, size);
  return normal_inplace(out, 0, 1, nullptr);
}
Tensor randint_out(int64_t high, IntArrayRef size, const Tensor& out) {
  resize_out(out, size);
  return random_between(out, 0, high, nullptr);
}
Tensor randint_low_out(int64_t low, int64_t high, IntArrayRef size, const Tensor& out) {
  resize_out(out, size);
  return random_between(out, low, high, nullptr);
}
Tensor randint_like_low(const Tensor& self, int64_t low, int64_t high, OptType dtype, OptLayout layout,
                        OptDevice device, OptBool pin, OptFormat format) {
  return random_between(empty_like(self, dtype, layout, device, pin, format), low, high, nullptr);
}
Tensor randint_like_cpu(const Tensor& self, int64_t high, OptType dtype, OptLayout layout, OptDevice device,
                        OptBool pin, OptFormat format) {
  return randint_like_low(self, 0, high, dtype, layout, device, pin, format);
}
Tensor randint_like_tensor(const Tensor& self, const Tensor& high, OptType dtype, OptLayout layout, OptDevice device,
                           OptBool pin, OptFormat format) {
  if (high.numel() != 1 || high.dim() != 0) throw RuntimeError("high must be a scalar tensor and on CPU");
  return randint_like_low(self, 0, high.item().to<int64_t>(), dtype, layout, device, pin, format);
}
Tensor randint_low_with(int64_t low, int64_t high, IntArrayRef size, Generator* generator, OptType dtype,
                        OptLayout layout, OptDevice device, OptBool pin) {
  return random_between(empty(size, dtype.value_or(ScalarType::int64), layout, device, pin), low, high, generator);
}
Tensor randint_with(int64_t high, IntArrayRef size, Generator* generator, OptType dtype, OptLayout layout,
                    OptDevice device, OptBool pin) {
  return randint_low_with(0, high, size, generator, dtype, layout, device, pin);
}
Tensor randint_low(int64_t low, int64_t high, IntArrayRef size, OptType dtype, OptLayout layout, OptDevice device,
                   OptBool pin) {
  return randint_low_with(low, high, size, nullptr, dtype, layout, device, pin);
}
Tensor randint_cpu(int64_t high, IntArrayRef size, OptType dtype, OptLayout layout, OptDevice device, OptBool pin) {
  return randint_low_with(0, high, size, nullptr, dtype, layout, device, pin);
}
Tensor randperm_with(int64_t n, Generator* given, OptType dtype, OptLayout layout, OptDevice device, OptBool pin) {
  if (n < 0) throw RuntimeError(cat("Trying to create tensor with negative dimension ", n, ": [", n, "]"));
  const ScalarType type = dtype.value_or(ScalarType::int64);
  if (is_floating(type) && n > largest_integer(type) + 1)
    throw RuntimeError(
        cat("n cannot be greater than ", largest_integer(type) + 1, " for ", dtype_info(type).ir_name, " type."));
  if (!is_floating(type) && n - 1 > largest_integer(type))
    throw RuntimeError(cat("value cannot be converted to type ", cpu::cpp_type_name(type), " without overflow"));
  Tensor result = empty(n, dtype.value_or(ScalarType::int64), layout, device, pin);
  if (result.is_meta()) return result;
  Generator& generator = given ? *given : default_generator();
  std::lock_guard lock(generator.mutex);
  std::vector<int64_t> order(size_t(n), 0);
  for (int64_t i = 0; i < n; ++i) order[size_t(i)] = i;
  for (int64_t i = 0; i + 1 < n; ++i) std::swap(order[size_t(i)], order[size_t(i + generator.u32() % uint64_t(n - i))]);
  const Tensor numbers =
      tensor_over(Storage::borrow(order.data(), order.size() * 8, nullptr), ScalarType::int64, n, 1, 0);
  cpu::copy_into(result, numbers);
  return result;
}
Tensor randperm_cpu(int64_t n, OptType dtype, OptLayout layout, OptDevice device, OptBool pin) {
  return randperm_with(n, nullptr, dtype, layout, device, pin);
}

Tensor bernoulli_inplace(const Tensor& self, double p, Generator* generator) {
  if (!(p >= 0 && p <= 1)) throw RuntimeError(cat("bernoulli_ expects p to be in [0, 1], but got p=", p));
  fill_in_order<kReal>(self, generator, "bernoulli_scalar_cpu_", [=](Generator& g, auto tag) {
    using T = typename decltype(tag)::type;
    return T(float(g.uniform_double() < p));
  });
  return self;
}
/// Each element is 1 with the probability at its place. Probabilities of double are compared in double.
Tensor bernoulli_with(const Tensor& self, const Tensor& p, Generator* given) {
  cpu::dispatch<kReal>(self.dtype(), "bernoulli_tensor_cpu_self_", [](auto) {});
  const Tensor probabilities = cpu::contiguous(cpu::with_order(expand(p, self.sizes()), cpu::memory_order(self)));
  cpu::dispatch<kFloating>(p.dtype(), "bernoulli_tensor_cpu_p_", [&](auto tag) {
    using P = typename decltype(tag)::type;
    const P* next = probabilities.data<P>();
    fill_in_order<kReal>(self, given, "bernoulli_tensor_cpu_self_", [&](Generator& generator, auto self_tag) {
      using T = typename decltype(self_tag)::type;
      const double chance = double(cpu::Compute<P>(*next++));
      if (!(chance >= 0 && chance <= 1))
        throw RuntimeError(
            "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be improved?  If "
            "so, "
            "please report an enhancement request to PyTorch.)");
      const double draw = std::is_same_v<P, double> ? generator.uniform_double() : double(generator.uniform_float());
      return T(float(draw < chance));
    });
  });
  return self;
}
Tensor bernoulli_cpu(const Tensor& self, Generator* generator) {
  return bernoulli_with(empty_tensor(self.sizes(), self.dtype(), self.device()), self, generator);
}
Tensor bernoulli_p(const Tensor& self, double p, Generator* generator) {
  return bernoulli_inplace(empty_like(self), p, generator);
}
Tensor bernoulli_tensor(const Tensor& self, const Tensor& p, Generator* generator) {
  return bernoulli_with(empty_like(self), p, generator);
}
Tensor exponential_inplace(const Tensor& self, double lambda, Generator* generator) {
  if (!is_floating(self.dtype()))
    throw RuntimeError(
        cat("Exponential distribution is a continuous probability distribution. dtype must be a floating ",
            "point but you specified ", dtype_info(self.dtype()).ir_name));
  if (!(lambda > 0)) throw RuntimeError(cat("exponential_ expects lambda > 0.0, but found lambda=", lambda));
  fill_in_order<kFloating>(self, generator, "exponential_cpu", [=](Generator& g, auto tag) {
    return typename decltype(tag)::type(-1.0 / lambda * std::log1p(-g.uniform_double()));
  });
  return self;
}

}  // namespace

void declare_sampling(OpSet& ops) {
  constexpr OpTraits kDraw = OpTraits::nondeterministic | OpTraits::not_differentiable | OpTraits::no_method;
  constexpr OpTraits kWrite = OpTraits::nondeterministic | OpTraits::no_function;
  const auto forget = [](const Backward& b) { return zeros_like(b.grad()); };
  ops.add({.schema = "rand(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
                     "pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&rand_cpu>(),
           .traits = kDraw,
           .doc = "Uniform numbers in [0, 1)."});
  ops.add({.schema = "rand.generator(SymInt[] size, *, Generator? generator, ScalarType? dtype=None, Layout? "
                     "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&rand_with>(),
           .traits = kDraw,
           .doc = "Uniform numbers in [0, 1)."});
  ops.add({.schema = "randn(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? "
                     "pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&randn_cpu>(),
           .traits = kDraw,
           .doc = "Normal numbers with mean 0 and variance 1."});
  ops.add({.schema = "randn.generator(SymInt[] size, *, Generator? generator, ScalarType? dtype=None, Layout? "
                     "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&randn_with>(),
           .traits = kDraw,
           .doc = "Normal numbers with mean 0 and variance 1."});
  ops.add({.schema = "rand_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, "
                     "bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
           .kernel = typed_kernel<&rand_like_cpu>(),
           .traits = kDraw,
           .doc = "Uniform numbers in the shape of self."});
  ops.add({.schema = "randn_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, "
                     "bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
           .kernel = typed_kernel<&randn_like_cpu>(),
           .traits = kDraw,
           .doc = "Normal numbers in the shape of self."});
  ops.add({.schema = "rand.out(SymInt[] size, *, Tensor(a!) out) -> Tensor(a!)",
           .kernel = typed_kernel<&rand_out>(),
           .traits = kDraw,
           .doc = "rand into a given tensor, in its dtype."});
  ops.add({.schema = "randn.out(SymInt[] size, *, Tensor(a!) out) -> Tensor(a!)",
           .kernel = typed_kernel<&randn_out>(),
           .traits = kDraw,
           .doc = "randn into a given tensor, in its dtype."});
  ops.add({.schema = "randint.out(SymInt high, SymInt[] size, *, Tensor(a!) out) -> Tensor(a!)",
           .kernel = typed_kernel<&randint_out>(),
           .traits = kDraw,
           .doc = "randint into a given tensor, in its dtype."});
  ops.add({.schema = "randint.low_out(SymInt low, SymInt high, SymInt[] size, *, Tensor(a!) out) -> Tensor(a!)",
           .kernel = typed_kernel<&randint_low_out>(),
           .traits = kDraw,
           .doc = "randint into a given tensor, in its dtype."});
  ops.add({.schema = "randint_like(Tensor self, SymInt high, *, ScalarType? dtype=None, Layout? layout=None, Device? "
                     "device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
           .kernel = typed_kernel<&randint_like_cpu>(),
           .traits = kDraw,
           .doc = "Integers in [0, high) in the shape of self."});
  ops.add({.schema = "randint_like.Tensor(Tensor self, Tensor high, *, ScalarType? dtype=None, Layout? layout=None, "
                     "Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor",
           .kernel = typed_kernel<&randint_like_tensor>(),
           .traits = kDraw,
           .doc = "Integers in [0, high) in the shape of self."});
  ops.add({.schema = "randint_like.low_dtype(Tensor self, SymInt low, SymInt high, *, ScalarType? dtype=None, Layout? "
                     "layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> "
                     "Tensor",
           .kernel = typed_kernel<&randint_like_low>(),
           .traits = kDraw,
           .doc = "Integers in [low, high) in the shape of self."});
  ops.add({.schema = "randint(SymInt high, SymInt[] size, *, ScalarType? dtype=long, Layout? layout=None, Device? "
                     "device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&randint_cpu>(),
           .traits = kDraw,
           .doc = "Integers in [0, high)."});
  ops.add({.schema = "randint.generator(SymInt high, SymInt[] size, *, Generator? generator, ScalarType? dtype=long, "
                     "Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&randint_with>(),
           .traits = kDraw,
           .doc = "Integers in [0, high)."});
  ops.add({.schema = "randint.low(SymInt low, SymInt high, SymInt[] size, *, ScalarType? dtype=long, Layout? "
                     "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&randint_low>(),
           .traits = kDraw,
           .doc = "Integers in [low, high)."});
  ops.add({.schema =
               "randint.low_generator(SymInt low, SymInt high, SymInt[] size, *, Generator? generator, ScalarType? "
               "dtype=long, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&randint_low_with>(),
           .traits = kDraw,
           .doc = "Integers in [low, high)."});
  ops.add({.schema = "randperm(SymInt n, *, ScalarType? dtype=long, Layout? layout=None, Device? device=None, bool? "
                     "pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&randperm_cpu>(),
           .traits = kDraw,
           .doc = "The numbers 0 to n - 1 in random order."});
  ops.add({.schema = "randperm.generator(SymInt n, *, Generator? generator, ScalarType? dtype=long, Layout? "
                     "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
           .kernel = typed_kernel<&randperm_with>(),
           .traits = kDraw,
           .doc = "The numbers 0 to n - 1 in random order."});
  ops.add(
      {.schema = "uniform_(Tensor(a!) self, float from=0., float to=1., *, Generator? generator=None) -> Tensor(a!)",
       .kernel = typed_kernel<&uniform_inplace>(),
       .derivatives = {{"self", forget}},
       .traits = kWrite,
       .doc = "Uniform numbers in [from, to)."});
  ops.add(
      {.schema = "normal_(Tensor(a!) self, float mean=0., float std=1., *, Generator? generator=None) -> Tensor(a!)",
       .kernel = typed_kernel<&normal_inplace>(),
       .derivatives = {{"self", forget}},
       .traits = kWrite,
       .doc = "Normal numbers."});
  ops.add({.schema = "random_.from(Tensor(a!) self, int from, int? to, *, Generator? generator=None) -> Tensor(a!)",
           .kernel = typed_kernel<&random_between>(),
           .derivatives = {{"self", forget}},
           .traits = kWrite,
           .doc = "Integers in [from, to)."});
  ops.add({.schema = "random_.to(Tensor(a!) self, int to, *, Generator? generator=None) -> Tensor(a!)",
           .kernel = typed_kernel<&random_to>(),
           .derivatives = {{"self", forget}},
           .traits = kWrite,
           .doc = "Integers in [0, to)."});
  ops.add({.schema = "random_(Tensor(a!) self, *, Generator? generator=None) -> Tensor(a!)",
           .kernel = typed_kernel<&random_full>(),
           .derivatives = {{"self", forget}},
           .traits = kWrite,
           .doc = "Integers over the whole range of the dtype."});
  ops.add({.schema = "bernoulli_.float(Tensor(a!) self, float p=0.5, *, Generator? generator=None) -> Tensor(a!)",
           .kernel = typed_kernel<&bernoulli_inplace>(),
           .derivatives = {{"self", forget}},
           .traits = kWrite,
           .doc = "1 with probability p, else 0."});
  ops.add(
      {.schema = "bernoulli_.Tensor(Tensor(a!) self, Tensor p, *, Generator? generator=None) -> Tensor(a!)",
       .kernel = typed_kernel<&bernoulli_with>(),
       .derivatives = {{"self", forget}, {"p", [](const Backward& b) { return zeros(b.sizes("p"), b.dtype("p")); }}},
       .grad_fn = "BernoulliBackward1",
       .traits = kWrite,
       .doc = "1 with the probability that p gives for each element, else 0."});
  ops.add(
      {.schema = "bernoulli.Tensor(Tensor self, Tensor p, *, Generator? generator=None) -> Tensor",
       .kernel = typed_kernel<&bernoulli_tensor>(),
       .derivatives = {{"self", forget}, {"p", [](const Backward& b) { return zeros(b.sizes("p"), b.dtype("p")); }}},
       .grad_fn = "BernoulliBackward1",
       .traits = OpTraits::nondeterministic,
       .doc = "1 with the probability that p gives for each element, else 0, in the shape of self."});
  ops.add({.schema = "bernoulli(Tensor self, *, Generator? generator=None) -> Tensor",
           .out = "out",
           .kernel = typed_kernel<&bernoulli_cpu>(),
           .derivatives = {{"self", forget}},
           .traits = OpTraits::nondeterministic,
           .doc = "1 with the probability that each element gives, else 0."});
  ops.add({.schema = "bernoulli.p(Tensor self, float p, *, Generator? generator=None) -> Tensor",
           .kernel = typed_kernel<&bernoulli_p>(),
           .derivatives = {{"self", forget}},
           .traits = OpTraits::nondeterministic,
           .doc = "1 with probability p, else 0, in the shape of self."});
  ops.add({.schema = "exponential_(Tensor(a!) self, float lambd=1., *, Generator? generator=None) -> Tensor(a!)",
           .kernel = typed_kernel<&exponential_inplace>(),
           .derivatives = {{"self", forget}},
           .traits = kWrite,
           .doc = "Exponential numbers with rate lambd."});
}

}  // namespace rushlight::ops
