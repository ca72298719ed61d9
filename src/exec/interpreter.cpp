#include "exec/interpreter.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/text.h"
#include "base/thread_pool.h"
#include "exec/error_trace.h"
#include "exec/native/code.h"
#include "ops/derived_forms.h"
#include "ops/printing.h"
#include "value/future.h"

namespace rushlight::exec {

SurfaceHooks surface_hooks;

namespace {

RegisterStack& register_stack() {
  thread_local RegisterStack stack;
  return stack;
}
thread_local size_t native_depth = 0;

[[noreturn]] void index_error() { throw IndexError("list index out of range"); }
[[noreturn]] void zero_division() { throw RuntimeError("division by 0"); }

template <class T>
T& element(const IValue& list, int64_t index) {
  std::vector<T>& values = static_cast<TypedList<T>*>(list.raw_pointer())->values;
  const int64_t size = int64_t(values.size());
  if (index < 0) index += size;
  if (index < 0 || index >= size) index_error();
  return values[size_t(index)];
}
template <class T>
std::vector<T>& elements(const IValue& list) {
  return static_cast<TypedList<T>*>(list.raw_pointer())->values;
}

/// list[i][j] of the registers in the pool entry.
template <class T>
const T& nested_element(const uint32_t* pool, const IValue* registers) {
  const IValue& row = element<IValue>(registers[pool[1]], registers[pool[2]].raw_int());
  return element<T>(row, registers[pool[3]].raw_int());
}
DictObject& dict_of(const IValue& value) { return *static_cast<DictObject*>(value.raw_pointer()); }

int64_t floor_div(int64_t a, int64_t b) {
  if (b == 0) zero_division();
  if (b == -1) return int64_t(0 - uint64_t(a));
  const int64_t quotient = a / b;
  return quotient - ((a % b != 0) & ((a < 0) != (b < 0)));
}
int64_t floor_mod(int64_t a, int64_t b) {
  if (b == 0) zero_division();
  if (b == -1) return 0;
  const int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

/// One run: the frames of the program above the C++ function that started it.
class Run {
 public:
  explicit Run(Plan& plan) { enter(plan); }
  ~Run() {
    while (!calls_.empty()) leave();
  }

  IValue* arguments() { return calls_.innermost().registers; }
  IValue execute();
  std::vector<TraceFrame> trace() const {
    std::vector<TraceFrame> trace;
    // Of a recursion without end only both ends are of use to a reader.
    constexpr size_t kShown = 50;
    for (size_t i = 0; i < calls_.depth(); ++i) {
      if (calls_.depth() > 2 * kShown && i == kShown) i = calls_.depth() - kShown;
      const Frame& frame = calls_[i];
      const Bytecode& bytecode = frame.plan->bytecode();
      trace.push_back({bytecode.origins[size_t(frame.pc - bytecode.code.data())], bytecode.function_name});
    }
    return trace;
  }

 private:
  void enter(Plan& plan) {
    if (calls_.depth() >= kMaxDepth)
      throw RuntimeError(
          {.message = cat("maximum recursion depth exceeded: more than ", kMaxDepth, " calls are active"),
           .hint = "check that the recursion ends"});
    calls_.push({&plan, calls_.stack->push(plan.frame_image()), plan.bytecode().code.data()});
    if (plan.count_work(int64_t(plan.bytecode().code.size()))) plan.make_machine_code();
  }
  void leave() {
    calls_.stack->pop(calls_.innermost().registers, calls_.innermost().plan->frame_image());
    --calls_.top;
  }

  /// The result of a callee, to where the operand list of its call says.
  void give_result(const uint32_t* call, IValue* registers) {
    IValue result = std::move(calls_.result);
    const uint32_t* outputs = call + 1 + call[0];
    if (outputs[0] == 1) registers[outputs[1]] = std::move(result);
  }

  /// Shows a warning unless the same statement has shown one in this run.
  void warn_once(uint32_t id, const std::string& message) {
    if (std::ranges::find(warned_, id) != warned_.end()) return;
    warned_.push_back(id);
    warn(message);
  }

  Calls calls_{register_stack()};
  std::vector<uint32_t> warned_;
};

/// An argument list that borrows: bytes of registers without counting them.
class BorrowedArguments {
 public:
  BorrowedArguments(const uint32_t* entries, size_t count, IValue* registers, const IValue* constants) {
    data_ = count <= kInside ? inside()
                             : (outside_ = std::make_unique<Slot[]>(count), reinterpret_cast<IValue*>(outside_.get()));
    for (size_t i = 0; i < count; ++i) {
      const uint32_t entry = entries[i];
      const IValue* from =
          entry & kConstantOperand ? constants + (entry & kOperandIndex) : registers + (entry & kOperandIndex);
      std::memcpy(static_cast<void*>(data_ + i), static_cast<const void*>(from), sizeof(IValue));
    }
  }
  const IValue* data() const { return data_; }

 private:
  static constexpr size_t kInside = 16;
  struct alignas(IValue) Slot {
    std::byte bytes[sizeof(IValue)];
  };
  IValue* inside() { return reinterpret_cast<IValue*>(slots_); }
  Slot slots_[kInside];
  std::unique_ptr<Slot[]> outside_;
  IValue* data_;
};

/// Value of a pool entry for an owner: taken if this is its last use.
IValue take(uint32_t entry, IValue* registers, const IValue* constants) {
  if (entry & kConstantOperand) return constants[entry & kOperandIndex];
  if (entry & kLastUse) return std::move(registers[entry & kOperandIndex]);
  return registers[entry & kOperandIndex];
}
void release_last_uses(const uint32_t* entries, size_t count, IValue* registers) {
  for (size_t i = 0; i < count; ++i)
    if ((entries[i] & (kLastUse | kConstantOperand)) == kLastUse) registers[entries[i] & kOperandIndex] = IValue();
}

void print_values(const uint32_t* pool, IValue* registers, const IValue* constants) {
  std::string text;
  for (uint32_t i = 0; i < pool[0]; ++i) {
    const uint32_t entry = pool[1 + i];
    const IValue& value =
        entry & kConstantOperand ? constants[entry & kOperandIndex] : registers[entry & kOperandIndex];
    if (i) text += ' ';
    text += printed(value);
  }
  print_text(text += '\n');
}

const std::string& first_text(const uint32_t* pool, IValue* registers, const IValue* constants) {
  const uint32_t entry = pool[1];
  return (entry & kConstantOperand ? constants : registers)[entry & kOperandIndex].to_string();
}

IValue make_list(const Bytecode& code, const Instruction& in, IValue* r, const IValue* constants) {
  const TypePtr& element_type = code.types[in.b];
  const uint32_t* pool = code.pool.data() + in.a;
  Ref<ListObject> list = ListObject::make(element_type);
  list->reserve(pool[0]);
  for (uint32_t i = 0; i < pool[0]; ++i) list->append(take(pool[1 + i], r, constants));
  return IValue(std::move(list));
}

void start_fork(const Bytecode& code, const uint32_t* pool, ir::GraphFunction& function, IValue* r,
                const IValue* constants) {
  std::vector<IValue> arguments;
  for (uint32_t i = 0; i < pool[0]; ++i) arguments.push_back(take(pool[1 + i], r, constants));
  Plan* plan = &static_cast<Plan&>(function.plan());
  const auto& outputs = function.raw_graph()->outputs();
  Ref<Future> future = make_ref<Future>(outputs.size() == 1 ? outputs[0]->type() : types::any());
  r[pool[2 + pool[0]]] = IValue(future);
  // The child works under the modes of its parent, and keeps the graph of the parent alive.
  submit([plan, future, arguments = std::move(arguments), state = dispatch_state, graph = code.graph]() mutable {
    const DispatchState old = dispatch_state;
    dispatch_state = state;
    try {
      future->complete(interpret(*plan, std::move(arguments)));
    } catch (...) {
      future->fail(std::current_exception());
    }
    dispatch_state = old;
  });
}

IValue Run::execute() {
  static const void* const kLabels[] = {
#define OPCODE(name, text, operands, effect) &&do_##name,
#include "exec/opcodes.def"
#undef OPCODE
  };
  // Where there is machine code, each instruction first asks whether it can be entered there.
  static const void* const kEnterLabels[] = {
#define OPCODE(name, text, operands, effect) &&enter_machine_code,
#include "exec/opcodes.def"
#undef OPCODE
  };
  // The frame at hand, in local variables: the compiler keeps them in machine registers.
  const void* const* labels;
  IValue* r;
  const Instruction* pc;
  const Bytecode* code;
  const Instruction* first;
  const IValue* constants;
#define LOAD_FRAME()                                              \
  do {                                                            \
    Frame& frame = calls_.innermost();                            \
    r = frame.registers;                                          \
    pc = frame.pc;                                                \
    code = &frame.plan->bytecode();                               \
    first = code->code.data();                                    \
    constants = code->constants.data();                           \
    labels = frame.plan->machine_code() ? kEnterLabels : kLabels; \
  } while (0)
#define SAVE_PC() (calls_.innermost().pc = pc)
#define DISPATCH() goto* labels[size_t(pc->opcode)]
#define NEXT()  \
  do {          \
    ++pc;       \
    DISPATCH(); \
  } while (0)
#define GOTO(target)                                                                           \
  do {                                                                                         \
    const Instruction* to = first + (target);                                                  \
    const bool is_hot = to <= pc && calls_.innermost().plan->count_work(int64_t(pc - to) + 1); \
    pc = to;                                                                                   \
    if (is_hot) goto became_hot;                                                               \
    DISPATCH();                                                                                \
  } while (0)
#define I(x) r[pc->x].raw_int()
#define F(x) r[pc->x].raw_float()
#define IMM int64_t(int32_t(pc->b))
#define JUMP_WHEN(condition)    \
  do {                          \
    if (condition) GOTO(pc->d); \
    NEXT();                     \
  } while (0)

#define STEP_JUMP_WHEN(condition)                                 \
  do {                                                            \
    I(a) = int64_t(uint64_t(I(a)) + uint64_t(int64_t(pc->step))); \
    JUMP_WHEN(condition);                                         \
  } while (0)

  LOAD_FRAME();
  DISPATCH();

became_hot:
  SAVE_PC();
  calls_.innermost().plan->make_machine_code();
  LOAD_FRAME();
  DISPATCH();

enter_machine_code : {
  const native::Code& machine_code = *calls_.innermost().plan->machine_code();
  if (const void* entry = machine_code.entry(size_t(pc - first))) {
    if (machine_code.run(r, calls_, entry) == native::Outcome::returned) goto returned;
    LOAD_FRAME();
  }
  goto* kLabels[size_t(pc->opcode)];
}

// One line an instruction, so that the set can be read off. DISPATCH stands outside of all blocks: it runs no
// destructors.
// clang-format off
do_move_word: I(d) = I(a); NEXT();
do_move_value: r[pc->d] = r[pc->a]; NEXT();
do_take_value: r[pc->d] = std::move(r[pc->a]); NEXT();
do_load_word: I(d) = constants[pc->a].raw_int(); NEXT();
do_load_value: r[pc->d] = constants[pc->a]; NEXT();
do_drop: r[pc->d] = IValue(); NEXT();

// Unsigned inside: wrapping is then defined, and is what PyTorch does.
do_add_i64: I(d) = int64_t(uint64_t(I(a)) + uint64_t(I(b))); NEXT();
do_sub_i64: I(d) = int64_t(uint64_t(I(a)) - uint64_t(I(b))); NEXT();
do_mul_i64: I(d) = int64_t(uint64_t(I(a)) * uint64_t(I(b))); NEXT();
do_add_imm_i64: I(d) = int64_t(uint64_t(I(a)) + uint64_t(IMM)); NEXT();
do_mul_imm_i64: I(d) = int64_t(uint64_t(I(a)) * uint64_t(IMM)); NEXT();
do_neg_i64: I(d) = int64_t(0 - uint64_t(I(a))); NEXT();
do_floordiv_i64: SAVE_PC(); I(d) = floor_div(I(a), I(b)); NEXT();
do_remainder_i64: SAVE_PC(); I(d) = floor_mod(I(a), I(b)); NEXT();
do_truediv_i64: F(d) = double(I(a)) / double(I(b)); NEXT();
do_and_i64: I(d) = I(a) & I(b); NEXT();
do_or_i64: I(d) = I(a) | I(b); NEXT();
do_xor_i64: I(d) = I(a) ^ I(b); NEXT();
do_not_i64: I(d) = ~I(a); NEXT();
do_lt_i64: I(d) = I(a) < I(b); NEXT();
do_le_i64: I(d) = I(a) <= I(b); NEXT();
do_gt_i64: I(d) = I(a) > I(b); NEXT();
do_ge_i64: I(d) = I(a) >= I(b); NEXT();
do_eq_i64: I(d) = I(a) == I(b); NEXT();
do_ne_i64: I(d) = I(a) != I(b); NEXT();

do_range_len_i64: I(d) = I(b) > I(a) ? int64_t(uint64_t(I(b)) - uint64_t(I(a))) : 0; NEXT();

do_add_f64: F(d) = F(a) + F(b); NEXT();
do_sub_f64: F(d) = F(a) - F(b); NEXT();
do_mul_f64: F(d) = F(a) * F(b); NEXT();
do_div_f64: F(d) = F(a) / F(b); NEXT();
do_neg_f64: F(d) = -F(a); NEXT();
do_lt_f64: I(d) = F(a) < F(b); NEXT();
do_le_f64: I(d) = F(a) <= F(b); NEXT();
do_gt_f64: I(d) = F(a) > F(b); NEXT();
do_ge_f64: I(d) = F(a) >= F(b); NEXT();
do_eq_f64: I(d) = F(a) == F(b); NEXT();
do_ne_f64: I(d) = F(a) != F(b); NEXT();
do_sqrt_f64: F(d) = std::sqrt(F(a)); NEXT();

do_not_bool: I(d) = !I(a); NEXT();
do_i64_to_f64: F(d) = double(I(a)); NEXT();
do_f64_to_i64: I(d) = int64_t(F(a)); NEXT();
do_number_to_f64: SAVE_PC(); F(d) = r[pc->a].to_scalar().to<double>(); NEXT();
do_i64_to_bool: I(d) = I(a) != 0; NEXT();
do_f64_to_bool: I(d) = F(a) != 0; NEXT();

do_jump: GOTO(pc->d);
do_jump_if: JUMP_WHEN(I(a) != 0);
do_jump_unless: JUMP_WHEN(I(a) == 0);
do_jump_lt_i64: JUMP_WHEN(I(a) < I(b));
do_jump_le_i64: JUMP_WHEN(I(a) <= I(b));
do_jump_gt_i64: JUMP_WHEN(I(a) > I(b));
do_jump_ge_i64: JUMP_WHEN(I(a) >= I(b));
do_jump_eq_i64: JUMP_WHEN(I(a) == I(b));
do_jump_ne_i64: JUMP_WHEN(I(a) != I(b));
do_jump_lt_imm_i64: JUMP_WHEN(I(a) < IMM);
do_jump_le_imm_i64: JUMP_WHEN(I(a) <= IMM);
do_jump_gt_imm_i64: JUMP_WHEN(I(a) > IMM);
do_jump_ge_imm_i64: JUMP_WHEN(I(a) >= IMM);
do_jump_eq_imm_i64: JUMP_WHEN(I(a) == IMM);
do_jump_ne_imm_i64: JUMP_WHEN(I(a) != IMM);
do_jump_lt_f64: JUMP_WHEN(F(a) < F(b));
do_jump_le_f64: JUMP_WHEN(F(a) <= F(b));
do_jump_gt_f64: JUMP_WHEN(F(a) > F(b));
do_jump_ge_f64: JUMP_WHEN(F(a) >= F(b));
do_jump_nlt_f64: JUMP_WHEN(!(F(a) < F(b)));
do_jump_nle_f64: JUMP_WHEN(!(F(a) <= F(b)));
do_jump_ngt_f64: JUMP_WHEN(!(F(a) > F(b)));
do_jump_nge_f64: JUMP_WHEN(!(F(a) >= F(b)));

do_step_jump_lt_i64: STEP_JUMP_WHEN(I(a) < I(b));
do_step_jump_le_i64: STEP_JUMP_WHEN(I(a) <= I(b));
do_step_jump_gt_i64: STEP_JUMP_WHEN(I(a) > I(b));
do_step_jump_ge_i64: STEP_JUMP_WHEN(I(a) >= I(b));
do_step_jump_ne_i64: STEP_JUMP_WHEN(I(a) != I(b));
do_step_jump_lt_imm_i64: STEP_JUMP_WHEN(I(a) < IMM);
do_step_jump_le_imm_i64: STEP_JUMP_WHEN(I(a) <= IMM);
do_step_jump_gt_imm_i64: STEP_JUMP_WHEN(I(a) > IMM);
do_step_jump_ge_imm_i64: STEP_JUMP_WHEN(I(a) >= IMM);
do_step_jump_ne_imm_i64: STEP_JUMP_WHEN(I(a) != IMM);

do_list_len: I(d) = int64_t(static_cast<ListObject*>(r[pc->a].raw_pointer())->size()); NEXT();
do_list_get_i64: SAVE_PC(); I(d) = element<int64_t>(r[pc->a], I(b)); NEXT();
do_list_get_f64: SAVE_PC(); F(d) = element<double>(r[pc->a], I(b)); NEXT();
do_list_get_bool: SAVE_PC(); I(d) = element<uint8_t>(r[pc->a], I(b)); NEXT();
do_list_get_value: {
  SAVE_PC();
  IValue taken = element<IValue>(r[pc->a], I(b));
  r[pc->d] = std::move(taken);
}
  NEXT();
do_list_get2_i64: SAVE_PC(); I(d) = nested_element<int64_t>(code->pool.data() + pc->a, r); NEXT();
do_list_get2_f64: SAVE_PC(); F(d) = nested_element<double>(code->pool.data() + pc->a, r); NEXT();
do_list_get2_bool: SAVE_PC(); I(d) = nested_element<uint8_t>(code->pool.data() + pc->a, r); NEXT();
do_list_set_i64: SAVE_PC(); element<int64_t>(r[pc->d], I(a)) = I(b); NEXT();
do_list_set_f64: SAVE_PC(); element<double>(r[pc->d], I(a)) = F(b); NEXT();
do_list_set_bool: SAVE_PC(); element<uint8_t>(r[pc->d], I(a)) = uint8_t(I(b)); NEXT();
do_list_set_value: SAVE_PC(); element<IValue>(r[pc->d], I(a)) = r[pc->b]; NEXT();
do_list_append_i64: elements<int64_t>(r[pc->d]).push_back(I(a)); NEXT();
do_list_append_f64: elements<double>(r[pc->d]).push_back(F(a)); NEXT();
do_list_append_bool: elements<uint8_t>(r[pc->d]).push_back(uint8_t(I(a))); NEXT();
do_list_append_value: elements<IValue>(r[pc->d]).push_back(r[pc->a]); NEXT();

do_dict_get: {
  SAVE_PC();
  const IValue* found = std::as_const(dict_of(r[pc->a])).find(r[pc->b]);
  if (!found) throw RuntimeError(cat("KeyError: ", r[pc->b].str()));
  IValue taken = *found;
  r[pc->d] = std::move(taken);
}
  NEXT();
do_dict_set: SAVE_PC(); dict_of(r[pc->d]).insert_or_assign(r[pc->a], r[pc->b]); NEXT();
do_dict_contains: SAVE_PC(); I(d) = std::as_const(dict_of(r[pc->a])).find(r[pc->b]) != nullptr; NEXT();

do_make_list: SAVE_PC(); r[pc->d] = make_list(*code, *pc, r, constants); NEXT();
do_make_tuple: {
  const uint32_t* pool = code->pool.data() + pc->a;
  std::vector<IValue> parts;
  parts.reserve(pool[0]);
  for (uint32_t i = 0; i < pool[0]; ++i) parts.push_back(take(pool[1 + i], r, constants));
  r[pc->d] = make_tuple(std::move(parts), pc->b ? code->types[pc->b - 1] : nullptr);
}
  NEXT();
do_make_dict: {
  SAVE_PC();
  const uint32_t* pool = code->pool.data() + pc->a;
  const DictType& type = code->types[pc->b]->expect<DictType>();
  Ref<DictObject> dict = make_ref<DictObject>(type.key(), type.value());
  for (uint32_t i = 0; i + 1 < pool[0]; i += 2) {
    IValue key = take(pool[1 + i], r, constants);
    dict->insert_or_assign(std::move(key), take(pool[2 + i], r, constants));
  }
  r[pc->d] = IValue(std::move(dict));
}
  NEXT();
do_unpack_tuple: {
  SAVE_PC();
  const uint32_t* outputs = code->pool.data() + pc->b + 1;
  const IValue tuple = r[pc->a];
  const std::vector<IValue>& parts = tuple.tuple().elements;
  if (parts.size() != outputs[0]) throw RuntimeError(cat("Expected to unpack ", outputs[0], " elements but found ", parts.size()));
  for (uint32_t i = 0; i < outputs[0]; ++i) r[outputs[1 + i]] = parts[i];
}
  NEXT();
do_unpack_list: {
  SAVE_PC();
  const uint32_t* outputs = code->pool.data() + pc->b + 1;
  const IValue list = r[pc->a];
  if (list.list().size() != outputs[0])
    throw RuntimeError(cat("Expected ", outputs[0], " elements in a list but found ", list.list().size()));
  for (uint32_t i = 0; i < outputs[0]; ++i) r[outputs[1 + i]] = list.list().get(i);
}
  NEXT();
do_tuple_get: {
  IValue taken = static_cast<TupleObject*>(r[pc->a].raw_pointer())->elements[pc->b];
  r[pc->d] = std::move(taken);
}
  NEXT();
do_tuple_index: {
  SAVE_PC();
  const std::vector<IValue>& parts = r[pc->a].tuple().elements;
  const int64_t at = I(b) < 0 ? I(b) + int64_t(parts.size()) : I(b);
  if (at < 0 || at >= int64_t(parts.size())) throw IndexError("Tuple index out of range");
  IValue taken = parts[size_t(at)];
  r[pc->d] = std::move(taken);
}
  NEXT();

do_make_object: r[pc->d] = IValue(make_ref<Object>(code->classes[pc->a], nullptr)); NEXT();
do_get_slot: {
  SAVE_PC();
  IValue taken = r[pc->a].object().slot(pc->b);
  r[pc->d] = std::move(taken);
}
  NEXT();
do_set_slot: SAVE_PC(); r[pc->d].object().slot(pc->b) = r[pc->a]; NEXT();
do_is_instance: {
  bool holds = false;
  for (const TypePtr& type : code->type_lists[pc->b]) holds |= r[pc->a].is_instance_of(*type);
  I(d) = holds;
}
  NEXT();

do_call_op: {
  SAVE_PC();
  const uint32_t* pool = code->pool.data() + pc->d;
  const uint32_t count = pool[0];
  const uint32_t* outputs = pool + 1 + count;
  const BorrowedArguments arguments(pool + 1, count, r, constants);
  if (outputs[0] <= 1) {
    IValue result;
    call_operator(*code->operators[pc->a], arguments.data(), &result);
    release_last_uses(pool + 1, count, r);
    if (outputs[0]) r[outputs[1]] = std::move(result);
  } else {
    IValue results[8];
    RUSHLIGHT_ASSERT(outputs[0] <= 8);
    call_operator(*code->operators[pc->a], arguments.data(), results);
    release_last_uses(pool + 1, count, r);
    for (uint32_t i = 0; i < outputs[0]; ++i) r[outputs[1 + i]] = std::move(results[i]);
  }
}
  NEXT();
do_call_function: {
  SAVE_PC();
  Plan& callee = static_cast<Plan&>(code->functions[pc->a]->plan());
  const uint32_t* pool = code->pool.data() + pc->d;
  enter(callee);
  IValue* fresh = calls_.innermost().registers;
  for (uint32_t i = 0; i < pool[0]; ++i) fresh[i] = take(pool[1 + i], r, constants);
  LOAD_FRAME();
  DISPATCH();
}
do_call_interface: {
  SAVE_PC();
  const uint32_t* pool = code->pool.data() + pc->d;
  const IValue& self = r[pool[1] & kOperandIndex];
  const std::string& name = code->names[pc->a];
  auto* method = dynamic_cast<ir::GraphFunction*>(self.object().type().find_method(name));
  if (!method) throw RuntimeError(cat("Method '", name, "' is not defined."));
  Plan& callee = static_cast<Plan&>(method->plan());
  enter(callee);
  IValue* fresh = calls_.innermost().registers;
  for (uint32_t i = 0; i < pool[0]; ++i) fresh[i] = take(pool[1 + i], r, constants);
  LOAD_FRAME();
  DISPATCH();
}
do_fork: SAVE_PC(); start_fork(*code, code->pool.data() + pc->d, *code->functions[pc->a], r, constants); NEXT();
do_warn: SAVE_PC(); warn_once(pc->a, first_text(code->pool.data() + pc->d, r, constants)); release_last_uses(code->pool.data() + pc->d + 1, code->pool[pc->d], r); NEXT();
do_print: SAVE_PC(); print_values(code->pool.data() + pc->d, r, constants); release_last_uses(code->pool.data() + pc->d + 1, code->pool[pc->d], r); NEXT();
do_raise:
  SAVE_PC();
  throw RaisedByProgram{r[pc->a].is_string() ? r[pc->a].to_string() : r[pc->a].str(),
                        pc->d == 0 && r[pc->b].is_string() ? r[pc->b].to_string() : std::string()};
do_python_call: {
  SAVE_PC();
  const uint32_t* pool = code->pool.data() + pc->d;
  if (!surface_hooks.call_python) throw NotImplementedError("this program calls a Python function, and there is no Python here");
  std::vector<IValue> arguments;
  for (uint32_t i = 0; i < pool[0]; ++i) arguments.push_back(take(pool[1 + i], r, constants));
  const ir::Node& node = *code->python_nodes[pc->a];
  IValue result = surface_hooks.call_python(node, std::move(arguments));
  const uint32_t* outputs = pool + 1 + pool[0];
  if (outputs[0] == 1) r[outputs[1]] = std::move(result);
  else
    for (uint32_t i = 0; i < outputs[0]; ++i) r[outputs[1 + i]] = result.tuple().elements[i];
}
  NEXT();
do_ret: {
  const uint32_t* pool = code->pool.data() + pc->d;
  IValue result;
  if (pool[0] == 1) {
    result = take(pool[1], r, constants);
  } else if (pool[0] > 1) {
    std::vector<IValue> parts;
    for (uint32_t i = 0; i < pool[0]; ++i) parts.push_back(take(pool[1 + i], r, constants));
    result = make_tuple(std::move(parts));
  }
  leave();
  calls_.result = std::move(result);
}
returned:
  if (calls_.empty()) return std::move(calls_.result);
  LOAD_FRAME();
  give_result(code->pool.data() + pc->d, r);
  NEXT();
// clang-format on
#undef LOAD_FRAME
#undef SAVE_PC
#undef DISPATCH
#undef NEXT
#undef GOTO
#undef I
#undef F
#undef IMM
#undef JUMP_WHEN
#undef STEP_JUMP_WHEN
}

}  // namespace

IValue interpret(Plan& plan, std::vector<IValue> arguments) {
  RUSHLIGHT_ASSERT(arguments.size() == plan.bytecode().argument_count);
  if (native_depth >= kMaxNativeDepth)
    throw RuntimeError(
        cat("maximum recursion depth exceeded: more than ", kMaxNativeDepth, " calls through C++ are active"));
  struct DepthGuard {
    DepthGuard() { ++native_depth; }
    ~DepthGuard() { --native_depth; }
  } depth;
  Run run(plan);
  for (size_t i = 0; i < arguments.size(); ++i) run.arguments()[i] = std::move(arguments[i]);
  std::exception_ptr error;
  try {
    return run.execute();
  } catch (...) {
    error = std::current_exception();
  }
  rethrow_with_trace(error, run.trace());
}

}  // namespace rushlight::exec
