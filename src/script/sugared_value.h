/// What an expression can be while a program is compiled: a value of the graph, or something that only exists in the
/// compiler (a module of Python, a function, a type, a range). Each kind answers what it can; the rest is an error with
/// the kind's name in it.
#pragma once
#include <memory>

#include "ir/function.h"
#include "lang/tree.h"

namespace rushlight::script {

class Emitter;
class SugaredValue;
using SugaredValuePtr = std::shared_ptr<SugaredValue>;

/// An argument of a call, with its name if it was given by keyword.
struct NamedValue {
  std::string name;
  ir::Value* value;
  SourceRange range;
  bool is_expanded = false;            ///< `*list` or `**dictionary` for a parameter that gathers
  const lang::Expr* source = nullptr;  ///< the expression of the call that made the value, if there is one
};

class SugaredValue : public std::enable_shared_from_this<SugaredValue> {
 public:
  virtual ~SugaredValue() = default;
  /// "value of type 'int'", "module", "builtin": the subject of error texts.
  virtual std::string kind() const = 0;

  /// As a value of the graph.
  virtual ir::Value* as_value(Emitter& emitter, const SourceRange& range);
  virtual SugaredValuePtr attribute(Emitter& emitter, const SourceRange& range, const std::string& name);
  virtual void set_attribute(Emitter& emitter, const SourceRange& range, const std::string& name, ir::Value* value);
  virtual SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                               std::vector<NamedValue> keywords);
  /// The elements, when their number is known while compiling (tuples, module lists). `wanted`: how many targets stand
  /// on the left.
  virtual std::vector<SugaredValuePtr> as_tuple(Emitter& emitter, const SourceRange& range,
                                                std::optional<size_t> wanted);

  /// What a loop goes over: this value, the keys of a dictionary, the parts of a tuple.
  virtual SugaredValuePtr iterable(Emitter& emitter, const SourceRange& range);
  /// How many elements, when that is known while compiling: the loop body is then repeated for each.
  virtual std::optional<size_t> static_length() const { return std::nullopt; }
  virtual ir::Value* length(Emitter& emitter, const SourceRange& range);
  /// `hint`: the type that an annotated assignment wants.
  virtual SugaredValuePtr element(Emitter& emitter, const SourceRange& range, ir::Value* index,
                                  const TypePtr& hint = nullptr);
  /// hasattr(value, name), which is decided while compiling.
  virtual bool has_attribute(Emitter& emitter, const SourceRange& range, const std::string& name);
  /// Whether a call has a parameter `*args` (`keywords`: `**kwargs`), which takes lists and dictionaries of any length.
  virtual bool gathers(bool) { return false; }
  /// The type, if this names one (`int`, a class).
  virtual TypePtr named_type() const { return nullptr; }
};

/// A value of the graph.
class SimpleValue final : public SugaredValue {
 public:
  explicit SimpleValue(ir::Value* value) : value_(value) {}
  ir::Value* value() const { return value_; }
  std::string kind() const override;
  ir::Value* as_value(Emitter&, const SourceRange&) override { return value_; }
  SugaredValuePtr attribute(Emitter& emitter, const SourceRange& range, const std::string& name) override;
  void set_attribute(Emitter& emitter, const SourceRange& range, const std::string& name, ir::Value* value) override;
  bool has_attribute(Emitter& emitter, const SourceRange& range, const std::string& name) override;
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override;
  std::vector<SugaredValuePtr> as_tuple(Emitter& emitter, const SourceRange& range,
                                        std::optional<size_t> wanted) override;
  SugaredValuePtr iterable(Emitter& emitter, const SourceRange& range) override;
  ir::Value* length(Emitter& emitter, const SourceRange& range) override;
  SugaredValuePtr element(Emitter& emitter, const SourceRange& range, ir::Value* index, const TypePtr& hint) override;

 private:
  ir::Value* value_;
};
SugaredValuePtr simple(ir::Value* value);
/// The part of a container of modules that `index` names when the program runs. All parts have `interface`.
SugaredValuePtr container_element(Emitter& emitter, ir::Value* container, ir::Value* index, const TypePtr& interface);
/// The value of the graph that this is; null for everything that only the compiler knows.
ir::Value* as_simple(const SugaredValuePtr& value);
/// Parts of a tuple value: what it was made of, or an unpacking.
std::vector<ir::Value*> unpack_tuple(Emitter& emitter, ir::Value* tuple, const SourceRange& range);
/// The largest common type of the elements of a tuple that may stand for the list `wanted`, asked by conversions.
bool is_convertible_to_list(const Type& tuple, const Type& wanted);

/// An operator by name; `self` is the first argument of a method call.
class BuiltinFunction final : public SugaredValue {
 public:
  explicit BuiltinFunction(ir::Symbol name, std::optional<NamedValue> self = {})
      : name_(name), self_(std::move(self)) {}
  std::string kind() const override { return "builtin"; }
  ir::Symbol name() const { return name_; }
  const std::optional<NamedValue>& self() const { return self_; }
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override;

 private:
  ir::Symbol name_;
  std::optional<NamedValue> self_;
};

/// A namespace of operators and constants: `torch`, `torch.nn.functional`, `math`, `ops.prim`.
class NamespaceValue final : public SugaredValue {
 public:
  explicit NamespaceValue(std::string name) : name_(std::move(name)) {}
  std::string kind() const override { return "module"; }
  SugaredValuePtr attribute(Emitter& emitter, const SourceRange& range, const std::string& name) override;

 private:
  std::string name_;
};

/// A compiled function, or several with different signatures: the first that fits is called.
class FunctionValue final : public SugaredValue {
 public:
  explicit FunctionValue(ir::GraphFunction* function) : functions_{function} {}
  explicit FunctionValue(std::vector<ir::GraphFunction*> functions) : functions_(std::move(functions)) {}
  std::string kind() const override { return "function"; }
  bool gathers(bool keywords) override;
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override;

 private:
  std::vector<ir::GraphFunction*> functions_;
};

/// A method of an object, bound to it; under several names if it is overloaded.
class MethodValue final : public SugaredValue {
 public:
  MethodValue(ir::Value* self, std::string name) : self_(self), names_{std::move(name)} {}
  MethodValue(ir::Value* self, std::vector<std::string> names) : self_(self), names_(std::move(names)) {}
  std::string kind() const override { return "method"; }
  bool gathers(bool keywords) override;
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override;

 private:
  ir::Value* self_;
  std::vector<std::string> names_;
};

/// A class: calling it makes an object (or a NamedTuple).
class ClassValue final : public SugaredValue {
 public:
  explicit ClassValue(TypePtr type) : type_(std::move(type)) {}
  std::string kind() const override;
  SugaredValuePtr iterable(Emitter& emitter, const SourceRange& range) override;
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override;
  SugaredValuePtr attribute(Emitter& emitter, const SourceRange& range, const std::string& name) override;
  bool has_attribute(Emitter& emitter, const SourceRange& range, const std::string& name) override;
  TypePtr named_type() const override { return type_; }

 private:
  TypePtr type_;
};

/// `int`, `float`, `bool`, `str`, `complex`: conversions, and types.
class CastValue final : public SugaredValue {
 public:
  CastValue(TypePtr type, ir::Symbol op) : type_(std::move(type)), op_(op) {}
  std::string kind() const override { return "builtin cast"; }
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override;
  TypePtr named_type() const override { return type_; }

 private:
  TypePtr type_;
  ir::Symbol op_;
};

/// Forms that need their arguments unevaluated, handled by the emitter: annotate, isinstance, getattr, hasattr, range,
/// zip, ...
enum class SpecialForm : uint8_t {
  print,
  range,
  zip,
  enumerate,
  annotate,
  unchecked_cast,
  uninitialized,
  isinstance,
  getattr,
  hasattr,
  legacy_constructor,
  list,
  dict,
  set,
  frozenset,
  tuple,
  fork,
  awaitable,
  tolist,
  getitem,
  slice,
  create_object,
};
class SpecialFormValue final : public SugaredValue {
 public:
  /// `dtype`: of a legacy constructor such as torch.LongTensor.
  explicit SpecialFormValue(SpecialForm form, ScalarType dtype = ScalarType::float32) : form_(form), dtype_(dtype) {}
  SpecialForm form() const { return form_; }
  ScalarType dtype() const { return dtype_; }
  std::string kind() const override { return "SpecialForm"; }

 private:
  SpecialForm form_;
  ScalarType dtype_;
};

/// `print` as a name.
class PrintValue final : public SugaredValue {
 public:
  std::string kind() const override { return "print"; }
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override;
};

/// A function of Python that classes answer with a method: `len(x)` is `x.__len__()` if x is an object.
class MagicMethod final : public SugaredValue {
 public:
  MagicMethod(std::string name, SugaredValuePtr otherwise) : name_(std::move(name)), otherwise_(std::move(otherwise)) {}
  std::string kind() const override { return name_; }
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override;
  TypePtr named_type() const override { return otherwise_->named_type(); }

 private:
  std::string name_;
  SugaredValuePtr otherwise_;
};

/// An exception class. A call makes its message.
class ExceptionValue final : public SugaredValue {
 public:
  /// `qualified_name` is empty for AssertionError, whose message begins with its name instead.
  explicit ExceptionValue(std::string qualified_name) : qualified_name_(std::move(qualified_name)) {}
  std::string kind() const override { return "exception"; }
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override;

 private:
  std::string qualified_name_;
};
class ExceptionMessage final : public SugaredValue {
 public:
  ExceptionMessage(ir::Value* message, ir::Value* class_name) : message_(message), class_name_(class_name) {}
  std::string kind() const override { return "exception message"; }
  ir::Value* message() const { return message_; }
  ir::Value* class_name() const { return class_name_; }  ///< null: AssertionError

 private:
  ir::Value* message_;
  ir::Value* class_name_;
};

/// The body of a nested function: can be forked, not called.
class ClosureValue final : public SugaredValue {
 public:
  explicit ClosureValue(ir::Value* closure) : closure_(closure) {}
  std::string kind() const override { return "closure"; }
  ir::Value* closure() const { return closure_; }
  ir::Value* as_value(Emitter&, const SourceRange&) override { return closure_; }

 private:
  ir::Value* closure_;
};

/// `lambda x: e`: can be called, and handed to `key=`; its body is compiled where it is called.
class LambdaValue final : public SugaredValue {
 public:
  /// `defaults`: null where a parameter has none. `comprehensions`: how many were open where it stands.
  LambdaValue(const lang::Expr& expr, std::vector<ir::Value*> defaults, size_t comprehensions)
      : expr_(expr), defaults_(std::move(defaults)), comprehensions_(comprehensions) {}
  std::string kind() const override { return "lambda"; }
  const lang::Expr& expr() const { return expr_; }
  const std::vector<ir::Value*>& defaults() const { return defaults_; }
  size_t comprehensions() const { return comprehensions_; }
  ir::Value* as_value(Emitter& emitter, const SourceRange& range) override;
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override;

 private:
  const lang::Expr& expr_;
  std::vector<ir::Value*> defaults_;
  size_t comprehensions_;
};

/// A function in a function: compiled as one of its own that takes what it reads from around it as further arguments.
class NestedFunctionValue final : public SugaredValue {
 public:
  /// `defaults`: for each parameter the variable that holds its default; empty: it has none. `comprehensions`: how many
  /// were open where it stands.
  NestedFunctionValue(std::shared_ptr<const lang::Def> def, std::vector<std::string> defaults, size_t comprehensions)
      : def_(std::move(def)), defaults_(std::move(defaults)), comprehensions_(comprehensions) {}
  std::string kind() const override { return "nested function"; }
  const std::shared_ptr<const lang::Def>& def() const { return def_; }
  const std::vector<std::string>& defaults() const { return defaults_; }
  size_t comprehensions() const { return comprehensions_; }
  ir::Value* as_value(Emitter& emitter, const SourceRange& range) override;
  bool gathers(bool keywords) override;
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override;

 private:
  std::shared_ptr<const lang::Def> def_;
  std::vector<std::string> defaults_;
  size_t comprehensions_;
};

/// `slice(a, b, c)`: good for a subscript only.
class SliceValue final : public SugaredValue {
 public:
  SliceValue(ir::Value* start, ir::Value* stop, ir::Value* step) : start(start), stop(stop), step(step) {}
  std::string kind() const override { return "slice"; }
  ir::Value* start;
  ir::Value* stop;
  ir::Value* step;
};

/// What a call without a result gives; becomes a None only where somebody asks for it.
class NoneValue final : public SugaredValue {
 public:
  std::string kind() const override { return "None"; }
  ir::Value* as_value(Emitter& emitter, const SourceRange& range) override;
};

/// `range(...)` as an iterable.
class RangeValue final : public SugaredValue {
 public:
  RangeValue(Emitter& emitter, const SourceRange& range, std::vector<ir::Value*> arguments,
             std::optional<size_t> static_length = {});
  std::string kind() const override { return "range"; }
  SugaredValuePtr iterable(Emitter&, const SourceRange&) override { return shared_from_this(); }
  std::optional<size_t> static_length() const override { return static_length_; }
  ir::Value* length(Emitter& emitter, const SourceRange& range) override;
  SugaredValuePtr element(Emitter& emitter, const SourceRange& range, ir::Value* index, const TypePtr& hint) override;

 private:
  ir::Value* start_ = nullptr;
  ir::Value* stop_ = nullptr;
  ir::Value* step_ = nullptr;
  bool only_stop_ = false;
  std::optional<size_t> static_length_;
};

/// An object of a class with `__next__`: a loop asks it for elements until it raises StopIteration.
class IteratorValue final : public SugaredValue {
 public:
  explicit IteratorValue(ir::Value* object) : object_(object) {}
  std::string kind() const override { return "iterator"; }
  ir::Value* object() const { return object_; }
  SugaredValuePtr iterable(Emitter&, const SourceRange&) override { return shared_from_this(); }
  ir::Value* length(Emitter& emitter, const SourceRange& range) override;

 private:
  ir::Value* object_;
};

/// `zip` and `enumerate`: iterables side by side.
class ZippedValue final : public SugaredValue {
 public:
  void add(const SourceRange& range, SugaredValuePtr part);
  std::string kind() const override { return "iterabletree"; }
  SugaredValuePtr iterable(Emitter&, const SourceRange&) override { return shared_from_this(); }
  std::optional<size_t> static_length() const override { return static_length_; }
  ir::Value* length(Emitter& emitter, const SourceRange& range) override;
  SugaredValuePtr element(Emitter& emitter, const SourceRange& range, ir::Value* index, const TypePtr& hint) override;

 private:
  void collect_lengths(Emitter& emitter, const SourceRange& range, std::vector<ir::Value*>& lengths);
  std::vector<SugaredValuePtr> parts_;
  std::optional<size_t> static_length_;
};

/// Several sugared values as one: what a tuple is iterated as, an element of a zip, a slice of a list of modules.
class SugaredTuple final : public SugaredValue {
 public:
  explicit SugaredTuple(std::vector<SugaredValuePtr> parts) : parts_(std::move(parts)) {}
  std::string kind() const override { return "Tuple"; }
  ir::Value* as_value(Emitter& emitter, const SourceRange& range) override;
  std::vector<SugaredValuePtr> as_tuple(Emitter&, const SourceRange&, std::optional<size_t>) override { return parts_; }
  SugaredValuePtr iterable(Emitter&, const SourceRange&) override { return shared_from_this(); }
  std::optional<size_t> static_length() const override { return parts_.size(); }
  SugaredValuePtr element(Emitter& emitter, const SourceRange& range, ir::Value* index, const TypePtr& hint) override;

 private:
  std::vector<SugaredValuePtr> parts_;
};

}  // namespace rushlight::script
