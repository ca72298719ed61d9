#include "value/type_text.h"

#include <fmt/format.h>

#include "value/class_type.h"

namespace rushlight {

std::string repr(const Type& type) {
  if (const ClassType* cls = type.as<ClassType>())
    return fmt::format("{} (of Python compilation unit at: {})", cls->name(), fmt::ptr(cls));
  if (const TensorType* tensor = type.as<TensorType>(); tensor && tensor->is_inferred()) return "Tensor (inferred)";
  if (type.is(TypeKind::enum_)) return type.str();
  return type.annotation();
}

}  // namespace rushlight
