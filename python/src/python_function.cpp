#include "python_function.h"

#include <algorithm>

#include "autograd/meta.h"
#include "autograd/saved_tensor.h"
#include "base/text.h"
#include "casters.h"
#include "grad_fn_object.h"
#include "gradient_hooks.h"
#include "op_call.h"

namespace rushlight::python {
namespace {

class PythonNode;

/// The C++ side of `ctx`. The node owns the Python object, which only points back.
struct FunctionContext {
  PythonNode* node = nullptr;
  PythonNode& checked_node() const;
};

class PythonNode final : public autograd::GradNode {
 public:
  explicit PythonNode(nb::object context) : context_(std::move(context)) {
    nb::cast<FunctionContext&>(context_).node = this;
  }
  ~PythonNode() override {
    if (!Py_IsInitialized()) {
      context_.release();
      return;
    }
    const nb::gil_scoped_acquire locked;
    nb::cast<FunctionContext&>(context_).node = nullptr;
    context_.reset();
  }
  std::string name() const override {
    const nb::gil_scoped_acquire locked;
    return nb::cast<std::string>(nb::str(context_.type().attr("__name__")));
  }

  /// Gradients of the outputs in, those of the tensor inputs out. `ctx._apply_backward` checks and sorts them.
  std::vector<Tensor> apply(std::vector<Tensor> gradients) override {
    const nb::gil_scoped_acquire locked;
    if (nb::cast<bool>(context_.attr("materialize_grads")))
      for (size_t i = 0; i < gradients.size(); ++i)
        if (!gradients[i].defined()) {
          gradients[i] = empty_tensor(input_info(i).sizes, input_info(i).dtype, input_info(i).device);
          op_call<"aten::zero_", "">(gradients[i]);
        }
    return tensors_from(context_.attr("_apply_backward")(*nb::borrow<nb::args>(tuple_from(gradients))));
  }
  void release_saved() override {
    saved.clear();
    was_released = true;
  }

  PyObject* context() const { return context_.ptr(); }
  std::vector<autograd::SavedTensor> saved;
  bool was_released = false;

 private:
  nb::object context_;
};

PythonNode& FunctionContext::checked_node() const {
  if (!node) throw RuntimeError("this context belongs to no node of the tape (any more)");
  return *node;
}

bool contains(const std::vector<Tensor>& tensors, const Tensor& tensor) {
  return std::ranges::any_of(tensors, [&](const Tensor& other) { return other.defined() && other.is_same(tensor); });
}

/// The outputs of `forward` as results of a new node; those that are inputs handed back become views of them.
nb::object record(nb::object context, nb::handle input_sequence, nb::handle output_sequence, nb::handle saved,
                  nb::handle dirty, nb::handle plain) {
  const std::vector<Tensor> inputs = tensors_from(input_sequence);
  const std::vector<Tensor> written = tensors_from(dirty);
  const std::vector<Tensor> not_differentiable = tensors_from(plain);
  std::vector<Tensor> outputs = tensors_from(output_sequence);
  auto node = make_ref<PythonNode>(std::move(context));
  std::vector<autograd::Edge> edges;
  for (const Tensor& input : inputs)
    edges.push_back(autograd::requires_grad(input) ? autograd::gradient_edge(input) : autograd::Edge{});
  node->set_next_edges(std::move(edges));
  for (Tensor& output : outputs) {
    if (contains(inputs, output) && !contains(written, output))
      output = alias_tensor(output, output.sizes(), output.strides(), output.storage_offset());
    if (contains(not_differentiable, output) || !(is_floating(output.dtype()) || is_complex(output.dtype()))) {
      node->add_input(output);
    } else {
      autograd::set_history(output, node);
    }
  }
  const std::vector<Tensor> to_save = tensors_from(saved);
  for (const Tensor& tensor : to_save) node->saved.emplace_back(tensor, tensor.defined() && contains(outputs, tensor));
  return tuple_from(outputs);
}

nb::object saved_tensors(const FunctionContext& context) {
  PythonNode& node = context.checked_node();
  if (node.was_released)
    throw RuntimeError(
        "Trying to backward through the graph a second time (or directly access saved tensors after they have already "
        "been freed). Saved "
        "intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify "
        "retain_graph=True if you need to "
        "backward through the graph a second time or if you need to access saved tensors after calling backward.");
  std::vector<Tensor> tensors;
  for (const autograd::SavedTensor& saved : node.saved)
    tensors.push_back(saved.defined() ? saved.unpack(Ref<autograd::GradNode>(&node)) : Tensor());
  return tuple_from(tensors);
}

}  // namespace

PyObject* context_of(const autograd::GradNode& node) {
  const auto* python_node = dynamic_cast<const PythonNode*>(&node);
  return python_node ? python_node->context() : nullptr;
}

void bind_python_function(nb::module_& m) {
  nb::class_<FunctionContext>(m, "_FunctionBase", nb::dynamic_attr(), nb::is_weak_referenceable(),
                              "The node of a torch.autograd.Function.")
      .def(nb::init<>())
      .def("_record", &record, nb::arg("inputs"), nb::arg("outputs"), nb::arg("saved"), nb::arg("dirty"),
           nb::arg("non_differentiable"), "Puts a node for this context on the tape; returns the outputs.")
      .def("_saved_tensors", &saved_tensors)
      .def("_is_recorded", [](const FunctionContext& self) { return self.node != nullptr; })
      .def("name", [](nb::object self) { return nb::cast<std::string>(nb::str(self.type().attr("__name__"))); })
      .def_prop_ro("next_functions", [](const FunctionContext& self) { return next_functions_of(self.checked_node()); })
      .def("_sequence_nr", [](const FunctionContext& self) { return self.checked_node().sequence(); })
      .def("register_hook", [](const FunctionContext& self,
                               nb::object hook) { return add_post_hook(self.checked_node(), std::move(hook)); })
      .def("register_prehook", [](const FunctionContext& self, nb::object hook) {
        return add_pre_hook(self.checked_node(), std::move(hook));
      });
}

}  // namespace rushlight::python
