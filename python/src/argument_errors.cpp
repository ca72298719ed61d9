#include "argument_errors.h"

#include <unistd.h>

#include <algorithm>

#include "base/text.h"

namespace rushlight::python {
namespace {

std::string keyword_at(const CallArguments& arguments, size_t i) {
  return std::string(str_view(PyTuple_GetItem(arguments.keyword_names, Py_ssize_t(i))));
}

std::vector<std::string> keywords_of(const CallArguments& arguments) {
  std::vector<std::string> names;
  for (size_t i = 0; i < arguments.keyword_count(); ++i) names.push_back(keyword_at(arguments, i));
  return names;
}

std::optional<size_t> find_parameter(const Signature& signature, std::string_view name) {
  for (size_t i = 0; i < signature.parameters.size(); ++i) {
    const Parameter& parameter = signature.parameters[i];
    if (parameter.name == name) return i;
    for (const nb::object& alias : parameter.aliases)
      if (str_view(alias.ptr()) == name) return i;
  }
  return std::nullopt;
}

/// "(Tensor, dim=int)"
std::string given_text(const CallArguments& arguments) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < arguments.count; ++i) parts.push_back(type_name_of(arguments.positional[i]));
  for (size_t i = 0; i < arguments.keyword_count(); ++i)
    parts.push_back(cat(keyword_at(arguments, i), "=", type_name_of(arguments.positional[arguments.count + i])));
  return cat("(", join(parts, ", "), ")");
}

/// The parameters as PyTorch's messages count them: the `*` in front of the keyword-only ones is one of them (null
/// here).
std::vector<const Parameter*> listed(const Signature& signature) {
  std::vector<const Parameter*> list;
  for (const Parameter& parameter : signature.parameters) {
    if (parameter.keyword_only && (list.empty() || (list.back() && !list.back()->keyword_only)))
      list.push_back(nullptr);
    list.push_back(&parameter);
  }
  return list;
}

bool leaves_out_out(const Signature& signature, const std::vector<std::string>& keywords) {
  return signature.out_op && std::ranges::find(keywords, "out") == keywords.end();
}

bool takes_as_many(const Signature& signature, const CallArguments& arguments,
                   const std::vector<std::string>& keywords) {
  return arguments.count + keywords.size() == listed(signature).size() - (leaves_out_out(signature, keywords) ? 1 : 0);
}

/// Keywords that are not among the last parameters, as many of them as there are keywords.
std::vector<std::string> unknown_keywords(const Signature& signature, const std::vector<std::string>& keywords) {
  const std::vector<const Parameter*> list = listed(signature);
  const size_t last = keywords.size() + (leaves_out_out(signature, keywords) ? 1 : 0);
  std::vector<std::string> unknown;
  for (const std::string& keyword : keywords) {
    const bool known = std::any_of(list.end() - ptrdiff_t(std::min(last, list.size())), list.end(),
                                   [&](const Parameter* p) { return p && p->name == keyword; });
    if (!known) unknown.push_back(keyword);
  }
  return unknown;
}

/// The type with those of its elements: "tuple of (int, str)".
std::string detailed_type(PyObject* value) {
  const bool is_tuple = PyTuple_Check(value);
  if (!is_tuple && !PyList_Check(value)) return type_name_of(value);
  std::vector<std::string> elements;
  for (nb::handle element : nb::handle(value)) elements.push_back(type_name_of(element.ptr()));
  std::string text = cat(type_name_of(value), " of ", is_tuple ? "(" : "[", join(elements, ", "));
  if (is_tuple && elements.size() == 1) text += ",";
  return text + (is_tuple ? ")" : "]");
}

/// PyTorch compares the type's name with the parameter's; lists of things therefore never count as right.
bool has_right_type(const Parameter& parameter, PyObject* value) {
  const std::string wanted = parameter.type_name();
  const std::string found = type_name_of(value);
  if (wanted == "float") return found == "float" || found == "int";
  return found == wanted || cat("torch.", found) == wanted;
}

/// "(Tensor, !str!, dim=!float!)": wrong ones are marked, in colour where somebody looks at a terminal.
std::string marked_text(const Signature& signature, const CallArguments& arguments) {
  const bool coloured = isatty(1) && isatty(2);
  const std::string wrong = coloured ? "\33[31;1m" : "!", right = coloured ? "\33[32m" : "",
                    reset = coloured ? "\33[0m" : "";
  const std::vector<const Parameter*> list = listed(signature);
  std::vector<std::string> parts;
  const size_t total = arguments.count + arguments.keyword_count();
  for (size_t i = 0; i < total; ++i) {
    PyObject* value = arguments.positional[i];
    std::string prefix;
    const Parameter* parameter = i < list.size() ? list[i] : nullptr;
    if (i >= arguments.count) {
      const std::string keyword = keyword_at(arguments, i - arguments.count);
      prefix = keyword + "=";
      parameter = &signature.parameters[*find_parameter(signature, keyword)];
    }
    const bool fits = parameter && has_right_type(*parameter, value);
    parts.push_back(cat(fits ? right : wrong, prefix, detailed_type(value),
                        fits && !coloured ? ""
                        : coloured        ? reset
                                          : "!"));
  }
  return cat("(", join(parts, ", "), ")");
}

}  // namespace

void throw_too_many(const std::string& function, const Signature& signature, const CallArguments& arguments) {
  const size_t most = signature.positional;
  if (most == 0 && signature.parameters.empty() && arguments.self)
    throw TypeError(cat("TensorBase.", function, "() takes no arguments (", arguments.count, " given)"));
  const size_t least = size_t(std::ranges::count_if(
      signature.parameters, [](const Parameter& p) { return !p.keyword_only && !p.is_optional; }));
  if (least != most)
    throw TypeError(cat(function, "() takes from ", least, " to ", most, " positional arguments but ", arguments.count,
                        " were given"));
  throw TypeError(cat(function, "() takes ", most, " positional argument", most == 1 ? "" : "s", " but ",
                      arguments.count, arguments.count == 1 ? " was given" : " were given"));
}

void throw_missing(const std::string& function, const Signature& signature, size_t first) {
  std::vector<std::string> names;
  for (size_t i = first; i < signature.parameters.size(); ++i)
    if (!signature.parameters[i].is_optional) names.push_back(cat('"', signature.parameters[i].name, '"'));
  // PyTorch has the plural the wrong way round.
  throw TypeError(cat(function, "() missing ", names.size(), " required positional argument",
                      names.size() == 1 ? "s" : "", ": ", join(names, ", ")));
}

void throw_wrong_type(const std::string& function, const Parameter& parameter, PyObject* value, size_t position) {
  const std::string place = position ? cat(" (position ", position, ")") : "";
  if ((PyTuple_Check(value) || PyList_Check(value)) && parameter.type_name().starts_with("tuple of")) {
    nb::object first = owned(PySequence_GetItem(value, 0));
    throw TypeError(cat(function, "(): argument '", parameter.name, "'", place, " must be ", parameter.type_name(),
                        ", but found element of type ", type_name_of(first.ptr()), " at pos 0"));
  }
  throw TypeError(cat(function, "(): argument '", parameter.name, "'", place, " must be ", parameter.type_name(),
                      ", not ", type_name_of(value)));
}

void throw_unexpected_keyword(const std::string& function, const Signature& signature, const CallArguments& arguments) {
  if (signature.parameters.empty() && arguments.self)
    throw TypeError(cat("TensorBase.", function, "() takes no keyword arguments"));
  for (const std::string& keyword : keywords_of(arguments)) {
    const std::optional<size_t> parameter = find_parameter(signature, keyword);
    if (!parameter) throw TypeError(cat(function, "() got an unexpected keyword argument '", keyword, "'"));
    if (*parameter < arguments.count)
      throw TypeError(cat(function, "() got multiple values for argument '", keyword, "'"));
  }
  throw TypeError("invalid keyword arguments");
}

void throw_no_overload(const std::string& function, const std::vector<Signature>& signatures,
                       const CallArguments& arguments) {
  std::string text =
      cat(function, "() received an invalid combination of arguments - got ", given_text(arguments), ", but expected ");
  const std::vector<std::string> keywords = keywords_of(arguments);
  if (std::ranges::count(signatures, false, &Signature::is_hidden) == 1) throw TypeError(text + signatures[0].str());
  text += "one of:\n";
  for (const Signature& signature : signatures) {
    if (signature.is_hidden) continue;
    text += cat(" * ", signature.str(), "\n");
    if (!takes_as_many(signature, arguments, keywords)) continue;
    const std::vector<std::string> unknown = unknown_keywords(signature, keywords);
    if (!unknown.empty()) {
      text += cat("      didn't match because some of the keywords were incorrect: ", join(unknown, ", "), "\n");
    } else {
      text += cat("      didn't match because some of the arguments have invalid types: ",
                  marked_text(signature, arguments), "\n");
    }
  }
  throw TypeError(text);
}

void warn_old_order(const std::string& function, const Signature& signature) {
  checked(PyErr_WarnEx(PyExc_UserWarning,
                       cat("This overload of ", function, " is deprecated:\n\t", function, signature.str(),
                           "\nConsider using one of the following "
                           "signatures instead:\n\t",
                           function, find_function(function)->signatures()[0].str())
                           .c_str(),
                       1));
}

}  // namespace rushlight::python
