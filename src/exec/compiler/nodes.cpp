/// Nodes that are no operators: aggregates, objects, calls.
#include "exec/compiler/function_compiler.h"

namespace rushlight::exec {
namespace {

const ir::Symbol kName = ir::Symbol::intern("name");
const ir::Symbol kTypes = ir::Symbol::intern("types");
const ir::Symbol kSubgraph = ir::Symbol::intern("Subgraph");

}  // namespace

void FunctionCompiler::emit_nodes(Block& block) {
  for (Node* node : block.nodes()) {
    current_ = node;
    if (node->kind() == kinds::constant || deferred_.count(node) || deferred_rows_.count(node)) continue;
    emit_node(node);
    finish(node);
  }
  current_ = nullptr;
}

void FunctionCompiler::emit_node(Node* node) {
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
  } else if (kind == kinds::warn && node->has_attribute(ir::attributes::warn_id)) {
    const std::vector<uint32_t> inputs = operands(node);
    emit(Opcode::warn, pool(inputs, {}), uint32_t(node->attribute<int64_t>(ir::attributes::warn_id)));
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

uint32_t FunctionCompiler::slot_of(Node* node) {
  const ClassType& type = node->input(0)->type()->expect<ClassType>();
  const std::string& name = node->attribute<std::string>(kName);
  const std::optional<size_t> slot = type.find_attribute(name);
  if (!slot)
    throw RuntimeError(
        {.message = cat("class ", type.name(), " has no attribute '", name, "'"), .range = node->range()});
  return uint32_t(*slot);
}

void FunctionCompiler::emit_tuple_index(Node* node) {
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

void FunctionCompiler::emit_call(Node* node, ir::GraphFunction* function, size_t first_input) {
  const std::vector<uint32_t> inputs = operands(node, first_input);
  std::vector<uint32_t> outputs;
  for (Value* output : node->outputs()) outputs.push_back(assign(output));
  emit(Opcode::call_function, pool(inputs, outputs), index_in(out_->functions, function));
}

void FunctionCompiler::emit_method_call(Node* node) {
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

void FunctionCompiler::emit_context(Node* node) {
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

void FunctionCompiler::emit_fork(Node* node) {
  const auto& subgraph = node->attribute<std::shared_ptr<ir::Graph>>(kSubgraph);
  out_->owned_functions.push_back(std::make_unique<ir::GraphFunction>("<forked function>", subgraph));
  out_->functions.push_back(out_->owned_functions.back().get());
  const std::vector<uint32_t> inputs = operands(node);
  emit(Opcode::fork, pool(inputs, {assign(node->output())}), uint32_t(out_->functions.size() - 1));
}

}  // namespace rushlight::exec
