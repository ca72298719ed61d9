/// at::Tensor: what is more than a call of an operator.
#include <iostream>
#include <random>

#include "ATen/Functions.h"
#include "autograd/meta.h"
#include "base/text.h"
#include "bridge.h"
#include "exec/executor.h"
#include "op_call.h"
#include "tensor/print.h"
#include "tensor/random.h"

namespace rushlight {
inline namespace RUSHLIGHT_ABI {

void Opaque::retain_() const { bridge::own<RefCounted>(*this).retain(); }
void Opaque::release_() const { bridge::own<RefCounted>(*this).release(); }
size_t Opaque::use_count_() const { return bridge::own<RefCounted>(*this).use_count(); }

}  // namespace RUSHLIGHT_ABI
}  // namespace rushlight

namespace {

using rushlight::bridge::guarded;
using rushlight::bridge::in;
using rushlight::bridge::out;

/// The layers' hooks, before the first operator runs.
[[maybe_unused]] const bool installed = (rushlight::autograd::install(), rushlight::exec::install(), true);

const rushlight::Tensor& checked(const at::Tensor& tensor) {
  TORCH_CHECK(tensor.defined(), "tensor does not have a device");
  return in(tensor);
}

}  // namespace

namespace c10 {
inline namespace RUSHLIGHT_ABI {

void* Storage::mutable_data() const {
  return impl_ ? rushlight::bridge::own<rushlight::Storage>(*impl_).data() : nullptr;
}
size_t Storage::nbytes() const { return impl_ ? rushlight::bridge::own<rushlight::Storage>(*impl_).bytes() : 0; }
Device Storage::device() const {
  return impl_ ? out(rushlight::bridge::own<rushlight::Storage>(*impl_).device()) : Device(kCPU);
}

}  // namespace RUSHLIGHT_ABI
}  // namespace c10

namespace at {
inline namespace RUSHLIGHT_ABI {

const rushlight::Operator& detail::find(const char* name, const char* overload) {
  return guarded([&]() -> decltype(auto) { return rushlight::get_operator(name, overload); });
}
void detail::run(const rushlight::Operator& op, const IValue* arguments, IValue* results) {
  guarded([&] {
    const auto* boxed = reinterpret_cast<const rushlight::IValue*>(arguments);
    for (size_t i = 0; i < op.argument_count(); ++i)
      if (boxed[i].is_tensor() && !boxed[i].raw_pointer())
        throw rushlight::RuntimeError(
            rushlight::cat("Expected a proper Tensor but got None (or an undefined Tensor in "
                           "C++) for argument '",
                           op.schema().arguments[i].name, "' of ", op.schema().name));
    rushlight::call_operator(op, boxed, reinterpret_cast<rushlight::IValue*>(results));
  });
}
Tensor detail::with_options(Tensor tensor, const TensorOptions& options) {
  if (options.requires_grad()) tensor.set_requires_grad(true);
  return tensor;
}

IntArrayRef Tensor::sizes() const {
  const rushlight::IntArrayRef sizes = checked(*this).sizes();
  return {sizes.data(), sizes.size()};
}
IntArrayRef Tensor::strides() const {
  const rushlight::IntArrayRef strides = checked(*this).strides();
  return {strides.data(), strides.size()};
}
int64_t Tensor::size(int64_t dim) const {
  return guarded([&] { return checked(*this).size(dim); });
}
int64_t Tensor::stride(int64_t dim) const {
  return guarded([&] { return checked(*this).stride(dim); });
}
int64_t Tensor::dim() const { return impl_ ? in(*this).dim() : 1; }
int64_t Tensor::numel() const { return impl_ ? in(*this).numel() : 0; }
int64_t Tensor::storage_offset() const { return checked(*this).storage_offset(); }
ScalarType Tensor::scalar_type() const { return impl_ ? ScalarType(in(*this).dtype()) : ScalarType::Undefined; }
Device Tensor::device() const { return out(checked(*this).device()); }
Layout Tensor::layout() const { return Layout(checked(*this).layout()); }
bool Tensor::is_contiguous(MemoryFormat format) const {
  return checked(*this).is_contiguous(rushlight::MemoryFormat(format));
}
bool Tensor::is_non_overlapping_and_dense() const {
  return rushlight::is_non_overlapping_and_dense(checked(*this).sizes(), in(*this).strides());
}
bool Tensor::is_inference() const { return checked(*this).impl()->is_inference; }
bool Tensor::is_view() const {
  return guarded([&] { return rushlight::autograd::view_base(checked(*this)).defined(); });
}
c10::Storage Tensor::storage() const {
  return c10::Storage(rushlight::bridge::share<c10::StorageImpl>(checked(*this).storage()));
}
std::string Tensor::toString() const {
  if (!defined()) return "UndefinedType";
  return c10::str(is_meta() ? "Meta" : "CPU", scalar_type(), "Type");
}
void Tensor::print() const {
  if (defined())
    std::cerr << "[" << toString() << " " << sizes() << "]" << '\n';
  else
    std::cerr << "[UndefinedTensor]" << '\n';
}
void* Tensor::mutable_data_ptr() const { return checked(*this).data(); }
void Tensor::check_scalar_type(ScalarType expected) const {
  TORCH_CHECK(scalar_type() == expected, "expected scalar type ", expected, " but found ", scalar_type());
}
Scalar Tensor::item() const {
  const c10::IValue number = guarded([&] {
    const rushlight::Operator& item = rushlight::get_operator("aten::item", "");
    return out(rushlight::call_operator(item, {rushlight::IValue(checked(*this))}));
  });
  return number.toScalar();
}

Tensor& Tensor::operator=(const Tensor& values) && { return copy_(values); }
Tensor& Tensor::operator=(Tensor&& values) && { return copy_(values); }
Tensor& Tensor::operator=(const Scalar& value) && { return fill_(value); }
Tensor Tensor::operator[](int64_t index) const { return select(0, index); }
Tensor Tensor::operator[](const Scalar& index) const {
  TORCH_CHECK_INDEX(index.isIntegral(false), "Can only index tensors with integral scalars");
  return select(0, index.toLong());
}
Tensor Tensor::operator[](const Tensor& index) const {
  TORCH_CHECK_INDEX(index.defined(), "Can only index with tensors that are defined");
  TORCH_CHECK_INDEX(index.dim() == 0, "Can only index with tensors that are scalars (zero-dim)");
  return (*this)[index.item()];
}
Tensor Tensor::operator~() const { return bitwise_not(); }
Tensor Tensor::operator-() const { return neg(); }
Tensor& Tensor::operator+=(const Tensor& other) { return add_(other); }
Tensor& Tensor::operator+=(const Scalar& other) { return add_(other); }
Tensor& Tensor::operator-=(const Tensor& other) { return sub_(other); }
Tensor& Tensor::operator-=(const Scalar& other) { return sub_(other); }
Tensor& Tensor::operator*=(const Tensor& other) { return mul_(other); }
Tensor& Tensor::operator*=(const Scalar& other) { return mul_(other); }
Tensor& Tensor::operator/=(const Tensor& other) { return div_(other); }
Tensor& Tensor::operator/=(const Scalar& other) { return div_(other); }
Tensor& Tensor::operator&=(const Tensor& other) { return bitwise_and_(other); }
Tensor& Tensor::operator|=(const Tensor& other) { return bitwise_or_(other); }
Tensor& Tensor::operator^=(const Tensor& other) { return bitwise_xor_(other); }

std::ostream& print(std::ostream& out, const Tensor& tensor, int64_t line_width) {
  return out << guarded([&] { return rushlight::tensor_cpp_text(in(tensor), line_width); });
}
void print(const Tensor& tensor, int64_t line_width) { print(std::cout, tensor, line_width); }
std::ostream& operator<<(std::ostream& out, const Tensor& tensor) { return print(out, tensor, 80); }

Tensor from_blob(void* data, IntArrayRef sizes, IntArrayRef strides, const std::function<void(void*)>& deleter,
                 const TensorOptions& options, std::optional<Device> target_device) {
  return guarded([&] {
    const rushlight::IntArrayRef shape(sizes.data(), sizes.size());
    const Device device = target_device.value_or(options.device());
    TORCH_CHECK(device.is_cpu(), "from_blob: device type ", device, " is not supported");
    const auto dtype = rushlight::ScalarType(options.dtype().toScalarType());
    for (int64_t size : shape) TORCH_CHECK(size >= 0, "from_blob: negative size ", size);
    const rushlight::Strides steps =
        strides.empty() ? rushlight::contiguous_strides(shape) : rushlight::Strides(strides.begin(), strides.end());
    TORCH_CHECK(steps.size() == sizes.size(), "from_blob: ", sizes.size(), " sizes and ", steps.size(), " strides");
    const size_t bytes = size_t(rushlight::storage_extent(shape, steps)) * rushlight::item_size(dtype);
    std::function<void()> release;
    if (deleter) release = [deleter, data] { deleter(data); };
    Tensor tensor = out(
        rushlight::tensor_over(rushlight::Storage::borrow(data, bytes, std::move(release)), dtype, shape, steps, 0));
    return detail::with_options(std::move(tensor), options);
  });
}

void Generator::set_current_seed(uint64_t seed) { rushlight::bridge::own<rushlight::Generator>(*impl_).set_seed(seed); }
uint64_t Generator::current_seed() const { return rushlight::bridge::own<rushlight::Generator>(*impl_).initial_seed(); }
uint64_t Generator::seed() {
  std::random_device entropy;
  const uint64_t seed = (uint64_t(entropy()) << 32 | entropy()) & 0x1fffffffffffffull;
  set_current_seed(seed);
  return seed;
}
const Generator& detail::getDefaultCPUGenerator() {
  static const Generator generator(
      c10::intrusive_ptr<c10::GeneratorImpl>(reinterpret_cast<c10::GeneratorImpl*>(&rushlight::default_generator())));
  return generator;
}
Generator detail::createCPUGenerator(uint64_t seed) {
  return Generator(rushlight::bridge::share<c10::GeneratorImpl>(rushlight::make_ref<rushlight::Generator>(seed)));
}
void manual_seed(uint64_t seed) { Generator(detail::getDefaultCPUGenerator()).set_current_seed(seed); }

}  // namespace RUSHLIGHT_ABI
}  // namespace at
