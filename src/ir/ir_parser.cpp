// Text to graph (ir.md section 10).
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstring>
#include <unordered_set>

#include "base/text.h"
#include "ir/graph.h"
#include "ir/ir_lexer.h"

namespace rushlight::ir {
namespace {

constexpr size_t kMaxDepth = 500;  ///< of nested blocks, graphs and literals: bounds the reader's own stack

class GraphReader {
 public:
  GraphReader(std::string_view text, const ParseOptions& options) : lexer_(text), options_(options) {
    // Kinds that own a graph further down: `prim::fork_0` is a prim::fork.
    for (size_t at = 0; (at = text.find("\nwith ", at)) != std::string_view::npos; at += 6) {
      const size_t end = text.find(" =", at);
      if (end != std::string_view::npos) owners_.emplace(text.substr(at + 6, end - at - 6));
    }
  }

  std::shared_ptr<Graph> read() {
    std::shared_ptr<Graph> graph = read_graph();
    while (lexer_.at(IrToken::Kind::newline) || lexer_.at(IrToken::Kind::dedent)) lexer_.next();
    if (!lexer_.at(IrToken::Kind::eof)) lexer_.fail_expected("eof");
    return graph;
  }

 private:
  struct Output {
    std::string name;
    TypePtr type;  ///< null: not given
  };
  /// What one graph sees: its values by name and the nodes that wait for their graphs.
  struct Scope {
    Graph* graph;
    std::unordered_map<std::string, Value*> values;
    std::vector<std::pair<std::string, Node*>> waiting;
  };
  struct Deeper {
    explicit Deeper(GraphReader& reader) : reader_(reader) {
      if (++reader.depth_ > kMaxDepth) reader.lexer_.fail("this graph is nested too deeply", reader.lexer_.range());
    }
    ~Deeper() { --reader_.depth_; }
    GraphReader& reader_;
  };

  std::shared_ptr<Graph> read_graph() {
    const Deeper deeper(*this);
    auto graph = std::make_shared<Graph>();
    Scope scope{graph.get(), {}, {}};
    while (lexer_.at(IrToken::Kind::newline)) lexer_.next();
    const bool indented = lexer_.at(IrToken::Kind::indent);
    if (indented) lexer_.next();
    lexer_.expect(IrToken::Kind::ident);
    read_inputs(scope, graph->block());
    lexer_.expect(":");
    lexer_.expect(IrToken::Kind::indent);
    read_nodes(scope, graph->block());
    lexer_.expect("return");
    read_outputs(scope, graph->block());
    while (lexer_.at(IrToken::Kind::newline) || lexer_.at(IrToken::Kind::dedent)) lexer_.next();
    while (lexer_.peek().is("with") && !scope.waiting.empty()) read_subgraph(scope);
    if (!scope.waiting.empty()) lexer_.fail_expected(cat("with ", scope.waiting.front().first));
    return graph;
  }

  void read_subgraph(Scope& scope) {
    lexer_.expect("with");
    const std::string kind = read_kind();
    const auto waiting = std::find_if(scope.waiting.begin(), scope.waiting.end(),
                                      [&](const auto& entry) { return entry.first == kind; });
    if (waiting == scope.waiting.end()) lexer_.fail_expected(cat("with ", scope.waiting.front().first));
    Node* node = waiting->second;
    scope.waiting.erase(waiting);
    lexer_.expect("=");
    std::shared_ptr<Graph> graph = read_graph();
    // It is printed after the kind, whatever its place among the attributes; the printer leaves it out there.
    node->set_attribute(attributes::subgraph, std::move(graph));
  }

  template <class Read>
  void read_list(std::string_view open, std::string_view close, Read read) {
    lexer_.expect(open);
    if (!lexer_.peek().is(close)) do
        read();
      while (lexer_.accept(","));
    lexer_.expect(close);
  }

  TypePtr read_type() {
    const size_t begin = lexer_.peek().begin;
    const std::string text = lexer_.until_separator();
    try {
      // These three are ints with another name for people; a read graph has plain ints.
      if (text == "Layout" || text == "ScalarType" || text == "MemoryFormat") return types::int_();
      return parse_type(text, options_.resolve);
    } catch (const Error&) {
      lexer_.fail(
          "unknown type specifier. Common valid schema types include Tensor, SymInt, int, float, bool, Scalar; for a "
          "full list, "
          "please see https://github.com/pytorch/pytorch/blob/main/aten/src/ATen/native/README.md#func ",
          lexer_.range(begin, begin + text.size()));
    }
  }

  /// Types of values are written as graphs print them: `Union(int, str)`, not `Union[int, str]` as in source.
  void refuse_annotation_form() const {
    static const std::unordered_set<std::string> containers = {"Union", "Dict", "List", "Optional", "Tuple"};
    const IrToken& word = lexer_.peek();
    const SourceRange bracket = lexer_.range(word.end, word.end + 1);
    if (containers.contains(word.text) && word.end < bracket.source()->text().size() && bracket.text() == "[")
      throw RuntimeError({.message = cat("expected ( but found '[' here:\n", bracket.highlight()), .range = bracket});
  }

  Output read_output() {
    Output output{lexer_.expect(IrToken::Kind::variable).text, nullptr};
    if (lexer_.accept(":")) {
      refuse_annotation_form();
      output.type = read_type();
    }
    return output;
  }

  static bool is_number(const std::string& name) {
    return std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
  }

  void read_inputs(Scope& scope, Block& block) {
    read_list("(", ")", [&] {
      const Output input = read_output();
      Value* value = block.add_input(is_number(input.name) ? "" : input.name);
      if (input.type) value->set_type(input.type);
      scope.values[input.name] = value;
    });
  }

  Value* read_use(Scope& scope) {
    const IrToken name = lexer_.expect(IrToken::Kind::variable);
    const auto found = scope.values.find(name.text);
    if (found == scope.values.end())
      lexer_.fail(cat("Cannot find a variable with name '", name.text, "'"), lexer_.range());  // points behind the name
    return found->second;
  }

  void read_outputs(Scope& scope, Block& block) {
    read_list("(", ")", [&] { block.register_output(read_use(scope)); });
  }

  void read_nodes(Scope& scope, Block& block) {
    while (!lexer_.peek().is("->") && !lexer_.peek().is("return")) read_node(scope, block);
  }

  std::string read_kind() {
    std::string kind = lexer_.expect(IrToken::Kind::ident).text;
    while (lexer_.accept("::")) kind += "::" + lexer_.expect(IrToken::Kind::ident).text;
    return kind;
  }

  void read_node(Scope& scope, Block& block) {
    std::vector<Output> outputs;
    if (lexer_.at(IrToken::Kind::variable)) {
      do outputs.push_back(read_output());
      while (lexer_.accept(","));
      lexer_.expect("=");
    } else {
      lexer_.accept("=");
    }
    const SourceRange range = lexer_.range();
    Node* node = lexer_.peek().is("^") ? read_python_op(scope) : read_operation(scope, outputs);
    node->set_range(range);
    read_list("(", ")", [&] { node->add_input(read_use(scope)); });
    if (lexer_.accept(",")) {
      lexer_.expect("scope");
      lexer_.expect(":");
      node->set_scope(lexer_.rest_of_line());
    }
    block.append(node);
    add_outputs(scope, *node, outputs, range);
    if (lexer_.at(IrToken::Kind::indent)) {
      lexer_.next();
      while (!lexer_.at(IrToken::Kind::dedent)) read_block(scope, *node);
      lexer_.next();
    } else {
      lexer_.expect(IrToken::Kind::newline);
    }
  }

  Node* read_operation(Scope& scope, const std::vector<Output>& outputs) {
    std::string kind = read_kind();
    Node* node;
    if (owners_.contains(kind)) {
      const std::string numbered = kind;
      node = scope.graph->create(Symbol::intern(kind.substr(0, kind.rfind('_'))), {}, 0);
      scope.waiting.emplace_back(numbered, node);
    } else {
      if (kind.find("::") == std::string::npos)
        lexer_.fail(cat("all symbols must have a namespace, <namespace>::<string>, but found: ", kind), lexer_.range());
      node = scope.graph->create(Symbol::intern(kind), {}, 0);
    }
    if (lexer_.peek().is("[")) read_attributes(*node, outputs.size() == 1 ? outputs[0].type : nullptr);
    return node;
  }

  Node* read_python_op(Scope& scope) {
    lexer_.expect("^");
    Node* node = scope.graph->create(kinds::python_op, {}, 0);
    std::string name;  // may be `<lambda>` or `<python_value>`
    while (!lexer_.peek().is("[") && !lexer_.peek().is("(")) {
      if (lexer_.at(IrToken::Kind::newline) || lexer_.at(IrToken::Kind::eof)) lexer_.fail_expected("(");
      name += lexer_.next().text;
    }
    node->set_attribute(attributes::pyname, name);
    if (lexer_.peek().is("[")) read_attributes(*node, nullptr);
    // The scalars are only text to a reader: balanced up to the closing bracket.
    lexer_.expect("(");
    std::string scalars;
    while (!lexer_.peek().is(")")) {
      scalars += lexer_.until_separator();
      if (lexer_.accept(","))
        scalars += ", ";
      else if (!lexer_.peek().is(")"))
        lexer_.fail_expected(")");
    }
    lexer_.expect(")");
    node->set_attribute(attributes::scalars, scalars);
    return node;
  }

  void read_attributes(Node& node, const TypePtr& output_type) {
    read_list("[", "]", [&] {
      const Symbol name = Symbol::intern(lexer_.expect(IrToken::Kind::ident).text);
      lexer_.expect("=");
      node.set_attribute(name, read_attribute(name == attributes::value ? output_type : nullptr));
    });
  }

  void read_block(Scope& scope, Node& node) {
    const Deeper deeper(*this);
    lexer_.expect(IrToken::Kind::ident);
    Block* block = node.add_block();
    read_inputs(scope, *block);
    lexer_.expect(":");
    lexer_.expect(IrToken::Kind::indent);
    read_nodes(scope, *block);
    lexer_.expect("->");
    read_outputs(scope, *block);
    lexer_.expect(IrToken::Kind::newline);
    lexer_.expect(IrToken::Kind::dedent);
  }

  void add_outputs(Scope& scope, Node& node, const std::vector<Output>& outputs, const SourceRange& range) {
    const Schema* schema = node.find_schema();
    for (const Output& output : outputs) {
      Value* value = node.add_output();
      const size_t i = value->offset();
      if (schema && !schema->is_varret) {
        if (i >= schema->returns.size())
          throw RuntimeError(
              {.message = cat("Operator parsing error: out of bounds access at ", i,
                              " to schema->returns() which size is ", schema->returns.size(), " in size"),
               .range = range});
        const TypePtr& wanted = schema->returns[i].type;
        if (!output.type) {
          if (!wanted->has_free_variables()) value->set_type(wanted);
        } else if (!wanted->has_free_variables() && !output.type->is_subtype_of(*wanted)) {
          lexer_.fail(cat("Annotated type ", output.type->annotation(), " does not match schema type ",
                          wanted->annotation(), " for operator ", schema->str()),
                      range);
        }
      }
      if (output.type) value->set_type(output.type);
      if (options_.keep_names && !is_number(output.name)) value->set_debug_name(output.name);
      scope.values[output.name] = value;
    }
  }

  /// `type` is that of the constant's output, null for other attributes.
  AttributeValue read_attribute(const TypePtr& type) {
    if (lexer_.peek().is("<") || (lexer_.peek().is("{") && (!type || type->is(TypeKind::tensor))))
      return read_tensor(type);
    if (type && type->is(TypeKind::tensor) && options_.tensor_constants)
      return read_printed_tensor(type->expect<TensorType>());
    if (lexer_.peek().is("[")) return read_list_attribute(type);
    if (lexer_.peek().kind == IrToken::Kind::ident && !lexer_.peek().is("inf") && !lexer_.peek().is("nan") &&
        !lexer_.peek().is("annotate") && !(type && type->is(TypeKind::enum_)))
      return read_type();
    const IValue value = read_literal(type);
    switch (value.tag()) {
      case Tag::boolean:
        return int64_t(value.to_bool());
      case Tag::integer:
        return value.to_int();
      case Tag::floating:
        return value.to_float();
      case Tag::complex:
        return value.to_complex();
      case Tag::string:
        return value.to_string();
      default:
        return value;
    }
  }

  /// A list of types, or a list of values, which is one IValue.
  AttributeValue read_list_attribute(const TypePtr& type) {
    const IrToken& first = lexer_.peek();
    const IValue none;
    if (!type) {
      // Whether it is a list of types shows in its first element; looking ahead needs the text only.
      const std::string_view text = lexer_.range(first.begin, first.end).source()->text().substr(first.end);
      const size_t at = text.find_first_not_of(' ');
      const std::string_view rest = at == std::string_view::npos ? std::string_view() : text.substr(at);
      const bool is_type = !rest.empty() &&
                           (std::isalpha(static_cast<unsigned char>(rest[0])) || rest[0] == '(' || rest[0] == '_') &&
                           !rest.starts_with("inf") && !rest.starts_with("nan") && !rest.starts_with("annotate") &&
                           !rest.starts_with("True") && !rest.starts_with("False") && !rest.starts_with("torch.device");
      if (is_type) {
        std::vector<TypePtr> types;
        read_list("[", "]", [&] { types.push_back(read_type()); });
        return types;
      }
    }
    return read_literal(type);
  }

  IValue read_literal(const TypePtr& type) {
    const Deeper deeper(*this);
    const Type* wanted = type.get();
    if (wanted && wanted->is(TypeKind::optional)) return read_literal(wanted->expect<ElementType>().element());
    const IrToken token = lexer_.peek();
    if (token.kind == IrToken::Kind::string) return IValue(lexer_.next().text);
    if (token.kind == IrToken::Kind::number || token.is("-") || token.is("inf") || token.is("nan"))
      return read_number(wanted);
    if (token.is("True") || token.is("False")) return IValue(lexer_.next().text == "True");
    if (token.is("None")) return lexer_.next(), IValue();
    if (token.is("annotate")) return read_annotated();
    if (token.is("[")) return read_list_value(wanted);
    if (token.is("(") && (!wanted || wanted->is(TypeKind::tuple))) return read_tuple(type);
    if (token.is("{")) return read_dict(wanted);
    if (token.kind == IrToken::Kind::ident) {
      const std::string name = lexer_.until_separator();
      if (name.starts_with("torch.device(\"") && name.ends_with("\")"))
        return IValue(Device::parse(std::string_view(name).substr(14, name.size() - 16)));
      if (wanted && wanted->is(TypeKind::enum_))
        for (const auto& [member, value] : wanted->expect<EnumType>().members())
          if (name == cat(wanted->expect<EnumType>().name(), ".", member))
            return IValue(make_ref<EnumObject>(Ref<const EnumType>(&wanted->expect<EnumType>()), member, value));
    }
    lexer_.fail(cat("Could not parse literal", token.text), lexer_.range(token.begin, token.end));
  }

  IValue read_number(const Type* wanted) {
    const bool negative = lexer_.accept("-");
    const IrToken token = lexer_.next();
    const double sign = negative ? -1 : 1;
    if (token.is("inf")) return IValue(sign * double(INFINITY));
    if (token.is("nan")) return IValue(std::copysign(double(NAN), sign));
    if (token.kind != IrToken::Kind::number)
      lexer_.fail(cat("Could not parse literal", token.text), lexer_.range(token.begin, token.end));
    if (token.text.back() == 'j')
      return IValue(std::complex<double>(0, sign * std::strtod(token.text.c_str(), nullptr)));
    if (token.text.find_first_of(".eE") != std::string::npos ||
        (wanted && (wanted->is(TypeKind::float_) || wanted->is(TypeKind::complex)))) {
      const double real = sign * std::strtod(token.text.c_str(), nullptr);
      // `1.+2.j`: the printer's form of a complex number.
      if (lexer_.peek().is("+") || (lexer_.peek().is("-") && wanted && wanted->is(TypeKind::complex))) {
        lexer_.accept("+");
        return IValue(std::complex<double>(real, read_number(nullptr).to_complex().imag()));
      }
      return wanted && wanted->is(TypeKind::complex) ? IValue(std::complex<double>(real, 0)) : IValue(real);
    }
    const std::string digits = (negative ? "-" : "") + token.text;
    int64_t value = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ec != std::errc())
      lexer_.fail("Integral constant out of range", lexer_.range(token.begin, token.end));
    return wanted && wanted->is(TypeKind::bool_) ? IValue(value != 0) : IValue(value);
  }

  /// `annotate(List[int], [])`
  IValue read_annotated() {
    lexer_.expect("annotate");
    lexer_.expect("(");
    const TypePtr type = read_type();
    lexer_.expect(",");
    IValue value = read_literal(type);
    lexer_.expect(")");
    return value;
  }

  IValue read_list_value(const Type* wanted) {
    const bool typed = wanted && wanted->is(TypeKind::list);
    const TypePtr element_type = typed ? wanted->expect<ElementType>().element() : nullptr;
    std::vector<IValue> values;
    read_list("[", "]", [&] { values.push_back(read_literal(element_type)); });
    Ref<ListObject> list = ListObject::make(element_type     ? element_type
                                            : values.empty() ? types::tensor()
                                                             : values[0].type());
    for (IValue& value : values) list->append(std::move(value));
    return IValue(std::move(list));
  }

  IValue read_tuple(const TypePtr& type) {
    const auto* wanted = type ? type->as<TupleType>() : nullptr;
    std::vector<IValue> values;
    lexer_.expect("(");
    while (!lexer_.peek().is(")")) {
      values.push_back(read_literal(
          wanted && values.size() < wanted->elements().size() ? wanted->elements()[values.size()] : nullptr));
      if (!lexer_.accept(",")) break;
    }
    lexer_.expect(")");
    return make_tuple(std::move(values), wanted && wanted->is_named() ? type : nullptr);
  }

  IValue read_dict(const Type* wanted) {
    const auto* typed = wanted ? wanted->as<DictType>() : nullptr;
    std::vector<std::pair<IValue, IValue>> entries;
    read_list("{", "}", [&] {
      IValue key = read_literal(typed ? typed->key() : nullptr);
      lexer_.expect(":");
      entries.emplace_back(std::move(key), read_literal(typed ? typed->value() : nullptr));
    });
    auto dict = make_ref<DictObject>(typed             ? typed->key()
                                     : entries.empty() ? types::string()
                                                       : entries[0].first.type(),
                                     typed             ? typed->value()
                                     : entries.empty() ? types::tensor()
                                                       : entries[0].second.type());
    for (auto& [key, value] : entries) dict->insert_or_assign(std::move(key), std::move(value));
    return IValue(std::move(dict));
  }

  /// `{1}` or `<Tensor>`: shape and dtype come from the type of the output, which must be complete.
  Tensor read_tensor(const TypePtr& type) {
    const IrToken open = lexer_.next();
    const bool single = open.is("{");
    if (!options_.tensor_constants)
      lexer_.fail(single ? "Single-element tensor constant encountered but `parse_tensor_constants` is set to false {"
                         : "Tensor constant encountered but `parse_tensor_constants` set to false<",
                  lexer_.range(open.begin, open.end));
    const auto* tensor_type = type ? type->as<TensorType>() : nullptr;
    std::vector<int64_t> sizes, strides;
    const auto known = [](const auto& list, std::vector<int64_t>& out) {
      if (!list) return false;
      for (const auto& entry : *list) {
        if (!entry) return false;
        out.push_back(*entry);
      }
      return true;
    };
    const bool complete = tensor_type && known(tensor_type->facts().sizes, sizes) && tensor_type->facts().dtype &&
                          (sizes.empty() || known(tensor_type->facts().strides, strides));
    if (!complete)
      lexer_.fail("a tensor constant needs a type with dtype, sizes and strides", lexer_.range(open.begin, open.end));
    Tensor tensor = empty_strided_tensor(sizes, strides, *tensor_type->facts().dtype);
    if (tensor.storage() && tensor.storage()->data())
      std::memset(tensor.storage()->data(), 0, tensor.storage()->bytes());
    if (single) {
      const IValue value = read_number(nullptr);
      lexer_.expect("}");
      tensor = scalar_tensor(value.to_scalar(), tensor.dtype());
      if (!sizes.empty()) tensor = alias_tensor(tensor, sizes, strides, 0);
    } else {
      lexer_.expect("Tensor");
      lexer_.expect(">");
    }
    return tensor;
  }

  /// ` 1  2 [ CPUFloatType{2} ]`: what C++ prints for 2 to 10 elements, row by row, perhaps with a common factor in
  /// front.
  Tensor read_printed_tensor(const TensorType& type) {
    const size_t begin = lexer_.peek().begin;
    const std::string text = lexer_.until_separator();
    const auto refuse = [&] {
      lexer_.fail("Could not parse tensor constant", lexer_.range(begin, begin + text.size()));
    };
    if (!type.facts().dtype || !type.facts().sizes) refuse();
    std::vector<int64_t> sizes;
    for (const auto& size : *type.facts().sizes) {
      if (!size) refuse();
      sizes.push_back(*size);
    }
    Tensor tensor = empty_tensor(sizes, *type.facts().dtype);
    if (dtype_info(tensor.dtype()).kind == DtypeKind::complex) refuse();
    std::vector<double> values;
    double factor = 1;
    const std::string numbers = text.substr(0, text.find('['));
    for (std::string_view word : split(numbers, ' ')) {
      if (word.empty()) continue;
      if (word == "*" && values.size() == 1) {
        factor = values[0];
        values.clear();
        continue;
      }
      const std::string digits(word);
      char* end = nullptr;
      values.push_back(std::strtod(digits.c_str(), &end));
      if (*end) refuse();
    }
    if (int64_t(values.size()) != tensor.numel()) refuse();
    for (size_t i = 0; i < values.size(); ++i) {
      const Tensor element = scalar_tensor(Scalar(values[i] * factor), tensor.dtype());
      std::memcpy(static_cast<std::byte*>(tensor.data()) + i * tensor.item_size(), element.data(), tensor.item_size());
    }
    return tensor;
  }

  IrLexer lexer_;
  const ParseOptions& options_;
  std::unordered_set<std::string> owners_;
  size_t depth_ = 0;
};

}  // namespace

std::shared_ptr<Graph> parse_ir(std::string_view text, const ParseOptions& options) {
  return GraphReader(text, options).read();
}

}  // namespace rushlight::ir
