/// Values as Python prints them.
#pragma once
#include <nlohmann/json.hpp>

#include "value/ivalue.h"

namespace rushlight::cli {

std::string python_repr(const IValue& value);
/// Tensors as {"dtype", "shape", "data"} with nested lists; all else as JSON has it.
nlohmann::ordered_json to_json(const IValue& value);

}  // namespace rushlight::cli
