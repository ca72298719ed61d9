/// Einstein's notation: the equation is read, operands are brought to common labels, and pairs are multiplied as
/// batches of matrices.
#include "ops/functions/einsum.h"

#include <array>

#include "ops/functions/arithmetic.h"
#include "ops/functions/linear_algebra.h"
#include "ops/functions/reductions.h"
#include "ops/functions/views.h"
#include "ops/operators.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

using Tensors = std::vector<Tensor>;
using OptDims = std::optional<IntArrayRef>;

constexpr int kEllipsis = 52;

bool is_label(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
int label_of(char c) { return c >= 'a' ? c - 'a' + 26 : c - 'A'; }
char letter_of(int label) { return char(label < 26 ? 'A' + label : 'a' + label - 26); }

/// The labels of each operand; kEllipsis stands for `...`.
std::vector<std::vector<int>> read_operands(std::string_view text, size_t count) {
  std::vector<std::vector<int>> operands(count);
  size_t current = 0;
  bool seen_ellipsis = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ' ') continue;
    if (c == '.') {
      if (seen_ellipsis)
        throw RuntimeError(
            cat("einsum(): found \'.\' for operand ", current, " for which an ellipsis was already found"));
      if (text.substr(i, 3) != "...")
        throw RuntimeError(cat("einsum(): found \'.\' for operand ", current, " that is not part of any ellipsis"));
      i += 2;
      seen_ellipsis = true;
      operands[current].push_back(kEllipsis);
    } else if (c == ',') {
      if (++current >= count)
        throw RuntimeError("einsum(): fewer operands were provided than specified in the equation");
      seen_ellipsis = false;
    } else {
      if (!is_label(c))
        throw RuntimeError(cat("einsum(): invalid subscript given at index ", i,
                               " in the equation string, subscripts must be in [a-zA-Z]"));
      operands[current].push_back(label_of(c));
    }
  }
  if (current + 1 < count) throw RuntimeError("einsum(): more operands were provided than specified in the equation");
  return operands;
}

/// What the equation says, with each label at its place among the dimensions of the permuted operands.
struct Plan {
  std::vector<std::vector<int>> operands;
  std::array<int, 52> place;  ///< of each label; -1: not used
  int64_t ellipsis_rank = 0, ellipsis_place = 0;
  int64_t output_rank = 0, rank = 0;
};

Plan make_plan(std::string_view equation, const Tensors& tensors) {
  Plan plan;
  const size_t arrow = equation.find("->");
  plan.operands = read_operands(equation.substr(0, arrow), tensors.size());
  std::array<int, 52> count{};
  for (size_t i = 0; i < tensors.size(); ++i) {
    const int64_t rank = tensors[i].dim();
    int64_t named = 0;
    bool ellipsis = false;
    for (int label : plan.operands[i]) {
      if (label == kEllipsis) {
        ellipsis = true;
      } else {
        ++named;
        ++count[size_t(label)];
      }
    }
    if (ellipsis ? named > rank : named != rank)
      throw RuntimeError(cat("einsum(): the number of subscripts in the equation (", named,
                             ellipsis ? ") is more than" : ") does not match", " the number of dimensions (", rank,
                             ") for operand ", i, ellipsis ? "" : " and no ellipsis was given"));
    if (ellipsis) plan.ellipsis_rank = std::max(plan.ellipsis_rank, rank - named);
  }
  plan.place.fill(-1);
  int64_t next = 0;
  bool has_ellipsis = false;
  if (arrow == std::string_view::npos) {
    // Without an arrow: the ellipsis, then the labels that occur once, in order.
    next = plan.ellipsis_rank;
    has_ellipsis = true;
    for (int label = 0; label < 52; ++label)
      if (count[size_t(label)] == 1) plan.place[size_t(label)] = int(next++);
  } else {
    const std::string_view output = equation.substr(arrow + 2);
    for (size_t i = 0; i < output.size(); ++i) {
      const char c = output[i];
      if (c == ' ') continue;
      if (c == '.') {
        if (has_ellipsis)
          throw RuntimeError("einsum(): found \'.\' for output but an ellipsis (...) was already found");
        if (output.substr(i, 3) != "...")
          throw RuntimeError("einsum(): found \'.\' for output that is not part of any ellipsis (...)");
        i += 2;
        plan.ellipsis_place = next;
        next += plan.ellipsis_rank;
        has_ellipsis = true;
        continue;
      }
      if (!is_label(c))
        throw RuntimeError(cat("einsum(): invalid subscript given at index ", arrow + 2 + i,
                               " in the equation string, subscripts must be in [a-zA-Z]"));
      const size_t label = size_t(label_of(c));
      if (count[label] == 0 || plan.place[label] != -1)
        throw RuntimeError(cat("einsum(): output subscript ", c,
                               plan.place[label] != -1 ? " appears more than once in the output"
                                                       : " does not appear in the equation for any input operand"));
      plan.place[label] = int(next++);
    }
  }
  plan.output_rank = next;
  if (!has_ellipsis) {
    plan.ellipsis_place = next;
    next += plan.ellipsis_rank;
  }
  for (int label = 0; label < 52; ++label)
    if (count[size_t(label)] > 0 && plan.place[size_t(label)] == -1) plan.place[size_t(label)] = int(next++);
  plan.rank = next;
  return plan;
}

/// The operand with one dimension for every label of the equation, of size 1 where it does not have the label.
Tensor aligned(const Plan& plan, const Tensor& tensor, size_t number) {
  const std::vector<int>& labels = plan.operands[number];
  Tensor result = tensor;
  std::vector<int64_t> dim_of(size_t(plan.rank), -1);  // of `result` for each place
  int64_t named = 0;
  for (int label : labels) named += label != kEllipsis;
  int64_t dim = 0;
  for (int label : labels) {
    if (label == kEllipsis) {
      const int64_t own = tensor.dim() - named;
      for (int64_t i = 0; i < own; ++i, ++dim) dim_of[size_t(plan.ellipsis_place + plan.ellipsis_rank - own + i)] = dim;
      continue;
    }
    int64_t& known = dim_of[size_t(plan.place[size_t(label)])];
    if (known == -1) {
      known = dim++;
      continue;
    }
    // A repeated label means the diagonal.
    if (result.size(known) != result.size(dim))
      throw RuntimeError(cat("einsum(): subscript ", letter_of(label), " is repeated for operand ", number,
                             " but the sizes don't match, ", result.size(dim), " != ", result.size(known)));
    result = movedim(diagonal(result, 0, known, dim), -1, known);
  }
  std::vector<int64_t> order;
  for (int64_t& place : dim_of) {
    if (place == -1) {
      result = unsqueeze(result, -1);
      place = dim++;
    }
    order.push_back(place);
  }
  return permute(result, order);
}

/// Sums the product of two aligned operands over `sum_dims` (kept with size 1), as one batch of matrix products.
Tensor sum_of_products(Tensor left, Tensor right, const std::vector<bool>& sum_dims) {
  std::vector<int64_t> both, only_left, only_right, summed;
  int64_t batch = 1, rows = 1, columns = 1, inner = 1;
  const int64_t rank = left.dim();
  for (int64_t d = 0; d < rank; ++d) {
    const bool in_left = left.size(d) != 1, in_right = right.size(d) != 1;
    if (sum_dims[size_t(d)]) {
      if (in_left && in_right) {
        summed.push_back(d);
        inner *= left.size(d);
      } else if (in_left) {
        left = sum(left, OptDims(IntArrayRef(d)), true, left.dtype());
      } else if (in_right) {
        right = sum(right, OptDims(IntArrayRef(d)), true, right.dtype());
      }
    } else if (in_left && in_right) {
      both.push_back(d);
      batch *= left.size(d);
    } else if (in_left) {
      only_left.push_back(d);
      rows *= left.size(d);
    } else {
      only_right.push_back(d);
      columns *= right.size(d);
    }
  }
  const auto joined = [](std::initializer_list<const std::vector<int64_t>*> parts) {
    std::vector<int64_t> all;
    for (const auto* part : parts) all.insert(all.end(), part->begin(), part->end());
    return all;
  };
  std::vector<int64_t> lefts = joined({&both, &only_left, &summed, &only_right});
  std::vector<int64_t> rights = joined({&both, &summed, &only_right, &only_left});
  std::vector<int64_t> result_order = joined({&both, &only_left, &summed, &only_right}), shape;
  // Dimensions that were summed up already, and those of size 1 in both.
  std::vector<bool> placed(static_cast<size_t>(rank));
  for (int64_t d : result_order) placed[size_t(d)] = true;
  for (int64_t d = 0; d < rank; ++d)
    if (!placed[size_t(d)]) {
      lefts.push_back(d);
      rights.push_back(d);
      result_order.push_back(d);
    }
  const Tensor a = reshape(permute(left, lefts), {batch, rows, inner});
  const Tensor b = reshape(permute(right, rights), {batch, inner, columns});
  for (int64_t d : both) shape.push_back(left.size(d));
  for (int64_t d : only_left) shape.push_back(left.size(d));
  for (size_t i = 0; i < summed.size(); ++i) shape.push_back(1);
  for (int64_t d : only_right) shape.push_back(right.size(d));
  while (int64_t(shape.size()) < rank) shape.push_back(1);
  std::vector<int64_t> back(static_cast<size_t>(rank));
  for (size_t i = 0; i < result_order.size(); ++i) back[size_t(result_order[i])] = int64_t(i);
  return permute(reshape(bmm(a, b), shape), back);
}

Tensor einsum_cpu(std::string_view equation, const Tensors& tensors, std::optional<IntArrayRef> path) {
  if (tensors.empty()) throw RuntimeError("einsum(): must provide at least one operand");
  const Plan plan = make_plan(equation, tensors);
  Tensors operands;
  for (size_t i = 0; i < tensors.size(); ++i) operands.push_back(aligned(plan, tensors[i], i));
  // Sizes must agree or be 1.
  std::vector<int64_t> sizes(size_t(plan.rank), 1);
  for (size_t i = 0; i < operands.size(); ++i)
    for (int64_t d = 0; d < plan.rank; ++d) {
      const int64_t size = operands[i].size(d);
      if (size == 1) continue;
      if (sizes[size_t(d)] != 1 && sizes[size_t(d)] != size) {
        std::string shapes;
        for (size_t k = 0; k < operands.size(); ++k)
          shapes += cat(k ? " " : "", shape_text(tensors[k].sizes()), "->", shape_text(operands[k].sizes()));
        throw RuntimeError(
            cat("einsum(): operands do not broadcast with remapped shapes [original->remapped]: ", shapes));
      }
      sizes[size_t(d)] = size;
    }
  const auto last_use = [&](int64_t d, const Tensors& rest) {
    for (const Tensor& operand : rest)
      if (operand.size(d) != 1) return false;
    return true;
  };
  const auto contract = [&](const Tensor& a, const Tensor& b, const Tensors& rest) {
    std::vector<bool> sum_dims(static_cast<size_t>(plan.rank));
    bool any = false;
    for (int64_t d = plan.output_rank; d < plan.rank; ++d) any |= sum_dims[size_t(d)] = last_use(d, rest);
    return any || a.numel() > 0 ? sum_of_products(a, b, sum_dims) : a * b;
  };
  if (operands.size() == 1) {
    std::vector<int64_t> dims;
    for (int64_t d = plan.output_rank; d < plan.rank; ++d) dims.push_back(d);
    return dims.empty() ? operands[0] : sum(operands[0], OptDims(dims), false);
  }
  size_t step = 0;
  while (operands.size() > 1) {
    size_t first = 0, second = 1;
    if (path) {
      if (2 * step + 1 >= path->size())
        throw RuntimeError(
            "einsum(): expected contraction path given in path parameter to have one pair for each step");
      first = size_t((*path)[2 * step]);
      second = size_t((*path)[2 * step + 1]);
      if (first >= operands.size() || second >= operands.size() || first == second)
        throw RuntimeError("einsum(): contraction path is invalid");
    }
    ++step;
    const Tensor a = operands[first], b = operands[second];
    operands.erase(operands.begin() + int64_t(std::max(first, second)));
    operands.erase(operands.begin() + int64_t(std::min(first, second)));
    const Tensor product = contract(a, b, operands);
    if (path)
      operands.push_back(product);
    else
      operands.insert(operands.begin(), product);
  }
  Tensor result = operands[0];
  for (int64_t d = plan.rank - 1; d >= plan.output_rank; --d)
    result = result.size(d) == 1 ? squeeze(result, d) : sum(result, OptDims(IntArrayRef(d)), false, result.dtype());
  return result;
}

/// einsum(a, [0, 1], b, [1, 2], [0, 2]): labels as numbers behind each operand, perhaps those of the result at the end.
Tensor einsum_sublist(const Tensor& first, const IValue& rest) {
  const std::vector<IValue>& given = rest.tuple().elements;
  if (given.empty())
    throw RuntimeError(
        "einsum(): must specify the equation string and at least one operand, or at least one operand and its "
        "subscripts list");
  const auto refuse = [&](std::string_view expected, size_t i) {
    throw RuntimeError(
        cat("einsum(): expected ", expected, " in argument ", i + 1, ", but got ", given[i].type()->annotation()));
  };
  const auto letters = [&](size_t i) {
    if (!given[i].is_list() || !given[i].list().element_type()->is(TypeKind::int_)) refuse("List[int]", i);
    std::string text;
    for (size_t k = 0; k < given[i].list().size(); ++k) {
      const int64_t label = given[i].list().get(k).to_int();
      if (label < 0 || label >= kEllipsis)
        throw RuntimeError(cat("einsum(): expected subscript ", k, " in argument ", i + 1,
                               " to be within the range [0, 52), but got ", label));
      text += letter_of(int(label));
    }
    return text;
  };
  Tensors operands{first};
  std::string equation = letters(0);
  size_t next = 1;
  for (; next + 1 < given.size(); next += 2) {
    if (!given[next].is_tensor()) refuse("Tensor", next);
    operands.push_back(given[next].tensor());
    equation += "," + letters(next + 1);
  }
  if (next < given.size()) equation += "->" + letters(next);
  return einsum(equation, operands, std::nullopt);
}

}  // namespace

void declare_einsum(OpSet& ops) {
  ops.add({.schema = "einsum(str equation, Tensor[] tensors, *, int[]? path=None) -> Tensor",
           .kernel = typed_kernel<&einsum_cpu>(),
           .traits = OpTraits::composite | OpTraits::no_method,
           .doc = "Sums of products in Einstein's notation."});
  ops.add({.schema = "einsum.sublist(Tensor a, ...) -> Tensor",
           .kernel = typed_kernel<&einsum_sublist>(),
           .traits = OpTraits::language});
}

}  // namespace rushlight::ops
