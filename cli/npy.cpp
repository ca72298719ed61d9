#include "npy.h"

#include <zlib.h>

#include <bit>
#include <cstring>

#include "base/checked.h"
#include "base/text.h"
#include "command.h"
#include "ops/functions/conversion.h"

namespace rushlight::cli {
namespace {

struct NpyType {
  const char* code;
  ScalarType dtype;
};
constexpr NpyType kTypes[] = {
    {"f4", ScalarType::float32},   {"f8", ScalarType::float64},    {"f2", ScalarType::float16},
    {"i1", ScalarType::int8},      {"i2", ScalarType::int16},      {"i4", ScalarType::int32},
    {"i8", ScalarType::int64},     {"u1", ScalarType::uint8},      {"b1", ScalarType::bool_},
    {"c8", ScalarType::complex64}, {"c16", ScalarType::complex128}};
constexpr std::string_view kMagic("\x93NUMPY", 6);

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
  throw UsageError(cat("'", name, "' is no NumPy array that can be used: ", why));
}

uint64_t little(const std::string& bytes, size_t at, size_t count) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; ++i) value |= uint64_t(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  return value;
}

/// What stands behind `'key':` in the header, a Python dictionary literal.
std::string header_value(const std::string& header, const std::string& key, const std::string& name) {
  const size_t at = header.find("'" + key + "':");
  if (at == std::string::npos) refuse(name, cat("its header has no '", key, "'"));
  const size_t from = header.find_first_not_of(' ', at + key.size() + 3);
  if (from == std::string::npos) refuse(name, "its header is cut off");
  const char open = header[from];
  const size_t to = open == '\''  ? header.find('\'', from + 1)
                    : open == '(' ? header.find(')', from)
                                  : header.find(',', from);
  if (to == std::string::npos) refuse(name, "its header is cut off");
  return open == '\'' || open == '(' ? header.substr(from + 1, to - from - 1) : header.substr(from, to - from);
}

std::vector<int64_t> parse_shape(const std::string& text, const std::string& name) {
  std::vector<int64_t> shape;
  for (std::string_view part : split(text, ',')) {
    const size_t from = part.find_first_not_of(' ');
    if (from == std::string_view::npos) continue;
    part = part.substr(from);
    if (part.size() > 18 || part.find_first_not_of("0123456789") != std::string_view::npos)
      refuse(name, cat("its shape (", text, ") is no shape"));
    shape.push_back(std::stoll(std::string(part)));
  }
  return shape;
}

}  // namespace

Tensor read_npy(const std::string& bytes, const std::string& name) {
  static_assert(std::endian::native == std::endian::little);
  if (bytes.size() < 10 || std::string_view(bytes).substr(0, 6) != kMagic) refuse(name, "it does not start as one");
  const size_t length_bytes = bytes[6] == 1 ? 2 : 4;
  if (bytes.size() < 8 + length_bytes) refuse(name, "it is cut off");
  const uint64_t header_size = little(bytes, 8, length_bytes);
  if (!fits_within(8 + length_bytes, header_size, bytes.size())) refuse(name, "it is cut off");
  const std::string header = bytes.substr(8 + length_bytes, size_t(header_size));
  const std::string descr = header_value(header, "descr", name);
  const std::vector<int64_t> shape = parse_shape(header_value(header, "shape", name), name);
  const bool columns_first = header_value(header, "fortran_order", name).starts_with("True");

  const NpyType* type = nullptr;
  for (const NpyType& known : kTypes)
    if (descr.size() > 1 && descr.substr(1) == known.code) type = &known;
  if (!type || (descr[0] != '<' && descr[0] != '|'))
    refuse(name, cat("elements of the type '", descr, "' are not supported"));
  uint64_t wanted = item_size(type->dtype);
  for (const int64_t size : shape) {
    const auto product = checked_mul(wanted, uint64_t(size));
    if (!product) refuse(name, "its shape is too large");
    wanted = *product;
  }
  const size_t begin = 8 + length_bytes + size_t(header_size);
  if (bytes.size() - begin != wanted)
    refuse(name, cat("its shape needs ", wanted, " bytes but it has ", bytes.size() - begin));
  std::vector<int64_t> sizes = shape;
  if (columns_first) std::reverse(sizes.begin(), sizes.end());
  Tensor tensor = empty_tensor(sizes, type->dtype);
  if (wanted) std::memcpy(tensor.data(), bytes.data() + begin, size_t(wanted));
  if (!columns_first) return tensor;
  Strides strides(tensor.strides().begin(), tensor.strides().end());
  std::reverse(strides.begin(), strides.end());
  return ops::clone(alias_tensor(tensor, shape, strides, 0), MemoryFormat::contiguous);
}

std::vector<std::pair<std::string, Tensor>> read_npz(const std::string& bytes, const std::string& name) {
  // Local headers follow each other; NumPy writes their sizes there, in the 64-bit extra field.
  std::vector<std::pair<std::string, Tensor>> arrays;
  size_t at = 0;
  while (bytes.size() - at >= 30 && little(bytes, at, 4) == 0x04034b50) {
    const uint64_t method = little(bytes, at + 8, 2);
    uint64_t stored = little(bytes, at + 18, 4), size = little(bytes, at + 22, 4);
    const size_t name_size = little(bytes, at + 26, 2), extra_size = little(bytes, at + 28, 2);
    if (!fits_within(at + 30, name_size + extra_size, bytes.size())) refuse(name, "it is cut off");
    std::string member = bytes.substr(at + 30, name_size);
    for (size_t extra = at + 30 + name_size, end = extra + extra_size; extra + 20 <= end;
         extra += 4 + little(bytes, extra + 2, 2))
      if (little(bytes, extra, 2) == 1) {
        size = little(bytes, extra + 4, 8);
        stored = little(bytes, extra + 12, 8);
      }
    const size_t begin = at + 30 + name_size + extra_size;
    if (!fits_within(begin, stored, bytes.size())) refuse(name, "it is cut off");
    std::string content = bytes.substr(begin, size_t(stored));
    if (method == 8) {
      if (size > (uint64_t(4) << 30)) refuse(name, cat("'", member, "' is larger than 4 GiB"));
      std::string inflated(size_t(size), '\0');
      z_stream stream{};
      stream.next_in = reinterpret_cast<Bytef*>(content.data());
      stream.avail_in = uInt(content.size());
      stream.next_out = reinterpret_cast<Bytef*>(inflated.data());
      stream.avail_out = uInt(inflated.size());
      const bool good = inflateInit2(&stream, -MAX_WBITS) == Z_OK && inflate(&stream, Z_FINISH) == Z_STREAM_END &&
                        stream.avail_out == 0;
      inflateEnd(&stream);
      if (!good) refuse(name, cat("'", member, "' is damaged"));
      content = std::move(inflated);
    } else if (method != 0) {
      refuse(name, cat("'", member, "' is compressed in an unknown way"));
    }
    if (member.ends_with(".npy")) member.resize(member.size() - 4);
    arrays.emplace_back(member, read_npy(content, cat(name, ":", member)));
    at = begin + size_t(stored);
  }
  if (arrays.empty()) refuse(name, "it holds no arrays");
  return arrays;
}

std::string write_npy(const Tensor& tensor) {
  Tensor values = ops::contiguous(tensor, MemoryFormat::contiguous);
  if (values.dtype() == ScalarType::bfloat16) values = ops::to(values, ScalarType::float32);  // NumPy has no such type
  std::string descr;
  for (const NpyType& type : kTypes)
    if (type.dtype == values.dtype()) descr = cat(item_size(type.dtype) == 1 ? '|' : '<', type.code);
  if (descr.empty()) throw UsageError(cat("NumPy has no elements like those of ", dtype_info(values.dtype()).name));
  std::string shape = join(values.sizes(), ", ");
  if (values.dim() == 1) shape += ",";
  std::string header = cat("{'descr': '", descr, "', 'fortran_order': False, 'shape': (", shape, "), }");
  header += std::string(63 - (10 + header.size()) % 64, ' ') + "\n";
  std::string bytes(kMagic);
  bytes += std::string("\x01\x00", 2);
  bytes += char(header.size() & 0xff);
  bytes += char(header.size() >> 8);
  bytes += header;
  bytes.append(static_cast<const char*>(values.data()), size_t(values.numel()) * values.item_size());
  return bytes;
}

}  // namespace rushlight::cli
