#include "ops/cpu/copy.h"

#include <cstring>

#include "ops/cpu/dispatch.h"
#include "ops/cpu/elementwise.h"

namespace rushlight::cpu {
namespace {

template <class To, class From>
To convert(From value) {
  if constexpr (std::is_same_v<To, From>) {
    return value;
  } else if constexpr (is_complex_v<To>) {
    using Part = typename To::value_type;
    if constexpr (is_complex_v<From>)
      return To(Part(value.real()), Part(value.imag()));
    else
      return To(convert<Part>(value), Part(0));
  } else if constexpr (is_complex_v<From>) {
    if constexpr (std::is_same_v<To, bool>)
      return value != From(0);
    else
      return convert<To>(value.real());
  } else if constexpr (std::is_same_v<To, bool>) {
    return Compute<From>(value) != 0;
  } else if constexpr (std::is_integral_v<To> && is_floating_v<From>) {
    // Out of range is undefined in C++; this is what x86 does, as in PyTorch: narrow types go through int32.
    const double wide = double(Compute<From>(value));
    if constexpr (sizeof(To) <= 4)
      if (!(wide > -2147483649.0 && wide < 2147483648.0)) return To(std::numeric_limits<int32_t>::min());
    if (!(wide >= -9.2233720368547758e18 && wide < 9.2233720368547758e18))
      return To(std::numeric_limits<int64_t>::min());
    return To(int64_t(wide));
  } else {
    return To(Compute<From>(value));
  }
}

template <class To, class From>
void convert_row(std::byte* const* data, const int64_t* strides, int64_t count) {
  std::byte* out = data[0];
  const std::byte* in = data[1];
  if (strides[0] == int64_t(sizeof(To)) && strides[1] == int64_t(sizeof(From))) {
    To* to = reinterpret_cast<To*>(out);
    const From* from = reinterpret_cast<const From*>(in);
    for (int64_t i = 0; i < count; ++i) to[i] = convert<To, From>(from[i]);
    return;
  }
  for (int64_t i = 0; i < count; ++i, out += strides[0], in += strides[1])
    *reinterpret_cast<To*>(out) = convert<To, From>(*reinterpret_cast<const From*>(in));
}

/// Same dtype: only the size of an element matters.
template <class Word>
void copy_row(std::byte* const* data, const int64_t* strides, int64_t count) {
  if (strides[0] == int64_t(sizeof(Word)) && strides[1] == int64_t(sizeof(Word))) {
    std::memmove(data[0], data[1], size_t(count) * sizeof(Word));
    return;
  }
  std::byte* out = data[0];
  const std::byte* in = data[1];
  for (int64_t i = 0; i < count; ++i, out += strides[0], in += strides[1]) std::memcpy(out, in, sizeof(Word));
}

struct Wide {
  uint64_t parts[2];
};

void run_same(Elementwise& plan, size_t item_size) {
  switch (item_size) {
    case 1:
      return plan.run(copy_row<uint8_t>);
    case 2:
      return plan.run(copy_row<uint16_t>);
    case 4:
      return plan.run(copy_row<uint32_t>);
    case 8:
      return plan.run(copy_row<uint64_t>);
    default:
      return plan.run(copy_row<Wide>);
  }
}

void run_converting(Elementwise& plan, ScalarType to, ScalarType from) {
  dispatch<kAllDtypes>(to, "copy_", [&](auto to_tag) {
    using To = typename decltype(to_tag)::type;
    dispatch<kAllDtypes>(from, "copy_", [&](auto from_tag) {
      using From = typename decltype(from_tag)::type;
      plan.run(convert_row<To, From>);
    });
  });
}

bool overlaps(const Tensor& a, const Tensor& b) {
  if (a.storage() != b.storage()) return false;
  return !(a.storage_offset() == b.storage_offset() && a.sizes() == b.sizes() && a.strides() == b.strides());
}

}  // namespace

void copy_into(const Tensor& destination, const Tensor& source) {
  if (destination.is_same(source) || destination.is_meta()) return;
  if (source.is_meta()) throw NotImplementedError("Cannot copy out of meta tensor; no data!");
  const Tensor from = overlaps(destination, source) ? clone(source) : source;
  Elementwise plan(destination, destination.dtype(), {&from});
  if (destination.dtype() == from.dtype())
    run_same(plan, destination.item_size());
  else
    run_converting(plan, destination.dtype(), from.dtype());
}

Tensor to_dtype(const Tensor& tensor, ScalarType dtype) {
  if (tensor.dtype() == dtype) return tensor;
  Elementwise plan(Tensor(), dtype, {&tensor});
  run_converting(plan, dtype, tensor.dtype());
  return plan.output();
}

Tensor clone(const Tensor& tensor, MemoryFormat format) {
  Tensor result;
  if (format == MemoryFormat::preserve && is_non_overlapping_and_dense(tensor.sizes(), tensor.strides()))
    result = empty_strided_tensor(tensor.sizes(), tensor.strides(), tensor.dtype(), tensor.device());
  else if (format != MemoryFormat::preserve)
    result = empty_tensor(tensor.sizes(), tensor.dtype(), tensor.device(), format);
  Elementwise plan(result, tensor.dtype(), {&tensor});
  run_same(plan, tensor.item_size());
  return plan.output();
}

Tensor contiguous(const Tensor& tensor) {
  return tensor.is_contiguous() ? tensor : clone(tensor, MemoryFormat::contiguous);
}

void fill(const Tensor& tensor, const Scalar& value) {
  if (tensor.is_meta()) return;
  dispatch<kAllDtypes>(tensor.dtype(), "fill_", [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T element = value.to<T>();
    Elementwise plan(tensor, tensor.dtype(), {});
    plan.run([element](std::byte* const* data, const int64_t* strides, int64_t count) {
      std::byte* out = data[0];
      for (int64_t i = 0; i < count; ++i, out += strides[0]) *reinterpret_cast<T*>(out) = element;
    });
  });
}

}  // namespace rushlight::cpu
