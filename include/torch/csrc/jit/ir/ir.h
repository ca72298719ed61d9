/// torch::jit::Graph: what a compiled function does. Programs read it; they do not change it.
#pragma once
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "ATen/core/ivalue.h"

namespace torch {
inline namespace RUSHLIGHT_ABI {
namespace jit {

class Node;
class Value;
class Block;

/// "aten::add"
class RUSHLIGHT_API Symbol {
 public:
  explicit Symbol(std::string name) : name_(std::move(name)) {}
  const char* toQualString() const { return name_.c_str(); }
  std::string toUnqualString() const { return name_.substr(name_.rfind(':') + 1); }
  bool operator==(const Symbol& other) const { return name_ == other.name_; }

 private:
  std::string name_;
};
using NodeKind = Symbol;

class RUSHLIGHT_API Value {
 public:
  Value() = delete;
  Value(const Value&) = delete;
  std::string debugName() const;
  c10::TypePtr type() const;
  Node* node() const;
};

class RUSHLIGHT_API Node {
 public:
  Node() = delete;
  Node(const Node&) = delete;
  NodeKind kind() const;
  std::vector<Value*> inputs() const;
  std::vector<Value*> outputs() const;
  Value* input(size_t i) const { return inputs().at(i); }
  Value* output() const { return outputs().at(0); }
  std::vector<Block*> blocks() const;
};

class RUSHLIGHT_API Block {
 public:
  Block() = delete;
  Block(const Block&) = delete;
  std::vector<Node*> nodes() const;
  std::vector<Value*> inputs() const;
  std::vector<Value*> outputs() const;
};

class RUSHLIGHT_API Graph {
 public:
  Graph() = delete;
  Graph(const Graph&) = delete;
  Block* block() const;
  std::vector<Node*> nodes() const { return block()->nodes(); }
  std::vector<Value*> inputs() const { return block()->inputs(); }
  std::vector<Value*> outputs() const { return block()->outputs(); }
  std::string toString(bool print_source_locations = true) const;
  std::shared_ptr<Graph> copy() const;
};
RUSHLIGHT_API std::ostream& operator<<(std::ostream& out, const Graph& graph);

/// Replaces calls of functions and methods by their bodies.
RUSHLIGHT_API void Inline(Graph& graph);
/// The constant that a value is, if it is one.
RUSHLIGHT_API std::optional<c10::IValue> toIValue(const Value* value);

}  // namespace jit
}  // namespace RUSHLIGHT_ABI
}  // namespace torch
