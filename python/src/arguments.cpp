#include "arguments.h"

#include <array>
#include <unordered_map>

#include "argument_errors.h"
#include "argument_values.h"
#include "autograd/variable.h"
#include "base/text.h"
#include "results.h"
#include "tensor_object.h"
#include "traced_values.h"

namespace rushlight::python {
namespace {

constexpr size_t kMaxParameters = 40;  // _thnn_fused_lstm_cell and its like have fewer than 20

PyObject* find_keyword(const CallArguments& arguments, PyObject* key) {
  const size_t count = arguments.keyword_count();
  for (size_t i = 0; i < count; ++i)
    if (PyTuple_GetItem(arguments.keyword_names, Py_ssize_t(i)) == key)
      return arguments.positional[arguments.count + i];
  // Names that were made at run time are not interned.
  for (size_t i = 0; i < count; ++i)
    if (PyUnicode_Compare(PyTuple_GetItem(arguments.keyword_names, Py_ssize_t(i)), key) == 0)
      return arguments.positional[arguments.count + i];
  return nullptr;
}

PyObject* find_keyword(const CallArguments& arguments, const Parameter& parameter) {
  PyObject* value = find_keyword(arguments, parameter.key.ptr());
  for (size_t i = 0; !value && i < parameter.aliases.size(); ++i)
    value = find_keyword(arguments, parameter.aliases[i].ptr());
  return value;
}

/// One value per parameter, null where it was left out. `varargs` holds the tuple of `view(2, 3)`.
struct Match {
  std::array<PyObject*, kMaxParameters> values;
  nb::object varargs;
};

/// Fills `match`. When the call does not fit: false, or the TypeError that says why.
bool match_signature(const OverloadSet& set, const Signature& signature, const CallArguments& arguments, Match& match,
                     bool raise) {
  const std::vector<Parameter>& parameters = signature.parameters;
  // f(2, 3) is f((2, 3)) when a list of ints is all that can be given by position.
  const bool varargs_allowed =
      signature.positional == 1 && !parameters.empty() && parameters[0].kind == ParameterKind::int_list;
  if (arguments.count > signature.positional && !varargs_allowed) {
    if (raise) throw_too_many(set.name(), signature, arguments);
    return false;
  }
  size_t at = 0;
  size_t keywords_left = arguments.keyword_count();
  for (size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& parameter = parameters[i];
    PyObject* value = nullptr;
    bool by_keyword = false;
    if (at < arguments.count) {
      if (parameter.keyword_only) {
        if (raise) throw_too_many(set.name(), signature, arguments);
        return false;
      }
      value = arguments.positional[at];
    } else if (keywords_left) {
      value = find_keyword(arguments, parameter);
      by_keyword = true;
    }
    const bool may_be_varargs = varargs_allowed && at == 0 && !by_keyword;
    if ((!value && parameter.is_optional) || (value == Py_None && parameter.allows_none)) {
      match.values[i] = value == Py_None ? value : nullptr;
    } else if (!value) {
      if (raise) throw_missing(set.name(), signature, i);
      return false;
    } else if (accepts(parameter, value)) {
      match.values[i] = value;
    } else if (may_be_varargs && accepts_int(value)) {
      nb::object tuple = owned(PyTuple_New(Py_ssize_t(arguments.count)));
      for (size_t k = 0; k < arguments.count; ++k)
        PyTuple_SetItem(tuple.ptr(), Py_ssize_t(k), new_reference(arguments.positional[k]));
      match.varargs = std::move(tuple);
      match.values[i] = match.varargs.ptr();
      at = arguments.count;
      continue;
    } else {
      if (raise) throw_wrong_type(set.name(), parameter, value, by_keyword ? 0 : at + 1);
      return false;
    }
    if (!by_keyword) {
      ++at;
    } else if (value) {
      --keywords_left;
    }
  }
  if (keywords_left) {
    if (raise) throw_unexpected_keyword(set.name(), signature, arguments);
    return false;
  }
  return true;
}

/// Kernels shorter than this cost less than handing over the GIL.
constexpr int64_t kLargeCall = 4096;

bool is_large(const IValue* arguments, size_t count) {
  int64_t elements = 0;
  bool has_tensor = false;
  for (size_t i = 0; i < count; ++i) {
    if (arguments[i].is_tensor()) {
      has_tensor = true;
      elements += arguments[i].tensor().numel();
    } else if (arguments[i].is_list()) {
      const ListObject& list = arguments[i].list();
      if (list.kind() != ListKind::generic) continue;
      for (size_t k = 0; k < list.size() && elements < kLargeCall; ++k)
        if (IValue element = list.get(k); element.is_tensor()) elements += element.tensor().numel();
    }
  }
  return !has_tensor || elements >= kLargeCall;
}

void run(const Operator& op, const IValue* arguments, IValue* results) {
  // The recorder asks Python where it stands.
  if (is_large(arguments, op.argument_count()) && !is_tracing()) {
    nb::gil_scoped_release unlocked;
    call_operator(op, arguments, results);
  } else {
    call_operator(op, arguments, results);
  }
}

/// Room for the values of one call; on the stack unless the operator is unusually long.
class Values {
 public:
  explicit Values(size_t count) : more_(count > kOnStack ? count : 0) {}
  IValue* data() { return more_.empty() ? few_.data() : more_.data(); }
  IValue& operator[](size_t i) { return data()[i]; }

 private:
  static constexpr size_t kOnStack = 12;
  std::array<IValue, kOnStack> few_;
  std::vector<IValue> more_;
};

PyObject* call_with_out(const OverloadSet& set, const Signature& signature, Values& values, PyObject* out) {
  const Operator& op = *signature.out_op;
  Values all(op.argument_count());
  size_t at = 0;
  for (size_t slot : signature.out_slots) all[at++] = std::move(values[slot]);
  if (is_tensor(out)) {
    all[at] = IValue(tensor_of(out));
  } else if (op.schema().arguments[at].type->is(TypeKind::list)) {
    all[at] = to_tensor_list(out, 0, false);
  } else {
    const size_t wanted = op.argument_count() - at;
    const size_t given = size_t(checked(int(PySequence_Size(out))));
    if (given != wanted)
      throw TypeError(cat(set.name(), "(): argument 'out' must be tuple of ", wanted, " Tensors, not ", given));
    for (size_t i = 0; i < wanted; ++i) {
      nb::object element = owned(PySequence_GetItem(out, Py_ssize_t(i)));
      if (!is_tensor(element.ptr()))
        throw TypeError(
            cat("expected Tensor as element ", i, " in argument 'out', but got ", type_name_of(element.ptr())));
      all[at + i] = IValue(tensor_of(element.ptr()));
    }
  }
  Values results(op.result_count());
  run(op, all.data(), results.data());
  return wrap_results(set.name(), *signature.op, results.data());
}

PyObject* call_signature(const OverloadSet& set, const Signature& signature, const CallArguments& arguments,
                         const Match& match) {
  const Operator& op = *signature.op;
  if (signature.is_hidden) warn_old_order(set.name(), signature);
  Values values(op.argument_count());
  if (signature.self_slot != SIZE_MAX) values[signature.self_slot] = IValue(tensor_of(arguments.self));
  PyObject* out = nullptr;
  bool requires_grad = false;
  const bool traced = is_tracing();
  for (size_t i = 0; i < signature.parameters.size(); ++i) {
    const Parameter& parameter = signature.parameters[i];
    PyObject* value = match.values[i];
    if (parameter.role == Parameter::Role::out) {
      out = value == Py_None ? nullptr : value;
    } else if (parameter.role == Parameter::Role::requires_grad) {
      requires_grad = value == Py_True;
    } else if (!value) {
      values[parameter.slot] = signature.defaults[parameter.slot];
    } else if (value != Py_None) {
      values[parameter.slot] = to_argument(set.name(), parameter, i, value);
    }
  }
  if (traced) [[unlikely]] {
    start_traced_call();
    // PyTorch reads them from the last to the first, which shows in the numbers of values.
    for (size_t i = signature.parameters.size(); i-- > 0;)
      if (match.values[i] && signature.parameters[i].role == Parameter::Role::argument)
        note_traced_argument(signature, signature.parameters[i], match.values[i]);
    fill_traced_options(signature, values.data());
  }
  if (out) return call_with_out(set, signature, values, out);
  Values results(op.result_count());
  run(op, values.data(), results.data());
  if (requires_grad) autograd::set_requires_grad(results[0].tensor(), true);
  return wrap_results(set.name(), op, results.data());
}

using Sets = std::unordered_map<std::string, std::unique_ptr<OverloadSet>>;

const OverloadSet* find(Sets& sets, std::string_view name, bool as_method) {
  auto [entry, is_new] = sets.try_emplace(std::string(name));
  if (is_new) {
    std::vector<Signature> signatures = signatures_of(name, as_method);
    if (!signatures.empty()) entry->second = std::make_unique<OverloadSet>(std::string(name), std::move(signatures));
  }
  return entry->second.get();
}

}  // namespace

OverloadSet::OverloadSet(std::string name, std::vector<Signature> signatures)
    : name_(std::move(name)), signatures_(std::move(signatures)) {
  for (const Signature& signature : signatures_) RUSHLIGHT_ASSERT(signature.parameters.size() <= kMaxParameters);
}

PyObject* OverloadSet::call(const CallArguments& arguments) const {
  Match match;
  const bool only = signatures_.size() == 1;
  for (const Signature& signature : signatures_)
    if (match_signature(*this, signature, arguments, match, only))
      return call_signature(*this, signature, arguments, match);
  // When the number of arguments leaves one overload, the message is about that one.
  const size_t given = arguments.count + arguments.keyword_count();
  const Signature* plausible = nullptr;
  size_t plausible_count = 0;
  for (const Signature& signature : signatures_) {
    if (signature.is_hidden || given < signature.minimum || given > signature.parameters.size()) continue;
    plausible = &signature;
    ++plausible_count;
  }
  if (plausible_count == 1) match_signature(*this, *plausible, arguments, match, true);
  throw_no_overload(name_, signatures_, arguments);
}

PyObject* OverloadSet::call_operator_slot(PyObject* self, PyObject* other) const {
  const CallArguments arguments{.self = self, .positional = &other, .count = other ? 1u : 0u};
  Match match;
  for (const Signature& signature : signatures_)
    if (match_signature(*this, signature, arguments, match, false))
      return call_signature(*this, signature, arguments, match);
  return new_reference(Py_NotImplemented);
}

const OverloadSet* find_function(std::string_view name) {
  static Sets* sets = new Sets;  // lives as long as the process: it holds Python objects
  return find(*sets, name, false);
}
const OverloadSet* find_method(std::string_view name) {
  static Sets* sets = new Sets;
  return find(*sets, name, true);
}
const OverloadSet* find_overload(std::string_view name, std::string_view overload) {
  static Sets* sets = new Sets;
  auto [entry, is_new] = sets->try_emplace(overload.empty() ? std::string(name) : cat(name, ".", overload));
  if (is_new)
    if (std::optional<Signature> signature = signature_of_overload(name, overload)) {
      std::vector<Signature> one;
      one.push_back(std::move(*signature));
      entry->second = std::make_unique<OverloadSet>(entry->first, std::move(one));
    }
  return entry->second.get();
}

}  // namespace rushlight::python
