/// The reader of types and schemas: a cursor over the text, and the grammar of types on top of it. Errors show the text
/// with a mark under the place, in the words of PyTorch's own reader. Depth is bounded, so no text can exhaust the
/// stack.
#pragma once
#include "value/schema.h"

namespace rushlight {

class TypeReader {
 public:
  using Resolve = std::function<TypePtr(const std::string&)>;
  /// Where the text stands: brackets behind a type hold alias sets in a schema, facts about a tensor in a graph.
  enum class Place { schema, graph };

  TypeReader(std::string_view text, Place place, Resolve resolve = {})
      : text_(text), place_(place), resolve_(std::move(resolve)) {}

  struct Parsed {
    TypePtr type;
    std::optional<AliasAnnotation> alias;
    std::optional<int32_t> length;  ///< `int[2]`
  };
  Parsed type_with_alias();
  IValue default_value(const Type& type, std::optional<int32_t> length);
  void expect_end();

 protected:
  char peek();
  bool accept(char c);
  bool accept_word(std::string_view word);
  void expect(char c);
  std::string name(bool with_dots);
  int64_t integer();
  bool at_name();
  /// "expected X but found 'Y' here:" with the text.
  [[noreturn]] void fail_expected(std::string_view expected);
  /// The message above the text, with the mark under the token that comes next.
  [[noreturn]] void fail(std::string_view message);
  std::string_view text() const { return text_; }

 private:
  struct Token {
    std::string_view kind;
    size_t length;
  };
  Token next_token();
  std::string marked_text();
  void skip_space();

  TypePtr plain_type();
  TypePtr named_type();
  TypePtr container(const std::string& word);
  TypePtr tensor_with_facts(const std::string& word);
  void tensor_fact(TensorType::Facts& facts);
  TypePtr named_tuple();
  TypePtr resolved(const std::string& name);
  AliasAnnotation alias();
  IValue list_default(const Type& element, int32_t repeat);
  IValue single_default(const Type& type);
  IValue number_default(const Type& type);
  IValue constant_default();
  std::string string_literal();

  static constexpr size_t kMaxDepth = 64;
  std::string_view text_;
  Place place_;
  Resolve resolve_;
  size_t at_ = 0;
  size_t depth_ = 0;
};

}  // namespace rushlight
