#include "codegen/codegen.h"

#include "codegen/printer.h"

namespace rushlight::codegen {

SourcePrinter::SourcePrinter(std::vector<IValue>& constants, PrinterOptions options)
    : printer_(std::make_unique<Printer>(constants, std::move(options))) {}
SourcePrinter::~SourcePrinter() = default;

void SourcePrinter::print_function(const ir::GraphFunction& function, bool with_self_type) {
  printer_->function(function, with_self_type);
}
void SourcePrinter::print_type(const TypePtr& type) { printer_->type(type); }
const TaggedText& SourcePrinter::text() const { return printer_->body; }
const std::vector<TypePtr>& SourcePrinter::dependencies() const { return printer_->dependencies; }
const std::vector<const Operator*>& SourcePrinter::operators() const { return printer_->operators; }

PrintedCode print_code(const ir::GraphFunction& function, bool is_method) {
  PrintedCode code;
  SourcePrinter printer(code.constants);
  printer.print_function(function, /*with_self_type=*/!is_method);
  code.text = printer.text().text();
  code.ranges = printer.text().ranges();
  return code;
}

}  // namespace rushlight::codegen
