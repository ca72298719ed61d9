#include "ir/schema_match.h"

#include "value/type_variables.h"

namespace rushlight::ir {

bool accepts_types(const Schema& schema, ArrayRef<Value*> inputs) {
  if (schema.arguments.size() > inputs.size()) return false;
  if (schema.arguments.size() != inputs.size() && !schema.is_vararg) return false;
  TypeVariables variables;
  for (size_t i = 0; i < schema.arguments.size(); ++i) {
    TypePtr wanted = schema.arguments[i].type;
    if (wanted->has_free_variables()) {
      if (!match_type_variables(wanted, inputs[i]->type(), variables)) return false;
      wanted = substitute_variables(wanted, variables);
      // Only None was seen for `t?`: nothing to compare with.
      if (!wanted) continue;
    }
    if (!inputs[i]->type()->is_subtype_of(*wanted)) return false;
  }
  return true;
}

const Operator* match_operator(Symbol kind, ArrayRef<Value*> inputs) {
  for (const Operator* op : find_overloads(kind.str()))
    if (accepts_types(op->schema(), inputs)) return op;
  return nullptr;
}

const Operator* Node::find_op() const {
  if (!op_) op_ = match_operator(kind_, inputs_);
  return op_;
}

}  // namespace rushlight::ir
