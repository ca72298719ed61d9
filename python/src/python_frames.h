/// Where the Python program stands: its stack of calls, its local variables, and warnings that point at it. Functions
/// that are Python here and native in PyTorch are looked through, since programs see file names and variables.
#pragma once
#include <initializer_list>

#include "base/source.h"
#include "python_api.h"
#include "tensor/tensor.h"

namespace rushlight::python {

/// Innermost frame first, `file(line): function` a line; the range's position is that of the innermost.
SourceRange python_stack();
/// The first local variable of the innermost frame that is this tensor; "" if there is none.
std::string local_name_of(const Tensor& tensor);
/// A warning of the class torch.jit.TracerWarning at the innermost frame. A filter may turn it into an error.
void warn_tracer(const std::string& text);

/// Stands for a function that is Python in PyTorch and native here, for as long as it lives: its parameters are the
/// only local variables that are found.
class NativeFrame {
 public:
  using Locals = std::initializer_list<std::pair<const char*, PyObject*>>;
  explicit NativeFrame(Locals locals);
  ~NativeFrame();
  NativeFrame(const NativeFrame&) = delete;

 private:
  friend std::string local_name_of(const Tensor& tensor);
  Locals locals_;
  const NativeFrame* outer_;
};

void bind_python_frames(nb::module_& m);

}  // namespace rushlight::python
