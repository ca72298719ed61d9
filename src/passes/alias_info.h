/// Which values may be the same memory, contain each other, or be written (passes.md section 3).
///
/// Every value of a mutable type stands for places: memory that one node made, or "anywhere" for one type (the
/// wildcard): graph inputs, attributes, elements taken out of containers, results of calls. A place may hold others (a
/// list its elements). Only the graph as it stood is described: ask again after changes.
#pragma once
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ir/graph.h"

namespace rushlight::passes {

class AliasInfo {
 public:
  /// `attributes_are_own`: an attribute read of a module is memory of its own, which nothing else in the graph can
  /// reach; true for graphs in which all calls are inlined.
  explicit AliasInfo(ir::Graph& graph, bool attributes_are_own = false);
  ~AliasInfo();

  using Places = std::unordered_set<uint32_t>;

  bool may_alias(const ir::Value* a, const ir::Value* b) const;
  /// The two, or anything inside of them.
  bool may_contain_alias(const ir::Value* a, const ir::Value* b) const;
  /// Some node of the graph writes memory that this may be.
  bool may_be_written(const ir::Value* value) const;
  /// Any input or output.
  bool may_be_written(const ir::Node& node) const;
  bool has_writes(const ir::Node& node) const { return writes_.contains(&node); }
  /// What the node, or a node of its blocks, writes may be seen from outside of the graph.
  bool writes_to_wildcard(const ir::Node& node) const;
  /// Adds the places that `value` is or holds, at any depth.
  void collect_places(const ir::Value* value, Places& places) const;
  bool writes_to(const ir::Node& node, const Places& places) const;

 private:
  friend class AliasAnalysis;
  struct Place {
    TypePtr wildcard_type;         ///< null: not a wildcard
    std::vector<uint32_t> points;  ///< is one of these instead of itself
    std::vector<uint32_t> holds;
    std::vector<uint32_t> leaves;  ///< what it really may be, once all is known
  };
  const std::vector<uint32_t>& leaves_of(const ir::Value* value) const;
  bool overlap(uint32_t a, uint32_t b) const;
  bool overlap(const std::vector<uint32_t>& a, const Places& b) const;
  void collect(uint32_t place, Places& places) const;

  std::vector<Place> places_;
  std::vector<uint32_t> wildcards_;
  std::unordered_map<const ir::Value*, uint32_t> of_value_;
  std::unordered_map<const ir::Node*, std::vector<uint32_t>> writes_;  ///< leaves
  Places written_;
};

}  // namespace rushlight::passes
