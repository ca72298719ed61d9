#include "passes/alias_info.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "passes/effects.h"
#include "value/class_type.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

/// The type that decides which wildcard a value belongs to: details of tensors do not matter, Optional is what it
/// holds.
TypePtr wildcard_type_of(const TypePtr& type) {
  if (type->is(TypeKind::tensor)) return types::tensor();
  if (type->is(TypeKind::optional)) return wildcard_type_of(type->expect<ElementType>().element());
  if (type->is(TypeKind::union_)) return types::any();
  if (type->contained().empty() || type->is(TypeKind::class_)) return type;
  std::vector<TypePtr> parts;
  for (const TypePtr& part : type->contained()) parts.push_back(wildcard_type_of(part));
  return type->with_contained(std::move(parts));
}

/// By the names of the methods: some may still be without a signature, for the graph at hand is one of them.
bool may_have(const ClassType& cls, const InterfaceType& interface) {
  return std::ranges::all_of(interface.methods(), [&](const Schema& method) { return cls.find_method(method.name); });
}

bool related(const Type& a, const Type& b) {
  if (a.is(TypeKind::any) || b.is(TypeKind::any)) return true;
  const InterfaceType *x = a.as<InterfaceType>(), *y = b.as<InterfaceType>();
  if (x && b.is(TypeKind::class_)) return may_have(b.expect<ClassType>(), *x);
  if (y && a.is(TypeKind::class_)) return may_have(a.expect<ClassType>(), *y);
  return a == b || a.is_subtype_of(b) || b.is_subtype_of(a);
}

}  // namespace

class AliasAnalysis {
 public:
  AliasAnalysis(AliasInfo& info, bool attributes_are_own) : info_(info), attributes_are_own_(attributes_are_own) {}

  void run(ir::Graph& graph) {
    for (const Value* input : graph.inputs()) make_wildcard(input);
    analyze(graph.block());
    finish();
  }

 private:
  using Place = uint32_t;

  static bool is_tracked(const Value* value) { return value->type()->is_mutable(); }

  Place new_place() {
    info_.places_.emplace_back();
    return Place(info_.places_.size() - 1);
  }

  Place wildcard(const TypePtr& type) {
    const TypePtr key = wildcard_type_of(type);
    for (Place place : info_.wildcards_)
      if (*info_.places_[place].wildcard_type == *key) return place;
    const Place place = new_place();
    info_.places_[place].wildcard_type = key;
    info_.wildcards_.push_back(place);
    hold_wildcards(place, key);
    return place;
  }

  /// What an unknown value of this type holds is unknown too.
  void hold_wildcards(Place place, const TypePtr& type) {
    if (type->is(TypeKind::class_)) return;
    for (const TypePtr& part : type->contained())
      if (part->is_mutable()) {
        const Place inner = wildcard(part);
        info_.places_[place].holds.push_back(inner);
      }
  }

  Place place_of(const Value* value) {
    const auto [found, added] = info_.of_value_.try_emplace(value, 0);
    if (added) {
      const Place place = new_place();
      found->second = place;
      return place;
    }
    return found->second;
  }

  void make_fresh(const Value* value, bool unknown_contents = true) {
    if (!is_tracked(value)) return;
    const Place place = place_of(value);
    if (unknown_contents) hold_wildcards(place, wildcard_type_of(value->type()));
  }

  void make_wildcard(const Value* value) {
    if (!is_tracked(value)) return;
    const Place place = place_of(value), anywhere = wildcard(value->type());
    info_.places_[place].points.push_back(anywhere);
    escaped_.push_back(value);
  }

  void point(const Value* from, const Value* to) {
    if (!is_tracked(from) || !is_tracked(to)) return;
    const Place a = place_of(from), b = place_of(to);
    if (a != b) info_.places_[a].points.push_back(b);
  }

  void hold(const Value* container, const Value* element) {
    if (!is_tracked(container) || !is_tracked(element)) return;
    const Place a = place_of(container), b = place_of(element);
    info_.places_[a].holds.push_back(b);
  }

  void write(const Node& node, const Value* value) {
    if (is_tracked(value)) writes_.emplace_back(&node, place_of(value));
  }

  void analyze(const Block& block) {
    for (const Node* node : block.nodes()) analyze(*node);
  }

  void analyze(const Node& node) {
    const ir::Symbol kind = node.kind();
    if (kind == kinds::if_) return branches(node);
    if (kind == kinds::loop) return loop(node);
    if (kind == kinds::tuple_construct || kind == kinds::list_construct || kind == kinds::dict_construct) {
      make_fresh(node.output(), /*unknown_contents=*/false);
      for (const Value* input : node.inputs()) hold(node.output(), input);
      return;
    }
    if (kind == kinds::get_attr && attributes_are_own_ && node.input(0)->type()->is_module())
      return make_fresh(node.output());
    if (kind == kinds::tuple_unpack || kind == kinds::tuple_index || kind == kinds::tuple_slice ||
        kind == kinds::list_unpack || kind == kinds::get_attr || kind == kinds::module_container_index) {
      for (const Value* output : node.outputs()) make_wildcard(output);
      opened_.push_back(node.input(0));
      return;
    }
    if (kind == kinds::unchecked_cast) return point(node.output(), node.input(0));
    if (kind == kinds::set_attr) {
      write(node, node.input(0));
      make_wildcard(node.input(1));
      return;
    }
    if (kind == kinds::constant || kind == kinds::uninitialized || kind == kinds::create_object ||
        kind == kinds::tolist || kind == kinds::print || kind == kinds::raise_exception || kind == kinds::isinstance ||
        kind == kinds::empty_list_literal || kind == kinds::num_to_tensor) {
      for (const Value* output : node.outputs()) make_fresh(output);
      return;
    }
    if (kind == kinds::fork || kind == kinds::awaitable) return fork(node);
    if (const Operator* op = node.find_op()) {
      static const ir::Symbol wait = ir::Symbol::intern("aten::wait"),
                              awaitable_wait = ir::Symbol::intern("prim::awaitable_wait");
      if (kind == wait || kind == awaitable_wait) reaching_.push_back(&node);
      return operation(node, op->schema());
    }
    conservative(node);
  }

  /// Forked code has what it is given and writes nothing before somebody waits for it: a fork that nobody waits for may
  /// go.
  void fork(const Node& node) {
    for (const Value* input : node.inputs()) {
      make_wildcard(input);
      opened_.push_back(input);
    }
    for (const Value* output : node.outputs()) make_fresh(output);
  }

  void branches(const Node& node) {
    for (const Block* block : node.blocks()) {
      analyze(*block);
      for (size_t i = 0; i < node.outputs().size(); ++i) point(node.output(i), block->outputs()[i]);
    }
  }

  /// A carried value is what came in or what an earlier turn gave; pointing both ways needs no second walk.
  void loop(const Node& node) {
    const Block& body = *node.blocks()[0];
    for (size_t i = 0; i < node.outputs().size(); ++i) point(body.inputs()[i + 1], node.input(i + 2));
    analyze(body);
    for (size_t i = 0; i < node.outputs().size(); ++i) {
      point(body.inputs()[i + 1], body.outputs()[i + 1]);
      point(node.output(i), body.outputs()[i + 1]);
      point(node.output(i), node.input(i + 2));
    }
  }

  /// Calls, Python and whatever is not known: everything handed over may be kept and written, and
  /// what it holds or was kept before.
  void conservative(const Node& node) {
    // The body of a closure stands here and is run by somebody else.
    if (node.kind() != kinds::closure) reaching_.push_back(&node);
    for (const Value* input : node.inputs()) {
      write(node, input);
      make_wildcard(input);
      opened_.push_back(input);
    }
    for (const Value* output : node.outputs()) make_wildcard(output);
    for (const Block* block : node.blocks()) {
      for (const Value* input : block->inputs()) make_wildcard(input);
      analyze(*block);
    }
  }

  void operation(const Node& node, const Schema& schema) {
    std::unordered_map<std::string, std::vector<const Value*>> sets;
    bool takes_from_container = false;
    for (size_t i = 0; i < schema.arguments.size() && i < node.inputs().size(); ++i) {
      const Argument& argument = schema.arguments[i];
      const Value* input = node.input(i);
      if (!argument.alias) continue;
      if (argument.alias->is_write) write(node, input);
      for (const std::string& set : argument.alias->before) sets[set].push_back(input);
      for (const AliasAnnotation& contained : argument.alias->contained)
        for (const std::string& set : contained.before) sets[set].push_back(input);
      if (std::find(argument.alias->after.begin(), argument.alias->after.end(), "*") != argument.alias->after.end())
        make_wildcard(input);
    }
    write_statistics(node);
    for (size_t i = 0; i < node.outputs().size(); ++i) {
      const Value* output = node.output(i);
      const Argument* result = i < schema.returns.size() ? &schema.returns[i] : nullptr;
      if (!result || !result->alias) {
        make_fresh(output);
        continue;
      }
      const AliasAnnotation& alias = *result->alias;
      bool placed = false;
      for (const std::string& set : alias.before) {
        if (set == "*") {
          make_wildcard(output);
          takes_from_container = placed = true;
          continue;
        }
        for (const Value* source : sets[set]) {
          if (output->type()->is(TypeKind::list) && !source->type()->is(TypeKind::list) && !alias.contained.empty())
            hold(output, source);
          else
            point(output, source);
          placed = true;
        }
      }
      for (const AliasAnnotation& contained : alias.contained)
        for (const std::string& set : contained.before)
          if (set == "*") hold_wildcards_of(output);
      if (!placed) make_fresh(output);
    }
    if (takes_from_container)
      for (const Value* input : node.inputs()) opened_.push_back(input);
  }

  void hold_wildcards_of(const Value* value) {
    if (is_tracked(value)) hold_wildcards(place_of(value), wildcard_type_of(value->type()));
  }

  /// The running statistics of a normalisation change while it trains, which its schema does not say.
  void write_statistics(const Node& node) {
    static const ir::Symbol batch_norm = ir::Symbol::intern("aten::batch_norm"),
                            instance_norm = ir::Symbol::intern("aten::instance_norm");
    if (node.kind() != batch_norm && node.kind() != instance_norm) return;
    // What is frozen does not train: its statistics stay.
    if (attributes_are_own_) return;
    const Value* training = node.named_input(node.kind() == batch_norm ? "training" : "use_input_stats");
    const std::optional<IValue> value = training ? ir::constant_value(training) : std::nullopt;
    if (value && value->is_bool() && !value->to_bool()) return;
    for (const char* name : {"running_mean", "running_var"})
      if (const Value* statistics = node.named_input(name)) write(node, statistics);
  }

  /// Elements of containers that somebody took one out of are anywhere; then every place gets its leaves.
  void finish() {
    std::unordered_set<Place> seen;
    std::vector<Place> open;
    for (const Value* value : opened_)
      if (is_tracked(value)) open.push_back(place_of(value));
    for (const Value* value : escaped_) open.push_back(place_of(value));
    while (!open.empty()) {
      const Place place = open.back();
      open.pop_back();
      if (!seen.insert(place).second) continue;
      for (Place next : info_.places_[place].points) open.push_back(next);
      // Copied: adding wildcards makes places.
      const std::vector<Place> holds = info_.places_[place].holds;
      for (Place inner : holds) {
        if (info_.places_[inner].wildcard_type) continue;
        const auto type = types_.find(inner);
        const Place anywhere = wildcard(type == types_.end() ? type_of_place(inner) : type->second);
        info_.places_[inner].points.push_back(anywhere);
        open.push_back(inner);
      }
    }
    // Code that is not seen here may write all that it can reach.
    for (const Node* node : reaching_)
      for (Place place : info_.wildcards_) writes_.emplace_back(node, place);
    for (Place place = 0; place < info_.places_.size(); ++place)
      for (Place target : info_.places_[place].points) info_.places_[target].pointed_by.push_back(place);
    mark_upwards(info_.wildcards_, &AliasInfo::Place::may_be_anywhere);
    mark_written();
  }

  /// Marks the places and all that may be one of them.
  void mark_upwards(std::vector<Place> open, bool AliasInfo::Place::*mark) {
    while (!open.empty()) {
      AliasInfo::Place& place = info_.places_[open.back()];
      open.pop_back();
      if (std::exchange(place.*mark, true)) continue;
      open.insert(open.end(), place.pointed_by.begin(), place.pointed_by.end());
    }
  }

  void mark_written() {
    std::vector<Place> open, leaves;
    for (const auto& [node, place] : writes_) {
      open.push_back(place);
      // A write inside a block is also one of the nodes around it.
      for (const Node* at = node; at; at = at->owning_block() ? at->owning_block()->owning_node() : nullptr)
        info_.writes_[at].push_back(place);
    }
    std::unordered_set<Place> seen;
    while (!open.empty()) {
      const Place place = open.back();
      open.pop_back();
      if (!seen.insert(place).second) continue;
      const auto& points = info_.places_[place].points;
      if (points.empty()) leaves.push_back(place);
      open.insert(open.end(), points.begin(), points.end());
    }
    for (Place leaf : leaves)
      if (info_.places_[leaf].wildcard_type) info_.written_wildcards_.push_back(leaf);
    for (Place written : info_.written_wildcards_)
      for (Place other : info_.wildcards_)
        if (info_.overlap(written, other)) leaves.push_back(other);
    mark_upwards(std::move(leaves), &AliasInfo::Place::may_be_written);
  }

  TypePtr type_of_place(Place place) {
    if (types_.empty())
      for (const auto& [value, of] : info_.of_value_) types_.emplace(of, value->type());
    const auto found = types_.find(place);
    return found == types_.end() ? types::any() : found->second;
  }

  AliasInfo& info_;
  bool attributes_are_own_;
  std::vector<const Value*> opened_;   ///< containers that elements were taken out of
  std::vector<const Value*> escaped_;  ///< values that may be anywhere: so may be what they hold
  std::vector<const Node*> reaching_;  ///< run code that is not in this graph
  std::vector<std::pair<const Node*, Place>> writes_;
  std::unordered_map<Place, TypePtr> types_;
};

AliasInfo::AliasInfo(ir::Graph& graph, bool attributes_are_own) { AliasAnalysis(*this, attributes_are_own).run(graph); }
AliasInfo::~AliasInfo() = default;

bool AliasInfo::overlap(uint32_t a, uint32_t b) const {
  if (a == b) return true;
  const TypePtr &x = places_[a].wildcard_type, &y = places_[b].wildcard_type;
  return x && y && related(*x, *y);
}

bool AliasInfo::may_contain_alias(const Value* a, const Value* b) const {
  ReachedPlaces places(*this);
  places.add(b);
  return places.may_contain(a);
}

bool AliasInfo::may_be_written(const Value* value) const {
  const auto found = of_value_.find(value);
  return found != of_value_.end() && places_[found->second].may_be_written;
}

bool AliasInfo::may_be_written(const Node& node) const {
  const auto written = [&](const Value* value) { return may_be_written(value); };
  return std::any_of(node.inputs().begin(), node.inputs().end(), written) ||
         std::any_of(node.outputs().begin(), node.outputs().end(), written);
}

bool AliasInfo::writes_to_wildcard(const Node& node) const {
  const auto found = writes_.find(&node);
  return found != writes_.end() && std::any_of(found->second.begin(), found->second.end(),
                                               [&](uint32_t place) { return places_[place].may_be_anywhere; });
}

// ---- Reached places

ReachedPlaces::ReachedPlaces(const AliasInfo& info)
    : info_(&info),
      opened_(info.places_.size()),
      followed_(info.places_.size()),
      touching_(info.places_.size()),
      apart_(info.places_.size()) {}

void ReachedPlaces::add(const Value* value) {
  const auto found = info_->of_value_.find(value);
  if (found == info_->of_value_.end() || opened_[found->second]) return;
  apart_.assign(apart_.size(), false);
  std::vector<uint32_t> to_open = {found->second}, to_follow;
  while (!to_open.empty()) {
    const uint32_t opened = to_open.back();
    to_open.pop_back();
    if (opened_[opened]) continue;
    opened_[opened] = true;
    const auto& holds = info_->places_[opened].holds;
    to_open.insert(to_open.end(), holds.begin(), holds.end());
    to_follow.push_back(opened);
    while (!to_follow.empty()) {
      const uint32_t at = to_follow.back();
      to_follow.pop_back();
      if (followed_[at]) continue;
      followed_[at] = true;
      const auto& points = info_->places_[at].points;
      to_follow.insert(to_follow.end(), points.begin(), points.end());
      if (!points.empty()) continue;
      touch(at);
      to_open.push_back(at);
    }
  }
}

void ReachedPlaces::touch(uint32_t leaf) {
  std::vector<uint32_t> open = {leaf};
  if (info_->places_[leaf].wildcard_type) {
    wildcards_.push_back(leaf);
    for (uint32_t other : info_->written_wildcards_)
      if (info_->overlap(leaf, other)) open.push_back(other);
  }
  while (!open.empty()) {
    const uint32_t at = open.back();
    open.pop_back();
    if (touching_[at]) continue;
    touching_[at] = true;
    const auto& by = info_->places_[at].pointed_by;
    open.insert(open.end(), by.begin(), by.end());
  }
}

bool ReachedPlaces::may_contain(const Value* value) {
  const auto found = info_->of_value_.find(value);
  if (found == info_->of_value_.end()) return false;
  std::vector<uint32_t> open = {found->second};
  while (!open.empty()) {
    const uint32_t at = open.back();
    open.pop_back();
    if (touching_[at]) return true;
    if (apart_[at]) continue;
    if (info_->places_[at].wildcard_type &&
        std::ranges::any_of(wildcards_, [&](uint32_t other) { return info_->overlap(at, other); }))
      return true;
    apart_[at] = true;
    for (const auto* next : {&info_->places_[at].points, &info_->places_[at].holds})
      open.insert(open.end(), next->begin(), next->end());
  }
  return false;
}

bool ReachedPlaces::may_be_written_by(const Node& node) const {
  const auto found = info_->writes_.find(&node);
  return found != info_->writes_.end() &&
         std::any_of(found->second.begin(), found->second.end(), [&](uint32_t place) { return touching_[place]; });
}

}  // namespace rushlight::passes
