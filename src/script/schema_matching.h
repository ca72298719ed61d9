/// From the arguments of a call to the inputs of a node: overloads, defaults, conversions. Attempts that fail leave
/// dead nodes behind, whose numbers stay used (ir.md 6.3): that is what PyTorch's printed numbers come from.
#pragma once
#include "script/sugared_value.h"

namespace rushlight::script {

struct MatchedCall {
  std::vector<ir::Value*> inputs;
  std::vector<TypePtr> results;
};

/// Nothing, and the reason appended to `why`, if the arguments do not fit.
std::optional<MatchedCall> match_schema(Emitter& emitter, const SourceRange& range, const Schema& schema,
                                        const std::vector<NamedValue>& arguments,
                                        const std::vector<NamedValue>& keywords, bool allow_conversions,
                                        std::string& why, std::optional<NamedValue> self = {});

/// A call of an operator by name: all overloads without conversions, then with. Throws the list of variants if none
/// fits.
SugaredValuePtr emit_operator_call(Emitter& emitter, const SourceRange& range, ir::Symbol name,
                                   const std::vector<NamedValue>& arguments,
                                   const std::vector<NamedValue>& keywords = {}, std::optional<NamedValue> self = {});
ir::Value* emit_operator(Emitter& emitter, const SourceRange& range, std::string_view name,
                         std::vector<ir::Value*> arguments);

/// `value` as `type`: implicit conversions of numbers and tensors, tuples to lists. `value` itself if nothing applies.
ir::Value* convert_implicitly(Emitter& emitter, const SourceRange& range, ir::Value* value, const TypePtr& type,
                              bool allow_conversions);

}  // namespace rushlight::script
