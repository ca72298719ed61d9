/// Graphs back to Python source: `.code`, `.code_with_constants`, and the files of archives (code-printing.md).
///     PrintedCode code = print_code(function);        code.text is "def f(x: Tensor) -> Tensor:\n  return ..."
#pragma once
#include "codegen/tagged_text.h"
#include "ir/function.h"

namespace rushlight::codegen {

struct PrintedCode {
  std::string text;
  std::vector<IValue> constants;  ///< what `CONSTANTS.c0`, `CONSTANTS.c1`, ... stand for
  std::vector<TextRange> ranges;  ///< where each part of the text came from
};

/// `.code` of a function, or of a method, whose `self` prints without a type.
PrintedCode print_code(const ir::GraphFunction& function, bool is_method = false);

struct PrinterOptions {
  /// The text must be readable again: refuses closures and calls into Python, CompileError.
  bool for_export = false;
  /// The qualified name to print for a class, NamedTuple, interface, enum or function type; null: its own.
  std::function<std::string(const TypePtr&)> rename = {};
};

/// Prints functions and types one after another into one text, as one file of an archive. Constants go to a table that
/// several printers can share.
class SourcePrinter {
 public:
  SourcePrinter(std::vector<IValue>& constants, PrinterOptions options = {});
  ~SourcePrinter();

  void print_function(const ir::GraphFunction& function, bool with_self_type = true);
  /// A class or module with all its methods, a NamedTuple, an enum or an interface.
  void print_type(const TypePtr& type);

  const TaggedText& text() const;
  /// Named types, and functions as their types, in the order in which the text mentions them; each once. Types and
  /// functions that were printed are listed too.
  const std::vector<TypePtr>& dependencies() const;
  /// Operators that the text calls, which decide the version of an archive.
  const std::vector<const Operator*>& operators() const;

 private:
  class Printer;
  std::unique_ptr<Printer> printer_;
};

}  // namespace rushlight::codegen
