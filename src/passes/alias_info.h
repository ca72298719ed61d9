/// Which values may be the same memory, contain each other, or be written (passes.md section 3).
///
/// Every value of a mutable type stands for places: memory that one node made, or "anywhere" for one type (the
/// wildcard): graph inputs, attributes, elements taken out of containers, results of calls. A place may hold others (a
/// list its elements). Only the graph as it stood is described: ask again after changes.
#pragma once
#include <unordered_map>
#include <vector>

#include "ir/graph.h"

namespace rushlight::passes {

class AliasInfo {
 public:
  /// `attributes_are_own`: an attribute read of a module is memory of its own, which nothing else in the graph can
  /// reach; true for graphs in which all calls are inlined.
  explicit AliasInfo(ir::Graph& graph, bool attributes_are_own = false);
  ~AliasInfo();

  /// One, or anything inside of it, may be the other, or anything inside of that.
  bool may_contain_alias(const ir::Value* a, const ir::Value* b) const;
  /// Some node of the graph writes memory that this may be.
  bool may_be_written(const ir::Value* value) const;
  /// Any input or output.
  bool may_be_written(const ir::Node& node) const;
  /// What the node, or a node of its blocks, writes may be seen from outside of the graph.
  bool writes_to_wildcard(const ir::Node& node) const;

 private:
  friend class AliasAnalysis;
  friend class ReachedPlaces;
  /// A place that points to others is what those are; what points to nothing is a leaf. The leaves of all places
  /// together grow with the square of a chain of branches, so they are never listed: marks go along the edges.
  struct Place {
    TypePtr wildcard_type;         ///< null: not a wildcard
    std::vector<uint32_t> points;  ///< is one of these instead of itself
    std::vector<uint32_t> pointed_by;
    std::vector<uint32_t> holds;
    bool may_be_written = false;  ///< so may one of its leaves be
    bool may_be_anywhere = false;
  };
  bool overlap(uint32_t a, uint32_t b) const;

  std::vector<Place> places_;
  std::vector<uint32_t> wildcards_;
  std::vector<uint32_t> written_wildcards_;
  std::unordered_map<const ir::Value*, uint32_t> of_value_;
  std::unordered_map<const ir::Node*, std::vector<uint32_t>> writes_;
};

/// The places that values are or hold, at any depth; values are added one by one, in linear time altogether.
class ReachedPlaces {
 public:
  explicit ReachedPlaces(const AliasInfo& info);
  void add(const ir::Value* value);
  /// What the node, or a node of its blocks, writes may be one of the places.
  bool may_be_written_by(const ir::Node& node) const;
  /// `value`, or anything inside of it, may be one of the places.
  bool may_contain(const ir::Value* value);

 private:
  void touch(uint32_t leaf);
  const AliasInfo* info_;
  std::vector<bool> opened_;    ///< what they hold is in
  std::vector<bool> followed_;  ///< what they point to is in
  std::vector<bool> touching_;  ///< one of their leaves is in, or may be written with one that is
  std::vector<bool> apart_;     ///< neither they nor what they hold is in
  std::vector<uint32_t> wildcards_;
};

}  // namespace rushlight::passes
