/// Numerical gradients of sampled functions (torch.gradient).
#include "ops/functions/gradient.h"

#include <algorithm>
#include <cmath>

#include "ops/cpu/copy.h"
#include "ops/functions/arithmetic.h"
#include "ops/functions/conversion.h"
#include "ops/functions/factories.h"
#include "ops/functions/joining.h"
#include "ops/functions/reductions.h"
#include "ops/functions/scans.h"
#include "ops/functions/view_scatters.h"
#include "ops/functions/views.h"
#include "ops/kernel_forms.h"
#include "ops/operators.h"

namespace rushlight::ops {
namespace {

using Tensors = std::vector<Tensor>;
using OptDims = std::optional<IntArrayRef>;

// ---- gradient

/// One spacing for each dimension: a distance, or the coordinates of the points.
struct Spacing {
  Scalar distance = Scalar(1);
  Tensor points;
};

std::vector<int64_t> checked_dims(const Tensor& self, OptDims dims, size_t spacings, bool one_for_all,
                                  int64_t edge_order) {
  std::vector<int64_t> result;
  if (dims) {
    std::vector<bool> seen(size_t(std::max<int64_t>(self.dim(), 1)));
    for (int64_t dim : *dims) {
      const int64_t at = wrap_dim(dim, self.dim());
      if (seen[size_t(at)]) throw RuntimeError(cat("dim ", at, " appears multiple times in the list of dims"));
      seen[size_t(at)] = true;
      result.push_back(at);
    }
  } else {
    for (int64_t d = 0; d < self.dim(); ++d) result.push_back(d);
  }
  if (!one_for_all && spacings != result.size()) {
    if (dims)
      throw RuntimeError(
          cat("torch.gradient expected spacing to be unspecified, a scalar or it's spacing and dim "
              "arguments to have the same length, but got a spacing argument of length ",
              spacings, " and a dim argument of length ", result.size(), "."));
    throw RuntimeError(
        cat("torch.gradient expected spacing to be unspecified, a scalar or a list of length equal to "
            "'self.dim() = ",
            self.dim(), "', since dim argument was not given, but got a list of length ", spacings, "."));
  }
  if (is_integral(self.dtype()) && self.dtype() == ScalarType::uint8)
    throw RuntimeError("torch.gradient does not support uint8 input.");
  if (edge_order != 1 && edge_order != 2)
    throw RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.");
  for (int64_t dim : result)
    if (self.size(dim) < edge_order + 1)
      throw RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1");
  return result;
}

/// Second order differences inside, first or second order ones at the edges.
Tensor along_dim(const Tensor& self, int64_t dim, const Spacing& spacing, int64_t edge_order) {
  const int64_t n = self.size(dim);
  const auto part = [&](int64_t start, int64_t length) { return narrow(self, dim, start, length); };
  Tensor steps;  // distances of neighbours, in a shape that broadcasts
  if (spacing.points.defined()) {
    Shape shape(size_t(self.dim()), 1);
    shape[size_t(dim)] = n - 1;
    steps = view(contiguous(diff(spacing.points, 1, -1)), shape);
  }
  const auto step_at = [&](int64_t i) { return narrow(steps, dim, i, 1); };
  Tensors pieces(3);
  const auto first_order = [&](int64_t a, int64_t b) {
    const Tensor difference = part(b, 1) - part(a, 1);
    return steps.defined() ? difference / step_at(a) : difference / spacing.distance;
  };
  const auto second_order = [&](bool at_end) {
    const int64_t i0 = at_end ? n - 3 : 0;
    const Tensor f0 = part(i0, 1), f1 = part(i0 + 1, 1), f2 = part(i0 + 2, 1);
    if (!steps.defined()) {
      const Tensor sum = at_end ? f0 * Scalar(0.5) - f1 * Scalar(2.) + f2 * Scalar(1.5)
                                : f1 * Scalar(2.) - f0 * Scalar(1.5) - f2 * Scalar(0.5);
      return sum / spacing.distance;
    }
    const Tensor h1 = step_at(i0), h2 = step_at(i0 + 1), total = h1 + h2;
    if (at_end)
      return f0 * (h2 / (h1 * total)) - f1 * (total / (h1 * h2)) + f2 * ((h2 * Scalar(2.) + h1) / (h2 * total));
    return -f0 * ((h1 * Scalar(2.) + h2) / (h1 * total)) + f1 * (total / (h1 * h2)) - f2 * (h1 / (h2 * total));
  };
  pieces[0] = edge_order == 1 || n < 3 ? first_order(0, 1) : second_order(false);
  pieces[2] = edge_order == 1 || n < 3 ? first_order(n - 2, n - 1) : second_order(true);
  if (n <= 2) return concat({pieces[0], pieces[2]}, dim);
  const Tensor before = part(0, n - 2), here = part(1, n - 2), after = part(2, n - 2);
  if (!steps.defined()) {
    const Scalar doubled = spacing.distance.is_complex() ? Scalar(spacing.distance.to<std::complex<double>>() * 2.)
                                                         : Scalar(spacing.distance.to<double>() * 2);
    pieces[1] = (after - before) / doubled;
  } else {
    const Tensor h1 = narrow(steps, dim, 0, n - 2), h2 = narrow(steps, dim, 1, n - 2), total = h1 + h2;
    pieces[1] = -before * (h2 / (h1 * total)) + here * ((h2 - h1) / (h1 * h2)) + after * (h1 / (h2 * total));
  }
  return concat(pieces, dim);
}
Tensors gradient_of(const Tensor& self, const std::vector<Spacing>& spacings, const std::vector<int64_t>& dims,
                    int64_t edge_order) {
  Tensors results;
  for (size_t i = 0; i < dims.size(); ++i)
    results.push_back(along_dim(self, dims[i], spacings[spacings.size() == 1 ? 0 : i], edge_order));
  return results;
}
Tensors gradient_number(const Tensor& self, const std::optional<Scalar>& spacing, std::optional<int64_t> dim,
                        int64_t edge_order) {
  const int64_t one = dim.value_or(0);
  const auto dims = checked_dims(self, dim ? OptDims(IntArrayRef(&one, 1)) : std::nullopt, 1, true, edge_order);
  return gradient_of(self, {{spacing.value_or(Scalar(1)), Tensor()}}, dims, edge_order);
}
Tensors gradient_dims(const Tensor& self, IntArrayRef dims, int64_t edge_order) {
  return gradient_of(self, {{Scalar(1), Tensor()}}, checked_dims(self, dims, 1, true, edge_order), edge_order);
}
Tensors gradient_number_dims(const Tensor& self, const Scalar& spacing, IntArrayRef dims, int64_t edge_order) {
  return gradient_of(self, {{spacing, Tensor()}}, checked_dims(self, dims, 1, true, edge_order), edge_order);
}
std::vector<Spacing> numbers_of(const ListObject& list) {
  std::vector<Spacing> spacings;
  for (size_t i = 0; i < list.size(); ++i) spacings.push_back({list.get(i).to_scalar(), Tensor()});
  return spacings;
}
Tensors gradient_numbers(const Tensor& self, const IValue& spacing, std::optional<int64_t> dim, int64_t edge_order) {
  const std::vector<Spacing> spacings = numbers_of(spacing.list());
  const int64_t one = dim.value_or(0);
  const auto dims =
      checked_dims(self, dim ? OptDims(IntArrayRef(&one, 1)) : std::nullopt, spacings.size(), false, edge_order);
  return gradient_of(self, spacings, dims, edge_order);
}
Tensors gradient_numbers_dims(const Tensor& self, const IValue& spacing, IntArrayRef dims, int64_t edge_order) {
  const std::vector<Spacing> spacings = numbers_of(spacing.list());
  return gradient_of(self, spacings, checked_dims(self, dims, spacings.size(), false, edge_order), edge_order);
}
std::vector<Spacing> points_of(const Tensor& self, const Tensors& tensors) {
  std::vector<Spacing> spacings;
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].device().type != self.device().type)
      throw RuntimeError(cat("torch.gradient expected each tensor to be on the same device, but got devices ",
                             self.is_meta() ? "meta" : "cpu", " and ", tensors[i].is_meta() ? "meta" : "cpu", "!"));
    if (tensors[i].dim() != 1)
      throw RuntimeError(
          "torch.gradient expected each element of spacing to have one dimension, but got an element with " +
          std::to_string(tensors[i].dim()) + " dimensions!");
    spacings.push_back({Scalar(1), tensors[i]});
  }
  return spacings;
}
Tensors gradient_points(const Tensor& self, const Tensors& spacing, std::optional<int64_t> dim, int64_t edge_order) {
  const int64_t one = dim.value_or(0);
  const auto dims =
      checked_dims(self, dim ? OptDims(IntArrayRef(&one, 1)) : std::nullopt, spacing.size(), false, edge_order);
  return gradient_of(self, points_of(self, spacing), dims, edge_order);
}
Tensors gradient_points_dims(const Tensor& self, const Tensors& spacing, IntArrayRef over, int64_t edge_order) {
  const auto dims = checked_dims(self, over, spacing.size(), false, edge_order);
  return gradient_of(self, points_of(self, spacing), dims, edge_order);
}

}  // namespace

void declare_gradient(OpSet& ops) {
  constexpr OpTraits kComposite = OpTraits::composite | OpTraits::no_method;
  ops.add({.schema = "gradient.scalarint(Tensor self, *, Scalar? spacing=None, int? dim=None, int edge_order=1) -> "
                     "Tensor[]",
           .kernel = typed_kernel<&gradient_number>(),
           .traits = kComposite,
           .doc = "Differences over distances."});
  ops.add({.schema = "gradient.scalararray(Tensor self, *, Scalar spacing, int[] dim, int edge_order=1) -> Tensor[]",
           .kernel = typed_kernel<&gradient_number_dims>(),
           .traits = kComposite,
           .doc = "Differences over distances."});
  ops.add({.schema = "gradient.array(Tensor self, *, int[] dim, int edge_order=1) -> Tensor[]",
           .kernel = typed_kernel<&gradient_dims>(),
           .traits = kComposite,
           .doc = "Differences over distances."});
  ops.add({.schema = "gradient.scalarrayint(Tensor self, *, Scalar[] spacing, int? dim=None, int edge_order=1) -> "
                     "Tensor[]",
           .kernel = typed_kernel<&gradient_numbers>(),
           .traits = kComposite,
           .doc = "Differences over distances."});
  ops.add(
      {.schema = "gradient.scalarrayarray(Tensor self, *, Scalar[] spacing, int[] dim, int edge_order=1) -> Tensor[]",
       .kernel = typed_kernel<&gradient_numbers_dims>(),
       .traits = kComposite,
       .doc = "Differences over distances."});
  ops.add({.schema = "gradient.tensorarrayint(Tensor self, *, Tensor[] spacing, int? dim=None, int edge_order=1) -> "
                     "Tensor[]",
           .kernel = typed_kernel<&gradient_points>(),
           .traits = kComposite,
           .doc = "Differences between points."});
  ops.add({.schema = "gradient.tensorarray(Tensor self, *, Tensor[] spacing, int[] dim, int edge_order=1) -> Tensor[]",
           .kernel = typed_kernel<&gradient_points_dims>(),
           .traits = kComposite,
           .doc = "Differences between points."});
}

}  // namespace rushlight::ops
