/// Builtins of the language around gradients: the backward pass, and changes that no tape sees.
#include <utility>

#include "ops/functions/conversion.h"
#include "ops/functions/embedding.h"
#include "ops/functions/factories.h"
#include "ops/functions/sampling.h"
#include "ops/functions/views.h"
#include "ops/typed_kernel.h"
#include "ops/variable_queries.h"

namespace rushlight::ops {
namespace {

using Tensors = std::vector<Tensor>;

struct NoRecording {
  bool old = std::exchange(dispatch_state.grad_enabled, false);
  ~NoRecording() { dispatch_state.grad_enabled = old; }
};

// ---- the backward pass

/// One gradient for each root; undefined where none is given.
Tensors given_gradients(const IValue& given, size_t count) {
  Tensors gradients;
  if (!given.is_none())
    for (size_t i = 0; i < given.list().size(); ++i) gradients.push_back(given.list().get(i).optional_tensor());
  if (gradients.empty()) gradients.resize(count);
  if (gradients.size() != count)
    throw RuntimeError(cat("got ", count, " tensors and ", gradients.size(), " gradients"));
  return gradients;
}
Tensors run(const Tensors& roots, Tensors gradients, const BackwardRequest& request) {
  if (!variable_queries.run_backward) throw RuntimeError("gradients are not recorded here");
  return variable_queries.run_backward(roots, std::move(gradients), request);
}
IValue gradients_of(const Tensors& outputs, const Tensors& inputs, const IValue& grad_outputs,
                    std::optional<bool> retain_graph, bool create_graph, bool allow_unused) {
  const Tensors results = run(outputs, given_gradients(grad_outputs, outputs.size()),
                              {.retain_graph = retain_graph.value_or(create_graph),
                               .create_graph = create_graph,
                               .inputs = &inputs,
                               .allow_unused = allow_unused});
  Ref<ListObject> list = ListObject::make(types::optional(types::tensor()));
  for (const Tensor& result : results) list->append(result.defined() ? IValue(result) : IValue());
  return IValue(std::move(list));
}
void backward_from(const Tensor& self, const Tensor& gradient, std::optional<bool> retain_graph, bool create_graph) {
  run({self}, {gradient}, {.retain_graph = retain_graph.value_or(create_graph), .create_graph = create_graph});
}
void backward_from_all(const Tensors& tensors, const IValue& grad_tensors, std::optional<bool> retain_graph,
                       bool create_graph) {
  run(tensors, given_gradients(grad_tensors, tensors.size()),
      {.retain_graph = retain_graph.value_or(create_graph), .create_graph = create_graph});
}

// ---- changes that no tape sees: what torch.nn.init and torch.nn.functional do to parameters

Tensor quiet_fill(const Tensor& tensor, double value) {
  const NoRecording guard;
  return fill_(tensor, Scalar(value));
}
Tensor quiet_normal(const Tensor& tensor, double mean, double std, Generator* generator) {
  const NoRecording guard;
  return normal_(tensor, mean, std, generator);
}
Tensor quiet_uniform(const Tensor& tensor, double a, double b, Generator* generator) {
  const NoRecording guard;
  return uniform_(tensor, a, b, generator);
}
Tensor quiet_zero(const Tensor& tensor) {
  const NoRecording guard;
  return zero_(tensor);
}
Tensor quiet_renorm(const Tensor& weight, const Tensor& input, double max_norm, double norm_type) {
  const NoRecording guard;
  return embedding_renorm_(weight, input, max_norm, norm_type);
}

}  // namespace

void declare_builtins_gradients(OpSet& ops) {
  constexpr OpTraits kEffect = OpTraits::language | OpTraits::side_effects;
  ops.add({.schema = "grad(Tensor[] outputs, Tensor[] inputs, Tensor?[]? grad_outputs=None, bool? retain_graph=None, "
                     "bool create_graph=False, bool allow_unused=False) -> Tensor?[]",
           .kernel = typed_kernel<&gradients_of>(),
           .traits = kEffect});
  ops.add({.schema = "backward(Tensor self, Tensor? gradient=None, bool? retain_graph=None, bool create_graph=False) "
                     "-> ()",
           .kernel = typed_kernel<&backward_from>(),
           .traits = kEffect});
  ops.add({.schema = "backward.TensorList(Tensor[] tensors, Tensor?[]? grad_tensors=None, bool? retain_graph=None, "
                     "bool create_graph=False) -> ()",
           .kernel = typed_kernel<&backward_from_all>(),
           .traits = kEffect});
  ops.add({.schema = "_no_grad_fill_(Tensor(a!) tensor, float val) -> Tensor(a!)",
           .kernel = typed_kernel<&quiet_fill>(),
           .traits = OpTraits::language});
  ops.add({.schema = "_no_grad_normal_(Tensor(a!) tensor, float mean, float std, Generator? generator=None) -> "
                     "Tensor(a!)",
           .kernel = typed_kernel<&quiet_normal>(),
           .traits = OpTraits::language});
  ops.add({.schema = "_no_grad_uniform_(Tensor(a!) tensor, float a, float b, Generator? generator=None) -> Tensor(a!)",
           .kernel = typed_kernel<&quiet_uniform>(),
           .traits = OpTraits::language});
  ops.add({.schema = "_no_grad_zero_(Tensor(a!) tensor) -> Tensor(a!)",
           .kernel = typed_kernel<&quiet_zero>(),
           .traits = OpTraits::language});
  // PyTorch's schema does not say that weight changes, so its compiler drops the call; so does this one.
  ops.add({.schema = "_no_grad_embedding_renorm_(Tensor weight, Tensor input, float max_norm, float norm_type) -> "
                     "Tensor",
           .kernel = typed_kernel<&quiet_renorm>(),
           .traits = OpTraits::language});
}

}  // namespace rushlight::ops
