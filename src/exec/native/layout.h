/// Where the parts of values and lists lie in memory: what machine code reads and writes without calling C++.
#pragma once
#include <cstddef>

#include "exec/frames.h"

namespace rushlight::exec::native {

inline constexpr int kValueBytes = sizeof(IValue);
inline constexpr int kTag = 8;         ///< of an IValue, one byte; its payload comes first
inline constexpr int kUseCount = 8;    ///< of a RefCounted, 32 bits
inline constexpr int kListKind = 12;   ///< of a ListObject, one byte
inline constexpr int kListBegin = 24;  ///< of a TypedList: its vector's begin, end and end of storage
inline constexpr int kListEnd = kListBegin + 8;
inline constexpr int kListCapacity = kListBegin + 16;
inline constexpr int kTupleBegin = 16;  ///< of a TupleObject: its vector's begin
inline constexpr int kSlotsBegin = 40;  ///< of an Object: its vector's begin and end
inline constexpr int kSlotsEnd = kSlotsBegin + 8;

/// Looks at real values. Without a match there is no machine code.
bool layout_matches();

}  // namespace rushlight::exec::native
