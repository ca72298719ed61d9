#include "ops/cpu/index_plan.h"

#include "base/text.h"
#include "ops/cpu/copy.h"
#include "ops/derived_forms.h"

namespace rushlight::cpu {
namespace {

bool is_mask(const Tensor& index) { return index.dtype() == ScalarType::bool_ || index.dtype() == ScalarType::uint8; }

/// Masks replaced by one index for each of their dimensions.
std::vector<Tensor> without_masks(const Tensor& self, const std::vector<Tensor>& indices) {
  std::vector<Tensor> result;
  for (size_t i = 0; i < indices.size(); ++i) {
    const Tensor& index = indices[i];
    if (!index.defined()) {
      result.emplace_back();
      continue;
    }
    if (index.dtype() != ScalarType::int64 && index.dtype() != ScalarType::int32 && !is_mask(index))
      throw IndexError("tensors used as indices must be long, int, byte or bool tensors");
    if (!is_mask(index)) {
      result.push_back(index);
      continue;
    }
    if (index.dtype() == ScalarType::uint8)
      warn_at("aten/src/ATen/native/IndexingUtils.h:37",
              "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead.");
    const size_t first = result.size();
    for (size_t d = 0; d < size_t(index.dim()); ++d) {
      if (first + d >= size_t(self.dim()))
        throw IndexError(cat("too many indices for tensor of dimension ", self.dim()));
      if (index.sizes()[d] != self.sizes()[first + d])
        throw IndexError(cat("The shape of the mask ", shape_text(index.sizes()), " at index ", d,
                             " does not match the shape of the indexed tensor ", shape_text(self.sizes()), " at index ",
                             first + d));
    }
    const Tensor coordinates = nonzero(index);
    for (int64_t d = 0; d < index.dim(); ++d)
      result.push_back(
          alias_tensor(coordinates, coordinates.sizes()[0], coordinates.strides()[0], d * coordinates.strides()[1]));
  }
  if (result.size() > size_t(self.dim()))
    throw IndexError(cat("too many indices for tensor of dimension ", self.dim(), " (got ", result.size(), ")"));
  return result;
}

Shape common_shape(const std::vector<Tensor>& indices) {
  Shape shape;
  try {
    for (const Tensor& index : indices)
      if (index.defined()) shape = broadcast_shapes(shape, index.sizes());
  } catch (const RuntimeError&) {
    std::string shapes;
    for (const Tensor& index : indices)
      if (index.defined()) shapes += cat(shapes.empty() ? "" : ", ", shape_text(index.sizes()));
    throw IndexError(cat("shape mismatch: indexing tensors could not be broadcast together with shapes ", shapes));
  }
  return shape;
}

/// Shapes and strides with at least one dimension.
Shape not_scalar(IntArrayRef sizes) { return sizes.empty() ? Shape{1} : Shape(sizes); }

}  // namespace

Tensor stretched(const Tensor& tensor, IntArrayRef shape) {
  return alias_tensor(tensor, shape, broadcast_strides(tensor.sizes(), tensor.strides(), shape),
                      tensor.storage_offset());
}

IndexPlan plan_index(const Tensor& self, const std::vector<Tensor>& indices) {
  const std::vector<Tensor> by_dim = without_masks(self, indices);
  const Shape index_shape = common_shape(by_dim);
  IndexPlan plan;
  plan.places.tensor = self;
  plan.places.offsets.assign(size_t(numel_of(index_shape)), 0);
  bool adjacent = true, seen = false, ended = false;
  for (size_t d = 0; d < by_dim.size(); ++d) {
    if (!by_dim[d].defined()) {
      ended |= seen;
      continue;
    }
    adjacent &= !ended;
    seen = true;
  }
  seen = false;
  for (size_t d = 0; d < size_t(self.dim()); ++d) {
    const int64_t size = self.sizes()[d], stride = self.strides()[d];
    if (d < by_dim.size() && by_dim[d].defined()) {
      seen = true;
      if (size == 0 && !plan.places.offsets.empty())
        throw IndexError("index is out of bounds for dimension with size 0");
      const std::vector<int64_t> at = checked_indices(stretched(by_dim[d], index_shape), size, int64_t(d), true);
      for (size_t i = 0; i < at.size(); ++i) plan.places.offsets[i] += at[i] * stride;
    } else if (seen || !adjacent) {
      plan.places.inner_sizes.push_back(size);
      plan.places.inner_strides.push_back(stride);
    } else {
      plan.places.outer_sizes.push_back(size);
      plan.places.outer_strides.push_back(stride);
    }
  }
  for (int64_t size : plan.places.outer_sizes) plan.result_shape.push_back(size);
  for (int64_t size : index_shape) plan.result_shape.push_back(size);
  for (int64_t size : plan.places.inner_sizes) plan.result_shape.push_back(size);
  return plan;
}

Places places_along(const Tensor& self, int64_t dim, const std::vector<int64_t>& indices) {
  Places places;
  places.tensor = self;
  const int64_t stride = self.dim() == 0 ? 1 : self.strides()[size_t(dim)];
  for (int64_t index : indices) places.offsets.push_back(index * stride);
  for (size_t d = 0; d < size_t(self.dim()); ++d) {
    if (d == size_t(dim)) continue;
    (d < size_t(dim) ? places.outer_sizes : places.inner_sizes).push_back(self.sizes()[d]);
    (d < size_t(dim) ? places.outer_strides : places.inner_strides).push_back(self.strides()[d]);
  }
  return places;
}

Places places_by_position(const Tensor& self, int64_t dim, const Tensor& index) {
  Places places;
  places.tensor = self;
  const Shape sizes = not_scalar(self.sizes()), shape = not_scalar(index.sizes());
  const Strides strides = self.dim() == 0 ? Strides{1} : Strides(self.strides());
  places.offsets = checked_indices(index, sizes[size_t(dim)], dim, /*wrap=*/false);
  Shape at(shape.size(), 0);
  for (int64_t& offset : places.offsets) {
    offset *= strides[size_t(dim)];
    for (size_t d = 0; d < shape.size(); ++d)
      if (d != size_t(dim)) offset += at[d] * strides[d];
    for (size_t d = shape.size(); d-- > 0;) {
      if (++at[d] < shape[d]) break;
      at[d] = 0;
    }
  }
  return places;
}

Places places_by_number(const Tensor& self, const Tensor& index) {
  Places places;
  places.tensor = self;
  const Tensor numbers = contiguous(to_dtype(index, ScalarType::int64));
  const int64_t* from = numbers.data<int64_t>();
  const int64_t count = self.numel();
  for (int64_t i = 0; i < numbers.numel(); ++i) {
    int64_t rest = from[i];
    if (rest < -count || rest >= count)
      throw IndexError(cat("out of range: tried to access index ", rest, " on a tensor of ", count, " elements."));
    if (rest < 0) rest += count;
    int64_t offset = 0;
    for (size_t d = size_t(self.dim()); d-- > 0;) {
      offset += rest % self.sizes()[d] * self.strides()[d];
      rest /= self.sizes()[d];
    }
    places.offsets.push_back(offset);
  }
  return places;
}

}  // namespace rushlight::cpu
