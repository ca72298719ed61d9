#include "exec/compiler.h"

#include <limits>
#include <unordered_set>

#include "base/text.h"
#include "exec/liveness.h"

namespace rushlight::exec {
namespace {

using ir::Block;
using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;
const ir::Symbol kName = ir::Symbol::intern("name");
const ir::Symbol kTypes = ir::Symbol::intern("types");
const ir::Symbol kSubgraph = ir::Symbol::intern("Subgraph");

/// Comparisons that can be part of a jump: the jump that is taken when the comparison holds, and the one for when it
/// does not.
struct FusedCompare {
  Opcode compare, jump_if, jump_unless, jump_if_imm, jump_unless_imm;
  bool has_imm;
};
constexpr FusedCompare kFusedCompares[] = {
    {Opcode::lt_i64, Opcode::jump_lt_i64, Opcode::jump_ge_i64, Opcode::jump_lt_imm_i64, Opcode::jump_ge_imm_i64, true},
    {Opcode::le_i64, Opcode::jump_le_i64, Opcode::jump_gt_i64, Opcode::jump_le_imm_i64, Opcode::jump_gt_imm_i64, true},
    {Opcode::gt_i64, Opcode::jump_gt_i64, Opcode::jump_le_i64, Opcode::jump_gt_imm_i64, Opcode::jump_le_imm_i64, true},
    {Opcode::ge_i64, Opcode::jump_ge_i64, Opcode::jump_lt_i64, Opcode::jump_ge_imm_i64, Opcode::jump_lt_imm_i64, true},
    {Opcode::eq_i64, Opcode::jump_eq_i64, Opcode::jump_ne_i64, Opcode::jump_eq_imm_i64, Opcode::jump_ne_imm_i64, true},
    {Opcode::ne_i64, Opcode::jump_ne_i64, Opcode::jump_eq_i64, Opcode::jump_ne_imm_i64, Opcode::jump_eq_imm_i64, true},
    {Opcode::lt_f64, Opcode::jump_lt_f64, Opcode::jump_nlt_f64, {}, {}, false},
    {Opcode::le_f64, Opcode::jump_le_f64, Opcode::jump_nle_f64, {}, {}, false},
    {Opcode::gt_f64, Opcode::jump_gt_f64, Opcode::jump_ngt_f64, {}, {}, false},
    {Opcode::ge_f64, Opcode::jump_ge_f64, Opcode::jump_nge_f64, {}, {}, false},
};
const FusedCompare* find_fused(Opcode compare) {
  for (const FusedCompare& row : kFusedCompares)
    if (row.compare == compare) return &row;
  return nullptr;
}

/// A jump that follows a step of the register it tests, and both as one.
struct FusedStep {
  Opcode jump, step_jump;
};
constexpr FusedStep kFusedSteps[] = {
    {Opcode::jump_lt_i64, Opcode::step_jump_lt_i64},         {Opcode::jump_le_i64, Opcode::step_jump_le_i64},
    {Opcode::jump_gt_i64, Opcode::step_jump_gt_i64},         {Opcode::jump_ge_i64, Opcode::step_jump_ge_i64},
    {Opcode::jump_ne_i64, Opcode::step_jump_ne_i64},         {Opcode::jump_lt_imm_i64, Opcode::step_jump_lt_imm_i64},
    {Opcode::jump_le_imm_i64, Opcode::step_jump_le_imm_i64}, {Opcode::jump_gt_imm_i64, Opcode::step_jump_gt_imm_i64},
    {Opcode::jump_ge_imm_i64, Opcode::step_jump_ge_imm_i64}, {Opcode::jump_ne_imm_i64, Opcode::step_jump_ne_imm_i64},
};

class Compiler {
 public:
  Compiler(std::shared_ptr<ir::Graph> graph, std::string name)
      : graph_(*graph), live_(*graph), out_(std::make_unique<Bytecode>()) {
    out_->graph = std::move(graph);
    out_->function_name = std::move(name);
  }

  std::unique_ptr<Bytecode> run() {
    for (Value* input : graph_.inputs()) assign(input);
    out_->argument_count = uint32_t(graph_.inputs().size());
    defer_compares(graph_.block());
    defer_rows(graph_.block());
    emit_nodes(graph_.block());
    std::vector<uint32_t> results;
    for (Value* output : graph_.outputs()) results.push_back(operand(output));
    out_->result_count = uint32_t(results.size());
    emit(Opcode::ret, pool(results, {}));
    return std::move(out_);
  }

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

  // ---- Registers

  uint32_t new_register(RegisterClass cls) {
    std::vector<uint32_t>& free = free_[size_t(cls)];
    if (!free.empty()) {
      const uint32_t reg = free.back();
      free.pop_back();
      return reg;
    }
    out_->registers.push_back(cls);
    return uint32_t(out_->registers.size() - 1);
  }
  uint32_t assign(Value* value) {
    const auto found = registers_.find(value);
    if (found != registers_.end()) return found->second;
    const uint32_t reg = new_register(class_of(value));
    registers_.emplace(value, reg);
    return reg;
  }
  void give_back(Value* value) {
    const uint32_t reg = registers_.at(value);
    if (shared_registers_.count(value)) return;
    free_[size_t(out_->registers[reg])].push_back(reg);
  }
  bool is_constant(const Value* value) const { return value->node()->kind() == kinds::constant; }
  RegisterClass class_of(const Value* value) const {
    return known_floats_.count(value) ? RegisterClass::float_ : register_class(*value->type());
  }

  uint32_t constant_index(const Value* value) {
    const auto [at, is_new] = constant_indices_.try_emplace(value, uint32_t(out_->constants.size()));
    if (is_new) {
      if (value->type()->is(TypeKind::function)) {
        out_->constants.emplace_back();
      } else {
        std::optional<IValue> constant = ir::constant_value(value);
        RUSHLIGHT_ASSERT(constant);
        out_->constants.push_back(std::move(*constant));
      }
    }
    return at->second;
  }

  /// For operand lists: a register or a constant.
  uint32_t operand(Value* value) {
    return is_constant(value) ? constant_index(value) | kConstantOperand : registers_.at(value);
  }
  /// For typed instructions: always a register. A constant has one of its own, which holds it from the start.
  uint32_t source(Value* value) {
    if (!is_constant(value)) return registers_.at(value);
    const uint32_t constant = constant_index(value);
    const auto [at, is_new] = preset_registers_.try_emplace(constant, uint32_t(out_->registers.size()));
    if (is_new) {
      out_->registers.push_back(class_of(value));
      out_->presets.push_back({at->second, constant});
    }
    return at->second;
  }
  /// A register until the end of the node.
  uint32_t temporary(RegisterClass cls) {
    temporaries_.push_back(new_register(cls));
    return temporaries_.back();
  }
  void free_temporaries() {
    for (uint32_t reg : temporaries_) {
      const RegisterClass cls = out_->registers[reg];
      if (cls == RegisterClass::value) emit(Opcode::drop, reg);
      free_[size_t(cls)].push_back(reg);
    }
    temporaries_.clear();
  }
  std::optional<int32_t> small_int(const Value* value) const {
    if (!is_constant(value) || !value->type()->is(TypeKind::int_)) return std::nullopt;
    const int64_t number = ir::constant_value(value)->to_int();
    if (number < std::numeric_limits<int32_t>::min() || number > std::numeric_limits<int32_t>::max())
      return std::nullopt;
    return int32_t(number);
  }

  // ---- Code

  size_t emit(Opcode opcode, uint32_t d = 0, uint32_t a = 0, uint32_t b = 0) {
    out_->code.push_back({.opcode = opcode, .d = d, .a = a, .b = b});
    out_->origins.push_back(current_);
    return out_->code.size() - 1;
  }
  uint32_t here() const { return uint32_t(out_->code.size()); }
  void set_target(size_t jump, uint32_t target) {
    out_->code[jump].d = target;
    last_target_ = std::max(last_target_, target);
  }
  /// Joins the jump that was just emitted with a step of its register right before it. The place of the jump.
  size_t fuse_step(size_t jump) {
    if (jump == 0 || last_target_ == jump) return jump;
    const Instruction then = out_->code[jump];
    Instruction& step = out_->code[jump - 1];
    if (step.opcode != Opcode::add_imm_i64 || step.d != step.a || then.a != step.d) return jump;
    const int32_t by = int32_t(step.b);
    if (by < std::numeric_limits<int16_t>::min() || by > std::numeric_limits<int16_t>::max()) return jump;
    for (const FusedStep& row : kFusedSteps) {
      if (row.jump != then.opcode) continue;
      step = {.opcode = row.step_jump, .step = int16_t(by), .d = then.d, .a = then.a, .b = then.b};
      out_->code.pop_back();
      out_->origins.pop_back();
      return jump - 1;
    }
    return jump;
  }
  uint32_t pool(const std::vector<uint32_t>& inputs, const std::vector<uint32_t>& outputs) {
    const uint32_t at = uint32_t(out_->pool.size());
    out_->pool.push_back(uint32_t(inputs.size()));
    out_->pool.insert(out_->pool.end(), inputs.begin(), inputs.end());
    out_->pool.push_back(uint32_t(outputs.size()));
    out_->pool.insert(out_->pool.end(), outputs.begin(), outputs.end());
    return at;
  }
  template <class T>
  static uint32_t index_in(std::vector<T>& table, T entry) {
    for (size_t i = 0; i < table.size(); ++i)
      if (table[i] == entry) return uint32_t(i);
    table.push_back(std::move(entry));
    return uint32_t(table.size() - 1);
  }
  uint32_t operator_index(const Operator* op) {
    const auto [at, is_new] = operator_indices_.try_emplace(op, uint32_t(out_->operators.size()));
    if (is_new) out_->operators.push_back(op);
    return at->second;
  }

  void move(uint32_t to, uint32_t from) {
    if (to == from) return;
    const RegisterClass a = out_->registers[to], b = out_->registers[from];
    emit(a == b && a != RegisterClass::value ? Opcode::move_word : Opcode::move_value, to, from);
  }
  void move_value_into(uint32_t to, Value* value) {
    if (!is_constant(value)) return move(to, registers_.at(value));
    const bool word = out_->registers[to] != RegisterClass::value && class_of(value) == out_->registers[to];
    emit(word ? Opcode::load_word : Opcode::load_value, to, constant_index(value));
  }

  // ---- Walking

  /// Inputs of a node as a pool list; those used for the last time here are released by the instruction.
  std::vector<uint32_t> operands(Node* node, size_t from = 0) {
    std::vector<uint32_t> list;
    for (size_t i = from; i < node->inputs().size(); ++i) {
      Value* input = node->input(i);
      uint32_t entry = operand(input);
      if (dies_at(input, node) && class_of(input) == RegisterClass::value) {
        // Of several mentions of one value the last one releases it.
        bool later = false;
        for (size_t j = i + 1; j < node->inputs().size(); ++j) later |= node->input(j) == input;
        if (!later) {
          entry |= kLastUse;
          released_.push_back(input);
        }
      }
      list.push_back(entry);
    }
    return list;
  }
  bool dies_at(Value* value, const Node* node) const {
    return !is_constant(value) && !shared_registers_.count(value) &&
           value->node()->owning_block() == node->owning_block() && live_.last_use(value) == node;
  }

  void emit_nodes(Block& block) {
    for (Node* node : block.nodes()) {
      current_ = node;
      if (node->kind() == kinds::constant || deferred_.count(node) || deferred_rows_.count(node)) continue;
      emit_node(node);
      finish(node);
    }
    current_ = nullptr;
  }

  /// Releases what dies at `node`, results without uses included.
  void finish(Node* node) {
    free_temporaries();
    std::vector<Value*> dying;
    const auto consider = [&](Value* value) {
      if (!dies_at(value, node) || !registers_.count(value)) return;
      for (Value* seen : dying)
        if (seen == value) return;
      dying.push_back(value);
    };
    for (Value* input : node->inputs()) consider(input);
    for (Value* value : extra_deaths(node)) consider(value);
    for (Value* value : dying) {
      bool by_instruction = false;
      for (Value* released : released_) by_instruction |= released == value;
      if (!by_instruction && class_of(value) == RegisterClass::value) emit(Opcode::drop, registers_.at(value));
      give_back(value);
    }
    released_.clear();
    for (Value* output : node->outputs()) {
      if (live_.last_use(output) || !registers_.count(output) || shared_registers_.count(output)) continue;
      if (class_of(output) == RegisterClass::value) emit(Opcode::drop, registers_.at(output));
      give_back(output);
    }
  }
  /// Values of this block that are used for the last time inside the blocks of `node`, or by a comparison that was
  /// moved to it.
  const std::vector<Value*>& extra_deaths(Node* node) {
    if (!deaths_ready_) {
      collect_deaths(graph_.block());
      deaths_ready_ = true;
    }
    return deaths_[node];
  }
  void collect_deaths(Block& block) {
    const auto note = [&](Value* value) {
      const Node* last = live_.last_use(value);
      if (last && !is_constant(value)) deaths_[last].push_back(value);
    };
    for (Value* input : block.inputs()) note(input);
    for (Node* node : block.nodes()) {
      for (Value* output : node->outputs()) note(output);
      for (Block* inner : node->blocks()) collect_deaths(*inner);
    }
  }

  void emit_node(Node* node) {
    const ir::Symbol kind = node->kind();
    if (kind == kinds::if_) return emit_if(node);
    if (kind == kinds::loop) return emit_loop(node);
    if (kind == kinds::unchecked_cast) {
      move(assign(node->output()), source(node->input()));
    } else if (kind == kinds::uninitialized) {
      assign(node->output());  // whatever the register holds: never read
    } else if (kind == kinds::tuple_construct) {
      const TupleType& type = node->output()->type()->expect<TupleType>();
      const std::vector<uint32_t> inputs = operands(node);
      emit(Opcode::make_tuple, assign(node->output()), pool(inputs, {}),
           type.is_named() ? index_in(out_->types, node->output()->type()) + 1 : 0);
    } else if (kind == kinds::list_construct) {
      const std::vector<uint32_t> inputs = operands(node);
      emit(Opcode::make_list, assign(node->output()), pool(inputs, {}),
           index_in(out_->types, node->output()->type()->expect<ElementType>().element()));
    } else if (kind == kinds::dict_construct) {
      const std::vector<uint32_t> inputs = operands(node);
      emit(Opcode::make_dict, assign(node->output()), pool(inputs, {}), index_in(out_->types, node->output()->type()));
    } else if (kind == kinds::tuple_unpack || kind == kinds::list_unpack) {
      const uint32_t from = source(node->input());
      std::vector<uint32_t> outputs;
      for (Value* output : node->outputs()) outputs.push_back(assign(output));
      emit(kind == kinds::tuple_unpack ? Opcode::unpack_tuple : Opcode::unpack_list, 0, from, pool({}, outputs));
    } else if (kind == kinds::tuple_index) {
      emit_tuple_index(node);
    } else if (kind == kinds::create_object) {
      const auto type = Ref<ClassType>(const_cast<ClassType*>(&node->output()->type()->expect<ClassType>()));
      emit(Opcode::make_object, assign(node->output()), index_in(out_->classes, type));
    } else if (kind == kinds::get_attr) {
      const uint32_t from = source(node->input());
      emit(Opcode::get_slot, assign(node->output()), from, slot_of(node));
    } else if (kind == kinds::set_attr) {
      emit(Opcode::set_slot, source(node->input(0)), source(node->input(1)), slot_of(node));
    } else if (kind == kinds::isinstance) {
      out_->type_lists.push_back(node->attribute<std::vector<TypePtr>>(kTypes));
      const uint32_t from = source(node->input());
      emit(Opcode::is_instance, assign(node->output()), from, uint32_t(out_->type_lists.size() - 1));
    } else if (kind == kinds::call_function) {
      const auto* function =
          dynamic_cast<const ir::GraphFunction*>(node->input(0)->type()->expect<FunctionType>().function());
      RUSHLIGHT_ASSERT(function);
      emit_call(node, const_cast<ir::GraphFunction*>(function), /*first_input=*/1);
    } else if (kind == kinds::call_method) {
      emit_method_call(node);
    } else if (kind == kinds::enter || kind == kinds::exit) {
      emit_context(node);
    } else if (kind == kinds::fork || kind == kinds::awaitable) {
      emit_fork(node);
    } else if (kind == kinds::print) {
      const std::vector<uint32_t> inputs = operands(node);
      emit(Opcode::print, pool(inputs, {}));
    } else if (kind == kinds::raise_exception) {
      emit(Opcode::raise, 0, source(node->input(0)),
           node->inputs().size() > 1 ? source(node->input(1)) : source(node->input(0)));
      if (node->inputs().size() < 2) out_->code.back().d = 1;
    } else if (kind == kinds::python_op) {
      const std::vector<uint32_t> inputs = operands(node);
      std::vector<uint32_t> outputs;
      for (Value* output : node->outputs()) outputs.push_back(assign(output));
      out_->python_nodes.push_back(node);
      emit(Opcode::python_call, pool(inputs, outputs), uint32_t(out_->python_nodes.size() - 1));
    } else {
      emit_operator(node);
    }
  }

  uint32_t slot_of(Node* node) {
    const ClassType& type = node->input(0)->type()->expect<ClassType>();
    const std::string& name = node->attribute<std::string>(kName);
    const std::optional<size_t> slot = type.find_attribute(name);
    if (!slot)
      throw RuntimeError(
          {.message = cat("class ", type.name(), " has no attribute '", name, "'"), .range = node->range()});
    return uint32_t(*slot);
  }

  void emit_tuple_index(Node* node) {
    const auto index = small_int(node->input(1));
    const TupleType* tuple = node->input(0)->type()->as<TupleType>();
    const uint32_t from = source(node->input(0));
    if (index && tuple) {
      const int64_t count = int64_t(tuple->elements().size());
      const int64_t at = *index < 0 ? *index + count : *index;
      if (at >= 0 && at < count) {
        emit(Opcode::tuple_get, assign(node->output()), from, uint32_t(at));
        return;
      }
    }
    const uint32_t at = source(node->input(1));
    emit(Opcode::tuple_index, assign(node->output()), from, at);
  }

  void emit_call(Node* node, ir::GraphFunction* function, size_t first_input) {
    const std::vector<uint32_t> inputs = operands(node, first_input);
    std::vector<uint32_t> outputs;
    for (Value* output : node->outputs()) outputs.push_back(assign(output));
    emit(Opcode::call_function, pool(inputs, outputs), index_in(out_->functions, function));
  }

  void emit_method_call(Node* node) {
    const std::string& name = node->attribute<std::string>(kName);
    if (const ClassType* type = node->input(0)->type()->as<ClassType>()) {
      auto* method = dynamic_cast<ir::GraphFunction*>(type->find_method(name));
      if (!method)
        throw RuntimeError(
            {.message = cat("class ", type->name(), " has no method '", name, "'"), .range = node->range()});
      return emit_call(node, method, /*first_input=*/0);
    }
    const std::vector<uint32_t> inputs = operands(node);
    std::vector<uint32_t> outputs;
    for (Value* output : node->outputs()) outputs.push_back(assign(output));
    emit(Opcode::call_interface, pool(inputs, outputs), index_in(out_->names, name));
  }

  /// `with obj:` calls `__enter__` and `__exit__` of the object's class; exceptions pass through without `__exit__`.
  void emit_context(Node* node) {
    const ClassType& type = node->input()->type()->expect<ClassType>();
    const bool enters = node->kind() == kinds::enter;
    auto* method = dynamic_cast<ir::GraphFunction*>(type.find_method(enters ? "__enter__" : "__exit__"));
    RUSHLIGHT_ASSERT(method);
    std::vector<uint32_t> inputs = operands(node);
    if (!enters) {
      out_->constants.emplace_back();
      const uint32_t none = uint32_t(out_->constants.size() - 1) | kConstantOperand;
      inputs.insert(inputs.end(), 3, none);
    }
    emit(Opcode::call_function, pool(inputs, {assign(node->output())}), index_in(out_->functions, method));
  }

  void emit_fork(Node* node) {
    const auto& subgraph = node->attribute<std::shared_ptr<ir::Graph>>(kSubgraph);
    out_->owned_functions.push_back(std::make_unique<ir::GraphFunction>("forked", subgraph));
    out_->functions.push_back(out_->owned_functions.back().get());
    const std::vector<uint32_t> inputs = operands(node);
    emit(Opcode::fork, pool(inputs, {assign(node->output())}), uint32_t(out_->functions.size() - 1));
  }

  // ---- Operators

  /// The instruction that may stand for a call of this operator; `list.get.*` gets the element type of the list at
  /// hand.
  std::optional<Opcode> instruction_for(const Node* node) const {
    const Operator* op = node->find_op();
    if (!op || op->declaration().opcode.empty()) return std::nullopt;
    std::string text(op->declaration().opcode);
    if (text.ends_with(".*")) {
      const ElementType* list = node->input(0)->type()->as<ElementType>();
      if (!list || !list->is(TypeKind::list)) return std::nullopt;
      static constexpr const char* kSuffix[] = {"value", "i64", "f64", "bool"};
      text.replace(text.size() - 1, 1, kSuffix[size_t(register_class(*list->element()))]);
    }
    return find_opcode(text);
  }

  void emit_operator(Node* node) {
    const Operator* op = node->find_op();
    if (!op)
      throw NotImplementedError({.message = cat("Rushlight does not have the operator ", node->kind().str(),
                                                " for these arguments: ", ir::node_text(*node)),
                                 .range = node->range()});
    if (const std::optional<Opcode> opcode = instruction_for(node)) return emit_instruction(node, *opcode);
    if (emit_range(node, *op) || emit_mixed_numbers(node, *op)) return;
    std::vector<uint32_t> inputs = operands(node);
    std::optional<uint32_t> rest;
    if (op->schema().is_vararg) {
      const size_t fixed = op->schema().arguments.size();
      rest = new_register(RegisterClass::value);
      emit(Opcode::make_tuple, *rest, pool({inputs.begin() + ptrdiff_t(fixed), inputs.end()}, {}), 0);
      inputs.resize(fixed);
      inputs.push_back(*rest | kLastUse);
    }
    std::vector<uint32_t> outputs;
    for (Value* output : node->outputs()) outputs.push_back(assign(output));
    emit(Opcode::call_op, pool(inputs, outputs), operator_index(op));
    if (rest) free_[size_t(RegisterClass::value)].push_back(*rest);
  }

  /// Positions and lengths of ranges with a step of 1 are sums and differences.
  bool emit_range(Node* node, const Operator& op) {
    static const ir::Symbol position = ir::Symbol::intern("aten::__derive_index"),
                            length = ir::Symbol::intern("aten::__range_length");
    if (node->kind() != position && node->kind() != length) return false;
    RUSHLIGHT_ASSERT(op.argument_count() == 3);
    if (small_int(node->input(2)) != 1) return false;
    if (node->kind() == length) {
      const uint32_t a = source(node->input(0)), b = source(node->input(1));
      emit(Opcode::range_len_i64, assign(node->output()), a, b);
      return true;
    }
    const uint32_t index = source(node->input(0));
    if (const std::optional<int32_t> start = small_int(node->input(1))) {
      emit(Opcode::add_imm_i64, assign(node->output()), index, uint32_t(*start));
    } else {
      const uint32_t from = source(node->input(1));
      emit(Opcode::add_i64, assign(node->output()), index, from);
    }
    return true;
  }
  uint32_t float_source(Value* value) {
    const uint32_t from = source(value);
    if (class_of(value) == RegisterClass::float_) return from;
    const uint32_t converted = temporary(RegisterClass::float_);
    emit(Opcode::i64_to_f64, converted, from);
    return converted;
  }
  /// Arithmetic of an int and a float is arithmetic of floats; what a division yields is a number until it is named a
  /// float.
  bool emit_mixed_numbers(Node* node, const Operator& op) {
    static const std::unordered_map<std::string_view, Opcode> kFloatForms = {
        {"aten::add", Opcode::add_f64}, {"aten::sub", Opcode::sub_f64}, {"aten::mul", Opcode::mul_f64},
        {"aten::div", Opcode::div_f64}, {"aten::lt", Opcode::lt_f64},   {"aten::le", Opcode::le_f64},
        {"aten::gt", Opcode::gt_f64},   {"aten::ge", Opcode::ge_f64},   {"aten::eq", Opcode::eq_f64},
        {"aten::ne", Opcode::ne_f64},
    };
    const std::string& overload = op.schema().overload;
    if (node->outputs().size() != 1) return false;
    if (op.schema().name == "aten::Float" && overload == "Scalar") {
      const uint32_t from = source(node->input());
      const RegisterClass cls = class_of(node->input());
      if (cls == RegisterClass::bool_) return false;
      const uint32_t to = assign(node->output());
      if (cls == RegisterClass::float_)
        move(to, from);
      else
        emit(cls == RegisterClass::int_ ? Opcode::i64_to_f64 : Opcode::number_to_f64, to, from);
      return true;
    }
    const auto form = kFloatForms.find(op.schema().name);
    if (form == kFloatForms.end() || node->inputs().size() != 2) return false;
    const RegisterClass first = class_of(node->input(0)), second = class_of(node->input(1));
    const auto is_real = [](RegisterClass cls) { return cls == RegisterClass::int_ || cls == RegisterClass::float_; };
    if (!is_real(first) || !is_real(second)) return false;
    // Numbers of no further type are floats if one of them is known to be one.
    const bool mixed = overload == "int_float" || overload == "float_int";
    const bool one_is_float = first == RegisterClass::float_ || second == RegisterClass::float_;
    if (!mixed && !(overload.empty() && (one_is_float || op.schema().name == "aten::div"))) return false;
    const uint32_t a = float_source(node->input(0)), b = float_source(node->input(1));
    if (class_of(node->output()) == RegisterClass::value) known_floats_.insert(node->output());
    emit(form->second, assign(node->output()), a, b);
    return true;
  }

  void emit_instruction(Node* node, Opcode opcode) {
    const std::string_view operands = opcode_info(opcode).operands;
    if (deferred_rows_.count(node->inputs().empty() ? nullptr : node->input(0)->node())) {
      Node* row = node->input(0)->node();
      const uint32_t at = pool({source(row->input(0)), source(row->input(1)), source(node->input(1))}, {});
      emit(nested_form(opcode), assign(node->output()), at);
      return;
    }
    if (opcode == Opcode::dict_set || opcode == Opcode::list_set_i64 || opcode == Opcode::list_set_f64 ||
        opcode == Opcode::list_set_bool || opcode == Opcode::list_set_value) {
      emit(opcode, source(node->input(0)), source(node->input(1)), source(node->input(2)));
    } else if (opcode == Opcode::list_append_i64 || opcode == Opcode::list_append_f64 ||
               opcode == Opcode::list_append_bool || opcode == Opcode::list_append_value) {
      const uint32_t list = source(node->input(0));
      emit(opcode, list, source(node->input(1)));
    } else if (operands == "da") {
      const uint32_t a = source(node->input(0));
      emit(opcode, assign(node->output()), a);
    } else {
      if (emit_with_immediate(node, opcode)) return;
      const uint32_t a = source(node->input(0));
      const uint32_t b = source(node->input(1));
      emit(opcode, assign(node->output()), a, b);
    }
    // Operators that return the list that they changed.
    if (operands[0] == 'o' && node->outputs().size() == 1 && live_.last_use(node->output()) &&
        !registers_.count(node->output()))
      move(assign(node->output()), registers_.at(node->input(0)));
  }
  bool emit_with_immediate(Node* node, Opcode opcode) {
    Value* a = node->input(0);
    Value* b = node->input(1);
    if (opcode == Opcode::add_i64 || opcode == Opcode::mul_i64) {
      if (small_int(a)) std::swap(a, b);
    } else if (opcode != Opcode::sub_i64) {
      return false;
    }
    const std::optional<int32_t> number = small_int(b);
    if (!number || is_constant(a) || *number == std::numeric_limits<int32_t>::min()) return false;
    const Opcode with = opcode == Opcode::mul_i64 ? Opcode::mul_imm_i64 : Opcode::add_imm_i64;
    const uint32_t from = source(a);
    emit(with, assign(node->output()), from, uint32_t(opcode == Opcode::sub_i64 ? -*number : *number));
    return true;
  }

  // ---- Comparisons inside jumps

  /// A comparison whose only use is the condition of an If of the same block, or of the loop whose body ends with it,
  /// is done by the jump. Its operands then live until there.
  void defer_compares(Block& block) {
    for (Node* node : block.nodes()) {
      for (Block* inner : node->blocks()) defer_compares(*inner);
      if (node->kind() == kinds::if_) defer(node->input(0), node, block);
      if (node->kind() == kinds::loop) defer(node->input(1), node, block);
    }
    const Node* owner = block.owning_node();
    if (owner && owner->kind() == kinds::loop) defer(block.outputs()[0], block.return_node(), block);
  }
  void defer(Value* condition, Node* jump, Block& block) {
    Node* compare = condition->node();
    if (condition->uses().size() != 1 || compare->owning_block() != &block || compare->kind() == kinds::param) return;
    const std::optional<Opcode> opcode = instruction_for(compare);
    if (!opcode || !find_fused(*opcode)) return;
    deferred_.insert({compare, *opcode});
    for (Value* input : compare->inputs())
      if (const Node* at = enclosing_node_in(jump, input->node()->owning_block())) live_.extend(input, at);
  }

  // ---- Elements of elements

  static Opcode nested_form(Opcode get) {
    return get == Opcode::list_get_i64   ? Opcode::list_get2_i64
           : get == Opcode::list_get_f64 ? Opcode::list_get2_f64
                                         : Opcode::list_get2_bool;
  }
  /// `a[i][j]`: a row that is only read for one number is not taken out of its list.
  void defer_rows(Block& block) {
    for (Node* node : block.nodes()) {
      for (Block* inner : node->blocks()) defer_rows(*inner);
      const std::optional<Opcode> get = node->find_op() ? instruction_for(node) : std::nullopt;
      if (get != Opcode::list_get_i64 && get != Opcode::list_get_f64 && get != Opcode::list_get_bool) continue;
      Node* row = node->input(0)->node();
      if (row->owning_block() != &block || row->kind() == kinds::param || row->kind() == kinds::constant ||
          node->input(0)->uses().size() != 1 || !row->find_op() || instruction_for(row) != Opcode::list_get_value)
        continue;
      // In between, nothing may change the list or fail.
      bool is_close = true;
      for (Node* between = row->next(); between != node && is_close; between = between->next()) {
        if (between->kind() == kinds::constant) continue;
        const std::optional<Opcode> opcode = between->find_op() ? instruction_for(between) : std::nullopt;
        is_close = opcode == Opcode::add_i64 || opcode == Opcode::sub_i64 || opcode == Opcode::mul_i64;
      }
      if (!is_close) continue;
      deferred_rows_.insert(row);
      for (Value* input : row->inputs())
        if (const Node* at = enclosing_node_in(node, input->node()->owning_block())) live_.extend(input, at);
    }
  }

  /// A jump to a target that is set later, taken if `condition` is `sense`.
  size_t emit_jump(Value* condition, bool sense) { return fuse_step(emit_plain_jump(condition, sense)); }
  size_t emit_plain_jump(Value* condition, bool sense) {
    const auto found = deferred_.find(condition->node());
    if (found == deferred_.end()) return emit(sense ? Opcode::jump_if : Opcode::jump_unless, 0, source(condition));
    const Node* compare = found->first;
    const FusedCompare& fused = *find_fused(found->second);
    if (const std::optional<int32_t> number = small_int(compare->input(1));
        number && fused.has_imm && !is_constant(compare->input(0)))
      return emit(sense ? fused.jump_if_imm : fused.jump_unless_imm, 0, source(compare->input(0)), uint32_t(*number));
    const uint32_t a = source(compare->input(0));
    const uint32_t b = source(compare->input(1));
    return emit(sense ? fused.jump_if : fused.jump_unless, 0, a, b);
  }

  // ---- Control flow

  void emit_if(Node* node) {
    const size_t to_else = emit_jump(node->input(0), /*sense=*/false);
    free_temporaries();
    for (size_t i = 0; i < node->outputs().size(); ++i) {
      const uint32_t reg = assign(node->output(i));
      for (Block* branch : node->blocks()) coalesce_branch(*branch, i, node->output(i), reg);
    }
    emit_branch(node, 0);
    const bool has_else = !node->blocks()[1]->empty() || !node->outputs().empty();
    if (!has_else) return set_target(to_else, here());
    current_ = node;
    const size_t to_end = emit(Opcode::jump);
    set_target(to_else, here());
    emit_branch(node, 1);
    set_target(to_end, here());
  }
  void emit_branch(Node* node, size_t i) {
    Block& block = *node->blocks()[i];
    emit_nodes(block);
    current_ = node;
    std::vector<Move> moves;
    for (size_t j = 0; j < node->outputs().size(); ++j)
      moves.push_back({registers_.at(node->output(j)), block.outputs()[j]});
    emit_parallel(moves);
    release_block(block);
  }

  bool is_true(const Value* value) const {
    return is_constant(value) && value->type()->is(TypeKind::bool_) && ir::constant_value(value)->to_bool();
  }

  void emit_loop(Node* node) {
    Block& body = *node->blocks()[0];
    Value* counter = body.inputs()[0];
    Value* limit = node->input(0);
    const bool endless =
        is_constant(limit) && ir::constant_value(limit)->to_int() == std::numeric_limits<int64_t>::max();
    const bool counted = !endless || live_.last_use(counter);
    const bool start_true = is_true(node->input(1));
    Value* goes_on = body.outputs()[0];

    // Carried values have one register for the loop's result, the body's input and, where possible, what the body
    // yields.
    const size_t carried = node->outputs().size();
    std::vector<Move> initial;
    for (size_t i = 0; i < carried; ++i) {
      Value* output = node->output(i);
      Value* inside = body.inputs()[i + 1];
      const uint32_t reg = assign(output);
      registers_[inside] = reg;
      shared_registers_.insert(inside);
      initial.push_back({reg, node->input(i + 2)});
      coalesce(body, i + 1, reg);
    }
    emit_parallel(initial);

    uint32_t counter_register = 0, limit_register = 0;
    if (counted) {
      counter_register = new_register(RegisterClass::int_);
      registers_[counter] = counter_register;
      shared_registers_.insert(counter);
      emit(Opcode::load_word, counter_register, zero_index());
    }
    std::vector<size_t> exits;
    if (!endless) {
      if (const auto number = small_int(limit)) {
        if (*number <= 0) exits.push_back(emit(Opcode::jump));
      } else {
        // A limit that is a constant beyond 32 bits stays in a register for the whole loop.
        if (is_constant(limit)) {
          limit_register = new_register(RegisterClass::int_);
          emit(Opcode::load_word, limit_register, constant_index(limit));
        } else {
          limit_register = registers_.at(limit);
        }
        exits.push_back(emit(Opcode::jump_ge_i64, 0, counter_register, limit_register));
      }
    }
    if (!start_true) exits.push_back(emit_jump(node->input(1), /*sense=*/false));
    free_temporaries();

    const uint32_t top = here();
    last_target_ = top;
    emit_nodes(body);
    current_ = node;
    std::vector<Move> moves;
    for (size_t i = 0; i < carried; ++i) moves.push_back({registers_.at(node->output(i)), body.outputs()[i + 1]});

    // The condition is read after the moves when they leave its operands alone, else before them.
    const bool always = is_true(goes_on);
    std::optional<uint32_t> saved_condition;
    if (!always && reads_moved(goes_on, moves)) {
      saved_condition = new_register(RegisterClass::bool_);
      materialize(goes_on, *saved_condition);
    }
    emit_parallel(moves);
    if (counted) emit(Opcode::add_imm_i64, counter_register, counter_register, 1);
    if (!endless && !always) {
      if (const auto number = small_int(limit))
        exits.push_back(fuse_step(emit(Opcode::jump_ge_imm_i64, 0, counter_register, uint32_t(*number))));
      else
        exits.push_back(fuse_step(emit(Opcode::jump_ge_i64, 0, counter_register, limit_register)));
    }
    size_t back;
    if (always && endless)
      back = emit(Opcode::jump);
    else if (always) {
      if (const auto number = small_int(limit))
        back = fuse_step(emit(Opcode::jump_lt_imm_i64, 0, counter_register, uint32_t(*number)));
      else
        back = fuse_step(emit(Opcode::jump_lt_i64, 0, counter_register, limit_register));
    } else if (saved_condition)
      back = emit(Opcode::jump_if, 0, *saved_condition);
    else
      back = emit_jump(goes_on, /*sense=*/true);
    set_target(back, top);
    free_temporaries();
    for (size_t jump : exits) set_target(jump, here());
    release_block(body);
    if (counted) free_[size_t(RegisterClass::int_)].push_back(counter_register);
    if (saved_condition) free_[size_t(RegisterClass::bool_)].push_back(*saved_condition);
  }

  uint32_t zero_index() {
    if (!zero_index_) {
      out_->constants.emplace_back(int64_t(0));
      zero_index_ = uint32_t(out_->constants.size() - 1);
    }
    return *zero_index_;
  }

  /// Lets the value that the body yields for carried value `i` be computed in the carried register itself: when it is
  /// made in the body, is yielded once, and nobody reads the old value from that point on.
  void coalesce(Block& body, size_t i, uint32_t reg) {
    Value* yielded = body.outputs()[i];
    Value* inside = body.inputs()[i];
    Node* maker = yielded->node();
    if (!may_be_made_in(yielded, body, reg)) return;
    if (maker->kind() == kinds::loop && !passes_only_through(inside, yielded)) return;
    const Node* last = live_.last_use(inside);
    if (last && (last == body.return_node() || maker->is_before(last))) return;
    // Values are handed to operators by list, where the old value would be overwritten while it is still an argument's
    // owner.
    if (out_->registers[reg] == RegisterClass::value) return;
    registers_[yielded] = reg;
    shared_registers_.insert(yielded);
    if (!maker->blocks().empty()) overwritten_[yielded] = inside;
  }
  /// Whether what `block` yields is made in it, once, and fits into `reg`.
  bool may_be_made_in(Value* yielded, Block& block, uint32_t reg) const {
    const Node* maker = yielded->node();
    if (maker->owning_block() != &block || maker->kind() == kinds::param || maker->kind() == kinds::constant ||
        deferred_.count(maker))
      return false;
    if (!maker->blocks().empty() && maker->kind() != kinds::if_ && maker->kind() != kinds::loop) return false;
    size_t yields = 0;
    for (Value* output : block.outputs()) yields += output == yielded;
    return yields == 1 && class_of(yielded) == out_->registers[reg] && !registers_.count(yielded);
  }
  /// Whether a loop, which makes `yielded` in the register of `old` from its start on, reads `old` only to start with.
  bool passes_only_through(const Value* old, const Value* yielded) const {
    const Node* loop = yielded->node();
    const bool starts_with_old = loop->input(yielded->offset() + 2) == old;
    for (const ir::Use& use : old->uses()) {
      // The condition to begin with is tested after the register got its first value.
      if (!starts_with_old && deferred_.count(use.user)) return false;
      if (use.user == loop ? use.offset != yielded->offset() + 2
                           : enclosing_node_in(use.user, loop->owning_block()) == loop)
        return false;
    }
    return true;
  }
  /// The same for what a branch yields for an output of its If. The register may still hold the value that the If's
  /// result replaces: then nobody in the branch may read that later.
  void coalesce_branch(Block& branch, size_t i, Value* output, uint32_t reg) {
    Value* yielded = branch.outputs()[i];
    const Node* maker = yielded->node();
    if (out_->registers[reg] == RegisterClass::value || !may_be_made_in(yielded, branch, reg) ||
        !maker->blocks().empty())
      return;
    if (const auto old = overwritten_.find(output); old != overwritten_.end()) {
      for (const ir::Use& use : old->second->uses()) {
        const Node* at = enclosing_node_in(use.user, &branch);
        if (!at) continue;
        if (at == branch.return_node() || maker->is_before(at) || deferred_.count(use.user) ||
            deferred_rows_.count(use.user))
          return;
      }
    }
    registers_[yielded] = reg;
    shared_registers_.insert(yielded);
  }

  /// Moves that happen at once: orders them so that no source is overwritten before it was read; a cycle goes through a
  /// spare.
  void emit_parallel(std::vector<Move> moves) {
    std::vector<PendingMove> pending;
    for (const Move& move : moves) {
      PendingMove p{move.to, std::nullopt, move.from};
      if (!is_constant(move.from)) {
        p.from = registers_.at(move.from);
        if (*p.from == p.to) continue;
      }
      pending.push_back(p);
    }
    std::vector<uint32_t> spares;
    while (!pending.empty()) {
      bool progress = false;
      for (size_t i = 0; i < pending.size(); ++i) {
        bool read_later = false;
        for (size_t j = 0; j < pending.size(); ++j) read_later |= j != i && pending[j].from == pending[i].to;
        if (read_later) continue;
        if (pending[i].from)
          this->move(pending[i].to, *pending[i].from);
        else
          move_value_into(pending[i].to, pending[i].value);
        pending.erase(pending.begin() + ptrdiff_t(i));
        progress = true;
        break;
      }
      if (progress) continue;
      const uint32_t saved = *pending[0].from;
      const uint32_t spare = new_register(out_->registers[saved]);
      this->move(spare, saved);
      spares.push_back(spare);
      for (PendingMove& p : pending)
        if (p.from == saved) p.from = spare;
    }
    for (uint32_t spare : spares) {
      if (out_->registers[spare] == RegisterClass::value) emit(Opcode::drop, spare);
      free_[size_t(out_->registers[spare])].push_back(spare);
    }
  }

  bool reads_moved(Value* condition, const std::vector<Move>& moves) {
    const auto moved = [&](Value* value) {
      if (is_constant(value)) return false;
      for (const Move& move : moves)
        if (registers_.at(value) == move.to && (is_constant(move.from) || registers_.at(move.from) != move.to))
          return true;
      return false;
    };
    const auto found = deferred_.find(condition->node());
    if (found == deferred_.end()) return moved(condition);
    for (Value* input : found->first->inputs())
      if (moved(input)) return true;
    return false;
  }
  void materialize(Value* condition, uint32_t into) {
    const auto found = deferred_.find(condition->node());
    if (found == deferred_.end()) return move_value_into(into, condition);
    const uint32_t a = source(found->first->input(0));
    const uint32_t b = source(found->first->input(1));
    emit(found->second, into, a, b);
  }

  /// Values of a block that live to its end go when it ends.
  void release_block(Block& block) {
    for (Value* value : extra_deaths(block.return_node())) {
      if (value->node()->owning_block() != &block || shared_registers_.count(value) || !registers_.count(value))
        continue;
      if (class_of(value) == RegisterClass::value) emit(Opcode::drop, registers_.at(value));
      give_back(value);
    }
  }

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

}  // namespace

std::unique_ptr<Bytecode> compile(std::shared_ptr<ir::Graph> graph, std::string function_name) {
  return Compiler(std::move(graph), std::move(function_name)).run();
}

}  // namespace rushlight::exec
