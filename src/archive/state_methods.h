/// `__getstate__` and `__setstate__` of script classes.
#pragma once
#include "value/class_type.h"

namespace rushlight::archive {

/// Whether objects of the class are saved as what `__getstate__` gives. RuntimeError if the methods do not fit each
/// other.
bool has_state_methods(const ClassType& type);

}  // namespace rushlight::archive
