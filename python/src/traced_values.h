/// What calls from Python do more while a trace is recorded: sizes are tensors, numbers that were computed from them
/// are connected with the arguments they become, and what cannot be kept is warned about.
#pragma once
#include "signature.h"
#include "trace/state.h"

namespace rushlight::python {

using trace::is_tracing;

/// tensor.size(dim), tensor.size() and tensor.numel() of a recorded program.
PyObject* traced_size(const Tensor& tensor, int64_t dim);
PyObject* traced_sizes(const Tensor& tensor);
PyObject* traced_numel(const Tensor& tensor);

/// Before the arguments of a call are read one by one.
void start_traced_call();
/// `value` was given for `parameter`: a 0-d tensor for a number, or a list that holds some.
void note_traced_argument(const Signature& signature, const Parameter& parameter, PyObject* value);
/// Options that PyTorch's binding fills in before an operator is called: the device of new tensors, pin_memory.
void fill_traced_options(const Signature& signature, IValue* values);

/// A tensor as an index or as a bound of a slice.
void note_traced_index(const char* argument, const Tensor& index);
void note_traced_slice(PyObject* slice);

/// len(tensor): its size is recorded, but Python gets a number.
void warn_of_length(const Tensor& tensor);
/// "Converting a tensor to a Python KIND might cause the trace to be incorrect ..."; nothing when no trace is recorded.
void warn_of_conversion(const char* kind);
/// "torch.tensor results are registered as constants in the trace ..."
void warn_of_constant(const char* function);

}  // namespace rushlight::python
