/// Grad mode and the backward pass.
#include "autograd/engine.h"
#include "autograd/grad_mode.h"
#include "bind.h"
#include "casters.h"
#include "gradient_hooks.h"

namespace rushlight::python {

void bind_autograd(nb::module_& m) {
  autograd::install();
  m.def("is_grad_enabled", [] { return dispatch_state.grad_enabled; });
  m.def("_set_grad_enabled", [](bool enabled) { dispatch_state.grad_enabled = enabled; });
  m.def("is_inference_mode_enabled", [] { return dispatch_state.inference_mode; });
  m.def("_set_inference_mode", [](bool enabled) { dispatch_state.inference_mode = enabled; });
  m.def(
      "_run_backward",
      [](nb::object roots, nb::object gradients, bool retain_graph, bool create_graph, nb::object inputs,
         bool accumulate, bool allow_unused, bool materialize_grads) {
        autograd::BackwardOptions options{.retain_graph = retain_graph,
                                          .create_graph = create_graph,
                                          .inputs = tensors_from(inputs),
                                          .accumulate = accumulate,
                                          .allow_unused = allow_unused,
                                          .materialize_grads = materialize_grads};
        std::vector<Tensor> root_tensors = tensors_from(roots), root_gradients = tensors_from(gradients), results;
        {
          nb::gil_scoped_release unlocked;
          results = autograd::run_backward(root_tensors, std::move(root_gradients), options);
        }
        return tuple_from(results);
      },
      nb::arg("roots"), nb::arg("gradients"), nb::kw_only(), nb::arg("retain_graph"), nb::arg("create_graph"),
      nb::arg("inputs"), nb::arg("accumulate"), nb::arg("allow_unused") = true, nb::arg("materialize_grads") = false);
}

}  // namespace rushlight::python
