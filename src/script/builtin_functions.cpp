#include "script/builtin_functions.h"

#include <map>
#include <mutex>

#include "base/text.h"
#include "script/compile.h"

namespace rushlight::script {
namespace {

// Graphs name lines and columns of these texts ("# <string>:3:9"): they stand where PyTorch's do.

/// A number on the left of a tensor. `$` stands for each kind of number in turn.
constexpr std::string_view kNumberFirst = R"(
def mul(a : $, b : Tensor) -> Tensor:
  return b * a
def add(a : $, b : Tensor) -> Tensor:
  return b + a
def ne(a : $, b : Tensor) -> Tensor:
  return b != a
def eq(a : $, b : Tensor) -> Tensor:
  return b == a
def sub(a : $, b : Tensor) -> Tensor:
  return torch.neg(b) + a
def div(a : $, b : Tensor) -> Tensor:
  return torch.reciprocal(b) * a
)";
constexpr std::string_view kRealFirst = R"(
def lt(a : $, b : Tensor) -> Tensor:
  return b > a
def le(a : $, b : Tensor) -> Tensor:
  return b >= a
def gt(a : $, b : Tensor) -> Tensor:
  return b < a
def ge(a : $, b : Tensor) -> Tensor:
  return b <= a
)";
constexpr std::string_view kFloorDivision = R"(
def floordiv(self : Tensor, other : $) -> Tensor:
  return torch.floor_divide(self, other)
)";
/// `@` is the name, `#` the count.
constexpr std::string_view kRepeated = R"(
def _@(x : BroadcastingList#[$]) -> List[$]:
  return x
)";
constexpr std::string_view kProperties = R"(
def ndim(a : Tensor) -> int:
  return a.dim()
def T(a : Tensor) -> Tensor:
  return a.numpy_T()
def H(a : Tensor) -> Tensor:
  return a.matrix_H()
def mT(a : Tensor) -> Tensor:
  return a.mT
def mH(a : Tensor) -> Tensor:
  return a.mH
def shape(a : Tensor) -> List[int]:
  return a.size()
)";
constexpr std::string_view kListWithDefault = R"(


def list_with_default(out_size: List[int], defaults: List[int]):
  assert len(defaults) > len(out_size)
  return out_size
def _assert(condition : bool, message : str):
  assert condition, message
def device(type: str):
  return torch.device(type)
def type(self: Tensor, dtype: int, non_blocking: bool=False, copy: bool=False) -> Tensor:
  return self.to(dtype, non_blocking, copy)
)";
constexpr std::string_view kTensorAssert = R"(
def _assert(condition : Tensor, message : str):
  assert condition, message
)";
constexpr std::string_view kSubstring = R"(


def __contains__(self: str, key: str) -> bool:
    return self.find(key, 0, len(self)) != -1
)";

std::string with(std::string_view text, char mark, std::string_view replacement) {
  std::string out;
  for (char c : text) c == mark ? void(out += replacement) : void(out += c);
  return out;
}

class Library {
 public:
  static Library& get() {
    static auto* library = new Library();
    return *library;
  }
  const std::vector<ir::GraphFunction*>& find(std::string_view name) {
    static const std::vector<ir::GraphFunction*> none;
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return none;
    // The bodies are compiled by the thread that first needs them; compiling one may ask for others.
    const std::lock_guard lock(mutex_);
    for (ir::GraphFunction* function : found->second)
      if (!function->is_being_defined()) function->ensure_defined();
    return found->second;
  }

 private:
  Library() {
    for (std::string_view type : {"float", "int", "complex"}) {
      declare_all(with(kNumberFirst, '$', type));
      if (type != "complex") declare_all(with(kRealFirst, '$', type));
    }
    for (std::string_view type : {"number"}) declare_all(with(kFloorDivision, '$', type));
    for (const auto& [name, count] :
         {std::pair("single", "1"), std::pair("pair", "2"), std::pair("triple", "3"), std::pair("quadruple", "4")})
      for (std::string_view type : {"float", "int"})
        declare_all(with(with(with(kRepeated, '@', name), '#', count), '$', type));
    declare_all(kProperties);
    declare_all(kListWithDefault);
    declare_all(kTensorAssert);
    declare_all(kSubstring);
  }
  void declare_all(std::string_view text) {
    const auto source = std::make_shared<Source>(std::string(text), "<string>");
    for (const std::shared_ptr<const lang::Def>& def : lang::parse_functions(source)) {
      // Overloads share their name, so each stands in a unit of its own.
      units_.push_back(ir::CompilationUnit::make());
      ir::GraphFunction* function = declare(*units_.back(), def->name, def, native_resolver());
      by_name_[cat("aten::", def->name)].push_back(function);
    }
  }
  std::vector<std::shared_ptr<ir::CompilationUnit>> units_;
  std::map<std::string, std::vector<ir::GraphFunction*>, std::less<>> by_name_;
  std::recursive_mutex mutex_;
};

}  // namespace

const std::vector<ir::GraphFunction*>& builtin_functions(std::string_view name) { return Library::get().find(name); }

}  // namespace rushlight::script
