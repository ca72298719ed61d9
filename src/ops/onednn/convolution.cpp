/// A convolution is cut into pieces, one for each thread; the plan of a piece (the library's primitive and the changes
/// of memory layout around it) is made once and kept.
#include "ops/onednn/convolution.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <new>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>
#include <vector>

#include "base/text.h"
#include "base/thread_pool.h"
#include "ops/onednn/prepared_weights.h"
#include "ops/op.h"

// A region with one thread never starts the pool of the library's own OpenMP run-time (see gemm.cpp).
extern "C" void omp_set_num_threads(int count);

namespace rushlight::onednn {
namespace {

using cpu::ConvolutionGeometry;
using dnnl::memory;

enum class Kind : uint8_t { forward, to_image, to_weight };

/// A convolution on parts of larger tensors: the strides of whole samples and, of the weight, of whole features.
struct Piece {
  Kind kind;
  bool with_bias;
  bool winograd;  ///< wanted where the library has it
  ConvolutionGeometry g;
  int64_t image_stride, feature_stride;  ///< from sample to sample
  int64_t weight_stride;                 ///< from feature to feature
  bool operator==(const Piece&) const = default;
};

struct PieceHash {
  size_t operator()(const Piece& p) const {
    size_t hash = size_t(p.kind) * 4 + size_t(p.with_bias) * 2 + p.winograd;
    const auto add = [&](int64_t value) { hash = hash * 0x9E3779B97F4A7C15u + size_t(value) + (hash >> 29); };
    for (int64_t value : {p.g.batch, p.g.groups, p.g.image_channels, p.g.feature_channels, p.image_stride,
                          p.feature_stride, p.weight_stride})
      add(value);
    for (const auto& values : {p.g.image, p.g.kernel, p.g.feature, p.g.stride, p.g.padding, p.g.dilation})
      for (int64_t value : values) add(value);
    return hash;
  }
};

/// Rows or columns of padding behind the image that make the sizes fit.
int64_t padding_behind(const ConvolutionGeometry& g, size_t d) {
  return (g.feature[d] - 1) * g.stride[d] + g.dilation[d] * (g.kernel[d] - 1) + 1 - g.image[d] - g.padding[d];
}

const dnnl::engine& cpu_engine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

/// Memory of this thread that grows to the largest convolution seen and is kept, up to a limit.
class Workspace {
 public:
  ~Workspace() { std::free(data_); }
  std::byte* at_least(size_t bytes) {
    constexpr size_t kAlignment = 64;
    if (bytes > size_) {
      std::free(data_);
      size_ = (bytes + kAlignment - 1) / kAlignment * kAlignment;
      data_ = static_cast<std::byte*>(std::aligned_alloc(kAlignment, size_));
      if (!data_) {
        size_ = 0;
        throw std::bad_alloc();
      }
    }
    return data_;
  }
  void shrink() {
    constexpr size_t kKept = size_t(64) << 20;
    if (size_ <= kKept) return;
    std::free(data_);
    data_ = nullptr;
    size_ = 0;
  }

 private:
  std::byte* data_ = nullptr;
  size_t size_ = 0;
};

class Plan {
 public:
  explicit Plan(const Piece& piece) {
    omp_set_num_threads(1);  // some kernels divide their work when they are made
    const ConvolutionGeometry& g = piece.g;
    // Kernels for planes are better than those for volumes of depth 1.
    const size_t first = g.image[0] == 1 && g.kernel[0] == 1 && g.padding[0] == 0 && g.feature[0] == 1 ? 1 : 0;
    memory::dims strides, dilates, before, behind;
    for (size_t d = first; d < 3; ++d) {
      strides.push_back(g.stride[d]);
      dilates.push_back(g.dilation[d] - 1);
      before.push_back(g.padding[d]);
      behind.push_back(padding_behind(g, d));
    }
    const memory::desc image = plain({g.batch, g.groups * g.image_channels}, {piece.image_stride, 0}, g.image, first);
    const memory::desc feature =
        plain({g.batch, g.groups * g.feature_channels}, {piece.feature_stride, 0}, g.feature, first);
    const memory::desc weight =
        g.groups == 1 ? plain({g.feature_channels, g.image_channels}, {piece.weight_stride, 0}, g.kernel, first)
                      : plain({g.groups, g.feature_channels, g.image_channels},
                              {g.feature_channels * piece.weight_stride, piece.weight_stride, 0}, g.kernel, first);
    const memory::desc bias =
        piece.with_bias ? memory::desc({g.groups * g.feature_channels}, memory::data_type::f32, memory::format_tag::a)
                        : memory::desc();
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    const auto direct = dnnl::algorithm::convolution_direct;
    const auto describe = [&](dnnl::algorithm algorithm, bool allow_empty) {
      return dnnl::convolution_forward::primitive_desc(
          {piece.kind == Kind::forward ? dnnl::prop_kind::forward_inference : dnnl::prop_kind::forward_training,
           algorithm, any(image), any(weight), bias, any(feature), strides, dilates, before, behind},
          attributes, cpu_engine(), allow_empty);
    };
    dnnl::convolution_forward::primitive_desc forward;
    if (piece.winograd) forward = describe(dnnl::algorithm::convolution_winograd, true);
    if (!forward) forward = describe(direct, false);
    if (piece.kind == Kind::forward) {
      adopt(forward, dnnl::convolution_forward(forward));
      operand(DNNL_ARG_SRC, image, forward.src_desc());
      operand(DNNL_ARG_WEIGHTS, weight, forward.weights_desc());
      operands_.back().may_be_kept = true;
      weight_bytes_ = size_t(g.groups * g.feature_channels * piece.weight_stride) * sizeof(float);
      operand(DNNL_ARG_DST, feature, forward.dst_desc(), true);
      if (piece.with_bias) operand(DNNL_ARG_BIAS, bias, bias);
    } else if (piece.kind == Kind::to_image) {
      const dnnl::convolution_backward_data::primitive_desc backward(
          {direct, any(image), any(weight), any(feature), strides, dilates, before, behind}, attributes, cpu_engine(),
          forward);
      adopt(backward, dnnl::convolution_backward_data(backward));
      operand(DNNL_ARG_DIFF_DST, feature, backward.diff_dst_desc());
      operand(DNNL_ARG_WEIGHTS, weight, backward.weights_desc());
      operand(DNNL_ARG_DIFF_SRC, image, backward.diff_src_desc(), true);
    } else {
      const dnnl::convolution_backward_weights::primitive_desc backward(
          {direct, any(image), any(weight), any(feature), strides, dilates, before, behind}, attributes, cpu_engine(),
          forward);
      adopt(backward, dnnl::convolution_backward_weights(backward));
      operand(DNNL_ARG_DIFF_DST, feature, backward.diff_dst_desc());
      operand(DNNL_ARG_SRC, image, backward.src_desc());
      operand(DNNL_ARG_DIFF_WEIGHTS, weight, backward.diff_weights_desc(), true);
    }
  }

  /// `data` of the operands in the order in which the constructor names them.
  void run(std::initializer_list<const float*> data) const {
    thread_local Workspace workspace;
    omp_set_num_threads(1);
    std::byte* free_space = workspace.at_least(workspace_size_ + reorder_scratch_size_);
    dnnl::stream stream(cpu_engine());
    std::unordered_map<int, memory> arguments;
    arguments.emplace(DNNL_ARG_SCRATCHPAD, memory(scratchpad_, cpu_engine(), free_space));
    free_space += padded(scratchpad_.get_size());
    std::byte* const reorder_scratch = free_space;
    free_space += reorder_scratch_size_;
    const Operand* result = nullptr;
    void* result_data = nullptr;
    PreparedWeight weight;  // must live until the end
    auto given = data.begin();
    for (const Operand& operand : operands_) {
      void* plain_data = const_cast<float*>(*given++);
      if (!operand.reorder) {
        arguments.emplace(operand.argument, memory(operand.plain, cpu_engine(), plain_data));
        continue;
      }
      if (operand.may_be_kept)
        if (PreparedWeight prepared = kept(operand, plain_data, stream, reorder_scratch)) {
          arguments.emplace(operand.argument, memory(operand.inner, cpu_engine(), prepared.get()));
          weight = std::move(prepared);
          continue;
        }
      memory inner(operand.inner, cpu_engine(), free_space);
      free_space += padded(operand.inner.get_size());
      arguments.emplace(operand.argument, inner);
      if (operand.is_result) {
        result = &operand;
        result_data = plain_data;
      } else {
        memory plain_memory(operand.plain, cpu_engine(), plain_data);
        change_layout(operand, stream, plain_memory, inner, reorder_scratch);
      }
    }
    primitive_.execute(stream, arguments);
    if (result) {
      memory plain_memory(result->plain, cpu_engine(), result_data);
      change_layout(*result, stream, arguments.at(result->argument), plain_memory, reorder_scratch);
    }
    stream.wait();
    workspace.shrink();
  }

 private:
  struct Operand {
    int argument;
    memory::desc plain, inner;
    bool is_result;
    std::unique_ptr<dnnl::reorder> reorder;  ///< null where the library takes plain memory
    memory::desc reorder_scratchpad;
    bool may_be_kept = false;  ///< a weight, whose inner form may serve again
  };

  PreparedWeight kept(const Operand& operand, void* weight, dnnl::stream& stream, std::byte* scratch) const {
    const memory::desc& inner = operand.inner;
    // Layouts of one size differ in what stands innermost and by how far the outer parts are apart.
    const bool blocked = inner.data.format_kind == dnnl_blocked;
    uint64_t layout = uint64_t(inner.data.format_kind);
    if (blocked) layout = fingerprint(&inner.data.format_desc.blocking, sizeof inner.data.format_desc.blocking);
    if (!blocked) layout += fingerprint(&inner.data.format_desc.wino_desc, sizeof inner.data.format_desc.wino_desc);
    layout ^= fingerprint(inner.data.dims, sizeof inner.data.dims);
    return prepared_weights().get(weight, fingerprint(weight, weight_bytes_), layout, inner.get_size(),
                                  [&](std::byte* to) {
                                    memory from(operand.plain, cpu_engine(), weight), result(inner, cpu_engine(), to);
                                    change_layout(operand, stream, from, result, scratch);
                                    stream.wait();
                                  });
  }

  /// Changes of layout get their scratch memory from us as well: the library's own belongs to the thread that made the
  /// primitive, whoever runs it.
  void change_layout(const Operand& operand, dnnl::stream& stream, memory& from, memory& to, std::byte* scratch) const {
    memory scratchpad(operand.reorder_scratchpad, cpu_engine(), scratch);
    operand.reorder->execute(stream, {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}, {DNNL_ARG_SCRATCHPAD, scratchpad}});
  }

  static size_t padded(size_t bytes) { return (bytes + 63) / 64 * 64; }
  static memory::desc any(const memory::desc& desc) {
    return memory::desc(desc.dims(), memory::data_type::f32, memory::format_tag::any);
  }
  /// Row-major, but for the leading strides that are not 0.
  static memory::desc plain(memory::dims dims, memory::dims strides, const std::array<int64_t, 3>& spatial,
                            size_t first) {
    const size_t leading = dims.size();
    dims.insert(dims.end(), spatial.begin() + ptrdiff_t(first), spatial.end());
    strides.resize(dims.size(), 0);
    int64_t inner = 1;
    for (size_t d = dims.size(); d-- > 0;) {
      if (d >= leading || strides[d] == 0) strides[d] = inner;
      inner *= dims[d];
    }
    return memory::desc(dims, memory::data_type::f32, strides);
  }
  template <class Descriptor>
  void adopt(const Descriptor& descriptor, dnnl::primitive primitive) {
    primitive_ = std::move(primitive);
    scratchpad_ = descriptor.scratchpad_desc();
    workspace_size_ = padded(scratchpad_.get_size());
  }
  void operand(int argument, const memory::desc& plain, const memory::desc& inner, bool is_result = false) {
    Operand made{argument, plain, inner, is_result, nullptr, {}, false};
    if (plain != inner) {
      const memory::desc &from = is_result ? inner : plain, &to = is_result ? plain : inner;
      dnnl::primitive_attr attributes;
      attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
      const dnnl::reorder::primitive_desc change(cpu_engine(), from, cpu_engine(), to, attributes);
      made.reorder = std::make_unique<dnnl::reorder>(change);
      made.reorder_scratchpad = change.scratchpad_desc();
      reorder_scratch_size_ = std::max(reorder_scratch_size_, padded(made.reorder_scratchpad.get_size()));
      workspace_size_ += padded(inner.get_size());
    }
    operands_.push_back(std::move(made));
  }

  dnnl::primitive primitive_;
  memory::desc scratchpad_;
  size_t workspace_size_ = 0;
  size_t reorder_scratch_size_ = 0;  ///< of the most demanding one
  size_t weight_bytes_ = 0;
  std::vector<Operand> operands_;
};

/// The plans used last. A network has tens of different convolutions; plans are small beside their tensors.
class PlanCache {
 public:
  std::shared_ptr<const Plan> get(const Piece& piece) {
    constexpr size_t kCapacity = 512;
    {
      std::lock_guard lock(mutex_);
      if (const auto found = index_.find(piece); found != index_.end()) {
        order_.splice(order_.begin(), order_, found->second);
        return found->second->second;
      }
    }
    auto made = std::make_shared<const Plan>(piece);
    std::lock_guard lock(mutex_);
    if (index_.find(piece) == index_.end()) {
      order_.emplace_front(piece, made);
      index_.emplace(piece, order_.begin());
      if (order_.size() > kCapacity) {
        index_.erase(order_.back().first);
        order_.pop_back();
      }
    }
    return made;
  }

 private:
  using Order = std::list<std::pair<Piece, std::shared_ptr<const Plan>>>;
  std::mutex mutex_;
  Order order_;
  std::unordered_map<Piece, Order::iterator, PieceHash> index_;
};
PlanCache& plan_cache() {
  static PlanCache cache;
  return cache;
}

/// Winograd's way needs a quarter to a half of the multiplications and rounds a little coarser, so it is for calls
/// that no gradient is wanted of. Its weights are up to four times as large: few places of the kernel do not pay.
bool winograd_pays(const ConvolutionGeometry& g) {
  static const bool is_forbidden = [] {
    const char* text = std::getenv("RUSHLIGHT_WINOGRAD");
    return text && std::string_view(text) == "0";
  }();
  constexpr int64_t kChannels = 32, kPlaces = 14 * 14;
  const std::array<int64_t, 3> plane = {1, 3, 3}, ones = {1, 1, 1};
  return !is_forbidden && !dispatch_state.grad_enabled && g.groups == 1 && g.kernel == plane && g.stride == ones &&
         g.dilation == ones && std::min(g.image_channels, g.feature_channels) >= kChannels &&
         g.batch * g.feature_size() >= kPlaces;
}

Piece whole(Kind kind, const ConvolutionGeometry& g, bool with_bias) {
  return {.kind = kind,
          .with_bias = with_bias,
          .winograd = kind == Kind::forward && winograd_pays(g),
          .g = g,
          .image_stride = g.groups * g.image_channels * g.image_size(),
          .feature_stride = g.groups * g.feature_channels * g.feature_size(),
          .weight_stride = g.image_channels * g.kernel_size()};
}

/// Where a piece starts in each tensor.
struct Offsets {
  int64_t image = 0, feature = 0, weight = 0, bias = 0;
};

/// Cuts along `extent` (one of g's members) into pieces of multiples of `unit`, and runs them on threads.
void run_pieces(const Piece& all, int64_t ConvolutionGeometry::*extent, int64_t unit, const Offsets& step,
                const std::function<void(const Plan&, const Offsets&)>& run) {
  const int64_t count = all.g.*extent, units = (count + unit - 1) / unit;
  const int64_t pieces = in_parallel_region() ? 1 : std::clamp<int64_t>(units, 1, get_num_threads());
  const auto one = [&](int64_t piece) {
    const int64_t begin = std::min(piece * units / pieces * unit, count),
                  end = std::min((piece + 1) * units / pieces * unit, count);
    Piece part = all;
    part.g.*extent = end - begin;
    try {
      run(*plan_cache().get(part), {step.image * begin, step.feature * begin, step.weight * begin, step.bias * begin});
    } catch (const dnnl::error& error) {
      throw RuntimeError(cat("oneDNN refused a convolution: ", error.what()));
    }
  };
  if (pieces == 1) return one(0);
  parallel_for(0, pieces, 1, [&](int64_t from, int64_t to) {
    for (int64_t piece = from; piece < to; ++piece) one(piece);
  });
}

/// Channels are computed in blocks of this many.
constexpr int64_t kChannelBlock = 16;

Offsets per_sample(const Piece& p) { return {p.image_stride, p.feature_stride, 0, 0}; }
Offsets per_group(const Piece& p) {
  const ConvolutionGeometry& g = p.g;
  return {g.image_channels * g.image_size(), g.feature_channels * g.feature_size(),
          g.feature_channels * p.weight_stride, g.feature_channels};
}
bool split_by_batch(const ConvolutionGeometry& g) { return g.batch >= get_num_threads(); }

}  // namespace

bool can_convolve(const ConvolutionGeometry& g) {
  if (g.batch == 0 || g.image_channels == 0 || g.feature_channels == 0 || g.image_size() == 0 ||
      g.feature_size() == 0 || g.kernel_size() == 0)
    return false;
  for (size_t d = 0; d < 3; ++d)
    if (padding_behind(g, d) + g.stride[d] < 0) return false;
  return true;
}

void convolve(const ConvolutionGeometry& g, const float* image, const float* weight, const float* bias,
              float* feature) {
  const Piece all = whole(Kind::forward, g, bias != nullptr);
  const auto run = [&](const Plan& plan, const Offsets& at) {
    plan.run({image + at.image, weight + at.weight, feature + at.feature, bias ? bias + at.bias : nullptr});
  };
  if (split_by_batch(g)) return run_pieces(all, &ConvolutionGeometry::batch, 1, per_sample(all), run);
  if (g.groups > 1) return run_pieces(all, &ConvolutionGeometry::groups, kChannelBlock, per_group(all), run);
  run_pieces(all, &ConvolutionGeometry::feature_channels, kChannelBlock, {0, g.feature_size(), all.weight_stride, 1},
             run);
}

void convolve_back_to_image(const ConvolutionGeometry& g, const float* feature, const float* weight, float* image) {
  const Piece all = whole(Kind::to_image, g, false);
  const auto run = [&](const Plan& plan, const Offsets& at) {
    plan.run({feature + at.feature, weight + at.weight, image + at.image});
  };
  if (split_by_batch(g)) return run_pieces(all, &ConvolutionGeometry::batch, 1, per_sample(all), run);
  if (g.groups > 1) return run_pieces(all, &ConvolutionGeometry::groups, kChannelBlock, per_group(all), run);
  run_pieces(all, &ConvolutionGeometry::image_channels, kChannelBlock, {g.image_size(), 0, g.kernel_size(), 0}, run);
}

void convolve_back_to_weight(const ConvolutionGeometry& g, const float* feature, const float* image, float* weight) {
  const Piece all = whole(Kind::to_weight, g, false);
  const auto run = [&](const Plan& plan, const Offsets& at) {
    plan.run({feature + at.feature, image + at.image, weight + at.weight});
  };
  if (g.groups > 1) return run_pieces(all, &ConvolutionGeometry::groups, kChannelBlock, per_group(all), run);
  run_pieces(all, &ConvolutionGeometry::feature_channels, kChannelBlock, {0, g.feature_size(), all.weight_stride, 0},
             run);
}

}  // namespace rushlight::onednn
