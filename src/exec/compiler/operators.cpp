/// Selection of instructions for operators; what has none is called.
#include "exec/compiler/function_compiler.h"

namespace rushlight::exec {
std::optional<Opcode> FunctionCompiler::instruction_for(const Node* node) const {
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

void FunctionCompiler::emit_operator(Node* node) {
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

bool FunctionCompiler::emit_range(Node* node, const Operator& op) {
  static const ir::Symbol position = ir::Symbol::intern("aten::__derive_index"),
                          length = ir::Symbol::intern("aten::__range_length");
  if (node->kind() != position && node->kind() != length) return false;
  RUSHLIGHT_ASSERT(op.argument_count() == 3);
  const std::optional<int32_t> step = small_int(node->input(2));
  // The negative of the smallest number is none.
  if (!step || *step == 0 || *step == std::numeric_limits<int32_t>::min()) return false;
  if (node->kind() == length) {
    const uint32_t from = source(node->input(0)), to = source(node->input(1));
    const uint32_t result = assign(node->output());
    if (*step > 0)
      emit(Opcode::range_len_i64, result, from, to);
    else
      emit(Opcode::range_len_i64, result, to, from);
    if (std::abs(*step) == 1) return true;
    // 1 + (distance - 1) // step, rounded down: 0 for no distance
    const uint32_t divisor = preset(int64_t(std::abs(*step)));
    emit(Opcode::add_imm_i64, result, result, uint32_t(-1));
    emit(Opcode::floordiv_i64, result, result, divisor);
    emit(Opcode::add_imm_i64, result, result, 1);
    return true;
  }
  uint32_t index = source(node->input(0));
  if (*step != 1) {
    const uint32_t scaled = temporary(RegisterClass::int_);
    emit(Opcode::mul_imm_i64, scaled, index, uint32_t(*step));
    index = scaled;
  }
  if (const std::optional<int32_t> start = small_int(node->input(1))) {
    emit(Opcode::add_imm_i64, assign(node->output()), index, uint32_t(*start));
  } else {
    const uint32_t from = source(node->input(1));
    emit(Opcode::add_i64, assign(node->output()), index, from);
  }
  return true;
}

uint32_t FunctionCompiler::float_source(Value* value) {
  const uint32_t from = source(value);
  if (class_of(value) == RegisterClass::float_) return from;
  const uint32_t converted = temporary(RegisterClass::float_);
  emit(Opcode::i64_to_f64, converted, from);
  return converted;
}

bool FunctionCompiler::emit_mixed_numbers(Node* node, const Operator& op) {
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

void FunctionCompiler::emit_instruction(Node* node, Opcode opcode) {
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

bool FunctionCompiler::emit_with_immediate(Node* node, Opcode opcode) {
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

}  // namespace rushlight::exec
