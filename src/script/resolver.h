/// How the compiler finds what a program's names mean outside of the function at hand. The surfaces (Python, archives,
/// strings) implement it; `virtual`, because a user of this layer plugs it in.
#pragma once
#include "ir/function.h"
#include "script/sugared_value.h"

namespace rushlight::script {

class Resolver {
 public:
  virtual ~Resolver() = default;
  /// Null if the name is not known.
  virtual SugaredValuePtr resolve_value(const std::string& name, ir::GraphFunction& function,
                                        const SourceRange& range) = 0;
  /// A class, enum, NamedTuple or interface by the name that an annotation writes ("Net", "torch.Tensor",
  /// "__torch__.Net").
  virtual TypePtr resolve_type(const std::string& name, const SourceRange& range) = 0;
  /// The types in a tuple that a name or expression of the scope stands for; empty if it is no tuple of types.
  virtual std::vector<TypePtr> tuple_of_types(const std::string&, const SourceRange&) { return {}; }
  /// A value whose type is a module: `self` and its submodules. A surface that knows more of a module than its type
  /// does (containers, methods that are not compiled yet) answers with a value of its own.
  virtual SugaredValuePtr module_value(ir::Value* value) { return simple(value); }
  /// The version of the archive that a program comes from: its operators mean what they meant then.
  virtual std::optional<int64_t> operator_version() const { return std::nullopt; }
  /// Declares the form of `__next__` that loops call (iteration.h) as a method of the class, from its source; false if
  /// that is not known.
  virtual bool declare_advance(const ClassType&) { return false; }
  /// `X = 5` in the body of the class that the user wrote; null if that is no constant.
  virtual SugaredValuePtr class_constant(const ClassType&, const std::string&) { return nullptr; }
  /// Whether the class that the user wrote has `name` in its body, which its compiled form does not have.
  virtual bool is_class_attribute(const ClassType&, const std::string&) { return false; }
  /// Whether resolve_type also reads whole annotations ("Dict[str, m.Net]"), as a scope of Python does.
  virtual bool reads_annotations() const { return false; }
};

/// Knows `torch`, `math` and what archives write, and nothing else: what every string program starts from.
std::shared_ptr<Resolver> native_resolver();
/// Builtins of Python (`len`, `range`, `int`), which every program has and none can hide but by a local variable. Null
/// for other names.
SugaredValuePtr builtin_name(const std::string& name);

}  // namespace rushlight::script
