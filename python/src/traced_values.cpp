#include "traced_values.h"

#include "base/text.h"
#include "tensor_object.h"
#include "trace/sizes.h"
#include "value_objects.h"

namespace rushlight::python {
namespace {

trace::State& state() { return *trace::current(); }

bool is_sequence(PyObject* value) { return PyTuple_Check(value) || PyList_Check(value); }

/// The functions whose dtype is filled in as well.
bool has_int_dtype(const std::string& name) { return name == "aten::randint" || name == "aten::randperm"; }

}  // namespace

PyObject* traced_size(const Tensor& tensor, int64_t dim) { return wrap(trace::size_of(state(), tensor, dim)); }

PyObject* traced_sizes(const Tensor& tensor) {
  nb::object sizes = owned(PyTuple_New(tensor.dim()));
  for (int64_t dim = 0; dim < tensor.dim(); ++dim) PyTuple_SetItem(sizes.ptr(), dim, traced_size(tensor, dim));
  nb::object size_class = nb::borrow(reinterpret_cast<PyObject*>(size_type));
  return size_class(sizes).release().ptr();
}

PyObject* traced_numel(const Tensor& tensor) { return wrap(trace::numel_of(state(), tensor)); }

void start_traced_call() { state().forget_arguments(); }

void note_traced_argument(const Signature& signature, const Parameter& parameter, PyObject* value) {
  const std::string& name = signature.op->schema().arguments[parameter.slot].name;
  const auto tensor_at = [](PyObject* object) { return is_tensor(object); };
  switch (parameter.kind) {
    case ParameterKind::int_:
      if (tensor_at(value)) state().convert_argument(name, tensor_of(value), trace::Conversion::to_int);
      return;
    case ParameterKind::scalar:
      if (tensor_at(value)) state().convert_argument(name, tensor_of(value), trace::Conversion::to_scalar);
      return;
    case ParameterKind::float_:
      if (tensor_at(value)) warn_of_conversion("Python float");
      return;
    case ParameterKind::int_list: {
      if (!is_sequence(value)) return;
      const bool is_tuple = PyTuple_Check(value);
      const Py_ssize_t count = is_tuple ? PyTuple_Size(value) : PyList_Size(value);
      for (Py_ssize_t i = 0; i < count; ++i) {
        PyObject* element = is_tuple ? PyTuple_GetItem(value, i) : PyList_GetItem(value, i);
        if (tensor_at(element)) state().convert_element(name, size_t(i), tensor_of(element));
      }
      return;
    }
    default:
      return;
  }
}

void fill_traced_options(const Signature& signature, IValue* values) {
  const Schema& schema = signature.op->schema();
  if (schema.name == "aten::to") return;
  const auto fill = [&](std::string_view name, IValue value) {
    if (const auto slot = schema.find_argument(name); slot && values[*slot].is_none()) values[*slot] = std::move(value);
  };
  bool is_factory = true;
  for (const Argument& argument : schema.arguments)
    if (argument.type->is(TypeKind::tensor) && argument.name == "self") is_factory = false;
  if (is_factory) fill("device", IValue(Device{}));
  if (has_int_dtype(schema.name)) fill("dtype", IValue(ScalarType::int64));
  fill("pin_memory", IValue(false));
}

void note_traced_index(const char* argument, const Tensor& index) {
  state().convert_argument(argument, index, trace::Conversion::to_int);
}

void note_traced_slice(PyObject* slice) {
  start_traced_call();
  // The names of aten::slice's arguments and those of Python's slices.
  for (const auto& [argument, part] :
       {std::pair("start", "start"), std::pair("end", "stop"), std::pair("step", "step")}) {
    nb::object bound = nb::handle(slice).attr(part);
    if (is_tensor(bound.ptr())) note_traced_index(argument, tensor_of(bound.ptr()));
  }
}

void warn_of_length(const Tensor& tensor) {
  if (!is_tracing()) return;
  state().warn(
      "Using len to get tensor shape might cause the trace to be incorrect. Recommended usage would be "
      "tensor.shape[0]. Passing a tensor of different shape might lead to errors or silently give incorrect results.");
  Py_DECREF(traced_sizes(tensor));
}

void warn_of_conversion(const char* kind) {
  if (!is_tracing()) return;
  state().warn(cat("Converting a tensor to a ", kind,
                   " might cause the trace to be incorrect. We can't record the data flow of Python values, so this "
                   "value will be treated as a constant in the future. This means that the trace might not generalize "
                   "to other inputs!"));
}

void warn_of_constant(const char* function) {
  if (!is_tracing()) return;
  state().warn(cat(function,
                   " results are registered as constants in the trace. You can safely ignore this warning if you use "
                   "this function to create tensors out of constant variables that would be the same every time you "
                   "call this function. In any other case, this might cause the trace to be incorrect."));
}

}  // namespace rushlight::python
