/// Lists that are written right after they were made are made as they end up.
///     %l = prim::ListConstruct(%x)
///     %1 = aten::append(%l, %y)            prim::ListConstruct(%x, %y)
///     %2 = aten::insert(%l, %zero, %z)     prim::ListConstruct(%z, %x, %y)
///     %3 = aten::_set_item(%l, %zero, %w)  prim::ListConstruct(%w, %x, %y)
/// Only lists made in the same block, with nothing that could see the list between; positions must be constants inside
/// of it.
#include "passes/passes.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
using ir::Symbol;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

/// Where in a list of `size` elements a constant index points; nothing when it is unknown or outside.
std::optional<size_t> constant_position(const Value* index, size_t size) {
  const std::optional<IValue> constant = ir::constant_value(index);
  if (!constant || !constant->is_int()) return std::nullopt;
  int64_t at = constant->to_int();
  if (at < 0) at += int64_t(size);
  if (at < 0 || at >= int64_t(size)) return std::nullopt;
  return size_t(at);
}

/// The first node that uses the list must be this one, so that nobody saw the list before.
bool is_first_use(const Node& list, const Node& write) {
  for (const ir::Use& use : list.output()->uses())
    if (use.user != &write && !use.user->is_after(&write)) return false;
  return true;
}

bool fold_write(Node& write) {
  static const Symbol append = Symbol::intern("aten::append"), insert = Symbol::intern("aten::insert"),
                      set_item = Symbol::intern("aten::_set_item");
  const bool is_append = write.kind() == append && write.inputs().size() == 2;
  const bool is_insert = write.kind() == insert && write.inputs().size() == 3;
  const bool is_set = write.kind() == set_item && write.inputs().size() == 3;
  if (!is_append && !is_insert && !is_set) return false;
  Node* list = write.input(0)->node();
  if (list->kind() != kinds::list_construct || list->owning_block() != write.owning_block() ||
      !is_first_use(*list, write))
    return false;
  Value* element = write.inputs().back();
  std::optional<size_t> at;
  if (!is_append) {
    at = constant_position(write.input(1), list->inputs().size());
    if (!at) return false;
  }
  if (write.has_uses()) write.output()->replace_all_uses_with(list->output());
  write.remove_all_inputs();
  if (is_append)
    list->add_input(element);
  else if (is_insert)
    list->insert_input(*at, element);
  else
    list->replace_input(*at, element);
  // The element may have been made between the list and the write; nobody uses the list before.
  list->move_before(&write);
  write.destroy();
  return true;
}

bool remove(Block& block) {
  bool changed = false;
  for (Node* node : block.nodes()) {
    for (Block* inner : node->blocks()) changed |= remove(*inner);
    changed |= fold_write(*node);
  }
  return changed;
}

}  // namespace

extern constinit const Pass remove_list_mutation = {
    .name = "remove_list_mutation",
    .summary = "makes lists as they end up instead of writing them afterwards",
    .run = [](ir::Graph& graph, Analyses&) { return remove(graph.block()); },
};

}  // namespace rushlight::passes
