/// c10::FunctionSchema: the signature of a function, where it stands in the library.
#pragma once
#include "ATen/core/ivalue.h"

namespace c10 {
inline namespace RUSHLIGHT_ABI {

class RUSHLIGHT_API Argument {
 public:
  Argument() = delete;
  Argument(const Argument&) = delete;
  const std::string& name() const;
  TypePtr type() const;
  std::optional<IValue> default_value() const;
  bool kwarg_only() const;
  std::optional<int32_t> N() const;
};
RUSHLIGHT_API std::ostream& operator<<(std::ostream& out, const Argument& argument);

/// The arguments or results of a schema.
class RUSHLIGHT_API ArgumentList {
 public:
  class RUSHLIGHT_API iterator {
   public:
    iterator(const ArgumentList* list, size_t i) : list_(list), i_(i) {}
    const Argument& operator*() const { return (*list_)[i_]; }
    const Argument* operator->() const { return &(*list_)[i_]; }
    iterator& operator++() { return ++i_, *this; }
    bool operator==(const iterator& other) const { return i_ == other.i_; }
    bool operator!=(const iterator& other) const { return i_ != other.i_; }

   private:
    const ArgumentList* list_;
    size_t i_;
  };
  explicit ArgumentList(const void* arguments) : arguments_(arguments) {}
  size_t size() const;
  bool empty() const { return size() == 0; }
  const Argument& operator[](size_t i) const;
  const Argument& at(size_t i) const {
    TORCH_CHECK_INDEX(i < size(), "argument ", i, " is out of range");
    return (*this)[i];
  }
  iterator begin() const { return {this, 0}; }
  iterator end() const { return {this, size()}; }

 private:
  const void* arguments_;
};

class RUSHLIGHT_API FunctionSchema {
 public:
  FunctionSchema() = delete;
  FunctionSchema(const FunctionSchema&) = delete;
  const std::string& name() const;
  const std::string& overload_name() const;
  ArgumentList arguments() const;
  ArgumentList returns() const;
  bool is_vararg() const;
  std::optional<int> argumentIndexWithName(std::string_view name) const;
};
RUSHLIGHT_API std::ostream& operator<<(std::ostream& out, const FunctionSchema& schema);

}  // namespace RUSHLIGHT_ABI
}  // namespace c10
