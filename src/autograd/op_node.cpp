#include "autograd/op_node.h"

#include "autograd/meta.h"
#include "base/text.h"
#include "ops/functions.h"

namespace rushlight::autograd {

bool lists_name(std::string_view names, std::string_view name) {
  for (size_t at = 0; (at = names.find(name, at)) != std::string_view::npos; at += name.size()) {
    const size_t end = at + name.size();
    const bool starts = at == 0 || names[at - 1] == ' ' || names[at - 1] == ',';
    const bool ends = end == names.size() || names[end] == ' ' || names[end] == ',';
    if (starts && ends) return true;
  }
  return false;
}

std::string OpNode::grad_fn_name(const OpDecl& declaration) {
  if (!declaration.grad_fn.empty()) return std::string(declaration.grad_fn);
  std::string_view name = declaration.schema.substr(0, declaration.schema.find_first_of(".("));
  if (const size_t colons = name.find("::"); colons != std::string_view::npos) name.remove_prefix(colons + 2);
  std::string camel;
  bool upper = true;
  for (char c : name) {
    if (c == '_') {
      upper = true;
    } else {
      camel += upper ? char(std::toupper(c)) : c;
      upper = false;
    }
  }
  return camel + "Backward0";
}

namespace {
const Derivative* find_derivative(const OpDecl& declaration, std::string_view argument) {
  for (const Derivative& derivative : declaration.derivatives)
    if (derivative.wrt == argument) return &derivative;
  return nullptr;
}
bool is_tensor_list(const Argument& argument) {
  const ElementType* list = argument.type->as<ElementType>();
  return list && list->is(TypeKind::list) &&
         (list->element()->is(TypeKind::tensor) || list->element()->is(TypeKind::optional));
}
}  // namespace

OpNode::OpNode(const Operator& op, const IValue* arguments, bool copy_first) : op_(op) {
  const OpDecl& declaration = op.declaration();
  const std::vector<Argument>& schema_arguments = op.schema().arguments;
  slots_.resize(schema_arguments.size());
  std::vector<Edge> edges;
  for (size_t i = 0; i < schema_arguments.size(); ++i) {
    const std::string& name = schema_arguments[i].name;
    Slot& slot = slots_[i];
    slot.first_edge = edges.size();
    const bool by_joint = declaration.joint_derivative && declaration.derivatives.empty();
    const bool has_edge = by_joint || find_derivative(declaration, name);
    const bool save = lists_name(declaration.saves, name);
    const auto keep = [&](const Tensor& tensor) {
      if (tensor.defined()) {
        slot.tensors.push_back({Shape(tensor.sizes()), tensor.dtype()});
        if (save) slot.saved.emplace_back(copy_first && i == 0 ? ops::clone(tensor) : tensor, /*is_result=*/false);
        if (has_edge) edges.push_back(gradient_edge(tensor));
      } else {
        slot.tensors.emplace_back();
        if (save) slot.saved.emplace_back();
        if (has_edge) edges.emplace_back();
      }
    };
    const IValue& value = arguments[i];
    if (value.is_tensor()) {
      keep(value.tensor());
    } else if (value.is_none() && schema_arguments[i].type->is(TypeKind::optional) &&
               schema_arguments[i].type->expect<ElementType>().element()->is(TypeKind::tensor)) {
      keep(Tensor());
    } else if (value.is_list() && is_tensor_list(schema_arguments[i])) {
      slot.is_list = true;
      const ListObject& list = value.list();
      for (size_t j = 0; j < list.size(); ++j) keep(list.get(j).optional_tensor());
    } else {
      // Lists are changed in place by programs; the derivative must see what the operator saw.
      slot.value = value.is_list() ? IValue(value.list().copy()) : value;
    }
    slot.edge_count = edges.size() - slot.first_edge;
  }
  set_next_edges(std::move(edges));
}

void OpNode::save_results(const IValue* results) {
  const std::string_view saves = op_.declaration().saves;
  const size_t count = std::max<size_t>(op_.result_count(), 1);
  results_.resize(count);
  for (size_t i = 0; i < count; ++i)
    if (results[i].is_tensor() && ((i == 0 && lists_name(saves, "result")) || lists_name(saves, cat("result", i))))
      results_[i] = SavedTensor(results[i].tensor(), /*is_result=*/true);
}

void OpNode::already_released() const {
  throw RuntimeError(
      "Trying to backward through the graph a second time (or directly access saved tensors after they have already "
      "been freed). "
      "Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify "
      "retain_graph=True if "
      "you need to backward through the graph a second time or if you need to access saved tensors after calling "
      "backward.");
}

std::vector<Tensor> OpNode::apply(std::vector<Tensor> gradients) {
  const OpDecl& declaration = op_.declaration();
  std::lock_guard lock(mutex_);
  gradients_ = std::move(gradients);
  std::vector<Tensor> results(next_edges().size());
  if (declaration.joint_derivative) {
    std::vector<Tensor> by_argument(slots_.size());
    declaration.joint_derivative(*this, by_argument);
    for (size_t i = 0; i < slots_.size(); ++i)
      if (slots_[i].edge_count == 1 && next_edges()[slots_[i].first_edge].node)
        results[slots_[i].first_edge] = std::move(by_argument[i]);
  }
  for (const Derivative& derivative : declaration.derivatives) {
    if (!derivative.formula && !derivative.list_formula) continue;
    if (!needs(derivative.wrt)) continue;
    const Slot& target = slot(derivative.wrt);
    if (derivative.list_formula) {
      std::vector<Tensor> parts = derivative.list_formula(*this);
      RUSHLIGHT_ASSERT(parts.size() == target.edge_count);
      for (size_t j = 0; j < parts.size(); ++j) results[target.first_edge + j] = std::move(parts[j]);
    } else {
      results[target.first_edge] = derivative.formula(*this);
    }
  }
  gradients_.clear();
  return results;
}

void OpNode::release_saved() {
  std::lock_guard lock(mutex_);
  bool any = false;
  for (Slot& slot : slots_) {
    any |= !slot.saved.empty();
    slot.saved.clear();
  }
  for (SavedTensor& saved : results_) any |= saved.defined();
  results_.clear();
  released_ = any;
}

const OpNode::Slot& OpNode::slot(std::string_view argument) const {
  const auto& arguments = op_.schema().arguments;
  for (size_t i = 0; i < arguments.size(); ++i)
    if (arguments[i].name == argument) return slots_[i];
  throw RuntimeError(
      cat("the derivative of ", op_.schema().name, " reads '", argument, "', which is no argument of it"));
}

const OpNode::Slot& OpNode::saved_slot(std::string_view argument) const {
  if (released_) already_released();
  const Slot& found = slot(argument);
  if (!found.is_list && found.saved.empty())
    throw RuntimeError(
        cat("the derivative of ", op_.schema().name, " reads '", argument, "', which is not listed in its `saves`"));
  return found;
}

Tensor OpNode::saved(std::string_view argument) const { return saved_slot(argument).saved[0].unpack(self()); }

std::vector<Tensor> OpNode::saved_list(std::string_view argument) const {
  std::vector<Tensor> tensors;
  for (const SavedTensor& saved : saved_slot(argument).saved) tensors.push_back(saved.unpack(self()));
  return tensors;
}

Tensor OpNode::result(size_t i) const {
  if (released_) already_released();
  RUSHLIGHT_ASSERT(i < results_.size() && results_[i].defined());
  return results_[i].unpack(self());
}

IntArrayRef OpNode::sizes(std::string_view argument, size_t i) const { return slot(argument).tensors[i].sizes; }
ScalarType OpNode::dtype(std::string_view argument, size_t i) const { return slot(argument).tensors[i].dtype; }
size_t OpNode::list_size(std::string_view argument) const { return slot(argument).tensors.size(); }
const IValue& OpNode::argument(std::string_view name) const { return slot(name).value; }

bool OpNode::needs(std::string_view argument) const {
  const Slot& found = slot(argument);
  for (size_t j = 0; j < found.edge_count; ++j)
    if (next_edges()[found.first_edge + j].node) return true;
  return false;
}

}  // namespace rushlight::autograd
