// Nodes: inputs and outputs, attributes, place in the block.
#include <algorithm>
#include <limits>

#include "base/text.h"
#include "ir/graph.h"

namespace rushlight::ir {
namespace {

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();
constexpr int64_t kStep = int64_t(1) << 40;  ///< left between neighbours, so that most insertions find room

[[noreturn]] void not_single(const Node& node, const char* which, size_t count) {
  throw RuntimeError(cat("Tried to access a single ", which, " on node '", node.kind().str(), "' which has ", count,
                         " outputs. You may consider using node.", which, "s() instead."));
}

}  // namespace

Node::Node(Graph* graph, Symbol kind) : graph_(graph), kind_(kind), scope_(graph->current_scope()) {}

Value* Node::input() const {
  if (inputs_.size() != 1) not_single(*this, "input", inputs_.size());
  return inputs_[0];
}

Value* Node::output() const {
  if (outputs_.size() != 1) not_single(*this, "output", outputs_.size());
  return outputs_[0];
}

void Node::drop_use(size_t input) {
  op_ = nullptr;
  std::vector<Use>& uses = inputs_[input]->uses_;
  // From the back: what is removed soon after it was added is found at once.
  const auto found = std::find(uses.rbegin(), uses.rend(), Use{this, input});
  RUSHLIGHT_ASSERT(found != uses.rend());
  uses.erase(std::next(found).base());
}

Value* Node::add_input(Value* value) {
  RUSHLIGHT_ASSERT(&value->graph() == graph_);
  op_ = nullptr;
  value->uses_.push_back({this, inputs_.size()});
  inputs_.push_back(value);
  return value;
}

Value* Node::insert_input(size_t i, Value* value) {
  op_ = nullptr;
  for (size_t at = inputs_.size(); at-- > i;) {
    std::vector<Use>& uses = inputs_[at]->uses_;
    std::find(uses.rbegin(), uses.rend(), Use{this, at})->offset = at + 1;
  }
  inputs_.insert(inputs_.begin() + ptrdiff_t(i), value);
  value->uses_.push_back({this, i});
  return value;
}

Value* Node::replace_input(size_t i, Value* value) {
  Value* old = inputs_[i];
  drop_use(i);
  inputs_[i] = value;
  value->uses_.push_back({this, i});
  return old;
}

void Node::replace_input_with(Value* from, Value* to) {
  for (size_t i = 0; i < inputs_.size(); ++i)
    if (inputs_[i] == from) replace_input(i, to);
}

void Node::remove_input(size_t i) {
  drop_use(i);
  inputs_.erase(inputs_.begin() + ptrdiff_t(i));
  for (size_t at = i; at < inputs_.size(); ++at) {
    std::vector<Use>& uses = inputs_[at]->uses_;
    std::find(uses.rbegin(), uses.rend(), Use{this, at + 1})->offset = at;
  }
}

void Node::remove_all_inputs() {
  for (size_t i = inputs_.size(); i-- > 0;) drop_use(i);
  inputs_.clear();
}

void Node::permute_inputs(const std::vector<size_t>& order) {
  std::vector<Value*> permuted;
  for (size_t i : order) permuted.push_back(inputs_[i]);
  // Each use keeps its place among the uses of its value.
  std::vector<std::pair<Use*, size_t>> moves;
  for (size_t i = 0; i < order.size(); ++i) {
    if (order[i] == i) continue;
    std::vector<Use>& uses = permuted[i]->uses_;
    moves.emplace_back(&*std::find(uses.begin(), uses.end(), Use{this, order[i]}), i);
  }
  for (const auto& [use, offset] : moves) use->offset = offset;
  inputs_ = std::move(permuted);
  op_ = nullptr;
}

void Node::permute_outputs(const std::vector<size_t>& order) {
  std::vector<Value*> permuted;
  for (size_t i : order) permuted.push_back(outputs_[i]);
  outputs_ = std::move(permuted);
  for (size_t i = 0; i < outputs_.size(); ++i) outputs_[i]->offset_ = i;
}

Value* Node::add_output() { return insert_output(outputs_.size()); }

Value* Node::insert_output(size_t i) {
  op_ = nullptr;
  Value* value = graph_->new_value(this, i);
  outputs_.insert(outputs_.begin() + ptrdiff_t(i), value);
  for (size_t at = i + 1; at < outputs_.size(); ++at) outputs_[at]->offset_ = at;
  return value;
}

void Node::erase_output(size_t i) {
  RUSHLIGHT_ASSERT(!outputs_[i]->has_uses());
  op_ = nullptr;
  graph_->free_value(outputs_[i]);
  outputs_.erase(outputs_.begin() + ptrdiff_t(i));
  for (size_t at = i; at < outputs_.size(); ++at) outputs_[at]->offset_ = at;
}

bool Node::has_uses() const {
  return std::any_of(outputs_.begin(), outputs_.end(), [](const Value* value) { return value->has_uses(); });
}

Block* Node::add_block() {
  op_ = nullptr;
  return blocks_.emplace_back(graph_->new_block(this));
}

void Node::erase_block(size_t i) {
  op_ = nullptr;
  Block* block = blocks_[i];
  blocks_.erase(blocks_.begin() + ptrdiff_t(i));
  graph_->free_block(block);
}

const AttributeValue* Node::find_attribute(Symbol name) const {
  for (const Attribute& attribute : attributes_)
    if (attribute.name == name) return &attribute.value;
  return nullptr;
}

const AttributeValue& Node::required_attribute(Symbol name) const {
  if (const AttributeValue* value = find_attribute(name)) return *value;
  throw RuntimeError({.message = cat("required keyword attribute '", name.str(), "' is undefined"), .range = range_});
}

Node* Node::set_attribute(Symbol name, AttributeValue value) {
  for (Attribute& attribute : attributes_)
    if (attribute.name == name) {
      attribute.value = std::move(value);
      return this;
    }
  attributes_.push_back({name, std::move(value)});
  return this;
}

void Node::remove_attribute(Symbol name) {
  std::erase_if(attributes_, [&](const Attribute& attribute) { return attribute.name == name; });
}

void Node::copy_attributes(const Node& from) {
  for (const Attribute& attribute : from.attributes_) {
    AttributeValue value = attribute.value;
    if (auto* graph = std::get_if<std::shared_ptr<Graph>>(&value)) *graph = (*graph)->copy();
    if (auto* graphs = std::get_if<std::vector<std::shared_ptr<Graph>>>(&value))
      for (std::shared_ptr<Graph>& graph : *graphs) graph = graph->copy();
    set_attribute(attribute.name, std::move(value));
  }
}

Value* Node::named_input(std::string_view argument) const {
  const Schema* schema = find_schema();
  if (!schema) return nullptr;
  const std::optional<size_t> at = schema->find_argument(argument);
  return at && *at < inputs_.size() ? inputs_[*at] : nullptr;
}

bool Node::is_before(const Node* other) const {
  const auto depth = [](const Node* node) {
    size_t levels = 0;
    for (; node->block_ && node->block_->owning_node(); node = node->block_->owning_node()) ++levels;
    return levels;
  };
  const Node* a = this;
  const Node* b = other;
  size_t depth_a = depth(a), depth_b = depth(b);
  for (; depth_a > depth_b; --depth_a) a = a->block_->owning_node();
  for (; depth_b > depth_a; --depth_b) b = b->block_->owning_node();
  while (a->block_ != b->block_) {
    a = a->block_->owning_node();
    b = b->block_->owning_node();
  }
  return a->position_ < b->position_;
}

/// Gives this node, just linked in, a position between its neighbours'; renumbers the block when there is no room.
void Node::take_position() {
  const bool first = prev_ == block_->param_, last = next_ == block_->return_;
  if (first && last) {
    position_ = 0;
    return;
  }
  const int64_t low = prev_->position_, high = next_->position_;
  if (last && low < kHighest - kStep) {
    position_ = low + kStep;
  } else if (first && high > kLowest + kStep) {
    position_ = high - kStep;
  } else if (uint64_t(high) - uint64_t(low) >= 2) {
    // Close behind the node in front: whoever inserts many nodes before the same one finds room for all of them.
    constexpr uint64_t kCloseStep = uint64_t(kStep) >> 20;
    position_ = int64_t(uint64_t(low) + std::min((uint64_t(high) - uint64_t(low)) / 2, kCloseStep));
  } else {
    int64_t position = 0;
    for (Node* node = block_->param_->next_; node != block_->return_; node = node->next_)
      node->position_ = position += kStep;
  }
}

Node* Node::insert_before(Node* other) {
  RUSHLIGHT_ASSERT(!block_ && other->block_);
  block_ = other->block_;
  next_ = other;
  prev_ = other->prev_;
  prev_->next_ = this;
  next_->prev_ = this;
  take_position();
  return this;
}

Node* Node::insert_after(Node* other) { return insert_before(other->next_); }

void Node::unlink() {
  if (!block_) return;
  prev_->next_ = next_;
  next_->prev_ = prev_;
  block_ = nullptr;
  next_ = prev_ = nullptr;
}

void Node::move_before(Node* other) {
  if (other == this) return;
  unlink();
  insert_before(other);
}

void Node::move_after(Node* other) {
  if (other == this) return;
  unlink();
  insert_after(other);
}

void Node::replace_all_uses_with(Node* other) {
  RUSHLIGHT_ASSERT(outputs_.size() == other->outputs_.size());
  for (size_t i = 0; i < outputs_.size(); ++i) outputs_[i]->replace_all_uses_with(other->outputs_[i]);
}

void Node::destroy() {
  while (!outputs_.empty()) erase_output(outputs_.size() - 1);
  while (!blocks_.empty()) erase_block(blocks_.size() - 1);
  remove_all_inputs();
  if (graph_->insert_before_ == this) graph_->insert_before_ = next_;
  unlink();
  graph_->nodes_.remove(this);
}

}  // namespace rushlight::ir
