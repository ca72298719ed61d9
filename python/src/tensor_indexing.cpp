/// t[i] and t[i] = v: Python's index expressions as calls of select, slice, unsqueeze, index and index_put_.
/// PyTorch page: "Tensor indexing API". Order of steps: numbers, slices, None and ... first, from left to right;
/// tensors, lists and bools last, all at once.
#include <limits>

#include "base/text.h"
#include "new_tensor.h"
#include "op_call.h"
#include "tensor_slots.h"
#include "traced_values.h"

namespace rushlight::python {
namespace {

Tensor select(const Tensor& self, int64_t dim, int64_t index) {
  return op_call<"aten::select", "int">(self, dim, index).tensor();
}
Tensor unsqueeze(const Tensor& self, int64_t dim) { return op_call<"aten::unsqueeze", "">(self, dim).tensor(); }

bool is_byte_or_bool(const Tensor& tensor) {
  return tensor.dtype() == ScalarType::uint8 || tensor.dtype() == ScalarType::bool_;
}
bool is_sequence(PyObject* object) {
  return PySequence_Check(object) && !PyUnicode_Check(object) && !is_tensor(object);
}

/// An index expression being carried out.
class Indexing {
 public:
  explicit Indexing(const Tensor& self) : result(self) {}
  Tensor result;
  std::vector<Tensor> indices;  ///< by dimension of the result; undefined where there is none
  bool has_steps = false;

  void add_dimension() { step(unsqueeze(result, dim_)); }

  void apply(PyObject* index) {
    if (PyTuple_Check(index)) return apply_all(index);
    if (PySlice_Check(index) && result.dim() > 0) return apply_slice(index, /*is_whole_index=*/true);
    if (is_old_style_tuple(index)) {
      checked(PyErr_WarnEx(PyExc_UserWarning,
                           "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed "
                           "in pytorch 2.9; use "
                           "x[tuple(seq)] instead of x[seq]. In pytorch 2.9 this will be interpreted as tensor index, "
                           "x[torch.tensor(seq)], "
                           "which will result either in an error or a different result",
                           1));
      return apply_all(owned(PySequence_Tuple(index)).ptr());
    }
    apply_all(owned(PyTuple_Pack(1, index)).ptr());
  }

 private:
  int64_t dim_ = 0;

  /// A short list with a slice, a sequence, a tensor, None or ... in it means a tuple.
  static bool is_old_style_tuple(PyObject* index) {
    if (!is_sequence(index)) return false;
    const Py_ssize_t count = PySequence_Size(index);
    if (count < 0 || count >= 32) {
      PyErr_Clear();
      return false;
    }
    for (Py_ssize_t i = 0; i < count; ++i) {
      nb::object element = owned(PySequence_GetItem(index, i));
      PyObject* e = element.ptr();
      if (is_tensor(e) || PySequence_Check(e) || PySlice_Check(e) || e == Py_Ellipsis || e == Py_None) return true;
    }
    return false;
  }

  static int64_t dims_of(PyObject* index) {
    if (index == Py_None || index == Py_Ellipsis || PyBool_Check(index)) return 0;
    if (is_tensor(index) && is_byte_or_bool(tensor_of(index))) return tensor_of(index).dim();
    return 1;
  }

  void apply_all(PyObject* tuple) {
    const Py_ssize_t count = PyTuple_Size(tuple);
    int64_t dims = 0;
    for (Py_ssize_t i = 0; i < count; ++i) dims += dims_of(PyTuple_GetItem(tuple, i));
    if (dims > result.dim()) {
      if (result.dim() == 0 && count == 1 && PyLong_Check(PyTuple_GetItem(tuple, 0))) throw_index_of_scalar();
      throw IndexError(cat("too many indices for tensor of dimension ", result.dim()));
    }
    const int64_t unnamed = result.dim() - dims;
    for (Py_ssize_t i = 0; i < count; ++i) apply_one(PyTuple_GetItem(tuple, i), unnamed);
  }

  void apply_one(PyObject* index, int64_t unnamed) {
    if (PyLong_Check(index) && !PyBool_Check(index)) return apply_int(to_int(index));
    if (PySlice_Check(index)) return apply_slice(index, /*is_whole_index=*/false);
    if (index == Py_Ellipsis) {
      dim_ += unnamed;
    } else if (index == Py_None) {
      step(unsqueeze(result, dim_));
      ++dim_;
    } else if (PyBool_Check(index)) {
      apply_bool(index == Py_True);
    } else if (is_tensor(index)) {
      apply_tensor(tensor_of(index));
    } else if (is_sequence(index)) {
      record(tensor_from_data(index, {}, {}));
    } else if (PyIndex_Check(index)) {
      apply_int(to_int(owned(PyNumber_Index(index)).ptr()));
    } else {
      throw IndexError(
          cat("only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got ",
              type_name_of(index), ")"));
    }
  }

  [[noreturn]] static void throw_index_of_scalar() {
    throw IndexError(
        "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a "
        "0-dim tensor to a number");
  }

  void apply_int(int64_t index) {
    if (result.dim() == 0) throw_index_of_scalar();
    const int64_t size = result.sizes()[size_t(dim_)];
    if (index < -size || index >= size)
      throw IndexError(cat("index ", index, " is out of bounds for dimension ", dim_, " with size ", size));
    step(select(result, dim_, index));
  }

  /// `x[:]` makes a slice; among other indices one of the whole dimension makes nothing, except in a trace.
  void apply_slice(PyObject* slice, bool is_whole_index) {
    if (result.dim() == 0) throw IndexError("slice() cannot be applied to a 0-dim tensor.");
    Py_ssize_t start = 0, stop = 0, stride = 0;
    checked(PySlice_Unpack(slice, &start, &stop, &stride));
    if (is_tracing()) note_traced_slice(slice);
    if (stride <= 0) throw ValueError("step must be greater than zero");
    if (is_tracing() || is_whole_index || start != 0 || stop < result.sizes()[size_t(dim_)] || stride != 1)
      step(op_call<"aten::slice", "Tensor">(result, dim_, int64_t(start), int64_t(stop), int64_t(stride)).tensor());
    ++dim_;
  }

  /// A bool adds a dimension of size 1 and keeps it or empties it.
  void apply_bool(bool value) {
    step(unsqueeze(result, dim_));
    const Tensor index =
        op_call<"aten::empty", "memory_format">(IValue(std::vector<int64_t>{value ? 1 : 0}), ScalarType::int64,
                                                Layout::strided, Device{}, IValue(), IValue())
            .tensor();
    record(value ? op_call<"aten::fill_", "Scalar">(index, 0.0).tensor() : index);
  }

  void apply_tensor(const Tensor& index) {
    if (index.dim() != 0 || !is_integral_or_bool(index.dtype())) return record(index);
    if (is_byte_or_bool(index)) return apply_bool(index.item().to<bool>());
    if (is_tracing()) {
      start_traced_call();
      note_traced_index("index", index);
    }
    apply_int(index.item().to<int64_t>());
  }

  void record(Tensor index) {
    indices.resize(size_t(dim_) + 1);
    indices[size_t(dim_++)] = std::move(index);
  }

  void step(Tensor next) {
    result = std::move(next);
    has_steps = true;
  }
};

IValue index_list(const std::vector<Tensor>& indices) {
  Ref<ListObject> list = ListObject::make(types::optional(types::tensor()));
  for (const Tensor& index : indices) list->append(index.defined() ? IValue(index) : IValue());
  return IValue(std::move(list));
}

PyObject* get_item(PyObject* self, PyObject* index) {
  return guarded([&] {
    Indexing indexing(tensor_of(self));
    indexing.apply(index);
    if (!indexing.indices.empty())
      return wrap(op_call<"aten::index", "Tensor">(indexing.result, index_list(indexing.indices)).tensor());
    if (!indexing.has_steps) return wrap(op_call<"aten::alias", "">(indexing.result).tensor());
    return wrap(indexing.result);
  });
}

Tensor value_tensor(const Tensor& self, PyObject* value) {
  if (is_tensor(value)) return tensor_of(value);
  if (is_number(value)) return scalar_tensor(to_scalar(value), self.dtype());
  throw TypeError(
      cat("can't assign a ", type_name_of(value), " to a torch.", dtype_info(self.dtype()).ir_name, "Tensor"));
}

/// Without leading dimensions of size 1.
Tensor without_leading_ones(const Tensor& value) {
  size_t first = 0;
  while (first < value.sizes().size() && value.sizes()[first] == 1) ++first;
  const std::vector<int64_t> sizes(value.sizes().begin() + first, value.sizes().end());
  return op_call<"aten::view", "">(value, IValue(sizes)).tensor();
}

void assign(const Tensor& place, const Tensor& value) {
  if (place.sizes() == value.sizes()) {
    op_call<"aten::copy_", "">(place, value, false);
  } else if (value.dim() == 0) {
    op_call<"aten::fill_", "Tensor">(place, value);
  } else {
    Tensor shaped = without_leading_ones(value);
    if (shaped.sizes() != place.sizes())
      shaped = op_call<"aten::expand", "">(shaped, IValue(place.sizes()), false).tensor();
    op_call<"aten::copy_", "">(place, shaped, false);
  }
}

int set_item(PyObject* self, PyObject* index, PyObject* value) {
  return guarded(
      [&] {
        if (!value) throw TypeError("Tensor does not support deleting items");
        if (index == Py_False) return 0;
        const Tensor new_value = value_tensor(tensor_of(self), value);
        Indexing indexing(tensor_of(self));
        // The dimension that True adds has one place, which is the tensor itself.
        index == Py_True ? indexing.add_dimension() : indexing.apply(index);
        if (indexing.indices.empty()) {
          assign(indexing.result, new_value);
        } else {
          const bool has_ones = new_value.dim() > 0 && new_value.sizes()[0] == 1;
          op_call<"aten::index_put_", "">(indexing.result, index_list(indexing.indices),
                                          has_ones ? without_leading_ones(new_value) : new_value, false);
        }
        return 0;
      },
      -1);
}

Py_ssize_t length(PyObject* self) {
  return guarded(
      [&] {
        if (tensor_of(self).dim() == 0) throw TypeError("len() of a 0-d tensor");
        warn_of_length(tensor_of(self));
        return Py_ssize_t(tensor_of(self).sizes()[0]);
      },
      Py_ssize_t(-1));
}

}  // namespace

std::vector<PyType_Slot> indexing_slots() {
  return {
      {Py_mp_subscript, reinterpret_cast<void*>(&get_item)},
      {Py_mp_ass_subscript, reinterpret_cast<void*>(&set_item)},
      {Py_mp_length, reinterpret_cast<void*>(&length)},
  };
}

}  // namespace rushlight::python
