// Graphs as text (ir.md section 3).
#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "ir/graph.h"
#include "value/constant_text.h"

namespace rushlight::ir {
namespace {

template <class T, class Print>
std::string list_text(const std::vector<T>& values, Print print) {
  std::vector<std::string> parts;
  for (const T& value : values) parts.push_back(print(value));
  return cat("[", join(parts, ", "), "]");
}

std::string attribute_text(const AttributeValue& value) {
  return std::visit(
      [](const auto& held) -> std::string {
        using T = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<T, double>)
          return float_text(held);
        else if constexpr (std::is_same_v<T, std::complex<double>>)
          return complex_text(held);
        else if constexpr (std::is_same_v<T, int64_t>)
          return std::to_string(held);
        else if constexpr (std::is_same_v<T, std::string>)
          return quoted(held);
        else if constexpr (std::is_same_v<T, Tensor>)
          return tensor_text(held);
        else if constexpr (std::is_same_v<T, std::shared_ptr<Graph>>)
          return "<Graph>";
        else if constexpr (std::is_same_v<T, TypePtr>)
          return held->str();
        else if constexpr (std::is_same_v<T, IValue>)
          return constant_text(held);
        else if constexpr (std::is_same_v<T, std::vector<double>>)
          return list_text(held, float_text);
        else if constexpr (std::is_same_v<T, std::vector<std::complex<double>>>)
          return list_text(held, complex_text);
        else if constexpr (std::is_same_v<T, std::vector<int64_t>>)
          return cat("[", join(held, ", "), "]");
        else if constexpr (std::is_same_v<T, std::vector<std::string>>)
          return list_text(held, [](const std::string& text) { return quoted(text); });
        else if constexpr (std::is_same_v<T, std::vector<Tensor>>)
          return "[<Tensors>]";
        else if constexpr (std::is_same_v<T, std::vector<TypePtr>>)
          return list_text(held, [](const TypePtr& type) { return type->str(); });
        else
          return "[<Graphs>]";
      },
      value);
}

class GraphPrinter {
 public:
  enum class Subgraphs { numbered, as_attributes };
  explicit GraphPrinter(Subgraphs subgraphs) : subgraphs_(subgraphs) {}

  void graph(const Graph& graph, bool with_ranges) {
    out_ += "graph(";
    values(graph.inputs(), ",\n      ");
    out_ += "):\n";
    for (const Node* node : graph.nodes()) this->node(*node, 1, with_ranges);
    out_ += "  return (";
    names(graph.outputs());
    out_ += ")\n";
    // The list grows while nested subgraphs print theirs: each subgraph counts its own.
    for (size_t i = 0; i < found_.size(); ++i) {
      out_ += cat("with ", found_[i]->kind().str(), "_", i, " = ");
      GraphPrinter inner(subgraphs_);
      inner.graph(*found_[i]->attribute<std::shared_ptr<Graph>>(attributes::subgraph), /*with_ranges=*/true);
      out_ += inner.out_;
    }
  }

  void node(const Node& node, size_t level, bool with_ranges) {
    out_.append(2 * level, ' ');
    values(node.outputs(), ", ");
    out_ += " = ";
    operation(node);
    out_ += '(';
    names(node.inputs());
    out_ += ')';
    if (!node.scope().empty()) out_ += ", scope: " + node.scope();
    if (with_ranges) range(node.range());
    out_ += '\n';
    for (size_t i = 0; i < node.blocks().size(); ++i) block(*node.blocks()[i], i, level);
  }

  std::string take() { return std::move(out_); }

 private:
  void values(const std::vector<Value*>& values, std::string_view separator) {
    bool first = true;
    for (const Value* value : values) {
      if (!first) out_ += separator;
      first = false;
      name(*value);
      out_ += " : ";
      out_ += value->type()->str();
    }
  }

  void name(const Value& value) {
    out_ += '%';
    if (value.has_name())
      out_ += value.name();
    else
      out_ += std::to_string(value.unique());
  }

  void names(const std::vector<Value*>& values) {
    bool first = true;
    for (const Value* value : values) {
      if (!first) out_ += ", ";
      first = false;
      name(*value);
    }
  }

  void operation(const Node& node) {
    if (node.kind() == kinds::python_op && node.has_attribute(attributes::pyname)) {
      out_ += "^" + node.attribute<std::string>(attributes::pyname);
      const size_t before = out_.size();
      attributes_of(node, {attributes::pyname, attributes::scalars, attributes::callable});
      if (out_.size() == before) out_ += "[]";
      out_ += '(';
      if (const AttributeValue* scalars = node.find_attribute(attributes::scalars))
        out_ += std::get<std::string>(*scalars);
      out_ += ')';
      return;
    }
    out_ += node.kind().str();
    if (subgraphs_ == Subgraphs::numbered && node.has_attribute(attributes::subgraph)) {
      out_ += cat("_", found_.size());
      found_.push_back(&node);
      if (node.kind() != kinds::differentiable_graph) attributes_of(node, {attributes::subgraph});
      return;
    }
    attributes_of(node, {});
  }

  void attributes_of(const Node& node, std::initializer_list<Symbol> hidden) {
    bool first = true;
    for (const Attribute& attribute : node.attributes()) {
      if (std::find(hidden.begin(), hidden.end(), attribute.name) != hidden.end()) continue;
      out_ += first ? "[" : ", ";
      first = false;
      out_ += attribute.name.str();
      out_ += '=';
      out_ += attribute_text(attribute.value);
    }
    if (!first) out_ += ']';
  }

  void range(SourceRange range) {
    if (!range) return;
    if (SourceRange original = range.original()) range = original;
    // A text without a file has no place to name; what was saved without a range stands at `:0:0`.
    if (range.source()->filename().empty() && !range.source()->text().empty()) return;
    const SourceRange::Position at = range.position();
    out_ += cat(" # ", at.filename, ":", at.line, ":", at.column);
  }

  void block(const Block& block, size_t index, size_t level) {
    out_.append(2 * (level + 1), ' ');
    out_ += cat("block", index, "(");
    values(block.inputs(), ", ");
    out_ += "):\n";
    // Only the nodes of the outermost block can print without their ranges: a habit of PyTorch that programs see.
    for (const Node* node : block.nodes()) this->node(*node, level + 2, /*with_ranges=*/true);
    out_.append(2 * (level + 2), ' ');
    out_ += "-> (";
    names(block.outputs());
    out_ += ")\n";
  }

  Subgraphs subgraphs_;
  std::string out_;
  std::vector<const Node*> found_;
};

}  // namespace

std::string Graph::str(bool with_ranges) const {
  GraphPrinter printer(GraphPrinter::Subgraphs::numbered);
  printer.graph(*this, with_ranges);
  return printer.take();
}

std::string node_text(const Node& node) {
  GraphPrinter printer(GraphPrinter::Subgraphs::as_attributes);
  printer.node(node, 0, /*with_ranges=*/true);
  return printer.take();
}

}  // namespace rushlight::ir
