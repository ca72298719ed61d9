/// Peephole: small patterns of one or two nodes get a simpler value.
///     If that gives True else False            its condition
///     x is None, x is not None                 a constant, where the types decide it
///     Int(NumToTensor(v)), Float(..)           v
///     x * 1, x // 1, x + 0, x - 0 of ints      x; constants of nested + and - are merged
///     any node whose result can only be None   the constant None
///     unchecked_cast, unwrap_optional          what they take, when nothing changes
///     elements and length of a made list       what it was made of (see peephole_lists.h)
///     dim of a convolution                     a constant
///     size, dim, dtype of a known type         a constant (not in the variant without shapes)
///     x + 0, x - 0, x * 1, x / 1 of tensors    x (see peephole_identities.h; not in the variant without shapes)
/// `None is None` is not folded, as in PyTorch.
#include <unordered_set>

#include "passes/passes.h"
#include "passes/peephole_identities.h"
#include "passes/peephole_lists.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
using ir::Symbol;
using ir::Value;
namespace kinds = ir::kinds;

namespace {

struct Names {
  Symbol is = Symbol::intern("aten::__is__"), is_not = Symbol::intern("aten::__isnot__");
  Symbol to_int = Symbol::intern("aten::Int"), to_float = Symbol::intern("aten::Float");
  Symbol int_implicit = Symbol::intern("aten::IntImplicit"), float_implicit = Symbol::intern("aten::FloatImplicit");
  Symbol scalar_implicit = Symbol::intern("aten::ScalarImplicit"), unwrap = Symbol::intern("aten::_unwrap_optional");
  Symbol add = Symbol::intern("aten::add"), sub = Symbol::intern("aten::sub"), mul = Symbol::intern("aten::mul");
  Symbol floordiv = Symbol::intern("aten::floordiv"), size = Symbol::intern("aten::size"),
         dim = Symbol::intern("aten::dim");
  Symbol dtype = Symbol::intern("prim::dtype"), device = Symbol::intern("prim::device"),
         is_cuda = Symbol::intern("prim::is_cuda");
  Symbol is_floating_point = Symbol::intern("aten::is_floating_point"), is_complex = Symbol::intern("aten::is_complex");
};
const Names& names() {
  static const Names all;
  return all;
}

std::optional<int64_t> int_constant(const Value* value) {
  const std::optional<IValue> constant = ir::constant_value(value);
  if (!constant || !constant->is_int()) return std::nullopt;
  return constant->to_int();
}

bool can_be_none(const Type& type) {
  if (type.is(TypeKind::none) || type.is(TypeKind::optional) || type.is(TypeKind::any) || type.is(TypeKind::var))
    return true;
  if (const auto* members = type.as<UnionType>())
    for (const TypePtr& member : members->members())
      if (can_be_none(*member)) return true;
  return false;
}

class Peephole {
 public:
  Peephole(ir::Graph& graph, bool with_shapes) : graph_(graph), with_shapes_(with_shapes) {}

  bool run() {
    visit(graph_.block());
    changed_ |= simplify_constructed_lists(graph_);
    if (with_shapes_) changed_ |= simplify_tensor_identities(graph_);
    return changed_;
  }

 private:
  void visit(Block& block) {
    for (Node* node : block.nodes()) {
      for (Block* inner : node->blocks()) visit(*inner);
      if (!node->has_uses()) continue;
      const ir::Graph::WithInsertPoint before(graph_, node);
      if (node->kind() != kinds::constant) name_none(*node);
      if (node->kind() == kinds::if_)
        simplify_if(*node);
      else if (node->outputs().size() == 1)
        simplify(*node);
    }
  }

  bool use(Node& node, Value* instead) {
    node.output()->replace_all_uses_with(instead);
    changed_ = true;
    return true;
  }
  bool use(Node& node, const IValue& constant) { return use(node, graph_.insert_constant(constant)); }

  void name_none(Node& node) {
    for (Value* output : node.outputs()) {
      if (!output->type()->is(TypeKind::none) || !output->has_uses()) continue;
      output->replace_all_uses_with(graph_.insert_constant(IValue()));
      changed_ = true;
    }
  }

  void simplify_if(Node& node) {
    for (size_t i = 0; i < node.outputs().size(); ++i) {
      const std::optional<IValue> yes = ir::constant_value(node.blocks()[0]->outputs()[i]);
      const std::optional<IValue> no = ir::constant_value(node.blocks()[1]->outputs()[i]);
      if (!yes || !no || !yes->is_bool() || !no->is_bool() || !yes->to_bool() || no->to_bool() ||
          !node.output(i)->has_uses())
        continue;
      node.output(i)->replace_all_uses_with(node.input());
      changed_ = true;
    }
  }

  bool simplify(Node& node) {
    const Symbol kind = node.kind();
    const Names& n = names();
    if (kind == n.is || kind == n.is_not) return compare_with_none(node);
    if (kind == n.to_int || kind == n.to_float || kind == n.int_implicit || kind == n.float_implicit ||
        kind == n.scalar_implicit) {
      const Node* source = node.input(0)->node();
      if (source->kind() == kinds::num_to_tensor && *source->input(0)->type() == *node.output()->type())
        return use(node, source->input(0));
      return (kind == n.to_int && node.input(0)->type()->is(TypeKind::int_)) && use(node, node.input(0));
    }
    if (kind == kinds::unchecked_cast || kind == n.unwrap) {
      return node.input(0)->type()->is_subtype_of(*node.output()->type()) && use(node, node.input(0));
    }
    if ((kind == n.add || kind == n.sub || kind == n.mul || kind == n.floordiv) && node.inputs().size() == 2 &&
        node.input(0)->type()->is(TypeKind::int_) && node.input(1)->type()->is(TypeKind::int_))
      return simplify_integers(node);
    return simplify_dim_of_convolution(node) || (with_shapes_ && simplify_by_type(node));
  }

  bool compare_with_none(Node& node) {
    const auto is_none = [](const Value* value) { return value->type()->is(TypeKind::none); };
    for (size_t i = 0; i < 2; ++i)
      if (is_none(node.input(i)) && !can_be_none(*node.input(1 - i)->type()))
        return use(node, IValue(node.kind() == names().is_not));
    return false;
  }

  bool simplify_integers(Node& node) {
    const Names& n = names();
    const Symbol kind = node.kind();
    std::optional<int64_t> left = int_constant(node.input(0)), right = int_constant(node.input(1));
    if (left && (kind == n.add || kind == n.mul)) {
      Value* constant = node.input(0);
      node.replace_input(0, node.input(1));
      node.replace_input(1, constant);
      std::swap(left, right);
      changed_ = true;
    }
    if (!right) return false;
    if (*right == 1 && (kind == n.mul || kind == n.floordiv)) return use(node, node.input(0));
    if (*right == 0 && (kind == n.add || kind == n.sub)) return use(node, node.input(0));
    if (kind != n.add && kind != n.sub) return false;
    // (x + 2) - 3 is x + -1.
    const Node* inner = node.input(0)->node();
    if ((inner->kind() != n.add && inner->kind() != n.sub) || inner->inputs().size() != 2 ||
        !inner->input(0)->type()->is(TypeKind::int_))
      return false;
    const std::optional<int64_t> first = int_constant(inner->input(1));
    if (!first || int_constant(inner->input(0))) return false;
    const uint64_t sum = (inner->kind() == n.add ? uint64_t(*first) : -uint64_t(*first)) +
                         (kind == n.add ? uint64_t(*right) : -uint64_t(*right));
    Node* merged = graph_.insert(graph_.create(n.add, {inner->input(0), graph_.insert_constant(IValue(int64_t(sum)))}));
    merged->set_range(node.range());
    merged->output()->set_type(types::int_());
    return use(node, merged->output());
  }

  /// A convolution of so many dimensions gives two more, whatever goes in: PyTorch does not think of inputs without a
  /// batch here.
  bool simplify_dim_of_convolution(Node& node) {
    static const std::pair<Symbol, int64_t> convolutions[] = {
        {Symbol::intern("aten::conv1d"), 3}, {Symbol::intern("aten::conv2d"), 4}, {Symbol::intern("aten::conv3d"), 5}};
    if (node.kind() != names().dim) return false;
    for (const auto& [kind, dims] : convolutions)
      if (node.input(0)->node()->kind() == kind) return use(node, IValue(dims));
    return false;
  }

  bool simplify_by_type(Node& node) {
    if (node.inputs().empty()) return false;
    const auto* tensor = node.input(0)->type()->as<TensorType>();
    if (!tensor) return false;
    const Names& n = names();
    const TensorType::Facts& facts = tensor->facts();
    const Symbol kind = node.kind();
    if (kind == n.dim && facts.sizes) return use(node, IValue(int64_t(facts.sizes->size())));
    if (kind == n.dtype && facts.dtype) return use(node, IValue(*facts.dtype));
    if (kind == n.device && facts.device) return use(node, IValue(*facts.device));
    if (kind == n.is_cuda && facts.device) return use(node, IValue(facts.device->type == DeviceType::cuda));
    if (kind == n.is_floating_point && facts.dtype)
      return use(node, IValue(dtype_info(*facts.dtype).kind == DtypeKind::floating));
    if (kind == n.is_complex && facts.dtype)
      return use(node, IValue(dtype_info(*facts.dtype).kind == DtypeKind::complex));
    if (kind == n.size && facts.sizes && node.inputs().size() == 1) {
      std::vector<int64_t> sizes;
      for (const auto& size : *facts.sizes) {
        if (!size) return false;
        sizes.push_back(*size);
      }
      return use(node, IValue(sizes));
    }
    if (kind == n.size && facts.sizes && node.inputs().size() == 2) {
      std::optional<int64_t> at = int_constant(node.input(1));
      const int64_t rank = int64_t(facts.sizes->size());
      if (at && *at < 0) *at += rank;
      if (at && *at >= 0 && *at < rank && (*facts.sizes)[size_t(*at)])
        return use(node, IValue(*(*facts.sizes)[size_t(*at)]));
    }
    return false;
  }

  ir::Graph& graph_;
  bool with_shapes_;
  bool changed_ = false;
};

}  // namespace

extern constinit const Pass peephole = {
    .name = "peephole",
    .summary = "replaces small patterns by simpler values, shapes and dtypes of known types included",
    .run = [](ir::Graph& graph, Analyses&) { return Peephole(graph, /*with_shapes=*/true).run(); },
    .leaves_dead_code = true,
};

extern constinit const Pass peephole_without_shapes = {
    .name = "peephole_without_shapes",
    .summary = "replaces small patterns by simpler values, whatever the shapes",
    .run = [](ir::Graph& graph, Analyses&) { return Peephole(graph, /*with_shapes=*/false).run(); },
    .leaves_dead_code = true,
};

}  // namespace rushlight::passes
