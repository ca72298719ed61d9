/// Python objects as values of TorchScript programs: arguments of compiled functions, attributes, constants.
#pragma once
#include "python_api.h"
#include "value/ivalue.h"

namespace rushlight::python {

/// The value of an object whose type is what the object itself tells. TypeError for objects that TorchScript has no
/// type for.
IValue to_value(nb::handle object);
/// As `type` asks for. Throws CastError when the object does not fit.
IValue to_value(nb::handle object, const Type& type);
/// The type that describes the object, or why there is none.
struct InferredType {
  TypePtr type;
  std::string reason;
};
InferredType infer_type(nb::handle object);
/// Whether it is a member of an enum.Enum.
bool is_enum(nb::handle object);

/// Why an object does not fit a type: "Unable to cast Python instance of type <class 'str'> to C++ type ...".
class CastError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
/// Python itself said why: "TypeError: 'int' object is not iterable".
class PythonCastError : public CastError {
 public:
  using CastError::CastError;
};

}  // namespace rushlight::python
