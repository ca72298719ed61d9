/// Recurrent networks: cells, layers over time in both directions, padded and packed sequences.
#include <cmath>

#include "ops/cpu/copy.h"
#include "ops/cpu/lstm_gates.h"
#include "ops/functions/activations.h"
#include "ops/functions/dropout.h"
#include "ops/functions/factories.h"
#include "ops/functions/joining.h"
#include "ops/functions/linear_algebra.h"
#include "ops/functions/padding.h"
#include "ops/functions/recurrent.h"
#include "ops/functions/trigonometric.h"
#include "ops/functions/views.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"
#include "ops/variable_queries.h"

namespace rushlight::ops {
namespace {

using Tensors = std::vector<Tensor>;
using Pair = std::tuple<Tensor, Tensor>;
using Triple = std::tuple<Tensor, Tensor, Tensor>;

// ---- Cells

enum class Cell : uint8_t { lstm, gru, relu, tanh };

struct State {
  Tensor hidden, cell;  ///< cell: of lstm only
};
/// The parameters of one layer in one direction.
struct Weights {
  Tensor input, hidden, input_bias, hidden_bias;
  Tensor projection;  ///< of lstm with proj_size
};

/// One step. `gates`: the input's part, computed for all steps at once.
State step(Cell cell, const Tensor& gates, const State& state, const Weights& w) {
  const Tensor recurrent = linear(state.hidden, w.hidden, w.hidden_bias);
  switch (cell) {
    case Cell::relu:
      return {relu(gates + recurrent), {}};
    case Cell::tanh:
      return {tanh(gates + recurrent), {}};
    case Cell::gru: {
      const Tensors in = chunk(gates, 3, -1), back = chunk(recurrent, 3, -1);
      const Tensor reset = sigmoid(back[0] + in[0]), update = sigmoid(back[1] + in[1]);
      const Tensor candidate = tanh(in[2] + back[2] * reset);
      return {(state.hidden - candidate) * update + candidate, {}};
    }
    case Cell::lstm:
      break;
  }
  if (!is_recorded(gates) && !is_recorded(recurrent) && !is_recorded(state.cell) &&
      cpu::can_fuse_lstm_gates(gates, recurrent, state.cell)) {
    const Tensor next = empty_tensor(state.cell.sizes(), state.cell.dtype());
    const Tensor hidden = empty_tensor(state.cell.sizes(), state.cell.dtype());
    cpu::lstm_gates(gates, recurrent, state.cell, next, hidden);
    return {w.projection.defined() ? matmul(hidden, t(w.projection)) : hidden, next};
  }
  const Tensors parts = chunk(gates + recurrent, 4, -1);
  const Tensor next = sigmoid(parts[1]) * state.cell + sigmoid(parts[0]) * tanh(parts[2]);
  const Tensor hidden = sigmoid(parts[3]) * tanh(next);
  return {w.projection.defined() ? matmul(hidden, t(w.projection)) : hidden, next};
}

void check_cell(const Tensor& input, const Tensor& hidden, const Tensor& w_ih, const Tensor& w_hh,
                std::string_view name) {
  if (input.size(-1) != w_ih.size(1))
    throw RuntimeError(cat("input has inconsistent input_size: got ", input.size(-1), " expected ", w_ih.size(1)));
  if (input.size(0) != hidden.size(0))
    throw RuntimeError(
        cat("Input batch size ", input.size(0), " doesn't match hidden", name, " batch size ", hidden.size(0)));
  if (hidden.size(-1) != w_hh.size(1))
    throw RuntimeError(
        cat("hidden", name, " has inconsistent hidden_size: got ", hidden.size(-1), ", expected ", w_hh.size(1)));
}
template <Cell cell>
Tensor cell_composite(const Tensor& input, const Tensor& hx, const Tensor& w_ih, const Tensor& w_hh, const Tensor& b_ih,
                      const Tensor& b_hh) {
  check_cell(input, hx, w_ih, w_hh, "0");
  return step(cell, linear(input, w_ih, b_ih), {hx, {}}, {w_ih, w_hh, b_ih, b_hh, {}}).hidden;
}
Pair lstm_cell_composite(const Tensor& input, const Tensors& hx, const Tensor& w_ih, const Tensor& w_hh,
                         const Tensor& b_ih, const Tensor& b_hh) {
  if (hx.size() != 2) throw RuntimeError("lstm_cell expects two hidden states");
  check_cell(input, hx[0], w_ih, w_hh, "0");
  check_cell(input, hx[1], w_ih, w_hh, "1");
  const State next = step(Cell::lstm, linear(input, w_ih, b_ih), {hx[0], hx[1]}, {w_ih, w_hh, b_ih, b_hh, {}});
  return {next.hidden, next.cell};
}

// ---- Layers

/// A sequence as steps. Of a packed one, the first rows of a step belong to the longest samples.
struct Sequence {
  Tensor data;                   ///< [time, batch, features], or all rows of a packed sequence
  std::vector<int64_t> batches;  ///< rows of each step; empty: the same for all
  bool packed() const { return !batches.empty(); }
};

State rows(const State& state, int64_t from, int64_t count) {
  return {narrow(state.hidden, 0, from, count), state.cell.defined() ? narrow(state.cell, 0, from, count) : Tensor()};
}
State joined(const State& above, const State& below) {
  return {concat({above.hidden, below.hidden}, 0),
          above.cell.defined() ? concat({above.cell, below.cell}, 0) : Tensor()};
}

/// Runs one direction; the outputs stand in order of time.
std::pair<Tensor, State> run_direction(Cell cell, const Sequence& input, const State& first, const Weights& w,
                                       bool reverse) {
  const Tensor gates = linear(input.data, w.input, w.input_bias);
  if (!input.packed()) {
    const Tensors steps = unbind(gates, 0);
    Tensors outputs(steps.size());
    State state = first;
    for (size_t i = 0; i < steps.size(); ++i) {
      const size_t at = reverse ? steps.size() - 1 - i : i;
      state = step(cell, steps[at], state, w);
      outputs[at] = state.hidden;
    }
    return {stack(outputs, 0), state};
  }
  const Tensors steps = split_with_sizes(gates, input.batches, 0);
  Tensors outputs(steps.size());
  if (reverse) {
    // Samples join as their last step is reached.
    State state = rows(first, 0, input.batches.back());
    for (size_t at = steps.size(); at-- > 0;) {
      const int64_t present = state.hidden.sizes()[0], wanted = input.batches[at];
      if (wanted > present) state = joined(state, rows(first, present, wanted - present));
      state = step(cell, steps[at], state, w);
      outputs[at] = state.hidden;
    }
    return {concat(outputs, 0), state};
  }
  // Samples that have ended keep their state.
  State state = first;
  std::vector<State> ended;
  for (size_t at = 0; at < steps.size(); ++at) {
    const int64_t present = state.hidden.sizes()[0], wanted = input.batches[at];
    if (wanted < present) {
      ended.push_back(rows(state, wanted, present - wanted));
      state = rows(state, 0, wanted);
    }
    state = step(cell, steps[at], state, w);
    outputs[at] = state.hidden;
  }
  for (size_t i = ended.size(); i-- > 0;) state = joined(state, ended[i]);
  return {concat(outputs, 0), state};
}

struct NetworkOptions {
  bool has_biases;
  int64_t layers;
  double dropout;
  bool train, bidirectional;
};

/// All layers. Parameters stand layer by layer, direction by direction.
std::pair<Tensor, State> run_network(Cell cell, Sequence input, const State& first, const Tensors& params,
                                     const NetworkOptions& options, bool has_projection) {
  const size_t directions = options.bidirectional ? 2 : 1;
  const size_t each = 2 + (options.has_biases ? 2 : 0) + (has_projection ? 1 : 0);
  if (params.size() != size_t(options.layers) * directions * each)
    throw RuntimeError("got an incorrect number of RNN parameters");
  const Tensors hidden = unbind(first.hidden, 0);
  const Tensors cells = first.cell.defined() ? unbind(first.cell, 0) : Tensors(hidden.size());
  if (hidden.size() != size_t(options.layers) * directions || cells.size() != hidden.size())
    throw RuntimeError(cat("Expected more hidden states in stacked_rnn: got ", hidden.size(), " for ",
                           size_t(options.layers) * directions));
  Tensors last_hidden, last_cells;
  for (int64_t layer = 0; layer < options.layers; ++layer) {
    Tensors outputs;
    for (size_t direction = 0; direction < directions; ++direction) {
      const size_t which = size_t(layer) * directions + direction;
      const Tensor* p = params.data() + which * each;
      Weights w{p[0], p[1], {}, {}, {}};
      if (options.has_biases) {
        w.input_bias = p[2];
        w.hidden_bias = p[3];
      }
      if (has_projection) w.projection = p[each - 1];
      auto [output, state] = run_direction(cell, input, {hidden[which], cells[which]}, w, direction == 1);
      outputs.push_back(output);
      last_hidden.push_back(state.hidden);
      if (state.cell.defined()) last_cells.push_back(state.cell);
    }
    input.data = directions == 2 ? concat(outputs, -1) : outputs[0];
    if (options.dropout != 0 && options.train && layer + 1 < options.layers)
      input.data = dropout(input.data, options.dropout, true);
  }
  return {input.data, {stack(last_hidden, 0), last_cells.empty() ? Tensor() : stack(last_cells, 0)}};
}

std::vector<int64_t> batch_list(const Tensor& batch_sizes) {
  const Tensor plain = cpu::contiguous(cpu::to_dtype(batch_sizes, ScalarType::int64));
  const int64_t* data = plain.data<int64_t>();
  std::vector<int64_t> list(data, data + plain.numel());
  for (size_t i = 0; i < list.size(); ++i)
    if (list[i] <= 0 || (i && list[i] > list[i - 1]))
      throw RuntimeError("batch_sizes of a packed sequence must be positive and must not increase");
  if (list.empty()) throw RuntimeError("batch_sizes of a packed sequence must not be empty");
  return list;
}

template <Cell cell>
Pair network_of_padded(const Tensor& input, const Tensor& hx, const Tensors& params, bool has_biases,
                       int64_t num_layers, double dropout, bool train, bool bidirectional, bool batch_first) {
  auto [output, state] = run_network(cell, {batch_first ? transpose(input, 0, 1) : input, {}}, {hx, {}}, params,
                                     {has_biases, num_layers, dropout, train, bidirectional}, false);
  return {batch_first ? transpose(output, 0, 1) : output, state.hidden};
}
template <Cell cell>
Pair network_of_packed(const Tensor& data, const Tensor& batch_sizes, const Tensor& hx, const Tensors& params,
                       bool has_biases, int64_t num_layers, double dropout, bool train, bool bidirectional) {
  auto [output, state] = run_network(cell, {data, batch_list(batch_sizes)}, {hx, {}}, params,
                                     {has_biases, num_layers, dropout, train, bidirectional}, false);
  return {output, state.hidden};
}
/// The hidden state is shorter than the cell where it is projected.
bool is_projected(const Tensors& hx) { return hx[0].size(-1) != hx[1].size(-1); }
void check_two_states(const Tensors& hx) {
  if (hx.size() != 2) throw RuntimeError("lstm expects two hidden states");
}
Triple lstm_of_padded(const Tensor& input, const Tensors& hx, const Tensors& params, bool has_biases,
                      int64_t num_layers, double dropout, bool train, bool bidirectional, bool batch_first) {
  check_two_states(hx);
  auto [output, state] = run_network(Cell::lstm, {batch_first ? transpose(input, 0, 1) : input, {}}, {hx[0], hx[1]},
                                     params, {has_biases, num_layers, dropout, train, bidirectional}, is_projected(hx));
  return {batch_first ? transpose(output, 0, 1) : output, state.hidden, state.cell};
}
Triple lstm_of_packed(const Tensor& data, const Tensor& batch_sizes, const Tensors& hx, const Tensors& params,
                      bool has_biases, int64_t num_layers, double dropout, bool train, bool bidirectional) {
  check_two_states(hx);
  auto [output, state] = run_network(Cell::lstm, {data, batch_list(batch_sizes)}, {hx[0], hx[1]}, params,
                                     {has_biases, num_layers, dropout, train, bidirectional}, is_projected(hx));
  return {output, state.hidden, state.cell};
}

// ---- Padded and packed sequences

Pair pack_padded(const Tensor& input, const Tensor& lengths, bool batch_first) {
  const Tensor by_time = batch_first ? transpose(input, 0, 1) : input;
  if (lengths.dtype() != ScalarType::int64 || lengths.dim() != 1)
    throw RuntimeError(cat("'lengths' argument should be a 1D CPU int64 tensor, but got ", lengths.dim(), "D cpu ",
                           dtype_info(lengths.dtype()).ir_name, " tensor"));
  if (by_time.numel() == 0) throw RuntimeError("Cannot pack empty tensors.");
  const Tensor plain = cpu::contiguous(lengths);
  const int64_t count = plain.numel(), batch = by_time.sizes()[1];
  const int64_t* length = plain.data<int64_t>();
  if (count != batch)
    throw RuntimeError(
        cat("Expected `len(lengths)` to be equal to batch_size, but got ", count, " (batch_size=", batch, ")"));
  if (length[count - 1] <= 0)
    throw RuntimeError(
        "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0");
  for (int64_t i = 0; i + 1 < count; ++i)
    if (length[i] < length[i + 1])
      throw RuntimeError(
          "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
          "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do "
          "not need ONNX exportability.");
  if (length[0] > by_time.sizes()[0])
    throw RuntimeError(cat("Expected lengths of at most ", by_time.sizes()[0], ", but got ", length[0]));
  Tensor batch_sizes = empty_tensor(length[0], ScalarType::int64);
  Tensors steps;
  int64_t present = count;
  for (int64_t time = 0; time < length[0]; ++time) {
    while (length[present - 1] <= time) --present;
    batch_sizes.data<int64_t>()[time] = present;
    steps.push_back(narrow(select(by_time, 0, time), 0, 0, present));
  }
  return {concat(steps, 0), batch_sizes};
}
Pair pad_packed(const Tensor& data, const Tensor& batch_sizes, bool batch_first, const Scalar& padding_value,
                int64_t total_length) {
  std::vector<int64_t> batches = batch_list(batch_sizes);
  const int64_t longest = int64_t(batches.size()), batch = batches[0];
  if (total_length > 0 && total_length < longest)
    throw RuntimeError(cat("Expected total_length to be at least the length of the longest sequence in input, but got ",
                           "total_length=", total_length, " and max sequence length being ", longest));
  Tensor lengths = empty_tensor(batch, ScalarType::int64);
  for (int64_t i = 0; i < batch; ++i) lengths.data<int64_t>()[i] = 0;
  Tensors steps = split_with_sizes(data, batches, 0);
  std::vector<int64_t> behind(size_t(2 * data.dim()), 0);
  for (size_t time = 0; time < steps.size(); ++time) {
    for (int64_t i = 0; i < batches[time]; ++i) ++lengths.data<int64_t>()[i];
    behind.back() = batch - batches[time];
    if (behind.back()) steps[time] = constant_pad_nd(steps[time], behind, padding_value);
  }
  Tensor padded = stack(steps, 0);
  if (total_length > longest) {
    std::vector<int64_t> later(size_t(2 * padded.dim()), 0);
    later.back() = total_length - longest;
    padded = constant_pad_nd(padded, later, padding_value);
  }
  return {batch_first ? transpose(padded, 0, 1) : padded, lengths};
}
}  // namespace

void declare_recurrent(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::composite | OpTraits::no_method;
  constexpr OpTraits kCell = kComposite | OpTraits::traced_inside;
  constexpr OpTraits kNetwork = kComposite | OpTraits::nondeterministic;
  ops.add({.schema = "lstm_cell(Tensor input, Tensor[] hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? "
                     "b_hh=None) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&lstm_cell_composite>(),
           .traits = kCell,
           .doc = "One step of a long short-term memory: hidden and cell state."});
  ops.add({.schema =
               "gru_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) "
               "-> Tensor",
           .kernel = typed_kernel<&cell_composite<Cell::gru>>(),
           .traits = kCell,
           .doc = "One step of a gated recurrent unit."});
  ops.add({.schema = "rnn_tanh_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? "
                     "b_hh=None) -> Tensor",
           .kernel = typed_kernel<&cell_composite<Cell::tanh>>(),
           .traits = kCell,
           .doc = "One step of a plain recurrent network with tanh."});
  ops.add({.schema = "rnn_relu_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? "
                     "b_hh=None) -> Tensor",
           .kernel = typed_kernel<&cell_composite<Cell::relu>>(),
           .traits = kCell,
           .doc = "One step of a plain recurrent network with relu."});
  ops.add({.schema = "lstm.input(Tensor input, Tensor[] hx, Tensor[] params, bool has_biases, int num_layers, float "
                     "dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor, Tensor)",
           .kernel = typed_kernel<&lstm_of_padded>(),
           .traits = kNetwork,
           .doc = "Layers of long short-term memory: outputs of all steps, last hidden and cell states."});
  ops.add({.schema = "lstm.data(Tensor data, Tensor batch_sizes, Tensor[] hx, Tensor[] params, bool has_biases, int "
                     "num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor, Tensor)",
           .kernel = typed_kernel<&lstm_of_packed>(),
           .traits = kNetwork,
           .doc = "lstm over a packed sequence."});
  ops.add({.schema =
               "gru.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, "
               "bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&network_of_padded<Cell::gru>>(),
           .traits = kNetwork,
           .doc = "Layers of gated recurrent units: outputs of all steps and last states."});
  ops.add({.schema = "gru.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int "
                     "num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&network_of_packed<Cell::gru>>(),
           .traits = kNetwork,
           .doc = "gru over a packed sequence."});
  ops.add({.schema = "rnn_tanh.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float "
                     "dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&network_of_padded<Cell::tanh>>(),
           .traits = kNetwork,
           .doc = "Layers of a plain recurrent network with tanh."});
  ops.add({.schema = "rnn_tanh.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int "
                     "num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&network_of_packed<Cell::tanh>>(),
           .traits = kNetwork,
           .doc = "rnn_tanh over a packed sequence."});
  ops.add({.schema = "rnn_relu.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float "
                     "dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&network_of_padded<Cell::relu>>(),
           .traits = kNetwork,
           .doc = "Layers of a plain recurrent network with relu."});
  ops.add({.schema = "rnn_relu.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int "
                     "num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&network_of_packed<Cell::relu>>(),
           .traits = kNetwork,
           .doc = "rnn_relu over a packed sequence."});
  ops.add({.schema = "_pack_padded_sequence(Tensor input, Tensor lengths, bool batch_first) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&pack_padded>(),
           .traits = kComposite,
           .doc = "The steps of all sequences one after the other, without padding; and how many each step has."});
  ops.add({.schema =
               "_pad_packed_sequence(Tensor data, Tensor batch_sizes, bool batch_first, Scalar padding_value, int "
               "total_length) -> (Tensor, Tensor)",
           .kernel = typed_kernel<&pad_packed>(),
           .traits = kComposite,
           .doc = "A packed sequence with padding again, and the lengths."});
}

}  // namespace rushlight::ops
