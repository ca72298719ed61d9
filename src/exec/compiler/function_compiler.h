/// What `compile` works with: one object a function. Its parts are in the files of this folder.
#pragma once
#include <limits>
#include <unordered_set>

#include "base/text.h"
#include "exec/bytecode.h"
#include "exec/liveness.h"

namespace rushlight::exec {

using ir::Block;
using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

class FunctionCompiler {
 public:
  FunctionCompiler(std::shared_ptr<ir::Graph> graph, std::string name);
  std::unique_ptr<Bytecode> run();

 private:
  struct Move {
    uint32_t to;
    Value* from;
  };
  struct PendingMove {
    uint32_t to;
    std::optional<uint32_t> from;
    Value* value;
  };

  bool is_constant(const Value* value) const { return value->node()->kind() == kinds::constant; }
  RegisterClass class_of(const Value* value) const {
    return known_floats_.count(value) ? RegisterClass::float_ : register_class(*value->type());
  }
  uint32_t here() const { return uint32_t(out_->code.size()); }
  template <class T>
  static uint32_t index_in(std::vector<T>& table, T entry) {
    for (size_t i = 0; i < table.size(); ++i)
      if (table[i] == entry) return uint32_t(i);
    table.push_back(std::move(entry));
    return uint32_t(table.size() - 1);
  }
  /// A jump to a target that is set later, taken if `condition` is `sense`.
  size_t emit_jump(Value* condition, bool sense) { return fuse_step(emit_plain_jump(condition, sense)); }
  bool is_true(const Value* value) const {
    return is_constant(value) && value->type()->is(TypeKind::bool_) && ir::constant_value(value)->to_bool();
  }

  // ---- Registers and constants: registers.cpp

  uint32_t new_register(RegisterClass cls);
  uint32_t assign(Value* value);
  void give_back(Value* value);
  uint32_t constant_index(const Value* value);
  /// For operand lists: a register or a constant.
  uint32_t operand(Value* value);
  /// For typed instructions: always a register. A constant has one of its own, which holds it from the start.
  uint32_t source(Value* value);
  /// The register that holds a constant for the whole call.
  uint32_t preset(uint32_t constant, RegisterClass cls);
  uint32_t preset(int64_t number);
  /// A register until the end of the node.
  uint32_t temporary(RegisterClass cls);
  void free_temporaries();
  std::optional<int32_t> small_int(const Value* value) const;

  // ---- Code: code.cpp

  size_t emit(Opcode opcode, uint32_t d = 0, uint32_t a = 0, uint32_t b = 0);
  void set_target(size_t jump, uint32_t target);
  uint32_t pool(const std::vector<uint32_t>& inputs, const std::vector<uint32_t>& outputs);
  uint32_t operator_index(const Operator* op);
  void move(uint32_t to, uint32_t from);
  void move_value_into(uint32_t to, Value* value);
  uint32_t zero_index();
  /// Moves that happen at once: orders them so that no source is overwritten before it was read; a cycle goes through a
  /// spare.
  void emit_parallel(std::vector<Move> moves);

  // ---- Lifetimes: lifetimes.cpp

  /// Inputs of a node as a pool list; those used for the last time here are released by the instruction.
  std::vector<uint32_t> operands(Node* node, size_t from = 0);
  bool dies_at(Value* value, const Node* node) const;
  /// Releases what dies at `node`, results without uses included.
  void finish(Node* node);
  /// Values of this block that are used for the last time inside the blocks of `node`, or by a comparison that was
  /// moved to it.
  const std::vector<Value*>& extra_deaths(Node* node);
  void collect_deaths(Block& block);
  /// Values of a block that live to its end go when it ends.
  void release_block(Block& block);

  // ---- Nodes: nodes.cpp

  void emit_nodes(Block& block);
  void emit_node(Node* node);
  uint32_t slot_of(Node* node);
  void emit_tuple_index(Node* node);
  void emit_call(Node* node, ir::GraphFunction* function, size_t first_input);
  void emit_method_call(Node* node);
  /// `with obj:` calls `__enter__` and `__exit__` of the object's class; exceptions pass through without `__exit__`.
  void emit_context(Node* node);
  void emit_fork(Node* node);

  // ---- Operators: operators.cpp

  /// The instruction that may stand for a call of this operator; `list.get.*` gets the element type of the list at
  /// hand.
  std::optional<Opcode> instruction_for(const Node* node) const;
  void emit_operator(Node* node);
  /// Positions and lengths of ranges with a constant step.
  bool emit_range(Node* node, const Operator& op);
  uint32_t float_source(Value* value);
  /// Arithmetic of an int and a float is arithmetic of floats; what a division yields is a number until it is named a
  /// float.
  bool emit_mixed_numbers(Node* node, const Operator& op);
  void emit_instruction(Node* node, Opcode opcode);
  bool emit_with_immediate(Node* node, Opcode opcode);

  // ---- Comparisons inside jumps: jumps.cpp

  /// Joins the jump that was just emitted with a step of its register right before it. The place of the jump.
  size_t fuse_step(size_t jump);
  /// A comparison whose only use is the condition of an If of the same block, or of the loop whose body ends with it,
  /// is done by the jump. Its operands then live until there.
  void defer_compares(Block& block);
  void defer(Value* condition, Node* jump, Block& block);
  size_t emit_plain_jump(Value* condition, bool sense);
  bool reads_moved(Value* condition, const std::vector<Move>& moves);
  void materialize(Value* condition, uint32_t into);

  // ---- Elements of elements: rows.cpp

  static Opcode nested_form(Opcode get);
  /// `a[i][j]`: a row that is only read for one number is not taken out of its list.
  void defer_rows(Block& block);

  // ---- Control flow: control_flow.cpp

  void emit_if(Node* node);
  void emit_branch(Node* node, size_t i);
  void emit_loop(Node* node);

  // ---- Coalescing: coalescing.cpp

  /// Lets the value that the body yields for carried value `i` be computed in the carried register itself: when it is
  /// made in the body, is yielded once, and nobody reads the old value from that point on.
  void coalesce(Block& body, size_t i, uint32_t reg);
  /// Whether what `block` yields is made in it, once, and fits into `reg`.
  bool may_be_made_in(Value* yielded, Block& block, uint32_t reg) const;
  /// Whether a loop, which makes `yielded` in the register of `old` from its start on, reads `old` only to start with.
  bool passes_only_through(const Value* old, const Value* yielded) const;
  /// The same for what a branch yields for an output of its If. The register may still hold the value that the If's
  /// result replaces: then nobody in the branch may read that later.
  void coalesce_branch(Block& branch, size_t i, Value* output, uint32_t reg);

  ir::Graph& graph_;
  Liveness live_;
  std::unique_ptr<Bytecode> out_;
  const Node* current_ = nullptr;
  std::unordered_map<const Value*, uint32_t> registers_;
  /// Values whose type says number, of which the instruction that makes them says float.
  std::unordered_set<const Value*> known_floats_;
  std::unordered_map<const Value*, uint32_t> constant_indices_;
  std::unordered_map<const Operator*, uint32_t> operator_indices_;
  /// Nodes that are done later, by the instruction that uses them: comparisons by jumps, rows by the read of an
  /// element.
  std::unordered_map<const Node*, Opcode> deferred_;
  std::unordered_set<const Node*> deferred_rows_;
  /// Of results of Ifs and loops that are made in the register of a value that they replace: that value.
  std::unordered_map<const Value*, Value*> overwritten_;
  std::unordered_map<uint32_t, uint32_t> preset_registers_;
  uint32_t last_target_ = 0;
  std::unordered_map<const Node*, std::vector<Value*>> deaths_;
  bool deaths_ready_ = false;
  /// Values whose register belongs to somebody else (a loop): never given back by them.
  std::unordered_set<const Value*> shared_registers_;
  std::vector<uint32_t> free_[4];
  std::vector<uint32_t> temporaries_;
  std::vector<Value*> released_;
  std::optional<uint32_t> zero_index_;
};

}  // namespace rushlight::exec
