/// What an expression can be while a program is compiled: a value of the graph, or something that only exists in the
/// compiler (a module of Python, a function, a type, a range). Each kind answers what it can; the rest is an error with
/// the kind's name in it.
#pragma once
#include <memory>

#include "ir/graph.h"

namespace rushlight::script {

class Emitter;
class SugaredValue;
using SugaredValuePtr = std::shared_ptr<SugaredValue>;

/// An argument of a call, with its name if it was given by keyword.
struct NamedValue {
  std::string name;
  ir::Value* value;
  SourceRange range;
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

  /// Iteration by index. Null length: not iterable in a loop. `unrolled`: the loop body is repeated for each element
  /// instead.
  virtual bool is_iterable() const { return false; }
  virtual bool is_unrolled() const { return false; }
  virtual ir::Value* length(Emitter& emitter, const SourceRange& range);
  virtual SugaredValuePtr element(Emitter& emitter, const SourceRange& range, ir::Value* index);
  /// Whether the compiler knows the elements: `value[index]` is known_item, `value[a:b]` a slice of as_tuple.
  virtual bool has_known_items() const { return false; }
  /// `hint`: the type that an annotated assignment wants.
  virtual SugaredValuePtr known_item(Emitter& emitter, const SourceRange& range, ir::Value* index, const TypePtr& hint);
  /// hasattr(value, name), which is decided while compiling.
  virtual bool has_attribute(Emitter& emitter, const SourceRange& range, const std::string& name);
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
  bool is_iterable() const override;
  bool is_unrolled() const override { return value_->type()->is(TypeKind::tuple); }
  ir::Value* length(Emitter& emitter, const SourceRange& range) override;
  SugaredValuePtr element(Emitter& emitter, const SourceRange& range, ir::Value* index) override;

 private:
  ir::Value* value_;
};
SugaredValuePtr simple(ir::Value* value);

/// An operator by name; `self` is the first argument of a method call.
class BuiltinFunction final : public SugaredValue {
 public:
  explicit BuiltinFunction(ir::Symbol name, std::optional<NamedValue> self = {})
      : name_(name), self_(std::move(self)) {}
  std::string kind() const override { return "builtin"; }
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

/// A compiled function.
class FunctionValue final : public SugaredValue {
 public:
  explicit FunctionValue(ir::GraphFunction* function) : function_(function) {}
  std::string kind() const override { return "function"; }
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override;

 private:
  ir::GraphFunction* function_;
};

/// A method of an object, bound to it.
class MethodValue final : public SugaredValue {
 public:
  MethodValue(ir::Value* self, std::string name) : self_(self), name_(std::move(name)) {}
  std::string kind() const override { return "method"; }
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override;

 private:
  ir::Value* self_;
  std::string name_;
};

/// A class: calling it makes an object (or a NamedTuple).
class ClassValue final : public SugaredValue {
 public:
  explicit ClassValue(TypePtr type) : type_(std::move(type)) {}
  std::string kind() const override { return type_->str(); }
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override;
  SugaredValuePtr attribute(Emitter& emitter, const SourceRange& range, const std::string& name) override;
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
  tensor,
  list,
  dict,
  tuple,
  fork
};
class SpecialFormValue final : public SugaredValue {
 public:
  explicit SpecialFormValue(SpecialForm form) : form_(form) {}
  SpecialForm form() const { return form_; }
  std::string kind() const override { return "special form"; }

 private:
  SpecialForm form_;
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
  RangeValue(Emitter& emitter, const SourceRange& range, std::vector<ir::Value*> arguments);
  std::string kind() const override { return "range"; }
  bool is_iterable() const override { return true; }
  ir::Value* length(Emitter& emitter, const SourceRange& range) override;
  SugaredValuePtr element(Emitter& emitter, const SourceRange& range, ir::Value* index) override;

 private:
  ir::Value* start_ = nullptr;
  ir::Value* stop_ = nullptr;
  ir::Value* step_ = nullptr;
  bool only_stop_ = false;
};

/// `zip` and `enumerate`: iterables side by side.
class ZippedValue final : public SugaredValue {
 public:
  explicit ZippedValue(std::vector<SugaredValuePtr> parts) : parts_(std::move(parts)) {}
  std::string kind() const override { return "iterabletree"; }
  bool is_iterable() const override { return true; }
  bool is_unrolled() const override;
  ir::Value* length(Emitter& emitter, const SourceRange& range) override;
  SugaredValuePtr element(Emitter& emitter, const SourceRange& range, ir::Value* index) override;
  std::vector<SugaredValuePtr> as_tuple(Emitter& emitter, const SourceRange& range,
                                        std::optional<size_t> wanted) override;

 private:
  std::vector<SugaredValuePtr> parts_;
};

/// Several sugared values as one: an element of a zip.
class SugaredTuple final : public SugaredValue {
 public:
  explicit SugaredTuple(std::vector<SugaredValuePtr> parts) : parts_(std::move(parts)) {}
  std::string kind() const override { return "tuple"; }
  ir::Value* as_value(Emitter& emitter, const SourceRange& range) override;
  std::vector<SugaredValuePtr> as_tuple(Emitter&, const SourceRange&, std::optional<size_t>) override { return parts_; }
  bool is_iterable() const override { return true; }
  bool is_unrolled() const override { return true; }
  ir::Value* length(Emitter& emitter, const SourceRange& range) override;

 private:
  std::vector<SugaredValuePtr> parts_;
};

}  // namespace rushlight::script
