/// Tensors from what pickles say about them.
#pragma once
#include "value/ivalue.h"

namespace rushlight::archive {

/// A storage with the element type under which the pickle names it.
struct StorageObject : OpaqueObject {
  Ref<Storage> storage;
  ScalarType dtype;
};

/// Bytes of `numel` elements. ArchiveError if there cannot be that many.
uint64_t storage_bytes(int64_t numel, ScalarType dtype);

/// (storage, offset, size, stride, requires_grad, hooks[, flags]). All are checked against the storage.
Tensor rebuild_tensor(const std::vector<IValue>& arguments);

}  // namespace rushlight::archive
