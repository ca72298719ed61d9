#include "ops/cpu/lstm_gates.h"

#include "ops/cpu/vector_math.h"

namespace rushlight::cpu {
namespace {

template <class T>
void gates_of_row(const T* input_part, T* gates, const T* cell, T* next_cell, T* hidden, int64_t width) {
  for (int64_t i = 0; i < 4 * width; ++i) gates[i] = input_part[i] + gates[i];
  T *in = gates, *forget = in + width, *content = forget + width, *out = content + width;
  vector_row(VectorFunction::sigmoid, in, in, 2 * width);
  vector_row(VectorFunction::tanh, content, content, width);
  vector_row(VectorFunction::sigmoid, out, out, width);
  for (int64_t i = 0; i < width; ++i) {
    const T kept = forget[i] * cell[i], added = in[i] * content[i];
    next_cell[i] = kept + added;
  }
  vector_row(VectorFunction::tanh, next_cell, hidden, width);
  for (int64_t i = 0; i < width; ++i) hidden[i] = out[i] * hidden[i];
}

template <class T>
void gates_of_batch(const Tensor& input_part, const Tensor& gates, const Tensor& cell, const Tensor& next_cell,
                    const Tensor& hidden) {
  const int64_t batch = cell.sizes()[0], width = cell.sizes()[1];
  for (int64_t row = 0; row < batch; ++row)
    gates_of_row(input_part.data<T>() + row * 4 * width, gates.data<T>() + row * 4 * width,
                 cell.data<T>() + row * width, next_cell.data<T>() + row * width, hidden.data<T>() + row * width,
                 width);
}

}  // namespace

bool can_fuse_lstm_gates(const Tensor& input_part, const Tensor& recurrent_part, const Tensor& cell) {
  const ScalarType dtype = cell.dtype();
  if (dtype != ScalarType::float32 && dtype != ScalarType::float64) return false;
  for (const Tensor* t : {&input_part, &recurrent_part, &cell})
    if (t->dtype() != dtype || t->dim() != 2 || !t->is_contiguous() || t->device().type != DeviceType::cpu)
      return false;
  return input_part.sizes() == recurrent_part.sizes() && input_part.sizes()[0] == cell.sizes()[0] &&
         input_part.sizes()[1] == 4 * cell.sizes()[1];
}

void lstm_gates(const Tensor& input_part, const Tensor& recurrent_part, const Tensor& cell, const Tensor& next_cell,
                const Tensor& hidden) {
  if (cell.dtype() == ScalarType::float32)
    gates_of_batch<float>(input_part, recurrent_part, cell, next_cell, hidden);
  else
    gates_of_batch<double>(input_part, recurrent_part, cell, next_cell, hidden);
}

}  // namespace rushlight::cpu
