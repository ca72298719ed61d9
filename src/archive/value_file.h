/// Files of torch.save: one value (tensors in lists, tuples and dictionaries), no code.
#pragma once
#include "archive/byte_source.h"
#include "archive/limits.h"
#include "value/ivalue.h"

namespace rushlight::archive {

/// ArchiveError for a damaged file and for values that need a class.
IValue read_value_file(std::shared_ptr<const ByteSource> source, const Limits& limits = {});

}  // namespace rushlight::archive
