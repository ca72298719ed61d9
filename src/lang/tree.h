/// The syntax tree of the Python subset, with the range of every node. Made by the parser, read by the compiler (script
/// layer). A node is a kind and the fields that the kind uses; the comments at the kinds say which.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/source.h"

namespace rushlight::lang {

struct Expr;
struct Stmt;
using ExprPtr = std::shared_ptr<const Expr>;
using StmtPtr = std::shared_ptr<const Stmt>;

enum class ExprKind : uint8_t {
  name,       ///< text
  attribute,  ///< operands[0] . text
  call,       ///< operands[0] is the callee, the rest positional arguments (starred ones too); keywords. The range
              ///< covers them all; errors about the arguments point to the callee
  subscript,  ///< operands[0] [ the rest ]; `x[i, j]` has two
  slice,      ///< start, stop, step in operands, null where missing; only in subscripts
  binary,     ///< operands[0] text operands[1]: + - * / // % ** @ & | ^ << >>
  unary,      ///< text operands[0]: - + ~ not
  compare,    ///< operands[0] text operands[1]: < <= > >= == != in "not in" is "is not"; chains are made of these and
              ///< `and`
  bool_op,    ///< operands[0] text operands[1]: and or; nests to the left
  ternary,    ///< operands: value, condition, other value
  list,
  tuple,
  set,   ///< operands
  dict,  ///< keys and values in turn; a null key expands the mapping behind it
  list_comp,
  set_comp,
  generator,  ///< operands[0] for comprehensions
  dict_comp,  ///< operands[0] : operands[1] for comprehensions
  integer,
  floating,
  complex,       ///< text as written
  string,        ///< text: the value
  fstring,       ///< operands: strings and format values in turn
  format_value,  ///< operands[0], operands[1] is the format spec or null; text: conversion (s, r, a) or empty
  true_,
  false_,
  none,
  ellipsis,
  starred,  ///< operands[0]
  named,    ///< operands[0] := operands[1]
  lambda,   ///< operands[0] is the body; keywords are the parameters, with default values or null
};

struct Keyword {
  std::string name;  ///< empty: `**value`
  ExprPtr value;
  SourceRange range;
};
struct Comprehension {
  ExprPtr target;
  ExprPtr iterable;
  std::vector<ExprPtr> conditions;
};

struct Expr {
  ExprKind kind;
  SourceRange range;
  std::string text;
  std::vector<ExprPtr> operands;
  std::vector<Keyword> keywords;
  std::vector<Comprehension> comprehensions;
  size_t height = 1;  ///< levels of operands, itself included: bounded by the parser, for walkers recurse

  bool is(ExprKind k) const { return kind == k; }
  const ExprPtr& operator[](size_t i) const { return operands[i]; }
};

struct Parameter {
  std::string name;
  ExprPtr annotation;     ///< null: none
  ExprPtr default_value;  ///< null: none
  bool keyword_only = false;
  bool gathers = false;  ///< `*args`; with keyword_only `**kwargs`. The annotation is that of one element
  SourceRange range;
};

enum class StmtKind : uint8_t {
  expr,        ///< value
  assign,      ///< targets = value; annotation if there is one (value may then be null)
  aug_assign,  ///< targets[0] text= value; text without "="
  if_,         ///< value, body, orelse
  while_,      ///< value, body, orelse
  for_,        ///< targets[0] in value, body, orelse
  with,        ///< items: value as target; body
  return_,     ///< value or null
  raise,       ///< value or null
  assert_,     ///< value, message or null
  del,         ///< targets
  pass,
  break_,
  continue_,
  def,     ///< def
  class_,  ///< class definition
  global,  ///< text
};

struct WithItem {
  ExprPtr value;
  ExprPtr target;  ///< null: none
};

struct Def;
struct ClassDef;

struct Stmt {
  StmtKind kind;
  SourceRange range;
  std::string text;
  std::vector<ExprPtr> targets;
  ExprPtr value;
  ExprPtr message;
  ExprPtr annotation;
  std::vector<StmtPtr> body;
  std::vector<StmtPtr> orelse;
  std::vector<WithItem> items;
  std::shared_ptr<const Def> def;
  std::shared_ptr<const ClassDef> class_def;
};

struct Def {
  std::string name;
  SourceRange range;        ///< of the whole definition
  SourceRange declaration;  ///< up to the last parameter
  SourceRange name_range;
  std::vector<Parameter> parameters;
  ExprPtr returns;  ///< null: none
  std::vector<StmtPtr> body;
  bool is_python = false;  ///< default values are Python's, evaluated
};

struct ClassDef {
  std::string name;
  SourceRange range;
  std::vector<ExprPtr> bases;
  std::vector<StmtPtr> body;  ///< assignments and defs
};

/// "torch.nn.Linear" for a chain of attributes on a name; empty for anything else.
std::string dotted_name(const Expr& expr);

}  // namespace rushlight::lang
