/// The table of all operators: made once, when the process first needs one, and only read afterwards.
#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/text.h"
#include "ops/aliases.h"
#include "ops/op.h"

namespace rushlight {

void declare_all_operators(OpSet& ops);  // derived from the names of the families
std::span<const std::string_view> overload_order(std::string_view name);

class OperatorTable {
 public:
  static const OperatorTable& get() {
    static const OperatorTable table;
    return table;
  }
  std::span<const Operator* const> overloads(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? std::span<const Operator* const>()
                                   : std::span<const Operator* const>(found->second);
  }
  std::span<const Operator* const> all() const { return all_; }

 private:
  OperatorTable() {
    declare_all_operators(ops_);
    std::vector<const OpDecl*> declared;
    for (const auto& declaration : ops_.declarations_) declared.push_back(declaration.get());
    declare_aliases(ops_, declared);
    for (const auto& op : ops_.operators_) {
      std::vector<const Operator*>& group = by_name_[op->schema().name];
      for (const Operator* other : group)
        if (other->schema().overload == op->schema().overload)
          throw RuntimeError(cat("the operator ", op->schema().qualified_name(), " is declared twice"));
      group.push_back(op.get());
      all_.push_back(op.get());
    }
    for (auto& [name, group] : by_name_) sort_overloads(name, group);
  }
  /// PyTorch tries overloads in the order in which it registered them; where several fit, the first one wins.
  static void sort_overloads(std::string_view name, std::vector<const Operator*>& group) {
    const std::span<const std::string_view> order = overload_order(name);
    const auto rank = [&](const Operator* op) {
      const auto at = std::find(order.begin(), order.end(), op->schema().overload);
      if (at != order.end()) return size_t(at - order.begin());
      // Not in the table: plain overloads in order of declaration, then those with `out`.
      return op->form() == Operator::Form::out ? order.size() + 1 : order.size();
    };
    std::stable_sort(group.begin(), group.end(),
                     [&](const Operator* a, const Operator* b) { return rank(a) < rank(b); });
  }

  OpSet ops_;
  std::map<std::string, std::vector<const Operator*>, std::less<>> by_name_;
  std::vector<const Operator*> all_;
};

std::span<const Operator* const> find_overloads(std::string_view name) { return OperatorTable::get().overloads(name); }
std::span<const Operator* const> all_operators() { return OperatorTable::get().all(); }

const Operator* find_operator(std::string_view name, std::string_view overload) {
  for (const Operator* op : find_overloads(name))
    if (op->schema().overload == overload) return op;
  return nullptr;
}

const Operator& get_operator(std::string_view name, std::string_view overload) {
  if (const Operator* op = find_operator(name, overload)) return *op;
  throw NotImplementedError(cat("Rushlight does not have the operator ", name, overload.empty() ? "" : ".", overload));
}

}  // namespace rushlight
