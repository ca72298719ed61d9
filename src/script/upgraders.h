/// Operators whose meaning or schema changed (archive.md section 5): programs of older archives get the old behaviour.
#pragma once
#include "ir/graph.h"

namespace rushlight::script {

struct OperatorChange {
  std::string_view op;          ///< "aten::div.Tensor"
  int64_t version;              ///< archives below it mean the old operator; archives that use it have at least this
  std::string_view old_schema;  ///< what calls in older archives are matched with
  std::string_view upgrader;    ///< the function that does what the old operator did
};

/// The change of an operator by its qualified name; null if there was none.
const OperatorChange* find_operator_change(std::string_view op);
const Schema& old_schema(const OperatorChange& change);

/// Marks a call that was matched with the old schema.
void mark_old_call(ir::Node& node, const OperatorChange& change);
/// Puts the upgraders' bodies in place of calls that mean the old operators. `graph.operator_set_version` says which
/// these are. Runs right after a body was emitted, before anything else looks at the calls.
void replace_old_operators(ir::Graph& graph);

}  // namespace rushlight::script
