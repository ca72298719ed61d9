/// What programs read off a tensor: strides, sizes in bytes, its device and layout, its place on the tape.
#include "base/text.h"
#include "ops/functions/conversion.h"
#include "ops/functions/views.h"
#include "ops/typed_kernel.h"
#include "ops/variable_queries.h"

namespace rushlight {
VariableQueries variable_queries;
}

namespace rushlight::ops {
namespace {

IValue strides_of(const Tensor& self) {
  Ref<ListObject> list = ListObject::make(types::int_());
  for (int64_t stride : self.strides()) list->append(IValue(stride));
  return IValue(std::move(list));
}
int64_t stride_of(const Tensor& self, int64_t dim) { return self.stride(dim); }
int64_t bytes_of_element(const Tensor& self) { return int64_t(self.item_size()); }
int64_t bytes_of_tensor(const Tensor& self) { return self.numel() * int64_t(self.item_size()); }

bool on_cpu(const Tensor& self) { return !self.is_meta(); }
bool on_meta(const Tensor& self) { return self.is_meta(); }
/// Of kinds of tensors that are not made here.
bool never(const Tensor&) { return false; }
IValue no_name(const Tensor&) { return IValue(); }

bool requires_grad_of(const Tensor& self) {
  return variable_queries.requires_grad && variable_queries.requires_grad(self);
}
bool is_leaf_of(const Tensor& self) { return !variable_queries.is_leaf || variable_queries.is_leaf(self); }
IValue grad_of(const Tensor& self) {
  const Tensor grad = variable_queries.grad ? variable_queries.grad(self) : Tensor();
  return grad.defined() ? IValue(grad) : IValue();
}
Tensor data_of(const Tensor& self) { return alias_tensor(self, self.sizes(), self.strides(), self.storage_offset()); }

Tensor to_cpu(const Tensor& self) { return self; }
Tensor to_place(const Tensor& self, std::optional<Device> device, std::optional<ScalarType> dtype, bool non_blocking,
                bool copy) {
  return to(self, dtype, std::nullopt, device, std::nullopt, non_blocking, copy);
}
Tensor to_number(const Tensor& self, std::optional<ScalarType> dtype, bool non_blocking, bool copy) {
  return to_place(self, std::nullopt, dtype, non_blocking, copy);
}
Tensor to_itself(const Tensor& self, bool non_blocking, bool copy) {
  return to_place(self, std::nullopt, std::nullopt, non_blocking, copy);
}
Tensor to_cuda(const Tensor&) { throw RuntimeError("this build computes on the CPU: there is no CUDA device"); }

}  // namespace

void declare_builtins_tensor_properties(OpSet& ops) {
  constexpr OpTraits kLanguage = OpTraits::language;
  ops.add({.schema = "stride(Tensor self) -> int[]", .kernel = typed_kernel<&strides_of>(), .traits = kLanguage});
  ops.add(
      {.schema = "stride.int(Tensor self, int dim) -> int", .kernel = typed_kernel<&stride_of>(), .traits = kLanguage});
  ops.add(
      {.schema = "element_size(Tensor self) -> int", .kernel = typed_kernel<&bytes_of_element>(), .traits = kLanguage});
  ops.add(
      {.schema = "prim::itemsize(Tensor a) -> int", .kernel = typed_kernel<&bytes_of_element>(), .traits = kLanguage});
  ops.add({.schema = "prim::nbytes(Tensor a) -> int", .kernel = typed_kernel<&bytes_of_tensor>(), .traits = kLanguage});
  ops.add({.schema = "prim::name(Tensor a) -> str?", .kernel = typed_kernel<&no_name>(), .traits = kLanguage});
  ops.add({.schema = "prim::requires_grad(Tensor a) -> bool",
           .kernel = typed_kernel<&requires_grad_of>(),
           .traits = kLanguage});
  ops.add({.schema = "is_leaf(Tensor self) -> bool", .kernel = typed_kernel<&is_leaf_of>(), .traits = kLanguage});
  ops.add({.schema = "prim::grad(Tensor a) -> Tensor(*)", .kernel = typed_kernel<&grad_of>(), .traits = kLanguage});
  ops.add({.schema = "prim::data(Tensor(a) a) -> Tensor(a)", .kernel = typed_kernel<&data_of>(), .traits = kLanguage});
  ops.add({.schema = "cpu(Tensor(a) self) -> Tensor(b|a)", .kernel = typed_kernel<&to_cpu>(), .traits = kLanguage});
  ops.add({.schema = "cuda(Tensor(a) self) -> Tensor(b|a)", .kernel = typed_kernel<&to_cuda>(), .traits = kLanguage});
  // Calls of `to` that the operators' overloads do not take: without a dtype, with an optional one, with nothing.
  ops.add({.schema = "to.prim_Device(Tensor(a) self, Device? device, int? dtype=None, bool non_blocking=False, bool "
                     "copy=False) -> Tensor(b|a)",
           .kernel = typed_kernel<&to_place>(),
           .traits = kLanguage});
  ops.add({.schema = "to.prim_dtype(Tensor(a) self, int? dtype=None, bool non_blocking=False, bool copy=False) -> "
                     "Tensor(b|a)",
           .kernel = typed_kernel<&to_number>(),
           .traits = kLanguage});
  ops.add({.schema = "to.prim_other(Tensor(a) self, bool non_blocking=False, bool copy=False) -> Tensor(b|a)",
           .kernel = typed_kernel<&to_itself>(),
           .traits = kLanguage});
  ops.add({.schema = "prim::is_cpu(Tensor a) -> bool", .kernel = typed_kernel<&on_cpu>(), .traits = kLanguage});
  ops.add({.schema = "prim::is_meta(Tensor a) -> bool", .kernel = typed_kernel<&on_meta>(), .traits = kLanguage});
  for (const std::string_view schema :
       {"prim::is_nested(Tensor a) -> bool", "prim::is_sparse(Tensor a) -> bool",
        "prim::is_sparse_csr(Tensor a) -> bool", "prim::is_quantized(Tensor a) -> bool",
        "prim::is_mkldnn(Tensor a) -> bool", "prim::is_mps(Tensor a) -> bool", "prim::is_mtia(Tensor a) -> bool",
        "prim::is_maia(Tensor a) -> bool", "prim::is_vulkan(Tensor a) -> bool", "prim::is_ipu(Tensor a) -> bool",
        "prim::is_xla(Tensor a) -> bool", "prim::is_xpu(Tensor a) -> bool"})
    ops.add({.schema = schema, .kernel = typed_kernel<&never>(), .traits = kLanguage});
}

}  // namespace rushlight::ops
