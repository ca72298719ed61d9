/// The printer behind SourcePrinter. Statements, expressions, constants and types each have a file.
#pragma once
#include <unordered_set>

#include "codegen/codegen.h"
#include "codegen/inlining.h"
#include "codegen/names.h"

namespace rushlight::codegen {

class SourcePrinter::Printer {
 public:
  Printer(std::vector<IValue>& constants, PrinterOptions options)
      : constants_(constants), options_(std::move(options)) {}

  void function(const ir::GraphFunction& function, bool with_self_type);
  void type(const TypePtr& type);

  TaggedText body;
  std::vector<TypePtr> dependencies;
  std::vector<const Operator*> operators;

 private:
  /// What is printed meanwhile belongs to this range.
  class InRange {
   public:
    InRange(Printer& printer, const SourceRange& range)
        : printer_(printer), old_(std::exchange(printer.range_, range)) {}
    ~InRange() { printer_.range_ = std::move(old_); }

   private:
    Printer& printer_;
    SourceRange old_;
  };
  struct Indented {
    explicit Indented(Printer& printer) : printer(printer) { ++printer.level_; }
    ~Indented() { --printer.level_; }
    Printer& printer;
  };

  // statements.cpp
  void function_body(const ir::Block& block);
  void statements(const ir::Block& block, bool more_follows);
  void statement(const ir::Node& node, bool print_constants = false);
  void return_statement(const ir::Node& node);
  void if_statement(const ir::Node& node);
  void loop_statement(const ir::Node& node);
  void unpack_statement(const ir::Node& node);
  void nested_function(const ir::Node& node, const std::string& name, const char* keyword);
  void closure_statement(const ir::Node& node);
  void define(const ir::Node& node, const TaggedText& expression);
  void assign(ArrayRef<ir::Value*> left, ArrayRef<ir::Value*> right, bool may_annotate);
  void assign_initial(const ir::Value* left, const ir::Value* right);
  void split_long(ArrayRef<ir::Value*> values);
  void collect_to_split(const ir::Node* user, int64_t offset, std::vector<const ir::Value*>& found);
  void constants_in_order(const ir::Block& block, std::vector<const ir::Node*>& found,
                          std::unordered_set<const ir::Node*>& seen);

  // expressions.cpp
  TaggedText expression(const ir::Node& node);
  void operator_call(TaggedText& out, const ir::Node& node);
  bool special_operator(TaggedText& out, const ir::Node& node);
  bool structural(TaggedText& out, const ir::Node& node);
  void add_uses(TaggedText& out, ArrayRef<ir::Value*> values, std::string_view open, std::string_view close);

  // constants.cpp
  std::string constant(const IValue& value);
  size_t constant_index(const IValue& value);
  std::string default_value(const Argument& argument);

  // types.cpp
  std::string type_text(const TypePtr& type);
  std::string renamed(const TypePtr& type);
  void mention(const TypePtr& type);
  void class_type(const TypePtr& type);
  void interface_type(const TypePtr& type);
  void enum_type(const TypePtr& type);
  void named_tuple(const TypePtr& type);
  void quoted_names(std::string_view label, const std::vector<std::string>& names);

  void add(std::string_view text) { body.append(text, range_); }
  void add(TaggedText& out, std::string_view text) { out.append(text, range_); }
  void indent() { add(std::string(2 * level_, ' ')); }
  bool is_long(const TaggedText& text) const;
  TaggedText use(const ir::Value* value) const;
  void give_name(const ir::Value* value);
  void give_names(ArrayRef<ir::Value*> values) {
    for (const ir::Value* value : values) give_name(value);
  }

  std::vector<IValue>& constants_;
  PrinterOptions options_;
  NameTable names_;
  InlineNodes inline_nodes_;
  SourceRange range_;
  size_t level_ = 0;
  std::unordered_map<const ir::Value*, std::string> variables_;  ///< names, which belong to whoever uses them
  std::unordered_map<const ir::Value*, TaggedText> texts_;       ///< of the other values in sight: their expressions
  std::unordered_set<const ir::Value*> annotated_;               ///< whose Optional or Union type has been written
  std::unordered_map<const ir::Node*, int64_t> split_up_to_;
  std::unordered_set<const Type*> mentioned_;
  std::unordered_set<const Operator*> operators_seen_;
};

}  // namespace rushlight::codegen
