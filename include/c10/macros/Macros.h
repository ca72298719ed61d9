/// Small macros that programs written for libtorch use.
#pragma once
#include "rushlight/config.h"

#define C10_API RUSHLIGHT_API
#define TORCH_API RUSHLIGHT_API
#define C10_EXPORT
#define C10_HOST_DEVICE
#define C10_DEVICE
#define C10_HOST
#if defined(__GNUC__)
#define C10_LIKELY(expr) (__builtin_expect(static_cast<bool>(expr), 1))
#define C10_UNLIKELY(expr) (__builtin_expect(static_cast<bool>(expr), 0))
#define C10_NOINLINE __attribute__((noinline))
#define C10_ALWAYS_INLINE __attribute__((__always_inline__)) inline
#define C10_UNUSED __attribute__((__unused__))
#else
#define C10_LIKELY(expr) (expr)
#define C10_UNLIKELY(expr) (expr)
#define C10_NOINLINE
#define C10_ALWAYS_INLINE inline
#define C10_UNUSED
#endif
#define C10_NODISCARD [[nodiscard]]
#define C10_LOG_API_USAGE_ONCE(...)
