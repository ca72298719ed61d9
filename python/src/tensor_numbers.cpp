/// Python's operators on tensors: +, -, ==, @ and so on. Each is the operator that PyTorch calls for it; an operand
/// that it does not take gives NotImplemented, so that the other operand is asked.
#include "arguments.h"
#include "python_frames.h"
#include "tensor_slots.h"

namespace rushlight::python {
namespace {

const OverloadSet& method(const char* name) {
  const OverloadSet* set = find_method(name);
  if (!set) throw NotImplementedError(std::string("the operator aten::") + name + " does not exist yet");
  return *set;
}

struct Name {
  template <size_t N>
  constexpr Name(const char (&name)[N]) {
    for (size_t i = 0; i < N; ++i) text[i] = name[i];
  }
  char text[24] = {};
};

/// tensor.NAME(), NAME found once.
template <Name name>
const OverloadSet& cached_method() {
  static const OverloadSet& set = method(name.text);
  return set;
}
template <Name name>
PyObject* call(PyObject* self, PyObject* other) {
  return cached_method<name>().call_operator_slot(self, other);
}

template <Name name>
PyObject* unary(PyObject* self) {
  return guarded([&] { return call<name>(self, nullptr); });
}

/// `a op b`; when only b is a tensor, `reflected(b, a)`.
template <Name name, PyObject* (*reflected)(PyObject* tensor, PyObject* other),
          PyObject* (*straight)(PyObject* tensor, PyObject* other) = &call<name>>
PyObject* binary(PyObject* left, PyObject* right) {
  return guarded([&] { return is_tensor(left) ? straight(left, right) : reflected(right, left); });
}
template <Name name>
PyObject* inplace(PyObject* self, PyObject* other) {
  return guarded([&] { return call<name>(self, other); });
}

PyObject* reflected_div(PyObject* tensor, PyObject* number) {
  if (!is_number(number)) return new_reference(Py_NotImplemented);
  const NativeFrame frame({{"self", tensor}, {"other", number}});
  nb::object reciprocal = nb::steal(call<"reciprocal">(tensor, nullptr));
  return call<"mul">(reciprocal.ptr(), number);
}

/// number op tensor as the function torch.NAME(number, tensor).
template <Name name>
PyObject* as_function(PyObject* tensor, PyObject* number) {
  static const OverloadSet* set = find_function(name.text);
  if (!set || !is_number(number)) return new_reference(Py_NotImplemented);
  const NativeFrame frame({{"self", tensor}, {"other", number}});
  PyObject* arguments[] = {number, tensor};
  return set->call({.positional = arguments, .count = 2});
}
/// The same where the function takes tensors only.
template <Name name>
PyObject* with_number_as_tensor(PyObject* tensor, PyObject* number) {
  if (!is_number(number)) return new_reference(Py_NotImplemented);
  const NativeFrame frame({{"self", tensor}, {"other", number}});
  nb::object left = nb::steal(wrap(wrapped_number(to_scalar(number))));
  return call<name>(left.ptr(), tensor);
}

/// What is a Python method in PyTorch.
template <Name name>
PyObject* call_python_method(PyObject* self, PyObject* other) {
  const NativeFrame frame({{"self", self}, {"other", other}});
  return call<name>(self, other);
}
/// The same of a method with parameters that are not called by names.
template <Name name>
PyObject* call_wrapped_method(PyObject* self, PyObject* other) {
  const NativeFrame frame({{"self", self}});
  return call<name>(self, other);
}

PyObject* refuse(PyObject*, PyObject*) { return new_reference(Py_NotImplemented); }

PyObject* power(PyObject* left, PyObject* right, PyObject* modulo) {
  if (modulo != Py_None) return new_reference(Py_NotImplemented);
  return binary<"pow", &as_function<"pow">, &call_wrapped_method<"pow">>(left, right);
}
PyObject* inplace_power(PyObject* self, PyObject* exponent, PyObject* modulo) {
  if (modulo != Py_None) return new_reference(Py_NotImplemented);
  return guarded([&] { return call_wrapped_method<"pow_">(self, exponent); });
}

PyObject* compare(PyObject* self, PyObject* other, int operation) {
  return guarded([&]() -> PyObject* {
    switch (operation) {
      case Py_LT:
        return call<"lt">(self, other);
      case Py_LE:
        return call<"le">(self, other);
      case Py_EQ:
        return call<"eq">(self, other);
      case Py_NE:
        return call<"ne">(self, other);
      case Py_GT:
        return call<"gt">(self, other);
      default:
        return call<"ge">(self, other);
    }
  });
}

PyObject* invert(PyObject* self) {
  return guarded([&]() -> PyObject* {
    const ScalarType dtype = tensor_of(self).dtype();
    if (!is_integral_or_bool(dtype))
      throw TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors");
    return call<"bitwise_not">(self, nullptr);
  });
}

template <class T>
PyType_Slot slot(int id, T function) {
  return {id, reinterpret_cast<void*>(function)};
}

}  // namespace

std::vector<PyType_Slot> number_slots() {
  return {
      slot(Py_nb_add, &binary<"add", &call<"add">>),
      slot(Py_nb_subtract, &binary<"sub", &call_python_method<"rsub">>),
      slot(Py_nb_multiply, &binary<"mul", &call<"mul">>),
      slot(Py_nb_true_divide, &binary<"div", &reflected_div>),
      slot(Py_nb_floor_divide,
           &binary<"floor_divide", &with_number_as_tensor<"floor_divide">, &call_python_method<"floor_divide">>),
      slot(Py_nb_remainder, &binary<"remainder", &as_function<"remainder">>),
      slot(Py_nb_power, &power),
      slot(Py_nb_matrix_multiply, &binary<"matmul", &refuse>),
      slot(Py_nb_and, &binary<"__and__", &call<"__and__">>),
      slot(Py_nb_or, &binary<"__or__", &call<"__or__">>),
      slot(Py_nb_xor, &binary<"__xor__", &call<"__xor__">>),
      slot(Py_nb_lshift, &binary<"__lshift__", &with_number_as_tensor<"bitwise_left_shift">>),
      slot(Py_nb_rshift, &binary<"__rshift__", &with_number_as_tensor<"bitwise_right_shift">>),
      slot(Py_nb_inplace_add, &inplace<"add_">),
      slot(Py_nb_inplace_subtract, &inplace<"sub_">),
      slot(Py_nb_inplace_multiply, &inplace<"mul_">),
      slot(Py_nb_inplace_true_divide, &inplace<"div_">),
      slot(Py_nb_inplace_floor_divide, &inplace<"floor_divide_">),
      slot(Py_nb_inplace_remainder, &inplace<"remainder_">),
      slot(Py_nb_inplace_power, &inplace_power),
      slot(Py_nb_inplace_and, &inplace<"__iand__">),
      slot(Py_nb_inplace_or, &inplace<"__ior__">),
      slot(Py_nb_inplace_xor, &inplace<"__ixor__">),
      slot(Py_nb_inplace_lshift, &inplace<"__ilshift__">),
      slot(Py_nb_inplace_rshift, &inplace<"__irshift__">),
      slot(Py_nb_negative, &unary<"neg">),
      slot(Py_nb_positive, &unary<"positive">),
      slot(Py_nb_absolute, &unary<"abs">),
      slot(Py_nb_invert, &invert),
      slot(Py_tp_richcompare, &compare),
  };
}

}  // namespace rushlight::python
