#include "archive/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/checked.h"
#include "base/error.h"
#include "base/text.h"

namespace rushlight::archive {
namespace {

class FileSource final : public ByteSource {
 public:
  explicit FileSource(const std::string& path)
      : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (descriptor_ < 0) {
      const int code = errno;
      throw ArchiveError(
          cat("open file failed because of errno ", code, " on fopen: ", std::strerror(code), ", file path: ", path));
    }
    struct stat status {};
    const bool known = ::fstat(descriptor_, &status) == 0;
    if (!known || !S_ISREG(status.st_mode)) {
      ::close(descriptor_);
      throw ArchiveError(cat("'", path, "' is not a regular file"));
    }
    size_ = uint64_t(status.st_size);
  }
  ~FileSource() override { ::close(descriptor_); }
  FileSource(const FileSource&) = delete;

  uint64_t size() const override { return size_; }
  void read(uint64_t offset, std::span<std::byte> out) const override {
    while (!out.empty()) {
      const ssize_t count = ::pread(descriptor_, out.data(), out.size(), off_t(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) throw ArchiveError(cat("reading '", path_, "' failed at byte ", offset));
      offset += uint64_t(count);
      out = out.subspan(size_t(count));
    }
  }

 private:
  std::string path_;
  int descriptor_;
  uint64_t size_ = 0;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string bytes) : bytes_(std::move(bytes)) {}
  uint64_t size() const override { return bytes_.size(); }
  void read(uint64_t offset, std::span<std::byte> out) const override {
    if (!fits_within(offset, out.size(), bytes_.size()))
      throw ArchiveError(cat("the archive ends before byte ", offset));
    if (!out.empty()) std::memcpy(out.data(), bytes_.data() + offset, out.size());
  }

 private:
  std::string bytes_;
};

}  // namespace

std::shared_ptr<const ByteSource> open_file(const std::string& path) { return std::make_shared<FileSource>(path); }
std::shared_ptr<const ByteSource> in_memory(std::string bytes) {
  return std::make_shared<MemorySource>(std::move(bytes));
}

}  // namespace rushlight::archive
