/// The tape's node for a declared operator: keeps what the declaration's derivatives read, and runs them.
#pragma once
#include "autograd/saved_tensor.h"

namespace rushlight::autograd {

class OpNode final : public GradNode, public Backward {
 public:
  /// Reads shapes, plain arguments and edges. `copy_first`: the first argument is about to be overwritten, so a saved
  /// value of it is a copy.
  OpNode(const Operator& op, const IValue* arguments, bool copy_first);
  /// After the kernel ran: saves the results that derivatives read.
  void save_results(const IValue* results);

  std::string name() const override { return grad_fn_name(op_.declaration()); }
  std::vector<Tensor> apply(std::vector<Tensor> gradients) override;
  void release_saved() override;

  const Tensor& grad(size_t i) const override { return gradients_[i]; }
  Tensor saved(std::string_view argument) const override;
  std::vector<Tensor> saved_list(std::string_view argument) const override;
  Tensor result(size_t i) const override;
  IntArrayRef sizes(std::string_view argument, size_t i) const override;
  ScalarType dtype(std::string_view argument, size_t i) const override;
  size_t list_size(std::string_view argument) const override;
  const IValue& argument(std::string_view name) const override;
  bool needs(std::string_view argument) const override;

  static std::string grad_fn_name(const OpDecl& declaration);

 private:
  struct TensorFacts {
    Shape sizes;
    ScalarType dtype = ScalarType::float32;
  };
  struct Slot {
    IValue value;                      ///< of an argument that is no tensor
    std::vector<TensorFacts> tensors;  ///< of a tensor argument: one; of a list: one each
    std::vector<SavedTensor> saved;
    size_t first_edge = 0;
    size_t edge_count = 0;
    bool is_list = false;
  };
  const Slot& slot(std::string_view argument) const;
  const Slot& saved_slot(std::string_view argument) const;
  Ref<GradNode> self() const { return Ref<GradNode>(const_cast<OpNode*>(this)); }
  [[noreturn]] void already_released() const;

  const Operator& op_;
  std::vector<Slot> slots_;
  std::vector<SavedTensor> results_;
  std::vector<Tensor> gradients_;  ///< only while apply runs
  std::mutex mutex_;
  bool released_ = false;
};

/// Whether `name` stands in a comma-separated list such as "self, result".
bool lists_name(std::string_view names, std::string_view name);

}  // namespace rushlight::autograd
