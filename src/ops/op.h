/// Operators: how one is declared, found and called. Everything about an operator stands in one OpDecl in one family
/// file
/// (`src/ops/<family>.cpp`); the C++ function, the in-place and `out=` forms, the Python function and method, the
/// TorchScript builtin and the documentation are derived from it.
///
///     void declare_hyperbolic(OpSet& ops) {
///       ops.add({.schema = "tanh(Tensor self) -> Tensor",
///                .inplace = true, .out = "out",
///                .kernel = unary_kernel(...),
///                .saves = "result",
///                .derivatives = {{"self", [](const Backward& b) { return mul(b.grad(), 1 - square(b.result())); }}},
///                .doc = "Hyperbolic tangent of each element."});
///     }
#pragma once
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "value/schema.h"

namespace rushlight {

class Operator;

/// Reads the arguments where they stand (in schema order, all of them, defaults filled in) and writes the results.
/// Arguments are not consumed; `results` are None before. May throw; then nothing was changed.
using BoxedKernel = void (*)(const Operator& op, const IValue* arguments, IValue* results);

/// How an operator computes. `ops/typed_kernel.h` makes one from a C++ function, the engines from a formula.
struct Kernel {
  BoxedKernel call = nullptr;
  BoxedKernel call_inplace = nullptr;  ///< writes into the first argument; null: derived from `call` by a checked copy
  BoxedKernel call_out = nullptr;  ///< writes into the last argument(s); null: derived from `call` by resize and copy
  std::shared_ptr<const void> config;  ///< what the engine that made the kernel needs at each call
};

class Backward;

/// The gradient of one argument, written in operators, so that gradients of gradients work. The engine reduces the
/// result to the argument's shape (undoing broadcasting) and casts it to its dtype.
struct Derivative {
  std::string_view wrt;                                            ///< name of a Tensor or Tensor[] argument
  Tensor (*formula)(const Backward&) = nullptr;                    ///< may return an undefined tensor: no gradient
  std::vector<Tensor> (*list_formula)(const Backward&) = nullptr;  ///< for Tensor[] arguments
};

/// How a declared operator behaves beyond its schema; combine with |.
enum class OpTraits : uint32_t {
  none = 0,
  composite = 1,             ///< computed by calls of other operators, which autograd and shapes see instead of it
  side_effects = 2,          ///< never removed, merged or reordered (print, warn, manual_seed)
  nondeterministic = 4,      ///< draws random numbers
  traced_inside = 8,         ///< a trace records what it calls, not the operator itself (conv2d records _convolution)
  no_method = 16,            ///< no Tensor method
  no_function = 32,          ///< no function in the torch namespace
  nn_functional = 64,        ///< lives in torch._C._nn
  language = 128,            ///< exists only in TorchScript (lists, strings, math)
  not_differentiable = 256,  ///< results never require grad (argmax, comparison)
};
constexpr OpTraits operator|(OpTraits a, OpTraits b) { return OpTraits(uint32_t(a) | uint32_t(b)); }
constexpr bool has_trait(OpTraits set, OpTraits one) { return (uint32_t(set) & uint32_t(one)) != 0; }

struct OpDecl {
  std::string_view schema;    ///< standard notation; namespace `aten` if none is written
  bool inplace = false;       ///< also declare `name_`
  std::string_view out = {};  ///< also declare the `out=` overload of this name ("out", "Scalar_out")
  Kernel kernel;
  /// Names of the tensor arguments whose values, and "result" or "result0".. if results, the derivatives read.
  /// Sizes, dtypes and all arguments that are no tensors can be read without being listed.
  std::string_view saves = {};
  std::vector<Derivative> derivatives = {};
  /// Gradients of several arguments at once, where they share work: fills `gradients[i]` of argument i if b.needs(i).
  void (*joint_derivative)(const Backward& b, std::span<Tensor> gradients) = nullptr;
  std::string_view grad_fn = {};  ///< PyTorch's name of the tape node; default: CamelCase of the name + "Backward0"
  OpTraits traits = OpTraits::none;
  std::string_view opcode = {};  ///< of a language builtin: the bytecode instruction that may be used for it
  std::string_view doc = {};
};

/// One callable schema: a declared operator or one of its derived forms.
class Operator {
 public:
  enum class Form : uint8_t { functional, inplace, out };
  const Schema& schema() const { return schema_; }
  const OpDecl& declaration() const { return *declaration_; }
  Form form() const { return form_; }
  BoxedKernel kernel() const { return kernel_; }
  template <class Config>
  const Config& config() const {
    return *static_cast<const Config*>(declaration_->kernel.config.get());
  }
  bool has(OpTraits trait) const { return has_trait(declaration_->traits, trait); }
  bool is_differentiable() const { return differentiable_; }
  /// The result shares memory with an argument that is not written (`Tensor(a) -> Tensor(a)`).
  bool is_view() const { return is_view_; }
  bool is_mutating() const { return is_mutating_; }
  size_t argument_count() const { return schema_.arguments.size(); }
  size_t result_count() const { return schema_.returns.size(); }

 private:
  friend class OpSet;
  Schema schema_;
  const OpDecl* declaration_ = nullptr;
  BoxedKernel kernel_ = nullptr;
  Form form_ = Form::functional;
  bool differentiable_ = false;
  bool is_view_ = false;
  bool is_mutating_ = false;
};

/// Collects declarations; used by the generated list of families, once, when the process first needs an operator.
class OpSet {
 public:
  void add(OpDecl declaration);

 private:
  friend class OperatorTable;
  std::vector<std::unique_ptr<OpDecl>> declarations_;
  std::vector<std::unique_ptr<Operator>> operators_;
};

/// "aten::add", "Tensor". Null if there is none.
const Operator* find_operator(std::string_view name, std::string_view overload);
/// As above; throws NotImplementedError that names the operator.
const Operator& get_operator(std::string_view name, std::string_view overload);
/// All overloads of "aten::add" in the order in which PyTorch tries them. Empty if there are none.
std::span<const Operator* const> find_overloads(std::string_view name);
std::span<const Operator* const> all_operators();

/// The one way to call an operator: goes through the tracer and autograd where they are on, then to the kernel.
void call_operator(const Operator& op, const IValue* arguments, IValue* results);
/// Counts a write for every written argument. For whoever calls kernels past call_operator.
void bump_versions(const Operator& op, const IValue* arguments);
/// For callers that hold the arguments anyway; a result tuple for several results, None for none.
IValue call_operator(const Operator& op, std::vector<IValue> arguments);

/// What stands between a call and its kernel. The layers above install their hook once, at start-up.
struct DispatchHooks {
  void (*autograd)(const Operator& op, const IValue* arguments, IValue* results) = nullptr;
  void (*trace)(const Operator& op, const IValue* arguments, IValue* results) = nullptr;
};
extern DispatchHooks dispatch_hooks;

/// State of this thread. Plain data: the guards in autograd and trace change it.
struct DispatchState {
  bool grad_enabled = true;
  bool inference_mode = false;
  bool tracing = false;         ///< calls go through dispatch_hooks.trace
  bool below_autograd = false;  ///< inside a kernel of a differentiable operator: nothing is recorded
};
extern thread_local constinit DispatchState dispatch_state;

/// Runs the kernel, no hooks.
inline void call_kernel(const Operator& op, const IValue* arguments, IValue* results) {
  op.kernel()(op, arguments, results);
}

/// What a derivative formula can read. Implemented by the tape's node (autograd layer).
class Backward {
 public:
  virtual ~Backward() = default;
  /// Gradient that arrives at result i. Undefined if that result took no part (only with several results).
  virtual const Tensor& grad(size_t i = 0) const = 0;
  /// A saved tensor argument; must be listed in `saves`. Throws if it was changed in place since.
  virtual Tensor saved(std::string_view argument) const = 0;
  virtual std::vector<Tensor> saved_list(std::string_view argument) const = 0;
  /// A saved result.
  virtual Tensor result(size_t i = 0) const = 0;
  /// Shape and dtype of a tensor argument, always there. For lists: of element i.
  virtual IntArrayRef sizes(std::string_view argument, size_t i = 0) const = 0;
  virtual ScalarType dtype(std::string_view argument, size_t i = 0) const = 0;
  virtual size_t list_size(std::string_view argument) const = 0;
  /// Any argument that is no tensor.
  virtual const IValue& argument(std::string_view name) const = 0;
  /// Whether somebody wants the gradient of this argument.
  virtual bool needs(std::string_view argument) const = 0;

  int64_t int_of(std::string_view name) const { return argument(name).to_int(); }
  bool bool_of(std::string_view name) const { return argument(name).to_bool(); }
  double float_of(std::string_view name) const { return argument(name).to_scalar().to<double>(); }
  Scalar scalar_of(std::string_view name) const { return argument(name).to_scalar(); }
  std::vector<int64_t> ints_of(std::string_view name) const { return argument(name).to_int_vector(); }
};

}  // namespace rushlight
