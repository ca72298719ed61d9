#include "trace/state.h"

#include <algorithm>

#include "autograd/variable.h"
#include "base/text.h"
#include "tensor/print.h"
#include "value/future.h"

namespace rushlight::trace {

using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

thread_local std::shared_ptr<State> running;

bool is_tensor_list(const IValue& value) {
  return value.is_list() && value.list().element_type()->is(TypeKind::tensor);
}

}  // namespace

TypePtr complete_type(const Tensor& tensor) {
  const bool requires_grad = autograd::requires_grad(tensor);
  if (tensor.layout() == Layout::strided) return TensorType::of(tensor, requires_grad);
  TensorType::Facts facts;
  facts.dtype = tensor.dtype();
  facts.device = tensor.device();
  facts.requires_grad = requires_grad;
  return TensorType::make(std::move(facts));
}

State::State(Host host) : graph(std::make_shared<ir::Graph>()), host(std::move(host)) { enter_frame(); }

// ---- values

void State::set_value(const Tensor& tensor, Value* value) {
  if (!tensor.defined()) return;
  frames_.back().tensors[tensor.impl()] = {tensor, value};
}

void State::forget(const Tensor& tensor) {
  for (Frame& frame : frames_) frame.tensors.erase(tensor.impl());
}

Value* State::insert_none() { return graph->insert_constant(IValue()); }

Value* State::insert_constant(const IValue& value, TypePtr type) {
  return value.is_none() ? insert_none() : graph->insert_constant(value, here(), std::move(type));
}

Value* State::value_of(const Tensor& tensor) {
  if (!tensor.defined()) return insert_none();
  if (Value* value = known_value(tensor)) {
    if (!value->has_name() && host.name_of)
      if (const std::string name = host.name_of(tensor); !name.empty()) value->set_debug_name(name);
    return value;
  }
  if (autograd::requires_grad(tensor))
    throw RuntimeError(
        cat("Cannot insert a Tensor that requires grad as a constant. Consider making it a parameter or input, or "
            "detaching the gradient\nTensor:\n",
            tensor_cpp_text(tensor)));
  Value* constant = insert_constant(IValue(tensor), complete_type(tensor));
  set_value(tensor, constant);
  return constant;
}

Value* State::known_value(const Tensor& tensor) const {
  if (!tensor.defined()) return nullptr;
  for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame)
    if (const auto found = frame->tensors.find(tensor.impl()); found != frame->tensors.end())
      return found->second.value;
  return nullptr;
}

Value* State::find_object(const IValue& value) const {
  for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame)
    for (auto entry = frame->objects.rbegin(); entry != frame->objects.rend(); ++entry)
      if (entry->first.is_same(value)) return entry->second;
  return nullptr;
}

Value* State::value_of(const IValue& value) {
  switch (value.tag()) {
    case Tag::tensor:
      return value_of(value.tensor());
    case Tag::list: {
      if (!is_tensor_list(value)) break;
      Node* list = graph->create(kinds::list_construct);
      for (const Tensor& tensor : value.to_tensor_vector()) list->add_input(value_of(tensor));
      list->output()->set_type(types::list(types::tensor()));
      return graph->insert(list)->output();
    }
    case Tag::tuple: {
      Node* tuple = graph->create(kinds::tuple_construct);
      std::vector<TypePtr> parts;
      for (const IValue& element : value.tuple().elements) parts.push_back(tuple->add_input(value_of(element))->type());
      tuple->output()->set_type(types::tuple(std::move(parts)));
      return graph->insert(tuple)->output();
    }
    case Tag::dict: {
      Node* dict = graph->create(kinds::dict_construct);
      value.dict().for_each([&](const IValue& key, const IValue& element) {
        dict->add_input(value_of(key));
        dict->add_input(value_of(element));
      });
      dict->output()->set_type(value.type());
      return graph->insert(dict)->output();
    }
    case Tag::object:
    case Tag::future: {
      if (Value* known = find_object(value)) return known;
      if (value.tag() == Tag::future)
        throw RuntimeError("Tried to trace Future or Object that the tracer was not aware of.");
      throw RuntimeError(cat("Tried to trace ", host.describe ? host.describe(value) : value.type()->str(),
                             " but it is not part of the active trace. Modules that are called during a trace must be "
                             "registered as submodules of the thing being traced."));
    }
    default:
      break;
  }
  return insert_constant(value);
}

void State::set_value(const IValue& held, Value* value) {
  switch (held.tag()) {
    case Tag::tensor:
      if (held.tensor().defined()) value->set_type(complete_type(held.tensor()));
      return set_value(held.tensor(), value);
    case Tag::tuple: {
      Node* unpack = graph->insert(graph->create(kinds::tuple_unpack, {value}, held.tuple().elements.size()));
      const auto& parts = held.tuple().elements;
      for (size_t i = 0; i < parts.size(); ++i) {
        unpack->output(i)->set_type(parts[i].type());
        set_value(parts[i], unpack->output(i));
      }
      return;
    }
    case Tag::list: {
      const ListObject& list = held.list();
      if (is_tensor_list(held) || (list.kind() == ListKind::generic && list.size() != 0)) {
        Node* unpack = graph->insert(graph->create(kinds::list_unpack, {value}, list.size()));
        for (size_t i = 0; i < list.size(); ++i) {
          unpack->output(i)->set_type(list.element_type());
          set_value(list.get(i), unpack->output(i));
        }
        return;
      }
      break;
    }
    case Tag::dict: {
      static const ir::Symbol getitem = ir::Symbol::intern("aten::__getitem__");
      const DictObject& dict = held.dict();
      dict.for_each([&](const IValue& key, const IValue& element) {
        Value* key_value = graph->insert_constant(key);
        Node* item = graph->insert(graph->create(getitem, {value, key_value}));
        item->set_range(here());
        item->output()->set_type(dict.value_type);
        set_value(element, item->output());
      });
      return;
    }
    case Tag::object:
    case Tag::future:
      frames_.back().objects.emplace_back(held, value);
      return;
    default:
      break;
  }
  throw RuntimeError(cat("Tracer cannot set value trace for type ", held.tag_name(),
                         ". Supported types are tensor, tensor list, and tuple of tensors."));
}

// ---- arguments

Value* State::insert_conversion(const Tensor& tensor, Conversion conversion) {
  static const ir::Symbol to_int = ir::Symbol::intern("aten::Int");
  static const ir::Symbol to_scalar = ir::Symbol::intern("aten::ScalarImplicit");
  Value* value = value_of(tensor);
  // Right behind what made the tensor, so that all uses of the number can follow.
  const ir::Graph::WithInsertPoint at(*graph, value->node()->next());
  Node* node = graph->insert(graph->create(conversion == Conversion::to_int ? to_int : to_scalar, {value}));
  node->output()->set_type(conversion == Conversion::to_int ? types::int_() : types::number());
  return node->output();
}

void State::convert_argument(const std::string& argument, const Tensor& tensor, Conversion conversion) {
  converted_.push_back({argument, size_t(-1), insert_conversion(tensor, conversion)});
}

void State::convert_element(const std::string& argument, size_t element, const Tensor& tensor) {
  converted_.push_back({argument, element, insert_conversion(tensor, Conversion::to_int)});
}

Value* State::converted(const std::string& argument, size_t element) const {
  for (const Converted& entry : converted_)
    if (entry.element == element && entry.argument == argument) return entry.value;
  return nullptr;
}

// ---- scopes

void State::push_scope(const std::string& path) {
  static const ir::Symbol scope = ir::Symbol::intern("scope");
  Node* call = graph->create(kinds::traced_module_forward, 0);
  call->set_attribute(scope, path);
  graph->insert(call);
  ir::Block* body = call->add_block();
  scopes_.emplace_back(call, graph->current_scope());
  graph->set_current_scope(graph->current_scope().empty() ? path : cat(graph->current_scope(), "/", path));
  call->set_scope(graph->current_scope());
  graph->set_insert_point(*body);
}

void State::pop_scope() {
  if (scopes_.empty()) throw RuntimeError("pop_scope() without a scope that was pushed");
  auto [call, outer] = std::move(scopes_.back());
  scopes_.pop_back();
  graph->set_insert_point(call->next());
  graph->set_current_scope(std::move(outer));
}

// ---- the recording of this thread

const std::shared_ptr<State>& current() {
  static const std::shared_ptr<State> none;
  return dispatch_state.tracing ? running : none;
}

Recording::Recording(std::shared_ptr<State> state) {
  if (running) throw RuntimeError("Tracing can't be nested");
  running = std::move(state);
  dispatch_state.tracing = true;
}

Recording::~Recording() {
  running.reset();
  dispatch_state.tracing = false;
}

}  // namespace rushlight::trace
