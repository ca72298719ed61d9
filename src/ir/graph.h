/// The IR: a function as a graph in SSA form, with nested blocks for control flow. The graph owns its nodes, values and
/// blocks; pointers to them are borrowed. Numbers and names of values are part of what users see, so the order in which
/// values are made matters (ir.md section 4).
#pragma once
#include <unordered_map>
#include <variant>

#include "ir/kinds.h"
#include "ops/op.h"

namespace rushlight::ir {

class Graph;
class Block;
class Node;
class Value;
class GraphFunction;

struct Use {
  Node* user;
  size_t offset;  ///< which input of `user`
  bool operator==(const Use&) const = default;
};

/// Base of nodes, values and blocks: their place in the graph's store, and whether they still exist for those who hold
/// handles.
class GraphPart {
 public:
  /// Turns false when the graph frees this part. Made when first asked for.
  std::shared_ptr<const bool> alive() const {
    if (!alive_) alive_ = std::make_shared<bool>(true);
    return alive_;
  }
  GraphPart(const GraphPart&) = delete;

 protected:
  GraphPart() = default;
  ~GraphPart() {
    if (alive_) *alive_ = false;
  }

 private:
  template <class T>
  friend class PartStore;
  mutable std::shared_ptr<bool> alive_;
  size_t slot_ = 0;
};

/// Owns the parts of one kind; adding and removing take constant time.
template <class T>
class PartStore {
 public:
  T* add(T* part) {
    part->slot_ = parts_.size();
    parts_.emplace_back(part);
    return part;
  }
  void remove(T* part) {
    std::unique_ptr<T>& place = parts_[part->slot_];
    if (&place != &parts_.back()) {
      std::swap(place, parts_.back());
      place->slot_ = part->slot_;
    }
    parts_.pop_back();
  }
  const std::vector<std::unique_ptr<T>>& all() const { return parts_; }

 private:
  std::vector<std::unique_ptr<T>> parts_;
};

class Value : public GraphPart {
 public:
  Node* node() const { return node_; }
  size_t offset() const { return offset_; }
  size_t unique() const { return unique_; }
  Graph& graph() const;
  const TypePtr& type() const { return type_; }
  Value* set_type(TypePtr type);  ///< never null; returns this
  bool has_name() const { return !name_.empty(); }
  const std::string& name() const { return name_; }  ///< may be empty
  /// The name, or the number if it has none.
  std::string debug_name() const { return name_.empty() ? std::to_string(unique_) : name_; }
  /// The name without its last ".digits".
  std::string debug_name_base() const;
  /// Takes the name; who had it before gets a suffix (ir.md 4.2). "" removes the name. RuntimeError for digits only.
  Value* set_debug_name(const std::string& name);
  const std::vector<Use>& uses() const { return uses_; }
  bool has_uses() const { return !uses_.empty(); }
  void replace_all_uses_with(Value* other);
  /// Only uses by nodes after `node`.
  void replace_all_uses_after(Node* node, Value* other);
  /// Takes type and name of `from`.
  Value* copy_metadata(Value* from);

 private:
  friend class Graph;
  friend class Node;
  friend class Block;
  Value(Node* node, size_t offset);
  Node* node_;
  size_t offset_;
  size_t unique_;
  TypePtr type_;
  std::string name_;
  std::vector<Use> uses_;
};

/// The value of one attribute. The alternatives are PyTorch's kinds f c i s t g ty ival and their lists, in this order.
using AttributeValue =
    std::variant<double, std::complex<double>, int64_t, std::string, Tensor, std::shared_ptr<Graph>, TypePtr, IValue,
                 std::vector<double>, std::vector<std::complex<double>>, std::vector<int64_t>, std::vector<std::string>,
                 std::vector<Tensor>, std::vector<std::shared_ptr<Graph>>, std::vector<TypePtr>>;
struct Attribute {
  Symbol name;
  AttributeValue value;
};

/// Where an inlined node came from: innermost call first. Shared between the nodes of one inlined body.
struct InlinedCall {
  const Function* function;
  SourceRange call_site;                      ///< in the caller
  std::shared_ptr<const InlinedCall> caller;  ///< null at the outermost
};

class Node : public GraphPart {
 public:
  Symbol kind() const { return kind_; }
  Graph& graph() const { return *graph_; }
  Block* owning_block() const { return block_; }
  const SourceRange& range() const { return range_; }
  Node* set_range(SourceRange range) {
    range_ = std::move(range);
    return this;
  }
  const std::string& scope() const { return scope_; }
  void set_scope(std::string scope) { scope_ = std::move(scope); }
  const std::shared_ptr<const InlinedCall>& inlined_from() const { return inlined_from_; }
  void set_inlined_from(std::shared_ptr<const InlinedCall> call) { inlined_from_ = std::move(call); }

  const std::vector<Value*>& inputs() const { return inputs_; }
  Value* input() const;  ///< the only one
  Value* input(size_t i) const { return inputs_[i]; }
  Value* add_input(Value* value);
  Value* insert_input(size_t i, Value* value);
  Value* replace_input(size_t i, Value* value);  ///< returns the old one
  void replace_input_with(Value* from, Value* to);
  void remove_input(size_t i);
  void remove_all_inputs();
  void permute_inputs(const std::vector<size_t>& order);  ///< the new i-th is the old order[i]-th
  void permute_outputs(const std::vector<size_t>& order);
  const std::vector<Value*>& outputs() const { return outputs_; }
  Value* output() const;  ///< the only one
  Value* output(size_t i) const { return outputs_[i]; }
  Value* add_output();
  Value* insert_output(size_t i);
  void erase_output(size_t i);  ///< must have no uses
  bool has_uses() const;

  const std::vector<Block*>& blocks() const { return blocks_; }
  Block* add_block();
  void erase_block(size_t i);

  const std::vector<Attribute>& attributes() const { return attributes_; }
  const AttributeValue* find_attribute(Symbol name) const;
  bool has_attribute(Symbol name) const { return find_attribute(name) != nullptr; }
  /// An existing name keeps its place.
  Node* set_attribute(Symbol name, AttributeValue value);
  void remove_attribute(Symbol name);
  void copy_attributes(const Node& from);
  /// Typed read. RuntimeError "required keyword attribute 'foo' is undefined".
  template <class T>
  const T& attribute(Symbol name) const {
    return std::get<T>(required_attribute(name));
  }

  /// The operator that this node calls: by kind and the types of its inputs. Null for structural kinds and unknown
  /// ones.
  const Operator* find_op() const;
  void set_op(const Operator* op) { op_ = op; }
  const Schema* find_schema() const { return find_op() ? &find_op()->schema() : nullptr; }
  /// The input for a schema argument; null if this node has no schema or no such argument.
  Value* named_input(std::string_view argument) const;

  bool is_before(const Node* other) const;
  bool is_after(const Node* other) const { return other->is_before(this); }
  int64_t position() const { return position_; }  ///< increases within a block
  Node* next() const { return next_; }            ///< the block's return node after the last
  Node* prev() const { return prev_; }
  Node* insert_before(Node* other);  ///< this node, made by Graph::create, is put before `other`
  Node* insert_after(Node* other);
  void move_before(Node* other);
  void move_after(Node* other);
  void replace_all_uses_with(Node* other);  ///< output by output
  /// Removes and frees the node. Its outputs must have no uses.
  void destroy();

 private:
  friend class Graph;
  friend class Block;
  friend class Value;
  Node(Graph* graph, Symbol kind);
  void unlink();
  void take_position();
  void drop_use(size_t input);
  const AttributeValue& required_attribute(Symbol name) const;
  Graph* graph_;
  Symbol kind_;
  Block* block_ = nullptr;
  Node* next_ = nullptr;
  Node* prev_ = nullptr;
  int64_t position_ = 0;
  std::vector<Value*> inputs_;
  std::vector<Value*> outputs_;
  std::vector<Block*> blocks_;
  std::vector<Attribute> attributes_;
  SourceRange range_;
  std::string scope_;
  std::shared_ptr<const InlinedCall> inlined_from_;
  mutable const Operator* op_ = nullptr;
};

class Block : public GraphPart {
 public:
  Graph& graph() const { return *graph_; }
  Node* owning_node() const { return owner_; }  ///< null for the graph's own block
  Node* param_node() const { return param_; }
  Node* return_node() const { return return_; }
  const std::vector<Value*>& inputs() const { return param_->outputs(); }
  const std::vector<Value*>& outputs() const { return return_->inputs(); }
  Value* add_input(const std::string& name = "");
  Value* insert_input(size_t i);
  void erase_input(size_t i) { param_->erase_output(i); }
  size_t register_output(Value* value);
  void insert_output(size_t i, Value* value);
  void erase_output(size_t i) { return_->remove_input(i); }
  void replace_output(size_t i, Value* value) { return_->replace_input(i, value); }

  /// Nodes in order. The walk survives the removal of the current node.
  class Iterator {
   public:
    explicit Iterator(Node* at) : at_(at), next_(at->next()) {}
    Node* operator*() const { return at_; }
    Iterator& operator++() {
      at_ = next_;
      next_ = at_->next();
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    Node* at_;
    Node* next_;
  };
  struct Nodes {
    Iterator begin_, end_;
    Iterator begin() const { return begin_; }
    Iterator end() const { return end_; }
  };
  Nodes nodes() const { return {Iterator(param_->next()), Iterator(return_)}; }
  bool empty() const { return param_->next() == return_; }
  Node* append(Node* node) { return node->insert_before(return_); }
  Node* prepend(Node* node) { return node->insert_after(param_); }
  /// Copies `from` (inputs, nodes, outputs) to the end of this block; values from outside are mapped by `outer`. Names
  /// of node results are taken over twice, as PyTorch does, which shows in the suffixes when both blocks are in one
  /// graph.
  void clone_from(const Block& from, const std::function<Value*(Value*)>& outer);

 private:
  friend class Graph;
  friend class Node;
  Block(Graph* graph, Node* owner);
  Graph* graph_;
  Node* owner_;
  Node* param_;  ///< head of the ring of nodes
  Node* return_;
};

class Graph : public std::enable_shared_from_this<Graph> {
 public:
  Graph();
  ~Graph();
  Graph(const Graph&) = delete;

  Block& block() { return *block_; }
  const Block& block() const { return *block_; }
  const std::vector<Value*>& inputs() const { return block_->inputs(); }
  const std::vector<Value*>& outputs() const { return block_->outputs(); }
  Value* add_input(const std::string& name = "") { return block_->add_input(name); }
  size_t register_output(Value* value) { return block_->register_output(value); }
  Block::Nodes nodes() const { return block_->nodes(); }
  Node* param_node() { return block_->param_node(); }
  Node* return_node() { return block_->return_node(); }

  /// A node that stands nowhere yet.
  Node* create(Symbol kind, size_t outputs = 1) { return create(kind, {}, outputs); }
  Node* create(Symbol kind, ArrayRef<Value*> inputs, size_t outputs = 1);
  /// A copy of `node` with its inputs mapped; blocks too. Stands nowhere yet.
  Node* create_clone(const Node* node, const std::function<Value*(Value*)>& map, bool copy_blocks = true);
  /// At the insertion point.
  Node* insert(Node* node);
  Value* insert_constant(const IValue& value, SourceRange range = {}, TypePtr type = nullptr);
  /// Puts the body of `callee` at the insertion point; its inputs become `inputs`. Returns its outputs.
  std::vector<Value*> insert_graph(const Graph& callee, ArrayRef<Value*> inputs);

  /// New nodes go before this one.
  Node* insert_point() const { return insert_before_; }
  void set_insert_point(Node* before) { insert_before_ = before; }
  void set_insert_point(Block& block) { insert_before_ = block.return_node(); }  ///< at the end of the block
  class WithInsertPoint {
   public:
    WithInsertPoint(Graph& graph, Node* before) : graph_(graph), old_(graph.insert_before_) {
      graph.insert_before_ = before;
    }
    WithInsertPoint(Graph& graph, Block& block) : WithInsertPoint(graph, block.return_node()) {}
    ~WithInsertPoint() { graph_.insert_before_ = old_; }

   private:
    Graph& graph_;
    Node* old_;
  };
  const std::string& current_scope() const { return scope_; }
  void set_current_scope(std::string scope) { scope_ = std::move(scope); }

  /// Numbered densely: inputs first, then nodes in order, depth first.
  std::shared_ptr<Graph> copy(bool keep_names = true) const;
  Value* find_value(const std::string& name) const;
  std::optional<int64_t> operator_set_version;

  /// As `.graph` prints it.
  std::string str(bool with_ranges = true) const;

 private:
  friend class Node;
  friend class Value;
  friend class Block;
  friend void lint(const Graph& graph);
  Value* new_value(Node* node, size_t offset);
  void free_value(Value* value);
  Block* new_block(Node* owner);
  void free_block(Block* block);
  size_t next_unique_ = 0;
  std::unordered_map<std::string, Value*> names_;
  std::unordered_map<std::string, size_t> suffixes_;
  PartStore<Value> values_;
  PartStore<Node> nodes_;
  PartStore<Block> blocks_;
  Block* block_ = nullptr;
  Node* insert_before_ = nullptr;
  std::string scope_;
};

/// The text of one node with its blocks, as repr(node) prints it.
std::string node_text(const Node& node);
/// Checks every rule that a graph has to keep. RuntimeError that names the node and the rule.
void lint(const Graph& graph);
struct ParseOptions {
  bool tensor_constants = false;  ///< read `{1}` and `<Tensor>`; otherwise they are errors
  bool keep_names = false;        ///< also the names of node outputs
  /// Finds classes, enums and interfaces by qualified name; may be empty.
  std::function<TypePtr(const std::string&)> resolve = {};
};
/// Reads what `str` printed (torch._C.parse_ir). RuntimeError with the line and what was expected.
std::shared_ptr<Graph> parse_ir(std::string_view text, const ParseOptions& options = {});
/// The value of a constant node; nullopt if `value` is not one.
std::optional<IValue> constant_value(const Value* value);

}  // namespace rushlight::ir
