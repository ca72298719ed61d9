#include "base/code_pages.h"

#include <cstdint>
#include <mutex>
#include <span>

#if defined(__linux__)
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace rushlight {

#if defined(__linux__) && defined(MADV_POPULATE_READ)
namespace {

/// For dl_iterate_phdr: populates the executable segment that holds map_code_pages; then the search ends.
int map_if_ours(dl_phdr_info* object, size_t, void*) {
  const auto ours = reinterpret_cast<uintptr_t>(&map_code_pages);
  const auto page = uintptr_t(sysconf(_SC_PAGESIZE));
  for (const ElfW(Phdr) & segment : std::span(object->dlpi_phdr, object->dlpi_phnum)) {
    const uintptr_t begin = object->dlpi_addr + segment.p_vaddr, end = begin + segment.p_memsz;
    if (segment.p_type != PT_LOAD || ours < begin || ours >= end) continue;
    const uintptr_t first = begin / page * page;
    madvise(reinterpret_cast<void*>(first), end - first, MADV_POPULATE_READ);  // a refusal leaves all as it was
    return 1;
  }
  return 0;
}

}  // namespace

void map_code_pages() {
  static std::once_flag once;
  std::call_once(once, [] { dl_iterate_phdr(&map_if_ours, nullptr); });
}
#else
void map_code_pages() {}
#endif

}  // namespace rushlight
