#include "script/upgraders.h"

#include <map>

#include "base/text.h"
#include "script/compile.h"

namespace rushlight::script {
namespace {

constexpr OperatorChange kChanges[] = {
    {"aten::div.Tensor", 4, "aten::div.Tensor(Tensor self, Tensor other) -> Tensor", "div_tensor"},
    {"aten::div.Scalar", 4, "aten::div.Scalar(Tensor self, Scalar other) -> Tensor", "div_scalar"},
    {"aten::div.out", 4, "aten::div.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", "div_out"},
    {"aten::div_.Tensor", 4, "aten::div_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", "div_tensor_inplace"},
    {"aten::div_.Scalar", 4, "aten::div_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", "div_scalar_inplace"},
    {"aten::div.Tensor_mode", 4, "aten::div.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor",
     "div_tensor_mode"},
    {"aten::div.Scalar_mode", 4, "aten::div.Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode) -> Tensor",
     "div_scalar_mode"},
    {"aten::div.out_mode", 4,
     "aten::div.out_mode(Tensor self, Tensor other, *, str? rounding_mode, Tensor(a!) out) -> Tensor(a!)",
     "div_out_mode"},
    {"aten::div_.Tensor_mode", 4,
     "aten::div_.Tensor_mode(Tensor(a!) self, Tensor other, *, str? rounding_mode) -> Tensor(a!)",
     "div_tensor_mode_inplace"},
    {"aten::div_.Scalar_mode", 4,
     "aten::div_.Scalar_mode(Tensor(a!) self, Scalar other, *, str? rounding_mode) -> Tensor(a!)",
     "div_scalar_mode_inplace"},
    {"aten::full", 5,
     "aten::full(int[] size, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, "
     "bool? pin_memory=None) -> Tensor",
     "full"},
    {"aten::full.out", 5, "aten::full.out(int[] size, Scalar fill_value, *, Tensor(a!) out) -> Tensor(a!)", "full_out"},
    {"aten::linspace", 8,
     "aten::linspace(Scalar start, Scalar end, int? steps=None, *, ScalarType? dtype=None, Layout? layout=None, "
     "Device? device=None, bool? pin_memory=None) -> Tensor",
     "linspace"},
    {"aten::linspace.out", 8,
     "aten::linspace.out(Scalar start, Scalar end, int? steps=None, *, Tensor(a!) out) -> Tensor(a!)", "linspace_out"},
    {"aten::logspace", 9,
     "aten::logspace(Scalar start, Scalar end, int? steps=None, float base=10.0, *, ScalarType? dtype=None, Layout? "
     "layout=None, Device? device=None, bool? pin_memory=None) -> Tensor",
     "logspace"},
    {"aten::logspace.out", 9,
     "aten::logspace.out(Scalar start, Scalar end, int? steps=None, float base=10.0, *, Tensor(a!) out) -> Tensor(a!)",
     "logspace_out"},
    {"aten::gelu", 10, "aten::gelu(Tensor self) -> Tensor", "gelu"},
    {"aten::gelu.out", 10, "aten::gelu.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", "gelu_out"}};

/// What the old operators did, as programs: one text a function, made of the parts that the forms of an operator share.
/// Names and lines show in graphs, and are PyTorch's.

/// Quotients of integers were rounded towards zero. `in_place`: "_" or nothing.
std::string division(std::string_view name, std::string_view other, std::string_view in_place, bool out) {
  const bool number = other == "number";
  std::string test =
      cat("self.is_floating_point() or ", number ? "isinstance(other, float)" : "other.is_floating_point()");
  if (out) test += " or out.is_floating_point()";
  const std::string_view result = out ? ", out=out" : "";
  return cat("\ndef ", name, "(self: Tensor, other: ", other, out ? ", *, out: Tensor" : "", ") -> Tensor:\n  if (",
             test, "):\n    return self.true_divide", in_place, "(other", result, ")\n  return self.divide", in_place,
             "(other, rounding_mode='trunc'", result, ")\n");
}
/// With a rounding mode nothing changed.
std::string division_with_mode(std::string_view name, std::string_view other, std::string_view in_place, bool out) {
  return cat("\ndef ", name, "(self: Tensor, other: ", other, ", *, rounding_mode: Optional[str]=None",
             out ? ", out: Tensor" : "", ") -> Tensor:\n  return self.divide", in_place,
             "(other, rounding_mode=rounding_mode", out ? ", out=out" : "", ")\n");
}

constexpr std::string_view kFactoryTypes =
    ", *, dtype: Optional[int], layout: Optional[int],\n  device: Optional[Device], pin_memory: Optional[bool]";
constexpr std::string_view kFactoryArguments = "dtype=dtype, layout=layout, device=device, pin_memory=pin_memory";

/// `steps` was optional, 100 if it was missing. `base`: only logspace has one.
std::string spacing(std::string_view name, std::string_view op, bool base, bool out) {
  constexpr std::string_view kNumber = "Union[int, float, complex]";
  const auto call = [&](std::string_view steps) {
    return cat("return torch.", op, "(start=start, end=end, steps=", steps, base ? ", base=base" : "", ", ",
               out ? "out=out" : kFactoryArguments, ")\n");
  };
  return cat("\ndef ", name, "(start: ", kNumber, ", end: ", kNumber, ", steps: Optional[int]",
             base ? ", base: float" : "", out ? ", *, out: Tensor" : kFactoryTypes, "):\n  if (steps is None):\n    ",
             call("100"), "  ", call("steps"));
}

/// The fill value decided nothing: without a dtype the result was of floats.
std::string full() {
  return cat(
      "\ndef full(size: List[int], fill_value: number, *, dtype: Optional[int]=None,\n  layout: Optional[int]=None, "
      "device: Optional[Device]=None, pin_memory: Optional[bool]=None) -> Tensor:\n  if dtype is None:\n    "
      "fill_value = float(fill_value)\n  return torch.full(size, fill_value, ",
      kFactoryArguments, ")\n");
}

std::string upgrader_source(std::string_view name) {
  const bool out = name.find("_out") != std::string_view::npos;
  if (name.starts_with("div")) {
    const std::string_view other = name.find("scalar") != std::string_view::npos ? "number" : "Tensor";
    const std::string_view in_place = name.ends_with("_inplace") ? "_" : "";
    return name.find("_mode") != std::string_view::npos ? division_with_mode(name, other, in_place, out)
                                                        : division(name, other, in_place, out);
  }
  if (name == "full") return full();
  if (name == "full_out")
    return "\ndef full_out(size: List[int], fill_value: number, *, out: Tensor) -> Tensor:\n"
           "  return torch.full(size, fill_value, out=out)\n";
  if (name.starts_with("gelu"))
    return cat("\ndef ", name, "(self: Tensor", out ? ", *, out: Tensor" : "", ") -> Tensor:\n",
               "  return torch.gelu(self, approximate='none'", out ? ", out=out" : "", ")\n");
  return spacing(name, name.substr(0, name.find('_')), name.starts_with("logspace"), out);
}

const ir::Symbol kOldCall = ir::Symbol::intern("old_operator");

/// The upgrader's graph; compiled when it is first asked for.
std::shared_ptr<ir::Graph> upgrader_graph(const OperatorChange& change) {
  static std::mutex mutex;
  static auto* units = new std::map<std::string_view, std::shared_ptr<ir::CompilationUnit>>();
  const std::lock_guard lock(mutex);
  std::shared_ptr<ir::CompilationUnit>& unit = (*units)[change.upgrader];
  if (!unit) {
    auto made = ir::CompilationUnit::make();
    define(*made, upgrader_source(change.upgrader), nullptr, "");
    unit = made;
  }
  ir::GraphFunction* function = unit->find_function(change.upgrader);
  RUSHLIGHT_ASSERT(function);
  return function->graph();
}

const OperatorChange* change_of(const ir::Node& node) {
  if (const ir::AttributeValue* mark = node.find_attribute(kOldCall))
    return find_operator_change(std::get<std::string>(*mark));
  const Operator* op = node.find_op();
  return op ? find_operator_change(op->schema().qualified_name()) : nullptr;
}

void replace_in(ir::Block& block, int64_t version) {
  for (ir::Node* node : block.nodes()) {
    for (ir::Block* inner : node->blocks()) replace_in(*inner, version);
    const OperatorChange* change = change_of(*node);
    if (!change || version >= change->version) continue;
    ir::Graph& graph = node->graph();
    const ir::Graph::WithInsertPoint here(graph, node);
    const std::vector<ir::Value*> results = graph.insert_graph(*upgrader_graph(*change), node->inputs());
    for (size_t i = 0; i < results.size(); ++i) node->output(i)->replace_all_uses_with(results[i]);
    node->destroy();
  }
}

}  // namespace

const OperatorChange* find_operator_change(std::string_view op) {
  for (const OperatorChange& change : kChanges)
    if (change.op == op) return &change;
  return nullptr;
}

const Schema& old_schema(const OperatorChange& change) {
  static const auto* schemas = [] {
    auto* made = new std::map<std::string_view, Schema>();
    for (const OperatorChange& known : kChanges) made->emplace(known.op, Schema::parse(known.old_schema));
    return made;
  }();
  return schemas->at(change.op);
}

void mark_old_call(ir::Node& node, const OperatorChange& change) {
  node.set_attribute(kOldCall, std::string(change.op));
}

void replace_old_operators(ir::Graph& graph) {
  if (graph.operator_set_version) replace_in(graph.block(), *graph.operator_set_version);
}

}  // namespace rushlight::script
