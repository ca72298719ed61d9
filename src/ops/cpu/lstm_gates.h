/// What an LSTM computes between its matrix products, in one pass and without tensors in between.
#pragma once
#include "tensor/tensor.h"

namespace rushlight::cpu {

/// Whether lstm_gates takes these: contiguous, of one dtype (float32 or float64), [batch, 4 width] and [batch, width].
bool can_fuse_lstm_gates(const Tensor& input_part, const Tensor& recurrent_part, const Tensor& cell);

/// The next cell state and hidden state, [batch, width]. input_part + recurrent_part: the gates in, forget, new content
/// and out, side by side; recurrent_part is overwritten. To the last bit the same as operator by operator.
void lstm_gates(const Tensor& input_part, const Tensor& recurrent_part, const Tensor& cell, const Tensor& next_cell,
                const Tensor& hidden);

}  // namespace rushlight::cpu
