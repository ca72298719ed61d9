/// torch.Generator: one stream of random numbers.
#pragma once
#include "python_api.h"
#include "tensor/random.h"

namespace rushlight::python {

bool is_generator(PyObject* object);
Ref<Generator> generator_of(PyObject* object);
nb::object wrap(Ref<Generator> generator);

void bind_generator(nb::module_& m);

}  // namespace rushlight::python
