#include "ops/cpu/double_kernel.h"

#include "base/text.h"
#include "ops/cpu/copy.h"
#include "ops/cpu/elementwise.h"
#include "ops/cpu/promotion.h"

namespace rushlight {
namespace {

struct DoubleFunction {
  double (*unary)(double) = nullptr;
  double (*binary)(double, double) = nullptr;
  std::string_view name;
  DtypeSet set;
};

ScalarType checked_dtype(ScalarType type, const DoubleFunction& function) {
  if (is_integral_or_bool(type)) type = default_dtype();
  if (!function.set.contains(type))
    throw NotImplementedError(cat("\"", function.name, "\" not implemented for '", dtype_info(type).ir_name, "'"));
  return type;
}

double read(const std::byte* at) { return *reinterpret_cast<const double*>(at); }

Tensor operand(const IValue& value) { return value.is_tensor() ? value.tensor() : wrapped_number(value.to_scalar()); }

void call_unary(const Operator& op, const IValue* arguments, IValue* results) {
  const DoubleFunction& function = op.config<DoubleFunction>();
  const Tensor& self = arguments[0].tensor();
  const ScalarType type = checked_dtype(self.dtype(), function);
  const Tensor wide = cpu::to_dtype(cpu::to_dtype(self, type), ScalarType::float64);
  cpu::Elementwise plan(Tensor(), ScalarType::float64, {&wide});
  plan.run([f = function.unary](std::byte* const* data, const int64_t* strides, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
      *reinterpret_cast<double*>(data[0] + i * strides[0]) = f(read(data[1] + i * strides[1]));
  });
  results[0] = cpu::to_dtype(plan.output(), type);
}

void call_binary(const Operator& op, const IValue* arguments, IValue* results) {
  const DoubleFunction& function = op.config<DoubleFunction>();
  const Tensor a = operand(arguments[0]), b = operand(arguments[1]);
  const ScalarType type = checked_dtype(cpu::result_type(a, b), function);
  const Tensor wide_a = cpu::to_dtype(cpu::to_dtype(a, type), ScalarType::float64);
  const Tensor wide_b = cpu::to_dtype(cpu::to_dtype(b, type), ScalarType::float64);
  cpu::Elementwise plan(Tensor(), ScalarType::float64, {&wide_a, &wide_b});
  plan.run([f = function.binary](std::byte* const* data, const int64_t* strides, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
      *reinterpret_cast<double*>(data[0] + i * strides[0]) =
          f(read(data[1] + i * strides[1]), read(data[2] + i * strides[2]));
  });
  results[0] = cpu::to_dtype(plan.output(), type);
}

}  // namespace

Kernel double_kernel(double (*function)(double), std::string_view name, DtypeSet set) {
  return {
      .call = &call_unary,
      .config = std::make_shared<const DoubleFunction>(DoubleFunction{.unary = function, .name = name, .set = set})};
}
Kernel double_kernel(double (*function)(double, double), std::string_view name, DtypeSet set) {
  return {
      .call = &call_binary,
      .config = std::make_shared<const DoubleFunction>(DoubleFunction{.binary = function, .name = name, .set = set})};
}

}  // namespace rushlight
