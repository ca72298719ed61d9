/// Folding into layers with constant weights:
///     bn(conv(x, w, b))      conv(x, w * scale, (b - mean) * scale + shift)      scale = weight * rsqrt(var + eps)
///     conv(x, w, b) + c      conv(x, w, b + c)                                   also -, with alpha
///     conv(x, w, b) * c      conv(x, w * c, b * c)                               also /
///     bn(linear(x, w, b))    as for conv
/// Conditions: everything but x is constant, nobody else uses the layer's result, batch norm does not train, c is a
/// number or has one value for each channel in dimension 1, and no dtype changes.
#include "passes/fold_frozen.h"

#include <unordered_set>

#include "autograd/grad_mode.h"
#include "base/text.h"

namespace rushlight::passes {

using ir::Block;
using ir::Node;
using ir::Symbol;
using ir::Value;

namespace {

constexpr size_t kWeight = 1, kBias = 2;  ///< inputs of conv and linear

Tensor call(std::string_view name, std::string_view overload, std::vector<IValue> arguments) {
  return call_operator(get_operator(name, overload), std::move(arguments)).tensor();
}
Tensor multiply(const Tensor& a, const Tensor& b) { return call("aten::mul", "Tensor", {a, b}); }
Tensor add(const Tensor& a, const Tensor& b) { return call("aten::add", "Tensor", {a, b, 1}); }
Tensor subtract(const Tensor& a, const Tensor& b) { return call("aten::sub", "Tensor", {a, b, 1}); }
Tensor reshape(const Tensor& a, std::vector<int64_t> sizes) { return call("aten::reshape", "", {a, std::move(sizes)}); }
Tensor filled(const Tensor& like, int64_t count, double value) {
  const Tensor made = empty_tensor({count}, like.dtype(), like.device());
  call("aten::fill_", "Scalar", {made, value});
  return made;
}

/// One value for each output channel, shaped so that it multiplies a weight.
Tensor along_channels(const Tensor& values, const Tensor& weight) {
  std::vector<int64_t> sizes(size_t(weight.dim()), 1);
  sizes[0] = -1;
  return reshape(values, std::move(sizes));
}

bool is_conv(const Node& node) {
  static const std::unordered_set<Symbol> kinds = {Symbol::intern("aten::conv1d"), Symbol::intern("aten::conv2d"),
                                                   Symbol::intern("aten::conv3d")};
  if (kinds.contains(node.kind())) return true;
  static const Symbol general = Symbol::intern("aten::_convolution");
  if (node.kind() != general) return false;
  const std::optional<IValue> transposed = ir::constant_value(node.named_input("transposed"));
  return transposed && transposed->is_bool() && !transposed->to_bool();
}
bool is_linear(const Node& node) {
  static const Symbol linear = Symbol::intern("aten::linear");
  return node.kind() == linear;
}

/// Whether nothing but `user` reads the numbers of a value: its dimensions may be asked for elsewhere.
bool is_read_by_one(const Value& value) {
  static const Symbol dim = Symbol::intern("aten::dim");
  return std::count_if(value.uses().begin(), value.uses().end(),
                       [](const ir::Use& use) { return use.user->kind() != dim; }) == 1;
}

/// A layer with constant weight and bias (undefined: none) whose only user is `user`; null otherwise.
struct Layer {
  Node* node = nullptr;
  Tensor weight;
  Tensor bias;
};
std::optional<Layer> layer_before(const Node& user, bool (*is_layer)(const Node&)) {
  if (user.inputs().empty()) return std::nullopt;
  Layer layer{.node = user.input(0)->node()};
  if (!is_layer(*layer.node) || !is_read_by_one(*layer.node->output()) ||
      layer.node->owning_block() != user.owning_block())
    return std::nullopt;
  const std::optional<IValue> weight = ir::constant_value(layer.node->input(kWeight)),
                              bias = ir::constant_value(layer.node->input(kBias));
  if (!weight || !weight->is_tensor() || !bias) return std::nullopt;
  layer.weight = weight->tensor();
  if (bias->is_tensor()) layer.bias = bias->tensor();
  return layer;
}

/// Puts the new weights in; `name`s come from the values that they replace.
void set_input(const Layer& layer, size_t input, const Tensor& tensor, const std::string& name) {
  ir::Graph& graph = layer.node->graph();
  const ir::Graph::WithInsertPoint before(graph, layer.node);
  Value* constant = graph.insert_constant(IValue(tensor));
  if (!name.empty()) constant->set_debug_name(name);
  layer.node->replace_input(input, constant);
}

/// PyTorch makes a constant of the operand and a node of the arithmetic, and drops both: two numbers are spent.
void set_computed_input(const Layer& layer, size_t input, const Tensor& tensor, const std::string& name) {
  for (int spent = 0; spent < 2; ++spent) layer.node->graph().create(ir::kinds::constant)->destroy();
  set_input(layer, input, tensor, name);
}

void replace_by_layer(Node& node, const Layer& layer) {
  node.output()->replace_all_uses_with(layer.node->output());
  node.destroy();
}

bool fold_batch_norm(Node& node, const Layer& layer) {
  const auto tensor = [&](const char* name) -> std::optional<Tensor> {
    const Value* input = node.named_input(name);
    const std::optional<IValue> value = input ? ir::constant_value(input) : std::nullopt;
    if (!value) return std::nullopt;
    return value->is_tensor() ? value->tensor() : Tensor();
  };
  const std::optional<Tensor> mean = tensor("running_mean"), variance = tensor("running_var"), scale = tensor("weight"),
                              shift = tensor("bias");
  const Value *training = node.named_input("training"), *epsilon = node.named_input("eps");
  if (!mean || !variance || !scale || !shift || !mean->defined() || !variance->defined() || !training || !epsilon)
    return false;
  const std::optional<IValue> trains = ir::constant_value(training), eps = ir::constant_value(epsilon);
  if (!trains || trains->to_bool() || !eps) return false;
  if (mean->dtype() != layer.weight.dtype() || mean->numel() != layer.weight.size(0)) return false;

  const autograd::NoGradGuard no_grad;
  const int64_t channels = layer.weight.size(0);
  const Tensor weight = scale->defined() ? *scale : filled(*mean, channels, 1);
  const Tensor offset = shift->defined() ? *shift : filled(*mean, channels, 0);
  const Tensor bias = layer.bias.defined() ? layer.bias : filled(layer.weight, channels, 0);
  const Tensor inverse = call("aten::rsqrt", "", {call("aten::add", "Scalar", {*variance, *eps, 1})});
  const Tensor new_weight = multiply(layer.weight, along_channels(multiply(weight, inverse), layer.weight));
  const Tensor new_bias = add(multiply(multiply(subtract(bias, *mean), inverse), weight), offset);
  const std::string weight_name = cat(layer.node->input(kWeight)->debug_name(), "_fused_bn"),
                    bias_name = cat(layer.node->input(kBias)->debug_name(), "_fused_bn");
  set_input(layer, kWeight, new_weight, weight_name);
  set_input(layer, kBias, new_bias, bias_name);
  replace_by_layer(node, layer);
  return true;
}

/// The constant operand as one value for each channel; nothing when it is not of that form.
std::optional<Tensor> channel_values(const Node& node, const Layer& layer) {
  if (node.inputs().size() < 2) return std::nullopt;
  const std::optional<IValue> operand = ir::constant_value(node.input(1));
  if (!operand) return std::nullopt;
  const int64_t channels = layer.weight.size(0);
  if (operand->is_int() || operand->is_float())
    return filled(layer.weight, channels, operand->to_scalar().to<double>());
  if (!operand->is_tensor() || !operand->tensor().defined()) return std::nullopt;
  const Tensor& tensor = operand->tensor();
  if (tensor.dtype() != layer.weight.dtype() || tensor.dim() > layer.weight.dim()) return std::nullopt;
  for (int64_t i = 0; i < tensor.dim(); ++i) {
    const bool is_channel = i == 1 && tensor.size(i) == channels;
    if (tensor.size(i) != 1 && !is_channel) return std::nullopt;
  }
  if (tensor.numel() == 1) return multiply(filled(layer.weight, channels, 1), reshape(tensor, {1}));
  return reshape(tensor, {channels});
}

bool fold_sum(Node& node, const Layer& layer) {
  const std::optional<Tensor> values = channel_values(node, layer);
  const std::optional<IValue> alpha = node.inputs().size() == 3 ? ir::constant_value(node.input(2)) : std::nullopt;
  if (!values || !alpha || !alpha->is_number()) return false;
  const autograd::NoGradGuard no_grad;
  const Tensor bias = layer.bias.defined() ? layer.bias : filled(layer.weight, layer.weight.size(0), 0);
  const Tensor sum = call(node.kind().str(), "Tensor", {bias, *values, *alpha});
  if (sum.dtype() != bias.dtype()) return false;
  set_computed_input(layer, kBias, sum,
                     cat(layer.node->input(kBias)->debug_name(), "_fused_", node.kind().name_part()));
  replace_by_layer(node, layer);
  return true;
}

bool fold_product(Node& node, const Layer& layer) {
  const std::optional<Tensor> values = channel_values(node, layer);
  if (!values || node.inputs().size() != 2) return false;
  const autograd::NoGradGuard no_grad;
  const std::string& kind = node.kind().str();
  const Tensor weight = call(kind, "Tensor", {layer.weight, along_channels(*values, layer.weight)});
  if (weight.dtype() != layer.weight.dtype()) return false;
  // PyTorch names the weight after the bias, if there is one.
  const Value* named = layer.node->input(layer.bias.defined() ? kBias : kWeight);
  set_computed_input(layer, kWeight, weight, cat(named->debug_name(), "_fused_", node.kind().name_part()));
  if (layer.bias.defined()) set_computed_input(layer, kBias, call(kind, "Tensor", {layer.bias, *values}), "");
  replace_by_layer(node, layer);
  return true;
}

/// `fold` is tried on each node of one of the kinds that follows a layer.
bool fold_all(Block& block, const std::unordered_set<Symbol>& kinds, bool (*is_layer)(const Node&),
              bool (*fold)(Node&, const Layer&)) {
  bool changed = false;
  for (Node* node : block.nodes()) {
    for (Block* inner : node->blocks()) changed |= fold_all(*inner, kinds, is_layer, fold);
    if (!kinds.contains(node->kind())) continue;
    if (const std::optional<Layer> layer = layer_before(*node, is_layer)) changed |= fold(*node, *layer);
  }
  return changed;
}

}  // namespace

extern constinit const Pass fold_frozen_conv_bn = {
    .name = "fold_frozen_conv_bn",
    .summary = "folds batch norm into the convolution before it",
    .run =
        [](ir::Graph& graph, Analyses&) {
          return fold_all(graph.block(), {Symbol::intern("aten::batch_norm")}, is_conv, fold_batch_norm);
        },
};

extern constinit const Pass fold_frozen_conv_add_or_sub = {
    .name = "fold_frozen_conv_add_or_sub",
    .summary = "folds a constant sum into the bias of the convolution before it",
    .run =
        [](ir::Graph& graph, Analyses&) {
          return fold_all(graph.block(), {Symbol::intern("aten::add"), Symbol::intern("aten::sub")}, is_conv, fold_sum);
        },
};

extern constinit const Pass fold_frozen_conv_mul_or_div = {
    .name = "fold_frozen_conv_mul_or_div",
    .summary = "folds a constant product into the weights of the convolution before it",
    .run =
        [](ir::Graph& graph, Analyses&) {
          return fold_all(graph.block(), {Symbol::intern("aten::mul"), Symbol::intern("aten::div")}, is_conv,
                          fold_product);
        },
};

extern constinit const Pass fold_frozen_linear_bn = {
    .name = "fold_frozen_linear_bn",
    .summary = "folds batch norm into the linear layer before it",
    .run =
        [](ir::Graph& graph, Analyses&) {
          return fold_all(graph.block(), {Symbol::intern("aten::batch_norm")}, is_linear, fold_batch_norm);
        },
};

}  // namespace rushlight::passes
