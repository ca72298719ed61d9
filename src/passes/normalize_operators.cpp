/// Operators with several names get their main one, and comparisons of bools by identity become comparisons by value.
///     %b = aten::absolute(%a)          becomes aten::abs(%a)
///     %d = aten::rsub(%a, %b, %one)    becomes aten::sub(%b, %a, %one)      tensors only
///     %e = aten::__is__(%p, %q)        becomes aten::eq(%p, %q)             bools only
/// The new node stands in the old one's place; its outputs are new values that take over the names.
#include <unordered_map>

#include "passes/passes.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
using ir::Symbol;
using ir::Value;

namespace {

/// Names without "aten::"; those marked true have an in-place twin of the same kind.
struct OtherName {
  const char* name;
  const char* main;
  bool inplace = false;
};
constexpr OtherName kOtherNames[] = {
    {"absolute", "abs", true},
    {"adjoint", "mH"},
    {"arccos", "acos", true},
    {"arccosh", "acosh", true},
    {"arcsin", "asin", true},
    {"arcsinh", "asinh", true},
    {"arctan", "atan", true},
    {"arctan2", "atan2", true},
    {"arctanh", "atanh", true},
    {"clip", "clamp", true},
    {"concat", "cat"},
    {"concatenate", "cat"},
    {"det", "linalg_det"},
    {"divide", "div", true},
    {"fix", "trunc", true},
    {"ger", "outer"},
    {"greater", "gt", true},
    {"greater_equal", "ge", true},
    {"inverse", "linalg_inv"},
    {"less", "lt", true},
    {"less_equal", "le", true},
    {"linalg_matmul", "matmul"},
    {"matrix_exp", "linalg_matrix_exp"},
    {"matrix_power", "linalg_matrix_power"},
    {"moveaxis", "movedim"},
    {"multiply", "mul", true},
    {"negative", "neg", true},
    {"not_equal", "ne", true},
    {"orgqr", "linalg_householder_product"},
    {"row_stack", "vstack"},
    {"special_digamma", "digamma"},
    {"special_erf", "erf"},
    {"special_erfc", "erfc"},
    {"special_erfinv", "erfinv"},
    {"special_exp2", "exp2"},
    {"special_expit", "sigmoid"},
    {"special_expm1", "expm1"},
    {"special_gammainc", "igamma"},
    {"special_gammaincc", "igammac"},
    {"special_gammaln", "lgamma"},
    {"special_i0", "i0"},
    {"special_log1p", "log1p"},
    {"special_log_softmax", "log_softmax"},
    {"special_logit", "logit"},
    {"special_logsumexp", "logsumexp"},
    {"special_multigammaln", "mvlgamma"},
    {"special_polygamma", "polygamma"},
    {"special_psi", "digamma"},
    {"special_round", "round"},
    {"special_sinc", "sinc"},
    {"special_softmax", "softmax"},
    {"special_xlogy", "xlogy"},
    {"subtract", "sub", true},
    {"swapaxes", "transpose"},
    {"swapdims", "transpose"},
    {"true_divide", "div", true},
};

Symbol main_name(Symbol kind) {
  static const std::unordered_map<Symbol, Symbol> names = [] {
    std::unordered_map<Symbol, Symbol> all;
    for (const OtherName& other : kOtherNames)
      for (const char* suffix : {"", "_"}) {
        if (*suffix && !other.inplace) continue;
        all[Symbol::intern(std::string("aten::") + other.name + suffix)] =
            Symbol::intern(std::string("aten::") + other.main + suffix);
      }
    return all;
  }();
  const auto found = names.find(kind);
  return found == names.end() ? Symbol() : found->second;
}

void replace(Node& node, Symbol kind, ArrayRef<Value*> inputs) {
  ir::Graph& graph = node.graph();
  Node* fresh = graph.create(kind, inputs, node.outputs().size());
  fresh->set_range(node.range());
  fresh->set_scope(node.scope());
  fresh->set_inlined_from(node.inlined_from());
  fresh->copy_attributes(node);
  fresh->insert_before(&node);
  for (size_t i = 0; i < node.outputs().size(); ++i) fresh->output(i)->copy_metadata(node.output(i));
  node.replace_all_uses_with(fresh);
  node.destroy();
}

bool normalize(Block& block) {
  static const Symbol rsub = Symbol::intern("aten::rsub"), sub = Symbol::intern("aten::sub");
  static const Symbol is = Symbol::intern("aten::__is__"), is_not = Symbol::intern("aten::__isnot__");
  static const Symbol eq = Symbol::intern("aten::eq"), ne = Symbol::intern("aten::ne");
  bool changed = false;
  for (Node* node : block.nodes()) {
    for (Block* inner : node->blocks()) changed |= normalize(*inner);
    const auto both = [&](TypeKind kind) {
      return node->inputs().size() >= 2 && node->input(0)->type()->is(kind) && node->input(1)->type()->is(kind);
    };
    std::vector<Value*> inputs = node->inputs();
    if (const Symbol main = main_name(node->kind())) {
      replace(*node, main, inputs);
    } else if (node->kind() == rsub && both(TypeKind::tensor)) {
      std::swap(inputs[0], inputs[1]);
      replace(*node, sub, inputs);
    } else if ((node->kind() == is || node->kind() == is_not) && both(TypeKind::bool_)) {
      replace(*node, node->kind() == is ? eq : ne, inputs);
    } else {
      continue;
    }
    changed = true;
  }
  return changed;
}

}  // namespace

extern constinit const Pass normalize_operators = {
    .name = "normalize_operators",
    .summary = "gives operators with several names their main one",
    .run = [](ir::Graph& graph, Analyses&) { return normalize(graph.block()); },
};

}  // namespace rushlight::passes
