/// Writes values as the pickles of TorchScript archives, byte for byte as PyTorch does.
#pragma once
#include <functional>
#include <unordered_map>
#include <unordered_set>

#include "archive/pickle_format.h"
#include "value/class_type.h"

namespace rushlight::archive {

class PickleWriter {
 public:
  /// `rename` gives the name that a class, enum, interface or NamedTuple has in the archive.
  explicit PickleWriter(std::function<std::string(const TypePtr&)> rename) : rename_(std::move(rename)) {}

  /// The pickle of one value. A writer writes one.
  std::string write(const IValue& value);

  /// The storages of the tensors, in order of first use: their keys are "0", "1", ...
  const std::vector<Ref<Storage>>& storages() const { return storages_; }
  /// The classes of the objects, in order of first use.
  const std::vector<Ref<const ClassType>>& classes() const { return classes_; }

 private:
  void put(Op op) { out_ += char(op); }
  template <class T>
  void put_number(T number);
  void value(const IValue& value);
  void value_itself(const IValue& value);
  void integer(int64_t number);
  void floating(double number);
  void string(const std::string& text);
  void global(const std::string& module, const std::string& name);
  void type_global(const TypePtr& type);
  void tensor(const Tensor& tensor);
  void storage_of(const Tensor& tensor);
  void shape_part(IntArrayRef numbers);
  void list(const ListObject& list);
  void dict(const DictObject& dict);
  void type_tag(const IValue& container);
  void object(const Object& object);
  std::string type_text(const TypePtr& type) const;

  size_t memoize();  ///< numbers what was just written
  void recall(size_t index);

  struct StorageEntry {
    size_t memo;
    ScalarType dtype;
  };
  std::function<std::string(const TypePtr&)> rename_;
  std::string out_;
  size_t memo_count_ = 0;
  std::unordered_map<std::string, size_t> strings_, globals_, devices_;
  std::unordered_map<const RefCounted*, size_t> values_;
  std::vector<IValue> kept_;  ///< so that no address in `values_` is used again
  std::unordered_set<const RefCounted*> open_;
  std::unordered_map<const Storage*, StorageEntry> storage_entries_;
  std::vector<Ref<Storage>> storages_;
  std::vector<Ref<const ClassType>> classes_;
  std::unordered_set<const ClassType*> seen_classes_;
};

}  // namespace rushlight::archive
