#include "python_frames.h"

#include <map>
#include <unordered_set>

#include "base/text.h"
#include "tensor_object.h"

namespace rushlight::python {
namespace {

thread_local const NativeFrame* native_frame = nullptr;

/// Code objects of the functions that are looked through. They live as long as the process.
std::unordered_set<PyObject*>& hidden_code() {
  static auto* codes = new std::unordered_set<PyObject*>;
  return *codes;
}

nb::object code_of(nb::handle frame) { return nb::borrow(frame).attr("f_code"); }

/// The frame that runs, hidden ones left out; an empty object outside of Python. `hidden`: how many were left out.
nb::object innermost_frame(int* hidden = nullptr) {
  PyObject* running = reinterpret_cast<PyObject*>(PyEval_GetFrame());
  nb::object frame = running ? nb::borrow(running) : nb::object();
  while (frame.is_valid() && !frame.is_none() && hidden_code().contains(code_of(frame).ptr())) {
    if (hidden) ++*hidden;
    frame = frame.attr("f_back");
  }
  return frame.is_valid() && frame.is_none() ? nb::object() : frame;
}

struct Line {
  nb::object code;
  long number;
};

/// The ranges of the lines that ran last: consecutive operators often stand in one line, and their nodes then share it.
SourceRange range_of(const std::vector<Line>& stack) {
  std::string text;
  for (const Line& line : stack)
    text += cat(str_view(nb::object(line.code.attr("co_filename")).ptr()), "(", line.number,
                "): ", str_view(nb::object(line.code.attr("co_name")).ptr()), "\n");
  static thread_local std::shared_ptr<const Source> last;
  if (!last || last->text() != text) {
    const std::string file(str_view(nb::object(stack[0].code.attr("co_filename")).ptr()));
    last = std::make_shared<Source>(std::move(text), file, size_t(std::max(stack[0].number, 1L)));
  }
  return SourceRange(last, 0, last->text().size());
}

}  // namespace

SourceRange python_stack() {
  std::vector<Line> stack;
  for (nb::object frame = innermost_frame(); frame.is_valid() && !frame.is_none(); frame = frame.attr("f_back")) {
    nb::object code = code_of(frame);
    nb::object number = frame.attr("f_lineno");
    if (hidden_code().contains(code.ptr())) continue;
    stack.push_back({std::move(code), number.is_none() ? 0 : nb::cast<long>(number)});
  }
  return stack.empty() ? SourceRange() : range_of(stack);
}

NativeFrame::NativeFrame(Locals locals) : locals_(locals), outer_(std::exchange(native_frame, this)) {}
NativeFrame::~NativeFrame() { native_frame = outer_; }

std::string local_name_of(const Tensor& tensor) {
  if (native_frame) {
    for (const auto& [name, value] : native_frame->locals_)
      if (is_tensor(value) && tensor_of(value).is_same(tensor)) return name == std::string_view("self") ? "" : name;
    return {};
  }
  nb::object frame = innermost_frame();
  if (!frame.is_valid()) return {};
  nb::object locals = frame.attr("f_locals");
  for (nb::handle item : nb::borrow<nb::list>(owned(PyMapping_Items(locals.ptr())))) {
    nb::object value = nb::borrow(PyTuple_GetItem(item.ptr(), 1));
    if (!is_tensor(value.ptr()) || !tensor_of(value.ptr()).is_same(tensor)) continue;
    const std::string name(str_view(PyTuple_GetItem(item.ptr(), 0)));
    return name == "self" ? std::string() : name;
  }
  return {};
}

void warn_tracer(const std::string& text) {
  nb::object category = nb::module_::import_("rushlight.jit").attr("TracerWarning");
  int hidden = 0;
  innermost_frame(&hidden);
  checked(PyErr_WarnEx(category.ptr(), text.c_str(), 1 + hidden));
}

void bind_python_frames(nb::module_& m) {
  m.def(
      "_native_in_pytorch",
      [](nb::object function) {
        nb::object code = function.attr("__code__");
        hidden_code().insert(code.release().ptr());
        return function;
      },
      nb::arg("function"),
      "Marks a Python function that PyTorch has in native code: traces and tracer warnings look through its frames.");
}

}  // namespace rushlight::python
