#include "passes/effects.h"

#include <unordered_set>

namespace rushlight::passes {
namespace kinds = ir::kinds;

bool has_side_effects(const ir::Node& node) {
  static const std::unordered_set<ir::Symbol> with_effects = {kinds::python_op,
                                                              kinds::print,
                                                              kinds::raise_exception,
                                                              kinds::call_function,
                                                              kinds::call_method,
                                                              kinds::enter,
                                                              kinds::exit,
                                                              kinds::set_attr,
                                                              kinds::load,
                                                              kinds::store,
                                                              kinds::return_stmt,
                                                              kinds::break_stmt,
                                                              kinds::continue_stmt,
                                                              kinds::drop,
                                                              kinds::warn,
                                                              ir::Symbol::intern("aten::save"),
                                                              ir::Symbol::intern("aten::manual_seed"),
                                                              ir::Symbol::intern("aten::wait"),
                                                              ir::Symbol::intern("prim::rpc_async"),
                                                              ir::Symbol::intern("prim::rpc_sync"),
                                                              ir::Symbol::intern("prim::rpc_remote"),
                                                              ir::Symbol::intern("prim::IgnoredPythonOp")};
  static const std::unordered_set<ir::Symbol> without_effects = {kinds::constant,
                                                                 kinds::uninitialized,
                                                                 kinds::if_,
                                                                 kinds::loop,
                                                                 kinds::tuple_construct,
                                                                 kinds::tuple_unpack,
                                                                 kinds::tuple_index,
                                                                 kinds::tuple_slice,
                                                                 kinds::list_construct,
                                                                 kinds::list_unpack,
                                                                 kinds::dict_construct,
                                                                 kinds::create_object,
                                                                 kinds::get_attr,
                                                                 kinds::fork,
                                                                 kinds::awaitable,
                                                                 kinds::closure,
                                                                 kinds::isinstance,
                                                                 kinds::unchecked_cast,
                                                                 kinds::tolist,
                                                                 kinds::module_container_index,
                                                                 kinds::with,
                                                                 kinds::comprehension_scope,
                                                                 kinds::empty_list_literal,
                                                                 kinds::traced_module_forward,
                                                                 kinds::traced_attr,
                                                                 kinds::traced_fork,
                                                                 kinds::differentiable_graph,
                                                                 kinds::num_to_tensor};
  if (with_effects.contains(node.kind())) return true;
  if (without_effects.contains(node.kind())) return false;
  const Operator* op = node.find_op();
  return !op || op->has(OpTraits::side_effects);
}

bool is_nondeterministic(const ir::Node& node) {
  const Operator* op = node.find_op();
  if (!op || !op->has(OpTraits::nondeterministic)) return false;
  static const ir::Symbol dropout = ir::Symbol::intern("aten::dropout");
  if (node.kind() != dropout) return true;
  const ir::Value* train = node.named_input("train");
  const std::optional<IValue> value = train ? ir::constant_value(train) : std::nullopt;
  return !(value && value->is_bool() && !value->to_bool());
}

}  // namespace rushlight::passes
