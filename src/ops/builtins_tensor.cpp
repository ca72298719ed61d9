/// torch.tensor of programs: tensors from numbers and nested lists of them.
#include <cstring>

#include "base/text.h"
#include "ops/cpu/copy.h"
#include "ops/derived_forms.h"
#include "ops/functions/arithmetic.h"
#include "ops/typed_kernel.h"
#include "ops/variable_queries.h"
#include "tensor/random.h"

namespace rushlight::ops {
namespace {

using OptType = std::optional<ScalarType>;

Tensor set_requires_grad(const Tensor& self, bool value) {
  if (!variable_queries.set_requires_grad) throw RuntimeError("gradients are not recorded here");
  if (value && !is_floating(self.dtype()) && !is_complex(self.dtype()))
    throw RuntimeError("Only Tensors of floating point and complex dtype can require gradients");
  variable_queries.set_requires_grad(self, value);
  return self;
}
Tensor with_gradient(Tensor tensor, bool requires_grad) {
  if (requires_grad) set_requires_grad(tensor, true);
  return tensor;
}

Tensor tensor_of_number(const IValue& number, OptType dtype, std::optional<Device>, bool requires_grad) {
  return with_gradient(scalar_tensor(number.to_scalar(), dtype), requires_grad);
}

/// Sizes along the first elements; every list of a level must have the same length.
Shape nested_shape(const IValue& data) {
  Shape shape;
  for (const IValue* at = &data; at->is_list();) {
    shape.push_back(int64_t(at->list().size()));
    if (at->list().size() == 0 || at->list().kind() != ListKind::generic) break;
    at = &static_cast<const GenericList&>(at->list()).values[0];
  }
  return shape;
}
void flatten(const IValue& data, IntArrayRef shape, size_t level, std::vector<Scalar>& numbers) {
  const ListObject& list = data.list();
  if (int64_t(list.size()) != shape[level])
    throw RuntimeError(
        cat("Expected sequence of length ", shape[level], " at dim ", level, " (got ", list.size(), ")"));
  for (size_t i = 0; i < list.size(); ++i) {
    if (level + 1 < shape.size())
      flatten(list.get(i), shape, level + 1, numbers);
    else
      numbers.push_back(list.get(i).to_scalar());
  }
}
TypePtr innermost_type(const IValue& data) {
  TypePtr type = data.list().element_type();
  while (type->is(TypeKind::list)) type = type->expect<ElementType>().element();
  return type;
}
ScalarType dtype_of_elements(const Type& type) {
  switch (type.kind()) {
    case TypeKind::bool_:
      return ScalarType::bool_;
    case TypeKind::int_:
      return ScalarType::int64;
    case TypeKind::complex:
      return to_complex(default_dtype());
    default:
      return default_dtype();
  }
}

Tensor tensor_of_list(const IValue& data, OptType dtype, std::optional<Device>, bool requires_grad) {
  const Shape shape = nested_shape(data);
  std::vector<Scalar> numbers;
  flatten(data, shape, 0, numbers);
  const TypePtr type = innermost_type(data);
  if (numbers.empty() && !dtype && (type->is(TypeKind::int_) || type->is(TypeKind::bool_)))
    warn_at("torch/csrc/jit/runtime/register_special_ops.cpp:221",
            cat("Creating a tensor from an empty ", type->annotation(),
                "list will create a tensor of default floating point type  (currently ",
                dtype_info(default_dtype()).ir_name, ") in python but a tensor of type ", type->annotation(),
                " in torchscript.\nPass in a dtype argument to ensure consistent behavior"));
  Tensor result = empty_tensor(shape, dtype.value_or(dtype_of_elements(*type)));
  for (size_t i = 0; i < numbers.size(); ++i) {
    const Tensor element = scalar_tensor(numbers[i], result.dtype());
    std::memcpy(static_cast<std::byte*>(result.data()) + i * result.item_size(), element.data(), result.item_size());
  }
  return with_gradient(std::move(result), requires_grad);
}

Tensor as_tensor_of_tensor(const Tensor& data, OptType dtype, std::optional<Device>) {
  return dtype ? cpu::to_dtype(data, *dtype) : data;
}
Tensor as_tensor_of_number(const IValue& number, OptType dtype, std::optional<Device> device) {
  return tensor_of_number(number, dtype, device, false);
}
Tensor as_tensor_of_list(const IValue& data, OptType dtype, std::optional<Device> device) {
  return tensor_of_list(data, dtype, device, false);
}
void seed_default_generator(int64_t seed) {
  Generator& generator = default_generator();
  std::lock_guard lock(generator.mutex);
  generator.set_seed(uint64_t(seed));
}
IValue broadcast_sizes(IntArrayRef a, IntArrayRef b) {
  Ref<ListObject> list = ListObject::make(types::int_());
  for (int64_t size : broadcast_shapes(a, b)) list->append(IValue(size));
  return IValue(std::move(list));
}

}  // namespace

void declare_builtins_tensor(OpSet& ops) {
  constexpr OpTraits kLanguage = OpTraits::language;
  ops.add(
      {.schema =
           "tensor.float(float t, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor",
       .kernel = typed_kernel<&tensor_of_number>(),
       .traits = kLanguage});
  ops.add({.schema =
               "tensor.int(int t, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor",
           .kernel = typed_kernel<&tensor_of_number>(),
           .traits = kLanguage});
  ops.add(
      {.schema =
           "tensor.bool(bool t, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor",
       .kernel = typed_kernel<&tensor_of_number>(),
       .traits = kLanguage});
  ops.add({.schema = "tensor.complex(complex t, *, ScalarType? dtype=None, Device? device=None, bool "
                     "requires_grad=False) -> Tensor",
           .kernel = typed_kernel<&tensor_of_number>(),
           .traits = kLanguage});
  ops.add(
      {.schema = "tensor(t[] data, *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor",
       .kernel = typed_kernel<&tensor_of_list>(),
       .traits = kLanguage});
  ops.add({.schema = "requires_grad_(Tensor(a!) self, bool requires_grad=True) -> Tensor(a!)",
           .kernel = typed_kernel<&set_requires_grad>(),
           .traits = OpTraits::language});
  ops.add({.schema = "as_tensor(Tensor(a) data, *, ScalarType? dtype=None, Device? device=None) -> Tensor(b|a)",
           .kernel = typed_kernel<&as_tensor_of_tensor>(),
           .traits = kLanguage});
  ops.add({.schema = "as_tensor.float(float t, *, ScalarType? dtype=None, Device? device=None) -> Tensor",
           .kernel = typed_kernel<&as_tensor_of_number>(),
           .traits = kLanguage});
  ops.add({.schema = "as_tensor.int(int t, *, ScalarType? dtype=None, Device? device=None) -> Tensor",
           .kernel = typed_kernel<&as_tensor_of_number>(),
           .traits = kLanguage});
  ops.add({.schema = "as_tensor.bool(bool t, *, ScalarType? dtype=None, Device? device=None) -> Tensor",
           .kernel = typed_kernel<&as_tensor_of_number>(),
           .traits = kLanguage});
  ops.add({.schema = "as_tensor.complex(complex t, *, ScalarType? dtype=None, Device? device=None) -> Tensor",
           .kernel = typed_kernel<&as_tensor_of_number>(),
           .traits = kLanguage});
  ops.add({.schema = "as_tensor.list(t[] data, *, ScalarType? dtype=None, Device? device=None) -> Tensor",
           .kernel = typed_kernel<&as_tensor_of_list>(),
           .traits = kLanguage});
  ops.add({.schema = "prim::abs(Tensor x) -> Tensor", .kernel = typed_kernel<&abs>(), .traits = kLanguage});
  ops.add({.schema = "manual_seed(int seed) -> ()",
           .kernel = typed_kernel<&seed_default_generator>(),
           .traits = kLanguage | OpTraits::side_effects});
  ops.add({.schema = "broadcast_shapes(int[] a, int[] b) -> int[]",
           .kernel = typed_kernel<&broadcast_sizes>(),
           .traits = kLanguage});
}

}  // namespace rushlight::ops
