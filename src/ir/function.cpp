#include "ir/function.h"

#include <algorithm>

#include "base/code_pages.h"
#include "base/text.h"
#include "value/qualified_name.h"
#include "value/unify.h"

namespace rushlight::ir {

ExecutorHooks executor_hooks;

GraphFunction::GraphFunction(std::string qualified_name, std::shared_ptr<Graph> graph,
                             std::function<void(GraphFunction&)> define)
    : Function(std::move(qualified_name)), graph_(std::move(graph)), define_(std::move(define)) {}

void GraphFunction::ensure_defined() const {
  if (being_defined_)
    throw RuntimeError(cat("function '", name(), "' is called recursively. Recursive calls are not supported"));
  if (!define_) return;
  auto* self = const_cast<GraphFunction*>(this);
  const auto define = std::exchange(self->define_, nullptr);
  self->being_defined_ = true;
  try {
    define(*self);
  } catch (...) {
    self->being_defined_ = false;
    self->define_ = define;
    throw;
  }
  self->being_defined_ = false;
}

std::shared_ptr<Graph> GraphFunction::graph() const {
  ensure_defined();
  return graph_;
}

void GraphFunction::set_graph(std::shared_ptr<Graph> graph) {
  drop_plan();
  std::lock_guard lock(plan_mutex_);
  graph_ = std::move(graph);
  inlinable_graph_ = nullptr;
}

const Schema& GraphFunction::schema() const {
  if (!schema_) {
    ensure_defined();
    if (!schema_) {
      // A function made from a graph alone: what the graph takes and gives is all that is known.
      auto schema = std::make_unique<Schema>();
      schema->name = name();
      for (const Value* input : graph_->inputs())
        schema->arguments.push_back(
            {.name = input->has_name() ? input->debug_name_base() : cat("argument_", input->offset()),
             .type = unshaped(input->type())});
      for (const Value* output : graph_->outputs())
        schema->returns.push_back({.name = "", .type = unshaped(output->type())});
      schema_ = std::move(schema);
    }
  }
  return *schema_;
}

void GraphFunction::set_schema(Schema schema) { schema_ = std::make_unique<Schema>(std::move(schema)); }

IValue GraphFunction::call(std::vector<IValue> arguments) {
  if (!executor_hooks.run) throw NotImplementedError("this program was built without an executor for graphs");
  return executor_hooks.run(*this, std::move(arguments));
}

ExecutablePlan& GraphFunction::plan() {
  if (ExecutablePlan* plan = plan_.load(std::memory_order_acquire)) return *plan;
  ensure_defined();
  if (!executor_hooks.make_plan) throw NotImplementedError("this program was built without an executor for graphs");
  // Made outside the lock: a function that calls itself is inlined into its own plan. Of two threads one is in vain.
  std::unique_ptr<ExecutablePlan> made = executor_hooks.make_plan(*this);
  std::lock_guard lock(plan_mutex_);
  if (!owned_plan_) {
    owned_plan_ = std::move(made);
    plan_.store(owned_plan_.get(), std::memory_order_release);
  }
  return *owned_plan_;
}

void GraphFunction::prepare() {
  map_code_pages();
  try {
    plan();
  } catch (const Error&) {
    // The call says it again, with the frames of the program.
  }
}

void GraphFunction::drop_plan() {
  std::lock_guard lock(plan_mutex_);
  plan_.store(nullptr, std::memory_order_release);
  owned_plan_.reset();
}

std::shared_ptr<Graph> GraphFunction::inlinable_graph(std::shared_ptr<Graph> (*make)(const GraphFunction&)) const {
  {
    std::lock_guard lock(plan_mutex_);
    if (inlinable_graph_) return inlinable_graph_;
  }
  // Made outside the lock: it compiles what this function calls.
  std::shared_ptr<Graph> made = make(*this);
  std::lock_guard lock(plan_mutex_);
  if (!inlinable_graph_) inlinable_graph_ = std::move(made);
  return inlinable_graph_;
}

GraphFunction* CompilationUnit::add_function(std::unique_ptr<GraphFunction> function) {
  GraphFunction* added = function.get();
  if (is_taken(added->qualified_name()))
    throw RuntimeError(cat("method '", added->qualified_name(), "' already defined."));
  function_index_[added->qualified_name()] = added;
  added->unit_ = this;
  functions_.push_back(std::move(function));
  return added;
}

GraphFunction* CompilationUnit::find_function(std::string_view qualified_name) const {
  const auto found = function_index_.find(std::string(qualified_name));
  return found == function_index_.end() ? nullptr : found->second;
}

void CompilationUnit::drop_functions() {
  for (const auto& function : functions_) {
    const std::string& name = function->qualified_name();
    const size_t dot = name.rfind('.');
    if (dot == std::string::npos) continue;
    if (Ref<ClassType> owner = find_class(std::string_view(name).substr(0, dot)))
      owner->remove_method(function->name());
  }
  function_index_.clear();
  functions_.clear();
}

void CompilationUnit::remove_function(GraphFunction* function) {
  const std::string name = function->qualified_name();
  if (const size_t dot = name.rfind('.'); dot != std::string::npos)
    if (Ref<ClassType> owner = find_class(std::string_view(name).substr(0, dot));
        owner && owner->find_method(function->name()) == function)
      owner->remove_method(function->name());
  function_index_.erase(name);
  std::erase_if(functions_, [&](const auto& owned) { return owned.get() == function; });
}

namespace {

/// An attribute of a class and a class that its type mentions.
struct Mention {
  size_t slot;
  ClassType* mentioned;
};

void add_mentions(size_t slot, const Type& type, std::vector<Mention>& mentions) {
  if (const ClassType* cls = type.as<ClassType>()) mentions.push_back({slot, const_cast<ClassType*>(cls)});
  for (const TypePtr& part : type.contained()) add_mentions(slot, *part, mentions);
}
std::vector<Mention> mentions_of(const ClassType& cls) {
  std::vector<Mention> mentions;
  for (size_t slot = 0; slot < cls.attributes().size(); ++slot)
    add_mentions(slot, *cls.attributes()[slot].type, mentions);
  return mentions;
}

enum class Visited : uint8_t { no, on_the_way, yes };
/// The classes of one unit.
using Visits = std::unordered_map<ClassType*, Visited>;

/// Depth first from `root`, each class once; an attribute that mentions a class on the way down closes a circle.
void cut_circles(ClassType& root, Visits& visits) {
  struct Step {
    ClassType* cls;
    std::vector<Mention> mentions;
    size_t next = 0;
  };
  std::vector<Step> way;
  const auto enter = [&](ClassType& cls, Visited& visited) {
    visited = Visited::on_the_way;
    way.push_back({&cls, mentions_of(cls)});
  };
  enter(root, visits[&root]);
  while (!way.empty()) {
    Step& step = way.back();
    if (step.next == step.mentions.size()) {
      visits[step.cls] = Visited::yes;
      way.pop_back();
      continue;
    }
    const Mention mention = step.mentions[step.next++];
    const auto own = visits.find(mention.mentioned);
    if (own == visits.end()) continue;  // of another unit, which lives
    if (own->second == Visited::on_the_way)
      step.cls->set_attribute_type(mention.slot, types::any());
    else if (own->second == Visited::no)
      enter(*own->first, own->second);
  }
}

}  // namespace

CompilationUnit::~CompilationUnit() {
  Visits visits;
  for (const Ref<const NamedType>& type : types_)
    if (const ClassType* cls = type->as<ClassType>()) visits.emplace(const_cast<ClassType*>(cls), Visited::no);
  for (auto& [cls, visited] : visits)
    if (visited == Visited::no) cut_circles(*cls, visits);
}

void CompilationUnit::register_type(Ref<const NamedType> type) {
  if (is_taken(type->name())) throw RuntimeError(cat("class '", type->name(), "' already defined."));
  type_index_[type->name()] = type;
  types_.push_back(std::move(type));
}

Ref<const NamedType> CompilationUnit::find_type(std::string_view qualified_name) const {
  const auto found = type_index_.find(std::string(qualified_name));
  return found == type_index_.end() ? nullptr : found->second;
}

Ref<ClassType> CompilationUnit::find_class(std::string_view qualified_name) const {
  const Ref<const NamedType> type = find_type(qualified_name);
  if (!type || !type->as<ClassType>()) return nullptr;
  // The unit owns its classes and lets them grow.
  return Ref<ClassType>(const_cast<ClassType*>(type->as<ClassType>()));
}

void CompilationUnit::remove_type(std::string_view qualified_name) {
  type_index_.erase(std::string(qualified_name));
  std::erase_if(types_, [&](const auto& type) { return type->name() == qualified_name; });
}

std::string CompilationUnit::mangle(const std::string& qualified_name) {
  std::string candidate = qualified_name;
  NameMangler& mangler = names_from_ ? names_from_->mangler_ : mangler_;
  while (is_taken(candidate) || (names_from_ && names_from_->is_taken(candidate)))
    candidate = mangler.next(qualified_name);
  // Mangled names are not given twice anyway; for the plain one an empty class stands in.
  if (names_from_ && candidate == qualified_name) names_from_->register_type(ClassType::make(candidate));
  return candidate;
}

bool CompilationUnit::is_taken(std::string_view qualified_name) const {
  const std::string name(qualified_name);
  return function_index_.contains(name) || type_index_.contains(name);
}

std::shared_ptr<CompilationUnit> unit_of(const Object& object) {
  return std::const_pointer_cast<CompilationUnit>(std::static_pointer_cast<const CompilationUnit>(object.keep_alive()));
}

}  // namespace rushlight::ir
