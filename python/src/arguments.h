/// The one reader of arguments: matches what Python gave against the signatures of an operator and calls it.
#pragma once
#include "signature.h"

namespace rushlight::python {

/// What a vectorcall hands over. `self` is null for functions.
struct CallArguments {
  PyObject* self = nullptr;
  PyObject* const* positional = nullptr;
  size_t count = 0;
  PyObject* keyword_names = nullptr;  ///< a tuple of str, or null; the values stand behind the positional ones

  size_t keyword_count() const { return keyword_names ? size_t(PyTuple_Size(keyword_names)) : 0; }
};

/// All overloads under one Python name.
class OverloadSet {
 public:
  OverloadSet(std::string name, std::vector<Signature> signatures);
  const std::string& name() const { return name_; }
  const std::vector<Signature>& signatures() const { return signatures_; }

  /// Calls the first overload that fits. A new reference. Throws TypeError with PyTorch's text when none does.
  PyObject* call(const CallArguments& arguments) const;
  /// The same for Python's operators: NotImplemented when none fits.
  PyObject* call_operator_slot(PyObject* self, PyObject* other) const;

 private:
  std::string name_;
  std::vector<Signature> signatures_;
};

/// Null if Python has no function (method) of that name. Made when first asked for.
const OverloadSet* find_function(std::string_view name);
const OverloadSet* find_method(std::string_view name);
/// One overload ("aten::to", "dtype"), called with the arguments of its schema.
const OverloadSet* find_overload(std::string_view name, std::string_view overload);

}  // namespace rushlight::python
