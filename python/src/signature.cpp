#include "signature.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace rushlight::python {
namespace {

using Role = Parameter::Role;

/// Operators that take plain numbers where their schema says Tensor; their Scalar overloads are for the language only.
constexpr std::string_view kNumbersForTensors[] = {"add", "div",      "divide",      "mul",          "multiply",
                                                   "sub", "subtract", "true_divide", "floor_divide", "copy"};

bool takes_numbers(std::string_view name) {
  if (name.ends_with('_') && !name.ends_with("__")) name.remove_suffix(1);
  return std::ranges::find(kNumbersForTensors, name) != std::end(kNumbersForTensors);
}

/// Old orders of arguments that still work, with a warning, and are shown in no message.
struct OldOrder {
  std::string_view name;
  std::string_view arguments;
};
constexpr OldOrder kOldOrders[] = {
    {"add", "self alpha other"},
    {"sub", "self alpha other"},
    {"addcdiv", "self value tensor1 tensor2"},
    {"addcmul", "self value tensor1 tensor2"},
    {"addbmm", "beta self alpha batch1 batch2"},
    {"addbmm", "beta self batch1 batch2"},
    {"baddbmm", "beta self alpha batch1 batch2"},
    {"baddbmm", "beta self batch1 batch2"},
    {"addmm", "beta self alpha mat1 mat2"},
    {"addmm", "beta self mat1 mat2"},
    {"addmv", "beta self alpha mat vec"},
    {"addmv", "beta self mat vec"},
    {"addr", "beta self alpha vec1 vec2"},
    {"addr", "beta self vec1 vec2"},
};

std::optional<ParameterKind> kind_of(const Type& type) {
  switch (type.kind()) {
    case TypeKind::tensor:
      return ParameterKind::tensor;
    case TypeKind::number:
      return ParameterKind::scalar;
    case TypeKind::int_:
    case TypeKind::sym_int:
      return ParameterKind::int_;
    case TypeKind::float_:
    case TypeKind::sym_float:
      return ParameterKind::float_;
    case TypeKind::complex:
      return ParameterKind::complex;
    case TypeKind::bool_:
    case TypeKind::sym_bool:
      return ParameterKind::bool_;
    case TypeKind::string:
      return ParameterKind::string;
    case TypeKind::scalar_type:
      return ParameterKind::dtype;
    case TypeKind::layout:
      return ParameterKind::layout;
    case TypeKind::memory_format:
      return ParameterKind::memory_format;
    case TypeKind::device:
      return ParameterKind::device;
    case TypeKind::generator:
      return ParameterKind::generator;
    case TypeKind::storage:
      return ParameterKind::storage;
    case TypeKind::optional:
      return kind_of(*type.contained()[0]);
    case TypeKind::list:
      switch (const Type& element = *type.contained()[0]; element.kind()) {
        case TypeKind::tensor:
          return ParameterKind::tensor_list;
        case TypeKind::optional:
          return element.contained()[0]->is(TypeKind::tensor) ? std::optional(ParameterKind::optional_tensor_list)
                                                              : std::nullopt;
        case TypeKind::int_:
        case TypeKind::sym_int:
          return ParameterKind::int_list;
        case TypeKind::float_:
          return ParameterKind::float_list;
        case TypeKind::bool_:
          return ParameterKind::bool_list;
        case TypeKind::number:
          return ParameterKind::scalar_list;
        default:
          return std::nullopt;
      }
    default:
      return std::nullopt;
  }
}

bool is_symbolic(const Type& type) {
  if (type.is(TypeKind::optional) || type.is(TypeKind::list)) return is_symbolic(*type.contained()[0]);
  return type.is(TypeKind::sym_int);
}

std::vector<nb::object> numpy_names(std::string_view name) {
  std::vector<std::string_view> names;
  if (name == "dim") names = {"axis"};
  if (name == "keepdim") names = {"keepdims"};
  if (name == "input") names = {"x", "a", "x1"};
  if (name == "other") names = {"x2"};
  std::vector<nb::object> keys;
  for (std::string_view other : names)
    keys.push_back(nb::steal(PyUnicode_InternFromString(std::string(other).c_str())));
  return keys;
}

std::string number_text(double value) {
  std::string text = cat(value);
  return text.find_first_of(".einf") == std::string::npos ? text + ".0" : text;
}

/// A default as messages show it: None, True, 1.0, "valid".
std::string default_text(const IValue& value) {
  if (value.is_none()) return "None";
  if (value.is_bool()) return value.to_bool() ? "True" : "False";
  if (value.is_int()) return cat(value.to_int());
  if (value.is_float()) return number_text(value.to_float());
  if (value.is_string()) return cat('"', value.to_string(), '"');
  if (value.is_list()) {
    // `int[2] stride=1` is stored as [1, 1] and shown as 1.
    std::vector<std::string> elements;
    for (size_t i = 0; i < value.list().size(); ++i) elements.push_back(default_text(value.list().get(i)));
    if (!elements.empty() && std::ranges::all_of(elements, [&](const std::string& e) { return e == elements[0]; }))
      return elements[0];
    return cat("{", join(elements, ","), "}");
  }
  return value.str();
}

Parameter make_parameter(std::string name, ParameterKind kind) {
  Parameter parameter{.kind = kind};
  parameter.key = nb::steal(PyUnicode_InternFromString(name.c_str()));
  parameter.aliases = numpy_names(name);
  parameter.name = std::move(name);
  return parameter;
}

bool is_option(const Argument& argument) {
  return argument.name == "dtype" || argument.name == "layout" || argument.name == "device" ||
         argument.name == "pin_memory";
}

/// The four options of functions that make tensors stand side by side in the schema.
std::optional<size_t> find_options(const Schema& schema) {
  for (size_t i = 0; i + 3 < schema.arguments.size(); ++i)
    if (schema.arguments[i].name == "dtype" && schema.arguments[i + 1].name == "layout" &&
        schema.arguments[i + 2].name == "device" && schema.arguments[i + 3].name == "pin_memory")
      return i;
  return std::nullopt;
}

std::optional<Parameter> parameter_of(const Operator& op, size_t slot, bool numbers) {
  const Argument& argument = op.schema().arguments[slot];
  const std::optional<ParameterKind> kind = kind_of(*argument.type);
  if (!kind) return std::nullopt;
  const bool is_self_tensor = argument.name == "self" && *kind == ParameterKind::tensor;
  Parameter parameter = make_parameter(is_self_tensor ? "input" : argument.name, *kind);
  parameter.slot = slot;
  parameter.allows_none = argument.type->is(TypeKind::optional);
  parameter.is_optional = argument.default_value.has_value();
  parameter.keyword_only = argument.keyword_only;
  parameter.list_length = argument.list_length.value_or(0);
  parameter.is_symbolic = is_symbolic(*argument.type);
  parameter.allows_numbers = numbers && *kind == ParameterKind::tensor;
  if (argument.default_value) parameter.default_text = default_text(*argument.default_value);
  if (argument.name == "pin_memory") parameter.default_text = "False";
  return parameter;
}

/// Whether `out` is the `out=` form of `op`: the same arguments, without options, and outputs behind them.
bool is_out_form_of(const Operator& out, const Operator& op) {
  const auto& a = op.schema().arguments;
  const auto& b = out.schema().arguments;
  size_t j = 0;
  const bool options = find_options(op.schema()).has_value();
  for (const Argument& argument : a) {
    if (options && is_option(argument)) continue;
    if (j >= b.size() || b[j].name != argument.name || !(*b[j].type == *argument.type)) return false;
    ++j;
  }
  if (j == b.size()) return false;
  for (; j < b.size(); ++j)
    if (!b[j].is_write()) return false;
  return true;
}

const Operator* find_out_form(const Operator& op, std::span<const Operator* const> overloads) {
  if (op.form() != Operator::Form::functional) return nullptr;
  for (const Operator* other : overloads)
    if (other->form() == Operator::Form::out && !other->has(OpTraits::language) && is_out_form_of(*other, op))
      return other;
  return nullptr;
}

void add_out(Signature& signature, const Operator& out) {
  const auto& arguments = out.schema().arguments;
  size_t first = arguments.size();
  while (first > 0 && arguments[first - 1].is_write()) --first;
  Parameter parameter = make_parameter(
      "out", arguments.size() - first > 1 || kind_of(*arguments.back().type) == ParameterKind::tensor_list
                 ? ParameterKind::tensor_list
                 : ParameterKind::tensor);
  parameter.role = Role::out;
  parameter.is_optional = parameter.allows_none = parameter.keyword_only = true;
  parameter.default_text = "None";
  signature.out_op = &out;
  for (size_t i = 0; i < first; ++i)
    signature.out_slots.push_back(*signature.op->schema().find_argument(arguments[i].name));
  const auto options = std::ranges::find_if(signature.parameters, [](const Parameter& p) { return p.name == "dtype"; });
  signature.parameters.insert(signature.has_options ? options : signature.parameters.end(), std::move(parameter));
}

void add_requires_grad(Signature& signature) {
  Parameter parameter = make_parameter("requires_grad", ParameterKind::bool_);
  parameter.role = Role::requires_grad;
  parameter.is_optional = parameter.keyword_only = true;
  parameter.default_text = "False";
  const auto after =
      std::ranges::find_if(signature.parameters, [](const Parameter& p) { return p.name == "pin_memory"; });
  signature.parameters.insert(after + 1, std::move(parameter));
}

std::optional<Signature> signature_of(const Operator& op, std::string_view name, bool as_method,
                                      std::span<const Operator* const> overloads) {
  Signature signature;
  signature.op = &op;
  const bool numbers = takes_numbers(name);
  const auto& arguments = op.schema().arguments;
  for (size_t slot = 0; slot < arguments.size(); ++slot) {
    std::optional<Parameter> parameter = parameter_of(op, slot, numbers);
    if (!parameter) return std::nullopt;
    signature.defaults.push_back(arguments[slot].default_value.value_or(IValue()));
    if (as_method && signature.self_slot == SIZE_MAX && arguments[slot].name == "self" &&
        parameter->kind == ParameterKind::tensor) {
      signature.self_slot = slot;
      continue;
    }
    signature.parameters.push_back(std::move(*parameter));
  }
  if (as_method && signature.self_slot == SIZE_MAX) return std::nullopt;
  signature.has_options = !as_method && find_options(op.schema()).has_value();
  if (signature.has_options) add_requires_grad(signature);
  if (!as_method)
    if (const Operator* out = find_out_form(op, overloads)) add_out(signature, *out);
  for (const Parameter& parameter : signature.parameters) {
    if (!parameter.is_optional) ++signature.minimum;
    if (!parameter.keyword_only) ++signature.positional;
  }
  return signature;
}

/// `signature` with its parameters in the order of `names`, all of them required.
Signature in_old_order(const Signature& signature, std::string_view names) {
  Signature old{.op = signature.op, .is_hidden = true};
  old.defaults = signature.defaults;
  old.self_slot = signature.self_slot;
  for (std::string_view name : split(names, ' ')) {
    const size_t slot = *signature.op->schema().find_argument(name);
    for (const Parameter& parameter : signature.parameters) {
      if (parameter.slot != slot || parameter.role != Role::argument) continue;
      old.parameters.push_back(parameter);
      old.parameters.back().keyword_only = old.parameters.back().is_optional = false;
    }
  }
  old.minimum = old.positional = old.parameters.size();
  return old;
}

/// Whether values for `a` are a part of the values for `b`, so that `b` has to be tried first.
bool is_narrower(const Type& a, const Type& b) {
  const std::string x = a.schema_str(), y = b.schema_str();
  return (x == "Scalar" && y == "Tensor") || (x == "Scalar?" && y == "Tensor?") ||
         (x == "int[]" && (y == "int" || y == "int?")) || (x == "Tensor[]" && y.find("[]") != std::string::npos);
}

bool comes_after(const Signature& a, const Signature& b) {
  const auto& x = a.op->schema().arguments;
  const auto& y = b.op->schema().arguments;
  if (x.size() != y.size()) return false;
  bool equal = true;
  for (size_t i = 0; i < x.size(); ++i) {
    if (*x[i].type == *y[i].type) continue;
    equal = false;
    if (!is_narrower(*x[i].type, *y[i].type)) return false;
  }
  return !equal;
}

/// The name of a parameter's C++ type in PyTorch, by which it sorts overloads.
std::string_view sorting_name(const Parameter& parameter) {
  switch (parameter.kind) {
    case ParameterKind::tensor:
      return "Tensor";
    case ParameterKind::scalar:
      return "Scalar";
    case ParameterKind::int_:
      return parameter.is_symbolic ? "SymInt" : "int64_t";
    case ParameterKind::float_:
      return "double";
    case ParameterKind::complex:
      return "c10::complex<double>";
    case ParameterKind::bool_:
      return "bool";
    case ParameterKind::string:
      return "c10::string_view";
    case ParameterKind::dtype:
      return "ScalarType";
    case ParameterKind::layout:
      return "Layout";
    case ParameterKind::memory_format:
      return "MemoryFormat";
    case ParameterKind::device:
      return "Device";
    case ParameterKind::generator:
      return "Generator";
    case ParameterKind::storage:
      return "Storage";
    case ParameterKind::tensor_list:
      return "TensorList";
    case ParameterKind::optional_tensor_list:
      return "c10::List<std::optional<Tensor>>";
    case ParameterKind::int_list:
      return parameter.is_symbolic ? "SymIntArrayRef" : "IntArrayRef";
    case ParameterKind::float_list:
      return "ArrayRef<double>";
    case ParameterKind::bool_list:
      return "std::array<bool>";
    case ParameterKind::scalar_list:
      return "ScalarList";
  }
  return "";
}

std::string sorting_text(const Signature& signature) {
  std::string text;
  bool keyword_only = false;
  for (const Parameter& parameter : signature.parameters) {
    if (parameter.keyword_only && !std::exchange(keyword_only, true)) text += "*, ";
    text += sorting_name(parameter);
    if (parameter.list_length > 0) text += cat("[", parameter.list_length, "]");
    text += cat(parameter.allows_none && parameter.role == Role::argument ? "? " : " ", parameter.name);
    if (parameter.is_optional) text += cat("=", parameter.default_text);
    text += ", ";
  }
  return text;
}

/// By text, then those that accept more in front of those that accept a part of it: PyTorch's order of overloads.
void sort_signatures(std::vector<Signature>& signatures) {
  std::ranges::stable_sort(signatures, {}, &sorting_text);
  for (size_t i = 1; i < signatures.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (comes_after(signatures[j], signatures[i])) {
        std::rotate(signatures.begin() + ptrdiff_t(j), signatures.begin() + ptrdiff_t(i),
                    signatures.begin() + ptrdiff_t(i) + 1);
        break;
      }
}

bool is_for_python(const Operator& op, std::string_view name, bool as_method) {
  if (op.form() == Operator::Form::out || op.has(OpTraits::language)) return false;
  if (op.has(as_method ? OpTraits::no_method : OpTraits::no_function)) return false;
  if (as_method && op.has(OpTraits::nn_functional)) return false;
  return !(takes_numbers(name) && op.schema().overload.starts_with("Scalar"));
}

}  // namespace

std::string Parameter::type_name() const {
  switch (kind) {
    case ParameterKind::tensor:
      return "Tensor";
    case ParameterKind::scalar:
      return "Number";
    case ParameterKind::int_:
      return "int";
    case ParameterKind::float_:
      return "float";
    case ParameterKind::complex:
      return "complex";
    case ParameterKind::bool_:
      return "bool";
    case ParameterKind::string:
      return "str";
    case ParameterKind::dtype:
      return "torch.dtype";
    case ParameterKind::layout:
      return "torch.layout";
    case ParameterKind::memory_format:
      return "torch.memory_format";
    case ParameterKind::device:
      return "torch.device";
    case ParameterKind::generator:
      return "torch.Generator";
    case ParameterKind::storage:
      return "torch.Storage";
    case ParameterKind::tensor_list:
    case ParameterKind::optional_tensor_list:
      return "tuple of Tensors";
    case ParameterKind::int_list:
      return "tuple of ints";
    case ParameterKind::float_list:
      return "tuple of floats";
    case ParameterKind::bool_list:
      return "tuple of bools";
    case ParameterKind::scalar_list:
      return "tuple of Scalars";
  }
  return "object";
}

std::string Signature::str() const {
  std::string text = "(";
  bool keyword_only = false;
  for (const Parameter& parameter : parameters) {
    if (&parameter != &parameters.front()) text += ", ";
    if (parameter.keyword_only && !keyword_only) text += "*, ";
    keyword_only |= parameter.keyword_only;
    text += cat(parameter.type_name(), " ", parameter.name);
    if (parameter.is_optional) text += cat(" = ", parameter.default_text);
  }
  return text + ")";
}

std::vector<Signature> signatures_of(std::string_view name, bool as_method) {
  std::vector<Signature> signatures;
  const std::span<const Operator* const> overloads = find_overloads(cat("aten::", name));
  for (const Operator* op : overloads) {
    if (!is_for_python(*op, name, as_method)) continue;
    if (std::optional<Signature> signature = signature_of(*op, name, as_method, overloads))
      signatures.push_back(std::move(*signature));
  }
  sort_signatures(signatures);
  const std::string_view plain = name.ends_with('_') ? name.substr(0, name.size() - 1) : name;
  const size_t count = signatures.size();
  for (const OldOrder& old : kOldOrders)
    for (size_t i = 0; old.name == plain && i < count; ++i)
      if (signatures[i].op->schema().overload != "dtype")
        signatures.push_back(in_old_order(signatures[i], old.arguments));
  return signatures;
}

std::optional<Signature> signature_of_overload(std::string_view name, std::string_view overload) {
  const Operator* op = find_operator(name, overload);
  if (!op) return std::nullopt;
  std::optional<Signature> signature = signature_of(*op, name, false, {});
  if (!signature) return std::nullopt;
  for (Parameter& parameter : signature->parameters) {
    if (parameter.role != Role::argument || parameter.name != "input") continue;
    parameter = *parameter_of(*op, parameter.slot, parameter.allows_numbers);
    parameter.name = op->schema().arguments[parameter.slot].name;
    parameter.key = nb::steal(PyUnicode_InternFromString(parameter.name.c_str()));
  }
  return signature;
}

}  // namespace rushlight::python
