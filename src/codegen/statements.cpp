// Statements: control flow, definitions, and the cutting of long expressions.
#include <limits>

#include "base/text.h"
#include "codegen/printer.h"
#include "ir/constants.h"

namespace rushlight::codegen {

using ir::Block;
using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

constexpr size_t kLongExpression = 40;  ///< bytes, two for each level of indentation included
constexpr int64_t kNoTripCount = std::numeric_limits<int64_t>::max();

bool is_optional_or_union(const Value* value) {
  return value->type()->is(TypeKind::optional) || value->type()->is(TypeKind::union_);
}

}  // namespace

bool SourcePrinter::Printer::is_long(const TaggedText& text) const {
  return text.size() + 2 * level_ >= kLongExpression;
}

TaggedText SourcePrinter::Printer::use(const Value* value) const {
  if (const auto named = variables_.find(value); named != variables_.end()) {
    TaggedText name;
    name.append(named->second, range_);
    return name;
  }
  const auto found = texts_.find(value);
  RUSHLIGHT_ASSERT(found != texts_.end());
  return found->second;
}

void SourcePrinter::Printer::give_name(const Value* value) {
  variables_[value] = names_.make(make_identifier(value->has_name() ? value->debug_name_base() : "_"));
}

void SourcePrinter::Printer::function_body(const Block& block) {
  std::vector<const Node*> constants;
  std::unordered_set<const Node*> seen;
  constants_in_order(block, constants, seen);
  inline_nodes_.add(block);
  const Indented indented(*this);
  // Most constants only get their text here; long ones get a variable.
  for (const Node* node : constants) statement(*node, /*print_constants=*/true);
  statements(block, /*more_follows=*/!block.outputs().empty());
  statement(*block.return_node());
}

void SourcePrinter::Printer::constants_in_order(const Block& block, std::vector<const Node*>& found,
                                                std::unordered_set<const Node*>& seen) {
  const auto visit = [&](const Node* node) {
    for (const Value* input : node->inputs())
      if (input->node()->kind() == kinds::constant && seen.insert(input->node()).second) found.push_back(input->node());
    for (const Block* inner : node->blocks()) constants_in_order(*inner, found, seen);
  };
  for (const Node* node : block.nodes()) visit(node);
  visit(block.return_node());
}

void SourcePrinter::Printer::statements(const Block& block, bool more_follows) {
  if (block.empty() && !more_follows) {
    indent();
    add("pass\n");
  }
  for (const Node* node : block.nodes()) statement(*node);
}

void SourcePrinter::Printer::statement(const Node& node, bool print_constants) {
  const InRange in_range(*this, node.range());
  for (const Value* input : node.inputs()) mention(input->type());
  for (const Value* output : node.outputs()) mention(output->type());
  const ir::Symbol kind = node.kind();
  if (kind == kinds::constant && !print_constants) return;
  split_long(node.inputs());
  if (kind == kinds::return_) return return_statement(node);
  if (kind == kinds::if_) return if_statement(node);
  if (kind == kinds::loop) return loop_statement(node);
  if (kind == kinds::tuple_unpack || kind == kinds::list_unpack) return unpack_statement(node);
  if (kind == kinds::fork) return nested_function(node, "__forked_function", "fork");
  if (kind == kinds::awaitable) return nested_function(node, "__awaitable_function", "awaitable");
  if (kind == kinds::closure) return closure_statement(node);
  if (kind == kinds::set_attr) {
    indent();
    body.append(use(node.input(0)));
    add(cat(".", node.attribute<std::string>(ir::attributes::name), " = "));
    body.append(use(node.input(1)));
    add("\n");
  } else if (kind == kinds::enter) {
    indent();
    add("with ");
    body.append(use(node.input(0)));
    if (node.output()->has_uses()) {
      give_name(node.output());
      add(" as ");
      body.append(use(node.output()));
    }
    add(":\n");
    ++level_;
  } else if (kind == kinds::exit) {
    if (node.prev()->kind() == kinds::enter) {
      indent();
      add("pass\n");
    }
    --level_;
  } else if (kind == kinds::module_container_index) {
    give_name(node.output());
    indent();
    body.append(use(node.output()));
    add(cat(" : ", node.output()->type()->annotation(), " = "));
    body.append(use(node.input(0)));
    add("[");
    body.append(use(node.input(1)));
    add("]\n");
  } else {
    TaggedText text = expression(node);
    // Only a constant may get a variable for its length alone: for others the order of evaluation would change.
    if (inline_nodes_.contains(&node) && !(kind == kinds::constant && is_long(text)))
      texts_[node.output()] = std::move(text);
    else
      define(node, text);
  }
}

void SourcePrinter::Printer::return_statement(const Node& node) {
  if (options_.for_export && node.inputs().size() != 1)
    throw CompileError(
        "Exportable methods must have a single return value. Normal use of ScriptMethods should enforce this");
  if (node.inputs().empty()) return;
  indent();
  add("return ");
  add_uses(body, node.inputs(), "", "\n");
}

void SourcePrinter::Printer::if_statement(const Node& node) {
  give_names(node.outputs());
  for (size_t i = 0; i < 2; ++i) {
    indent();
    if (i == 0) {
      add("if ");
      body.append(use(node.input()));
      add(":\n");
    } else {
      add("else:\n");
    }
    const Indented indented(*this);
    const Block& block = *node.blocks()[i];
    statements(block, !node.outputs().empty());
    assign(node.outputs(), block.outputs(), /*may_annotate=*/true);
  }
}

void SourcePrinter::Printer::loop_statement(const Node& node) {
  const Block& block = *node.blocks()[0];
  const Value* counter = block.inputs()[0];
  const std::optional<IValue> trips = ir::constant_value(node.input(0));
  const bool counted = !trips || trips->to_int() != kNoTripCount || counter->has_uses();
  const bool always_true = ir::is_true(node.input(1)) && ir::is_true(block.outputs()[0]);
  if (counted && !always_true)
    throw CompileError(
        {.message =
             "loop cannot be printed as python because it has gone through an optimization that combined while and for "
             "loops. File a bug",
         .range = node.range()});
  // A carried value has one name inside and outside.
  give_names(node.outputs());
  for (size_t i = 0; i < node.outputs().size(); ++i) texts_[block.inputs()[i + 1]] = use(node.output(i));
  for (size_t i = 0; i < node.outputs().size(); ++i) assign_initial(node.output(i), node.input(i + 2));
  give_name(counter);
  const ArrayRef<Value*> inputs(block.inputs()), outputs(block.outputs());
  if (counted) {
    indent();
    add("for ");
    body.append(use(counter));
    add(" in range(");
    body.append(use(node.input(0)));
    add("):\n");
  } else {
    // The counter is not used, so its name serves for the condition.
    assign(inputs.slice(0, 1), {node.input(1)}, /*may_annotate=*/false);
    indent();
    add("while ");
    body.append(use(counter));
    add(":\n");
  }
  const Indented indented(*this);
  const size_t first = counted ? 1 : 0;
  statements(block, inputs.size() > first);
  assign(inputs.slice(first, inputs.size() - first), outputs.slice(first, outputs.size() - first),
         /*may_annotate=*/false);
}

void SourcePrinter::Printer::unpack_statement(const Node& node) {
  give_names(node.outputs());
  indent();
  if (!node.outputs().empty()) add_uses(body, node.outputs(), "", ", = ");
  add_uses(body, node.inputs(), "", "\n");
}

void SourcePrinter::Printer::nested_function(const Node& node, const std::string& name, const char* keyword) {
  const std::string function = names_.make(name);
  const ir::Graph& graph = *node.attribute<std::shared_ptr<ir::Graph>>(ir::attributes::subgraph);
  indent();
  add(cat("def ", function, "():\n"));
  for (size_t i = 0; i < node.inputs().size(); ++i) texts_[graph.inputs()[i]] = use(node.input(i));
  function_body(graph.block());
  TaggedText text;
  add(text, cat(keyword, "(", function, ")"));
  define(node, text);
}

void SourcePrinter::Printer::closure_statement(const Node& node) {
  if (options_.for_export) throw CompileError({.message = "closures are not exportable", .range = node.range()});
  give_name(node.output());
  const ir::Graph& graph = *node.attribute<std::shared_ptr<ir::Graph>>(ir::attributes::subgraph);
  indent();
  add("def ");
  body.append(use(node.output()));
  const char* before = "(";
  for (const Value* input : graph.inputs()) {
    give_name(input);
    add(before);
    body.append(use(input));
    add(cat(": ", type_text(input->type())));
    before = ", ";
  }
  add("):\n");
  function_body(graph.block());
}

void SourcePrinter::Printer::define(const Node& node, const TaggedText& expression) {
  give_names(node.outputs());
  indent();
  if (!node.outputs().empty()) add_uses(body, node.outputs(), "", " = ");
  body.append(expression);
  add("\n");
}

void SourcePrinter::Printer::assign(ArrayRef<Value*> left, ArrayRef<Value*> right, bool may_annotate) {
  if (left.empty()) return;
  split_long(right);
  indent();
  add_uses(body, left, "", "");
  if (may_annotate && left.size() == 1 && is_optional_or_union(left[0]) && annotated_.insert(left[0]).second)
    add(cat(" : ", left[0]->type()->annotation()));
  add(" = ");
  add_uses(body, right, "", "\n");
}

void SourcePrinter::Printer::assign_initial(const Value* left, const Value* right) {
  indent();
  body.append(use(left));
  const bool annotate =
      is_optional_or_union(left) ? annotated_.insert(left).second : !(*left->type() == *right->type());
  if (annotate) add(cat(": ", type_text(left->type())));
  add(" = ");
  body.append(use(right));
  add("\n");
}

/// Operands whose text got too long are cut out, and with each of them every inline operand to its left in the
/// statement being built, so that the order of evaluation stays.
void SourcePrinter::Printer::split_long(ArrayRef<Value*> values) {
  for (const Value* value : values) {
    if (!inline_nodes_.contains(value->node()) || value->node()->kind() == kinds::constant || !is_long(use(value)))
      continue;
    const ir::Use user = value->uses().at(0);
    std::vector<const Value*> found;
    collect_to_split(user.user, int64_t(user.offset), found);
    for (auto cut = found.rbegin(); cut != found.rend(); ++cut) {
      const InRange in_range(*this, (*cut)->node()->range());
      const TaggedText text = use(*cut);
      define(*(*cut)->node(), text);
    }
  }
}

void SourcePrinter::Printer::collect_to_split(const Node* user, int64_t offset, std::vector<const Value*>& found) {
  const auto known = split_up_to_.find(user);
  const bool first_visit = known == split_up_to_.end();
  for (int64_t i = offset; i >= (first_visit ? 0 : known->second + 1); --i) {
    const Value* operand = user->input(size_t(i));
    if (operand->node()->kind() != kinds::constant && inline_nodes_.contains(operand->node())) found.push_back(operand);
  }
  split_up_to_[user] = offset;
  if (!first_visit || !inline_nodes_.contains(user)) return;
  // The user itself is still being put together; what stands before it is not.
  const ir::Use outer = user->output()->uses().at(0);
  collect_to_split(outer.user, int64_t(outer.offset) - 1, found);
}

}  // namespace rushlight::codegen
