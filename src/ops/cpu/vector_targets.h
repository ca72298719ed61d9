/// For files that are compiled once per instruction set: which ones, and the loop that compiles them. The first include
/// of such a file, after HWY_TARGET_INCLUDE is defined as its own path.
///
/// On x86-64: the baseline that every such CPU has, AVX2 and AVX-512. The sets between them would cost compile time and
/// gain little.
#if defined(__x86_64__) && !defined(HWY_DISABLED_TARGETS)
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL)
#endif
#include <hwy/foreach_target.h>
