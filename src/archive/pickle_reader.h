/// Reads the pickles of TorchScript archives. Nothing that a pickle names is executed: it builds values of the format's
/// own types, and classes of the archive through `PickleHost`. Anything else is refused.
#pragma once
#include <functional>

#include "archive/limits.h"
#include "value/class_type.h"

namespace rushlight::archive {

/// What a pickle refers to outside of itself. A function that is missing refuses what needs it.
struct PickleHost {
  /// A class, enum or NamedTuple of the archive by its qualified name.
  std::function<TypePtr(const std::string& qualified_name)> find_type = {};
  /// A type by its annotation, with the names of the archive: "Dict[str, __torch__.Net]".
  std::function<TypePtr(const std::string& annotation)> read_type = {};
  /// An object from its state, the attributes by name or what `__setstate__` takes. Checks the state.
  std::function<IValue(const Ref<const ClassType>& type, IValue state)> make_object = {};
  /// The bytes of a tensor: at least `bytes`.
  std::function<Ref<Storage>(const std::string& key, const std::string& device, ScalarType dtype, uint64_t bytes)>
      find_storage = {};
};

/// The one value that the pickle holds. Containers have the types that their tags say; those without tags hold Any.
IValue read_pickle(std::string_view bytes, const PickleHost& host, const Limits& limits = {});

/// Checks that the value may stand where `type` is expected, all that it contains included, and gives containers
/// without tags their types. ArchiveError "WHAT: expected ... but found ..." if it does not fit.
IValue conform(IValue value, const TypePtr& type, std::string_view what);

}  // namespace rushlight::archive
