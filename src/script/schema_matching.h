/// From the arguments of a call to the inputs of a node: overloads, defaults, conversions. Attempts that fail leave
/// dead nodes behind, whose numbers stay used (ir.md 6.3): that is what PyTorch's printed numbers come from.
#pragma once
#include "script/sugared_value.h"
#include "value/type_text.h"

namespace rushlight::script {

struct MatchedCall {
  size_t schema = 0;  ///< which of the candidates
  std::vector<ir::Value*> inputs;
  std::vector<TypePtr> results;
};

/// Nothing, and the reason appended to `why`, if the arguments do not fit.
std::optional<MatchedCall> match_schema(Emitter& emitter, const SourceRange& range, const Schema& schema,
                                        const std::vector<NamedValue>& arguments,
                                        const std::vector<NamedValue>& keywords, bool allow_conversions,
                                        std::string& why, std::optional<NamedValue> self = {});
/// The first candidate that fits: without conversions, then with; the only one at once with. Throws the reasons of all
/// if none fits.
MatchedCall match_schemas(Emitter& emitter, const SourceRange& range, ArrayRef<const Schema*> schemas,
                          const std::vector<NamedValue>& arguments, const std::vector<NamedValue>& keywords,
                          std::optional<NamedValue> self = {});

/// A call of an operator by name. Throws the list of variants if none fits.
SugaredValuePtr emit_operator_call(Emitter& emitter, const SourceRange& range, ir::Symbol name,
                                   const std::vector<NamedValue>& arguments,
                                   const std::vector<NamedValue>& keywords = {}, std::optional<NamedValue> self = {});
ir::Value* emit_operator(Emitter& emitter, const SourceRange& range, std::string_view name,
                         std::vector<ir::Value*> arguments);
/// The operator `name` as a method of `self`; null if none of that name takes it.
SugaredValuePtr operator_method(ir::Symbol name, const NamedValue& self);

/// `value` as `type`: implicit conversions of numbers and tensors, tuples to lists. `value` itself if nothing applies.
ir::Value* convert_implicitly(Emitter& emitter, const SourceRange& range, ir::Value* value, const TypePtr& type,
                              bool allow_conversions);

}  // namespace rushlight::script
