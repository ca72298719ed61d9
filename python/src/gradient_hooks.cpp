#include "gradient_hooks.h"

#include "autograd/variable.h"
#include "base/text.h"
#include "casters.h"

namespace rushlight::python {
namespace {

/// A dict of hooks, by the number of their handle. The tape may drop it in a thread without the GIL.
using Hooks = std::shared_ptr<nb::object>;

Hooks share(nb::object hooks) {
  return Hooks(new nb::object(std::move(hooks)), [](nb::object* object) {
    if (!Py_IsInitialized()) return;
    const nb::gil_scoped_acquire locked;
    delete object;
  });
}

/// Calls fn(hook) for each. A hook may remove itself.
template <class Fn>
void for_each_hook(const Hooks& hooks, Fn&& fn) {
  nb::object values = owned(PyDict_Values(hooks->ptr()));
  for (nb::handle hook : values) fn(hook);
}

struct NewHook {
  Hooks hooks;
  nb::object handle;
};
NewHook make_hook(nb::object hook) {
  nb::object dict = nb::module_::import_("collections").attr("OrderedDict")();
  nb::object handle = nb::module_::import_("rushlight.utils.hooks").attr("RemovableHandle")(dict);
  dict[handle.attr("id")] = hook;
  return {share(std::move(dict)), std::move(handle)};
}

Tensor hook_result(nb::handle result) {
  if (result.is_none()) return {};
  if (!is_tensor(result.ptr()))
    throw TypeError(cat("expected Variable, but hook returned '", type_name_of(result.ptr()), "'"));
  return tensor_of(result.ptr());
}

}  // namespace

std::vector<Tensor> tensors_from(nb::handle sequence) {
  std::vector<Tensor> tensors;
  if (is_tensor(sequence.ptr())) return {tensor_of(sequence.ptr())};
  for (nb::handle element : sequence) {
    if (!element.is_none() && !is_tensor(element.ptr()))
      throw TypeError(cat("expected Tensor or None, but got ", type_name_of(element.ptr())));
    tensors.push_back(element.is_none() ? Tensor() : tensor_of(element.ptr()));
  }
  return tensors;
}

nb::object tuple_from(const std::vector<Tensor>& tensors) {
  nb::object tuple = owned(PyTuple_New(Py_ssize_t(tensors.size())));
  for (size_t i = 0; i < tensors.size(); ++i) PyTuple_SetItem(tuple.ptr(), Py_ssize_t(i), wrap(tensors[i]));
  return tuple;
}

nb::object add_post_hook(autograd::GradNode& node, nb::object hook) {
  NewHook made = make_hook(std::move(hook));
  node.post_hooks.push_back([hooks = made.hooks](std::vector<Tensor> out, const std::vector<Tensor>& in) {
    const nb::gil_scoped_acquire locked;
    for_each_hook(hooks, [&](nb::handle function) {
      nb::object result = function(tuple_from(out), tuple_from(in));
      if (!result.is_none()) out = tensors_from(result);
    });
    return out;
  });
  return made.handle;
}

nb::object add_pre_hook(autograd::GradNode& node, nb::object hook) {
  NewHook made = make_hook(std::move(hook));
  node.pre_hooks.push_back([hooks = made.hooks](std::vector<Tensor> gradients) {
    const nb::gil_scoped_acquire locked;
    for_each_hook(hooks, [&](nb::handle function) {
      nb::object result = function(tuple_from(gradients));
      if (!result.is_none()) gradients = tensors_from(result);
    });
    return gradients;
  });
  return made.handle;
}

void bind_gradient_hooks(nb::module_& m) {
  m.def(
      "_register_hook",
      [](const Tensor& tensor, nb::object hook) {
        if (!autograd::requires_grad(tensor))
          throw RuntimeError("cannot register a hook on a tensor that doesn't require gradient");
        NewHook made = make_hook(std::move(hook));
        autograd::register_hook(tensor, [hooks = made.hooks](const Tensor& gradient) {
          const nb::gil_scoped_acquire locked;
          Tensor current = gradient;
          bool changed = false;
          for_each_hook(hooks, [&](nb::handle function) {
            Tensor result = hook_result(function(nb::steal(wrap(current))));
            if (!result.defined()) return;
            current = result;
            changed = true;
          });
          return changed ? current : Tensor();
        });
        return made.handle;
      },
      "Calls hook(grad) when the gradient of this tensor is known; returns a handle.");
  m.def(
      "_register_post_accumulate_grad_hook",
      [](const Tensor& tensor, nb::object hook) {
        if (!autograd::requires_grad(tensor))
          throw RuntimeError("cannot register a hook on a tensor that doesn't require gradient");
        if (!autograd::is_leaf(tensor))
          throw RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors");
        NewHook made = make_hook(std::move(hook));
        autograd::register_post_accumulate_grad_hook(tensor, [hooks = made.hooks](const Tensor& leaf) {
          const nb::gil_scoped_acquire locked;
          for_each_hook(hooks, [&](nb::handle function) {
            if (!function(nb::steal(wrap(leaf))).is_none()) throw RuntimeError("hooks should return None.");
          });
        });
        return made.handle;
      },
      "Calls hook(tensor) after its gradient was accumulated; returns a handle.");
}

}  // namespace rushlight::python
