#include <sys/mman.h>
#include <unistd.h>

#include "exec/native/code.h"

namespace rushlight::exec::native {

CodeMemory::CodeMemory(const void* code, size_t size) {
  const size_t page = size_t(sysconf(_SC_PAGESIZE));
  const size_t whole = (size + page - 1) / page * page;
  void* memory = mmap(nullptr, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  std::memcpy(memory, code, size);
  if (mprotect(memory, whole, PROT_READ | PROT_EXEC) != 0) {
    munmap(memory, whole);
    return;
  }
  start_ = static_cast<std::byte*>(memory);
  size_ = whole;
}

CodeMemory::~CodeMemory() {
  if (start_) munmap(start_, size_);
}

}  // namespace rushlight::exec::native
