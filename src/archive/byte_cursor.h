/// A place in bytes of foreign origin. Every step is checked: at the end a `take` calls `on_end`, which throws.
#pragma once
#include <bit>
#include <cstring>
#include <span>
#include <string_view>

namespace rushlight::archive {

static_assert(std::endian::native == std::endian::little, "numbers in archives are read as they lie in memory");

template <class OnEnd>
class ByteCursor {
 public:
  ByteCursor(std::string_view bytes, OnEnd on_end) : bytes_(bytes), on_end_(std::move(on_end)) {}
  size_t position() const { return at_; }
  size_t left() const { return bytes_.size() - at_; }
  std::string_view take(size_t count) {
    if (count > left()) on_end_();
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }
  /// A little-endian number.
  template <class T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  /// Up to the line's end, which is taken but not returned.
  std::string_view line() {
    const size_t end = bytes_.find('\n', at_);
    if (end == std::string_view::npos) on_end_();
    const std::string_view text = take(end - at_);
    take(1);
    return text;
  }

 private:
  std::string_view bytes_;
  OnEnd on_end_;
  size_t at_ = 0;
};

}  // namespace rushlight::archive
