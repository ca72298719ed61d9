/// The TypeErrors of calls that do not fit, with PyTorch's texts.
#pragma once
#include "arguments.h"

namespace rushlight::python {

[[noreturn]] void throw_too_many(const std::string& function, const Signature& signature,
                                 const CallArguments& arguments);
/// `first`: the parameter at which the reading stopped.
[[noreturn]] void throw_missing(const std::string& function, const Signature& signature, size_t first);
/// `position`: counted from 1; 0 for a keyword argument.
[[noreturn]] void throw_wrong_type(const std::string& function, const Parameter& parameter, PyObject* value,
                                   size_t position);
[[noreturn]] void throw_unexpected_keyword(const std::string& function, const Signature& signature,
                                           const CallArguments& arguments);
/// Lists all overloads, and for those that take as many arguments as were given, what is wrong.
[[noreturn]] void throw_no_overload(const std::string& function, const std::vector<Signature>& signatures,
                                    const CallArguments& arguments);
/// The UserWarning for an order of arguments that PyTorch has given up.
void warn_old_order(const std::string& function, const Signature& signature);

}  // namespace rushlight::python
