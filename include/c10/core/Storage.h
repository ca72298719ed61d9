/// c10::Storage: the bytes behind tensors, shared by all views of them.
#pragma once
#include "c10/core/Device.h"
#include "c10/util/intrusive_ptr.h"

namespace c10 {
inline namespace RUSHLIGHT_ABI {

class StorageImpl : public ::rushlight::Opaque {};

class RUSHLIGHT_API Storage {
 public:
  Storage() = default;
  explicit Storage(intrusive_ptr<StorageImpl> impl) : impl_(std::move(impl)) {}
  explicit operator bool() const { return impl_.defined(); }
  const void* data() const { return mutable_data(); }
  void* mutable_data() const;
  size_t nbytes() const;
  Device device() const;
  size_t use_count() const { return impl_.use_count(); }
  bool unique() const { return impl_.unique(); }
  bool is_alias_of(const Storage& other) const { return impl_ == other.impl_; }
  StorageImpl* unsafeGetStorageImpl() const { return impl_.get(); }

 private:
  intrusive_ptr<StorageImpl> impl_;
};

}  // namespace RUSHLIGHT_ABI
}  // namespace c10
