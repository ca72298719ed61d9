/// What every public header starts from: how symbols are exported, and the namespace that keeps them apart from those
/// of another version, or of libtorch, in the same process.
#pragma once

#if (defined(_MSVC_LANG) ? _MSVC_LANG : __cplusplus) < 201703L
#error "Rushlight's headers need C++17"
#endif

#if defined(_WIN32)
#define RUSHLIGHT_API __declspec(dllimport)
#else
#define RUSHLIGHT_API __attribute__((visibility("default")))
#endif

/// An inline namespace: programs write at::Tensor, symbols are named at::rushlight_v0::Tensor.
#define RUSHLIGHT_ABI rushlight_v0
