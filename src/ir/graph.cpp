#include "ir/graph.h"

#include <limits>

namespace rushlight::ir {
namespace {

using ValueMap = std::unordered_map<const Value*, Value*>;

}  // namespace

Block::Block(Graph* graph, Node* owner) : graph_(graph), owner_(owner) {
  param_ = graph->nodes_.add(new Node(graph, kinds::param));
  return_ = graph->nodes_.add(new Node(graph, kinds::return_));
  param_->block_ = return_->block_ = this;
  param_->next_ = return_;
  return_->prev_ = param_;
  param_->position_ = std::numeric_limits<int64_t>::min();
  return_->position_ = std::numeric_limits<int64_t>::max();
}

Value* Block::add_input(const std::string& name) { return param_->add_output()->set_debug_name(name); }
Value* Block::insert_input(size_t i) { return param_->insert_output(i); }

size_t Block::register_output(Value* value) {
  return_->add_input(value);
  return outputs().size() - 1;
}

void Block::insert_output(size_t i, Value* value) { return_->insert_input(i, value); }

void Block::clone_from(const Block& from, const std::function<Value*(Value*)>& outer) {
  // One table for the blocks at all depths: values are found at once however deep they stand.
  ValueMap copies;
  const std::function<Value*(Value*)> map = [&](Value* value) {
    const auto found = copies.find(value);
    return found == copies.end() ? outer(value) : found->second;
  };
  const std::function<void(Block&, const Block&)> fill = [&](Block& into, const Block& block) {
    for (Value* input : block.inputs()) copies[input] = into.add_input()->copy_metadata(input);
    for (Node* node : block.nodes()) {
      Node* copy = into.append(graph_->create_clone(node, map, /*copy_blocks=*/false));
      for (const Block* inner : node->blocks()) fill(*copy->add_block(), *inner);
      for (size_t i = 0; i < node->outputs().size(); ++i) {
        copies[node->output(i)] = copy->output(i);
        copy->output(i)->copy_metadata(node->output(i));
      }
    }
    for (Value* output : block.outputs()) into.register_output(map(output));
  };
  fill(*this, from);
}

Graph::Graph() {
  block_ = new_block(nullptr);
  insert_before_ = block_->return_node();
}

Graph::~Graph() = default;

Value* Graph::new_value(Node* node, size_t offset) { return values_.add(new Value(node, offset)); }

void Graph::free_value(Value* value) {
  if (value->has_name()) value->set_debug_name("");
  values_.remove(value);
}

Block* Graph::new_block(Node* owner) { return blocks_.add(new Block(this, owner)); }

void Graph::free_block(Block* block) {
  block->return_->remove_all_inputs();
  while (!block->empty()) block->return_->prev_->destroy();
  while (!block->inputs().empty()) block->param_->erase_output(block->inputs().size() - 1);
  nodes_.remove(block->param_);
  nodes_.remove(block->return_);
  blocks_.remove(block);
}

Node* Graph::create(Symbol kind, ArrayRef<Value*> inputs, size_t outputs) {
  Node* node = nodes_.add(new Node(this, kind));
  for (Value* input : inputs) node->add_input(input);
  for (size_t i = 0; i < outputs; ++i) node->add_output();
  return node;
}

Node* Graph::create_clone(const Node* node, const std::function<Value*(Value*)>& map, bool copy_blocks) {
  Node* copy = nodes_.add(new Node(this, node->kind_));
  for (Value* output : node->outputs_) copy->add_output()->copy_metadata(output);
  copy->range_ = node->range_;
  copy->inlined_from_ = node->inlined_from_;
  if (!node->scope_.empty()) copy->scope_ = node->scope_;
  copy->copy_attributes(*node);
  for (Value* input : node->inputs_) copy->add_input(map(input));
  if (copy_blocks)
    for (const Block* block : node->blocks_) copy->add_block()->clone_from(*block, map);
  copy->op_ = node->op_;
  return copy;
}

Node* Graph::insert(Node* node) { return node->insert_before(insert_before_); }

std::vector<Value*> Graph::insert_graph(const Graph& callee, ArrayRef<Value*> inputs) {
  RUSHLIGHT_ASSERT(inputs.size() == callee.inputs().size());
  ValueMap map;
  for (size_t i = 0; i < inputs.size(); ++i) map[callee.inputs()[i]] = inputs[i];
  const auto find = [&](Value* value) { return map.at(value); };
  for (Node* node : callee.nodes()) {
    Node* copy = insert(create_clone(node, find));
    for (size_t i = 0; i < node->outputs().size(); ++i) map[node->output(i)] = copy->output(i);
  }
  std::vector<Value*> outputs;
  for (Value* output : callee.outputs()) outputs.push_back(find(output));
  return outputs;
}

std::shared_ptr<Graph> Graph::copy(bool keep_names) const {
  auto copy = std::make_shared<Graph>();
  copy->operator_set_version = operator_set_version;
  copy->block_->clone_from(*block_,
                           [](Value*) -> Value* { throw RuntimeError("graph refers to a value of another graph"); });
  if (!keep_names)
    for (const auto& value : copy->values_.all()) value->set_debug_name("");
  return copy;
}

Value* Graph::find_value(const std::string& name) const {
  if (const auto found = names_.find(name); found != names_.end()) return found->second;
  for (const auto& value : values_.all())
    if (!value->has_name() && value->debug_name() == name) return value.get();
  return nullptr;
}

}  // namespace rushlight::ir
