/// Functions with `*args` or `**kwargs` that have no annotation: compiled anew for each shape of what they gather. In
/// the compiled form `args` is a tuple, and `kwargs` a tuple whose names the compiler knows.
#pragma once
#include <map>

#include "lang/tree.h"
#include "script/sugared_value.h"

namespace rushlight::script {

/// What the parameters without annotation gather; a null type: there is no such parameter.
struct GatheredTypes {
  TypePtr positions;
  TypePtr keywords;
  std::vector<std::string> names;  ///< of the keywords
};

class FunctionTemplate {
 public:
  struct Hooks {
    /// The function with lists and dictionaries of tensors.
    std::function<ir::GraphFunction*()> compile_plain;
    std::function<ir::GraphFunction*(std::shared_ptr<const GatheredTypes>)> declare;
    /// Compiles what `declare` gave.
    std::function<void(ir::GraphFunction&)> define;
  };
  FunctionTemplate(std::shared_ptr<const lang::Def> def, Hooks hooks)
      : def_(std::move(def)), hooks_(std::move(hooks)) {}
  const lang::Def& def() const { return *def_; }
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords);

 private:
  ir::GraphFunction* plain_or_null();
  ir::GraphFunction* specialised(const std::shared_ptr<const GatheredTypes>& types);

  std::shared_ptr<const lang::Def> def_;
  Hooks hooks_;
  std::map<std::string, ir::GraphFunction*> made_;  ///< by the text of the types
};

class TemplateValue final : public SugaredValue {
 public:
  explicit TemplateValue(std::shared_ptr<FunctionTemplate> function) : function_(std::move(function)) {}
  std::string kind() const override { return "function"; }
  bool gathers(bool keywords) override;
  SugaredValuePtr call(Emitter& emitter, const SourceRange& range, std::vector<NamedValue> arguments,
                       std::vector<NamedValue> keywords) override {
    return function_->call(emitter, range, std::move(arguments), std::move(keywords));
  }

 private:
  std::shared_ptr<FunctionTemplate> function_;
};

/// `kwargs` of a compiled form: its keys are known, so each value has a type of its own.
class KeywordsValue final : public SugaredValue {
 public:
  KeywordsValue(ir::Value* tuple, std::vector<std::string> names) : tuple_(tuple), names_(std::move(names)) {}
  std::string kind() const override { return "keyword arguments"; }
  bool has(const std::string& name) const;
  std::vector<NamedValue> keywords(Emitter& emitter, const SourceRange& range);
  /// A dictionary; of a Union if the values have different types.
  ir::Value* as_value(Emitter& emitter, const SourceRange& range) override;
  SugaredValuePtr attribute(Emitter& emitter, const SourceRange& range, const std::string& name) override;
  SugaredValuePtr iterable(Emitter& emitter, const SourceRange& range) override;
  SugaredValuePtr element(Emitter& emitter, const SourceRange& range, ir::Value* index, const TypePtr& hint) override;

 private:
  ir::Value* tuple_;
  std::vector<std::string> names_;
};

}  // namespace rushlight::script
