/// torch._C.ScriptList and torch._C.ScriptDict: containers of compiled code that Python holds. Compiled functions take
/// them as they are and change what Python sees, where lists and dicts of Python are copied at the boundary.
#pragma once
#include "python_api.h"
#include "value/containers.h"

namespace rushlight::python {

struct ScriptList {
  Ref<ListObject> list;
};
struct ScriptDict {
  Ref<DictObject> dict;
};

/// Null for any other object.
ScriptList* script_list_of(nb::handle object);
ScriptDict* script_dict_of(nb::handle object);

void bind_script_containers(nb::module_& m);

}  // namespace rushlight::python
