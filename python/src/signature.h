/// How Python may call an operator: the parameters of one overload, in the form in which PyTorch's messages show them.
/// Derived from the schemas; the functional form and its `out=` form are one signature.
///     add(Tensor input, Tensor other, *, Number alpha = 1, Tensor out = None)
#pragma once
#include <vector>

#include "ops/op.h"
#include "python_api.h"

namespace rushlight::python {

enum class ParameterKind : uint8_t {
  tensor,
  scalar,
  int_,
  float_,
  complex,
  bool_,
  string,
  dtype,
  layout,
  memory_format,
  device,
  generator,
  storage,
  tensor_list,
  optional_tensor_list,
  int_list,
  float_list,
  bool_list,
  scalar_list,
};

struct Parameter {
  std::string name;
  nb::object key;                   ///< the name, interned
  std::vector<nb::object> aliases;  ///< NumPy's names for it
  ParameterKind kind;
  bool is_optional = false;  ///< may be left out
  bool allows_none = false;
  bool allows_numbers = false;  ///< a plain number stands for a tensor (add, mul, ...)
  bool keyword_only = false;
  bool is_symbolic = false;  ///< SymInt in the schema
  int32_t list_length = 0;   ///< `int[2]`: a single int is taken for all
  std::string default_text;
  enum class Role : uint8_t { argument, out, requires_grad } role = Role::argument;
  size_t slot = 0;  ///< of the schema's arguments

  std::string type_name() const;  ///< "tuple of ints"
};

struct Signature {
  const Operator* op = nullptr;
  const Operator* out_op = nullptr;
  std::vector<Parameter> parameters;
  size_t minimum = 0;            ///< arguments that must be given
  size_t positional = 0;         ///< arguments that may be given by position
  bool is_hidden = false;        ///< an old order of arguments, which no message shows
  bool has_options = false;      ///< dtype, layout, device, pin_memory, requires_grad
  std::vector<IValue> defaults;  ///< of all of the operator's arguments; None where there is none
  size_t self_slot = SIZE_MAX;   ///< of methods: where the tensor itself goes
  /// For the `out=` form: which argument of `op` its arguments are, in order; the outputs themselves come last.
  std::vector<size_t> out_slots;

  std::string str() const;  ///< "(Tensor input, *, Tensor out = None)"
};

/// The signatures of the operator `name` ("add"), in the order in which they are tried. Empty: Python has no such
/// function or method.
std::vector<Signature> signatures_of(std::string_view name, bool as_method);

/// Of one overload ("aten::add", "out"), with the names of its schema.
std::optional<Signature> signature_of_overload(std::string_view name, std::string_view overload);

}  // namespace rushlight::python
