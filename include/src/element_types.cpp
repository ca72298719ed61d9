/// Element types, devices, layouts, numbers and options: what they are asked and how they print.
#include "bridge.h"
#include "tensor/dtype.h"

namespace c10 {
inline namespace RUSHLIGHT_ABI {
using rushlight::bridge::guarded;
using rushlight::bridge::in;

#define RUSHLIGHT_SAME_NUMBER(type, name, number, text)                                                       \
  static_assert(                                                                                              \
      rushlight::dtype_of<                                                                                    \
          std::conditional_t<std::is_same_v<type, Half>, rushlight::Half,                                     \
                             std::conditional_t<std::is_same_v<type, BFloat16>, rushlight::BFloat16,          \
                                                std::conditional_t<std::is_same_v<type, std::complex<Half>>,  \
                                                                   std::complex<rushlight::Half>, type>>>> == \
      rushlight::ScalarType(number));
RUSHLIGHT_FORALL_SCALAR_TYPES(RUSHLIGHT_SAME_NUMBER)
#undef RUSHLIGHT_SAME_NUMBER

namespace {
const rushlight::DtypeInfo& info(ScalarType type) {
  const rushlight::DtypeInfo* found = rushlight::find_dtype(int64_t(type));
  TORCH_CHECK(found, "Unrecognized Scalartype (please report this error)");
  return *found;
}
}  // namespace

uint16_t detail::half_from_float(float value) { return rushlight::Half(value).bits; }
float detail::float_from_half(uint16_t bits) { return rushlight::Half::to_float(bits); }
uint16_t detail::bfloat16_from_float(float value) { return rushlight::BFloat16(value).bits; }
float detail::float_from_bfloat16(uint16_t bits) {
  rushlight::BFloat16 value;
  value.bits = bits;
  return value;
}

void report_overflow(const char* type) {
  throw std::runtime_error(str("value cannot be converted to type ", type, " without overflow"));
}
const char* toString(ScalarType type) {
  return type == ScalarType::Undefined ? "Undefined" : info(type).ir_name.data();
}
size_t elementSize(ScalarType type) { return info(type).size; }
bool isIntegralType(ScalarType type, bool includeBool) {
  return rushlight::is_integral(rushlight::ScalarType(type)) || (includeBool && type == ScalarType::Bool);
}
bool isFloatingType(ScalarType type) { return rushlight::is_floating(rushlight::ScalarType(type)); }
bool isComplexType(ScalarType type) { return info(type).kind == rushlight::DtypeKind::complex; }
ScalarType promoteTypes(ScalarType a, ScalarType b) {
  return ScalarType(rushlight::promote_types(rushlight::ScalarType(a), rushlight::ScalarType(b)));
}
bool canCast(ScalarType from, ScalarType to) {
  return rushlight::can_cast(rushlight::ScalarType(from), rushlight::ScalarType(to));
}
ScalarType get_default_dtype_as_scalartype() { return ScalarType(rushlight::default_dtype()); }
void set_default_dtype(caffe2::TypeMeta type) {
  guarded([&] { rushlight::set_default_dtype(rushlight::ScalarType(type.toScalarType())); });
}

std::string DeviceTypeName(DeviceType type, bool lower_case) {
  switch (type) {
    case DeviceType::CPU:
      return lower_case ? "cpu" : "CPU";
    case DeviceType::CUDA:
      return lower_case ? "cuda" : "CUDA";
    case DeviceType::MPS:
      return lower_case ? "mps" : "MPS";
    case DeviceType::XPU:
      return lower_case ? "xpu" : "XPU";
    case DeviceType::Meta:
      return lower_case ? "meta" : "META";
  }
  TORCH_CHECK(false, "Unknown device: ", int(type));
}
Device::Device(const std::string& text)
    : Device(guarded([&] { return rushlight::bridge::out(rushlight::Device::parse(text)); })) {}
std::string Device::str() const {
  std::string text = DeviceTypeName(type_, true);
  return has_index() ? text + ":" + std::to_string(int(index_)) : text;
}
std::ostream& operator<<(std::ostream& out, DeviceType type) { return out << DeviceTypeName(type, true); }
std::ostream& operator<<(std::ostream& out, const Device& device) { return out << device.str(); }

std::ostream& operator<<(std::ostream& out, Layout layout) {
  return out << (layout == Layout::Strided ? "Strided" : layout == Layout::Sparse ? "Sparse" : "SparseCsr");
}
std::ostream& operator<<(std::ostream& out, MemoryFormat format) {
  constexpr const char* kNames[] = {"Contiguous", "Preserve", "ChannelsLast", "ChannelsLast3d"};
  return out << kNames[size_t(format)];
}
std::ostream& operator<<(std::ostream& out, const Scalar& scalar) {
  if (scalar.isBoolean()) return out << (scalar.toBool() ? "true" : "false");
  if (scalar.isComplex()) return out << scalar.toComplexDouble();
  if (scalar.isFloatingPoint()) return out << scalar.toDouble();
  return out << scalar.toLong();
}

std::ostream& operator<<(std::ostream& out, const TensorOptions& options) {
  const auto flag = [&](const char* name, bool value, bool given) {
    out << ", " << name << "=" << (value ? "true" : "false") << (given ? "" : " (default)");
  };
  out << "TensorOptions(dtype=" << options.dtype() << (options.has_dtype() ? "" : " (default)");
  out << ", device=" << options.device() << (options.has_device() ? "" : " (default)");
  out << ", layout=" << options.layout() << (options.has_layout() ? "" : " (default)");
  flag("requires_grad", options.requires_grad(), options.has_requires_grad());
  flag("pinned_memory", options.pinned_memory(), options.has_pinned_memory());
  out << ", memory_format=";
  if (options.has_memory_format())
    out << *options.memory_format_opt();
  else
    out << "(nullopt)";
  return out << ")";
}

}  // namespace RUSHLIGHT_ABI
}  // namespace c10

namespace caffe2 {
inline namespace RUSHLIGHT_ABI {

std::string_view TypeMeta::name() const {
  switch (type_) {
#define RUSHLIGHT_NAME(type, name, number, text) \
  case c10::ScalarType::name:                    \
    return text;
    RUSHLIGHT_FORALL_SCALAR_TYPES(RUSHLIGHT_NAME)
#undef RUSHLIGHT_NAME
    case c10::ScalarType::Undefined:
      break;
  }
  return "nullptr (uninitialized)";
}

}  // namespace RUSHLIGHT_ABI
}  // namespace caffe2
