#include "generator_object.h"

#include <cstring>
#include <random>

#include "base/error.h"
#include "base/text.h"
#include "casters.h"
#include "tensor_object.h"
#include "value_objects.h"

namespace rushlight::python {
namespace {

/// What the Python object holds.
struct GeneratorHandle {
  Ref<Generator> stream;
};

PyObject* generator_class = nullptr;

Tensor state_tensor(const Generator& generator) {
  const std::vector<uint8_t> bytes = generator.state();
  Tensor tensor = empty_tensor({int64_t(bytes.size())}, ScalarType::uint8);
  std::memcpy(tensor.data(), bytes.data(), bytes.size());
  return tensor;
}

void restore_state(Generator& generator, const Tensor& state) {
  if (state.dtype() != ScalarType::uint8 || !state.is_contiguous())
    throw TypeError("RNG state must be a torch.ByteTensor");
  const std::lock_guard lock(generator.mutex);
  generator.set_state(static_cast<const uint8_t*>(state.data()), size_t(state.numel()));
}

/// Any int of 64 bits, signed or not.
uint64_t seed_of(nb::handle value) {
  nb::object number = PyLong_Check(value.ptr()) ? nb::borrow(value) : owned(PyNumber_Long(value.ptr()));
  int overflow = 0;
  const long long seed = PyLong_AsLongLongAndOverflow(number.ptr(), &overflow);
  if (overflow == 0) {
    if (seed == -1 && PyErr_Occurred()) nb::raise_python_error();
    return uint64_t(seed);
  }
  const unsigned long long large = PyLong_AsUnsignedLongLong(number.ptr());
  if (PyErr_Occurred()) {
    PyErr_Clear();
    throw RuntimeError("Overflow when unpacking unsigned long long");
  }
  return large;
}

uint64_t random_seed() {
  std::random_device device;
  return (uint64_t(device()) << 32 | device()) & 0x1fffffffffffffull;
}

}  // namespace

bool is_generator(PyObject* object) {
  return PyObject_TypeCheck(object, reinterpret_cast<PyTypeObject*>(generator_class));
}
Ref<Generator> generator_of(PyObject* object) { return nb::cast<GeneratorHandle&>(nb::handle(object)).stream; }
nb::object wrap(Ref<Generator> generator) { return nb::cast(GeneratorHandle{std::move(generator)}); }

void bind_generator(nb::module_& m) {
  auto type = nb::class_<GeneratorHandle>(m, "Generator", "A stream of random numbers of its own.");
  generator_class = type.ptr();
  type.def(
      "__init__",
      [](GeneratorHandle* self, nb::object device) {
        if (!device.is_none() && device_from(device.ptr()).type == DeviceType::cuda)
          throw RuntimeError("Cannot get CUDA generator: Rushlight computes on the CPU");
        new (self) GeneratorHandle{make_ref<Generator>()};
      },
      nb::arg("device") = nb::none());
  type.def("manual_seed", [](nb::object self, nb::object seed) {
    Generator& generator = *generator_of(self.ptr());
    const std::lock_guard lock(generator.mutex);
    generator.set_seed(seed_of(seed));
    return self;
  });
  type.def("initial_seed", [](const GeneratorHandle& self) { return self.stream->initial_seed(); });
  type.def("seed", [](GeneratorHandle& self) {
    const uint64_t seed = random_seed();
    const std::lock_guard lock(self.stream->mutex);
    self.stream->set_seed(seed);
    return seed;
  });
  type.def("get_state", [](const GeneratorHandle& self) { return state_tensor(*self.stream); });
  type.def("set_state", [](nb::object self, const Tensor& state) {
    restore_state(*generator_of(self.ptr()), state);
    return self;
  });
  type.def("clone_state", [](const GeneratorHandle& self) {
    Ref<Generator> copy = make_ref<Generator>();
    restore_state(*copy, state_tensor(*self.stream));
    return GeneratorHandle{std::move(copy)};
  });
  type.def_prop_ro("device", [](const GeneratorHandle&) { return nb::steal(wrap(Device{})); });
  type.def("__reduce__",
           [](nb::object self) { return nb::make_tuple(self.type(), nb::make_tuple(), self.attr("get_state")()); });
  type.def("__setstate__",
           [](nb::object self, const Tensor& state) { restore_state(*generator_of(self.ptr()), state); });
  m.attr("default_generator") = wrap(Ref<Generator>(&default_generator()));
}

}  // namespace rushlight::python
