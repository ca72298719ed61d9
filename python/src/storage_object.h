/// torch.UntypedStorage: the bytes behind tensors.
#pragma once
#include "python_api.h"

namespace rushlight::python {

void bind_storage(nb::module_& m);

}  // namespace rushlight::python
