/// The exception classes of our own, and the translation of all others (see errors.cpp).
#pragma once
#include "python_api.h"

namespace rushlight::python {

extern PyObject* jit_error_class;
extern PyObject* file_refused_class;
extern PyObject* limit_exceeded_class;

/// If Python's exception stands for one of C++ that went through Python, throws that one.
void rethrow_cause(const nb::python_error& error);
/// While one lives, errors of C++ that become Python's can be found again (rethrow_cause).
struct AskingPython {
  AskingPython() { ++depth; }
  ~AskingPython() { --depth; }
  AskingPython(const AskingPython&) = delete;
  static thread_local int depth;
};
/// Asks Python during a compilation. Errors of the program that the answer meets stay errors of C++.
template <class Question>
auto ask_python(Question&& question) {
  try {
    const AskingPython asking;
    return question();
  } catch (const nb::python_error& error) {
    rethrow_cause(error);
    throw;
  }
}

void bind_errors(nb::module_& m);

}  // namespace rushlight::python
