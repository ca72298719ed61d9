#include "archive/tensor_rebuild.h"

#include <algorithm>

#include "autograd/variable.h"
#include "base/checked.h"
#include "base/text.h"

namespace rushlight::archive {
namespace {

constexpr size_t kMaxRank = 64;

std::vector<int64_t> shape_part(const IValue& value) {
  if (!value.is_tuple()) throw ArchiveError("a tensor's size or stride is no tuple");
  const std::vector<IValue>& elements = value.tuple().elements;
  if (elements.size() > kMaxRank) throw ArchiveError(cat("a tensor has ", elements.size(), " dimensions"));
  std::vector<int64_t> numbers;
  for (const IValue& element : elements) {
    numbers.push_back(element.to_int());
    if (numbers.back() < 0) throw ArchiveError("a tensor's size or stride is negative");
  }
  return numbers;
}

bool flag(const IValue& flags, const char* name) {
  const IValue* found = flags.is_dict() ? flags.dict().find(IValue(name)) : nullptr;
  return found && found->is_bool() && found->to_bool();
}

}  // namespace

uint64_t storage_bytes(int64_t numel, ScalarType dtype) {
  const auto bytes = numel < 0 ? std::nullopt : checked_mul<uint64_t>(uint64_t(numel), item_size(dtype));
  if (!bytes || *bytes > uint64_t(1) << 62) throw ArchiveError(cat("a storage cannot have ", numel, " elements"));
  return *bytes;
}

Tensor rebuild_tensor(const std::vector<IValue>& arguments) {
  if (arguments.size() < 6) throw ArchiveError("the pickle describes a tensor wrongly");
  const auto* storage =
      arguments[0].tag() == Tag::capsule ? dynamic_cast<const StorageObject*>(&arguments[0].opaque()) : nullptr;
  if (!storage) throw ArchiveError("the pickle has a tensor without a storage");
  const std::vector<int64_t> sizes = shape_part(arguments[2]);
  const std::vector<int64_t> strides = shape_part(arguments[3]);
  if (sizes.size() != strides.size()) throw ArchiveError("a tensor has more sizes than strides, or fewer");
  if (arguments.size() > 6 && (flag(arguments[6], "conj") || flag(arguments[6], "neg")))
    throw ArchiveError("tensors that are conjugated or negated when read are not supported");
  Tensor tensor = tensor_over(storage->storage, storage->dtype, sizes, strides, arguments[1].to_int());
  if (arguments[4].to_bool()) autograd::set_requires_grad(tensor, true);
  return tensor;
}

}  // namespace rushlight::archive
