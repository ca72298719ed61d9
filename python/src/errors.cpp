/// Exceptions both ways: C++ classes become the Python classes of the same name, Python's errors pass through C++
/// unharmed.
#include "errors.h"

#include "base/error.h"
#include "base/text.h"
#include "lang/diagnostics.h"
#include "ops/derived_forms.h"
#include "ops/linear_algebra_error.h"

namespace rushlight::python {

PyObject* jit_error_class = nullptr;
PyObject* file_refused_class = nullptr;
PyObject* limit_exceeded_class = nullptr;
static PyObject* linalg_error_class = nullptr;

namespace {

/// A class of rushlight.jit.frontend, which is not imported before it is needed.
PyObject* frontend_class(const char* name) {
  nb::object found = nb::module_::import_("rushlight.jit.frontend").attr(name);
  return found.ptr();  // the module keeps it
}

PyObject* python_class_of(const Error& error) {
  if (dynamic_cast<const lang::FrontendError*>(&error))
    return frontend_class(dynamic_cast<const lang::UnsupportedNodeError*>(&error) ? "UnsupportedNodeError"
                          : dynamic_cast<const lang::NotSupportedError*>(&error)  ? "NotSupportedError"
                                                                                  : "FrontendError");
  if (dynamic_cast<const ScriptRaisedError*>(&error)) return jit_error_class;
  if (dynamic_cast<const ArchiveError*>(&error)) return file_refused_class;
  if (dynamic_cast<const LimitError*>(&error)) return limit_exceeded_class;
  if (dynamic_cast<const LinAlgError*>(&error)) return linalg_error_class;
  if (dynamic_cast<const TypeError*>(&error)) return PyExc_TypeError;
  if (dynamic_cast<const ValueError*>(&error)) return PyExc_ValueError;
  if (dynamic_cast<const IndexError*>(&error)) return PyExc_IndexError;
  if (dynamic_cast<const KeyError*>(&error)) return PyExc_KeyError;
  if (dynamic_cast<const AttributeError*>(&error)) return PyExc_AttributeError;
  if (dynamic_cast<const NotImplementedError*>(&error)) return PyExc_NotImplementedError;
  if (dynamic_cast<const ImportError*>(&error)) return PyExc_ImportError;
  return PyExc_RuntimeError;
}

/// Notes stand below the text in tracebacks and are no part of it (Python 3.11 on; before, there is no place for them).
void add_note(nb::handle exception, const std::string& note) {
  if (!nb::hasattr(exception, "add_note")) return;
  exception.attr("add_note")(nb::steal(to_str(note)));
}

/// Another error of the same compilation, with its hint.
std::string note_of(const Report& other) {
  std::string_view text = other.message;
  if (text.starts_with('\n')) text.remove_prefix(1);
  return cat("Also: ", text, other.hint.empty() ? "" : cat("hint: ", other.hint));
}

constexpr const char* kCause = "_rushlight_error";
/// Keeps the exception of C++ beside that of Python, for code of C++ that Python was called from. Exceptions that leave
/// for good have none: it could not be pickled.
void remember_cause(nb::handle exception) {
  auto* cause = new std::exception_ptr(std::current_exception());
  exception.attr(kCause) = nb::capsule(cause, [](void* p) noexcept { delete static_cast<std::exception_ptr*>(p); });
}

/// Messages show Python's names of the types of tensors: `CPUFloatType` is torch.FloatTensor.
std::string with_python_names(std::string text) {
  if (text.find("CPU") == std::string::npos) return text;
  for (const char* name : {"Byte", "Char", "Double", "Float", "Int", "Long", "Short", "Half"}) {
    const std::string before = cat("CPU", name, "Type"), after = cat("torch.", name, "Tensor");
    for (size_t at = 0; (at = text.find(before, at)) != std::string::npos; at += after.size())
      text.replace(at, before.size(), after);
  }
  return text;
}

void raise(const Error& error) {
  nb::object text = nb::steal(to_str(with_python_names(error.message())));
  nb::object exception = owned(PyObject_CallOneArg(python_class_of(error), text.ptr()));
  if (!error.hint().empty()) add_note(exception, error.hint());
  for (const Report& other : error.others) add_note(exception, note_of(other));
  if (AskingPython::depth > 0) remember_cause(exception);
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(exception.ptr())), exception.ptr());
}

/// `full_name`: what tracebacks show.
PyObject* new_exception(nb::module_& m, const char* name, const char* doc, PyObject* base, const char* full_name) {
  PyObject* type = checked(PyErr_NewExceptionWithDoc(full_name, doc, base, nullptr));
  m.attr(name) = nb::borrow(type);
  return type;
}

/// Warnings of operators, which may run without the GIL. A filter may turn them into errors.
void warn_in_python(std::string_view message) {
  const nb::gil_scoped_acquire locked;
  checked(PyErr_WarnEx(PyExc_UserWarning, std::string(message).c_str(), 1));
}

}  // namespace

thread_local int AskingPython::depth = 0;

void rethrow_cause(const nb::python_error& error) {
  const nb::handle exception = error.value();
  if (!exception.is_valid() || !nb::hasattr(exception, kCause)) return;
  const auto cause = nb::cast<nb::capsule>(exception.attr(kCause));
  std::rethrow_exception(*static_cast<std::exception_ptr*>(cause.data()));
}

void raise_current_exception() noexcept {
  try {
    throw;
  } catch (nb::python_error& error) {
    error.restore();
  } catch (const Error& error) {
    try {
      raise(error);
    } catch (nb::python_error& inner) {
      inner.restore();
    }
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const nb::builtin_exception& error) {
    PyErr_SetString(error.type() == nb::exception_type::type_error ? PyExc_TypeError : PyExc_RuntimeError,
                    error.what());
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  }
}

void bind_errors(nb::module_& m) {
  jit_error_class =
      new_exception(m, "JITException", "Raised for a `raise` statement of compiled code (torch.jit.Error).",
                    PyExc_Exception, "torch.jit.Error");
  // Shows itself as the class that PyTorch raises, of which it is a subclass, so that programs print the same.
  file_refused_class = new_exception(
      m, "FileRefused", "A file is damaged, foreign or dangerous; the text names the record and the reason.",
      PyExc_RuntimeError, "builtins.RuntimeError");
  limit_exceeded_class =
      new_exception(m, "LimitExceeded", "A limit that the caller set (fuel, memory, depth, size) was reached.",
                    PyExc_RuntimeError, "rushlight.LimitExceeded");
  linalg_error_class = new_exception(m, "_LinAlgError", "A matrix for which the operation has no result.",
                                     PyExc_RuntimeError, "torch._C._LinAlgError");
  warning_hook = &warn_in_python;
  nb::register_exception_translator([](const std::exception_ptr& exception, void*) {
    try {
      std::rethrow_exception(exception);
    } catch (const Error& error) {
      raise(error);
    }
  });
}

}  // namespace rushlight::python
