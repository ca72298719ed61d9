/// The native module rushlight._C.
#include "bind.h"
#include "errors.h"
#include "generator_object.h"
#include "grad_fn_object.h"
#include "gradient_hooks.h"
#include "graph_objects.h"
#include "new_tensor.h"
#include "op_object.h"
#include "python_frames.h"
#include "python_function.h"
#include "results.h"
#include "script_containers.h"
#include "script_objects.h"
#include "script_types.h"
#include "storage_object.h"
#include "tensor_object.h"
#include "value_objects.h"

NB_MODULE(_C, m) {
  using namespace rushlight::python;
  // Objects that programs still hold when Python ends are no leaks of ours.
  nanobind::set_leak_warnings(false);
  // Classes are named after the module that holds them, and programs print those names.
  nb::object real_name = m.attr("__name__");
  m.attr("__name__") = "torch._C";
  bind_errors(m);
  bind_value_objects(m);
  bind_tensor_object(m);
  bind_generator(m);
  bind_new_tensor(m);
  bind_op_objects(m);
  bind_results(m);
  bind_storage(m);
  bind_dlpack(m);
  bind_grad_fn(m);
  bind_gradient_hooks(m);
  bind_python_function(m);
  bind_autograd(m);
  bind_settings(m);
  // The classes of the language have no module of their own in PyTorch: "torch.Graph".
  m.attr("__name__") = "torch";
  bind_script_types(m);
  bind_schema(m);
  bind_graph(m);
  bind_node(m);
  bind_script_objects(m);
  bind_script_containers(m);
  bind_passes(m);
  bind_compiler(m);
  bind_python_frames(m);
  bind_trace(m);
  bind_archive(m);
  m.attr("__name__") = real_name;
}
