/// Graphs, blocks, nodes and values as Python objects. A handle keeps its graph alive; the graph owns what it points
/// to.
#pragma once
#include <memory>

#include "ir/graph.h"
#include "python_api.h"

namespace rushlight::python {

template <class T>
struct GraphPart {
  std::shared_ptr<ir::Graph> graph;
  T* part;
  T* operator->() const { return part; }
  bool operator==(const GraphPart& other) const { return part == other.part; }
};
using NodeHandle = GraphPart<ir::Node>;
using ValueHandle = GraphPart<ir::Value>;
using BlockHandle = GraphPart<ir::Block>;

inline NodeHandle handle_of(ir::Node* node) { return {node->graph().shared_from_this(), node}; }
inline ValueHandle handle_of(ir::Value* value) { return {value->graph().shared_from_this(), value}; }
inline BlockHandle handle_of(ir::Block* block) { return {block->graph().shared_from_this(), block}; }

template <class Range>
auto handles_of(const Range& parts) {
  std::vector<decltype(handle_of(*parts.begin()))> handles;
  for (auto* part : parts) handles.push_back(handle_of(part));
  return handles;
}
/// An iterator, as PyTorch gives it.
template <class Range>
nb::object iterator_over(const Range& parts) {
  nb::list list;
  for (auto* part : parts) list.append(nb::cast(handle_of(part)));
  return nb::iter(list);
}

void bind_graph(nb::module_& m);
void bind_node(nb::module_& m);

}  // namespace rushlight::python
