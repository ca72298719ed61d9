#include "inputs.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "archive/value_file.h"
#include "base/text.h"
#include "command.h"
#include "npy.h"
#include "ops/functions/conversion.h"
#include "ops/functions/sampling.h"

namespace rushlight::cli {
namespace {

std::vector<int64_t> parse_shape(const std::string& text, const std::string& whole) {
  std::vector<int64_t> shape;
  if (text.empty()) return shape;
  for (std::string_view part : split(text, 'x')) {
    if (part.empty() || part.size() > 15 || part.find_first_not_of("0123456789") != std::string_view::npos)
      throw UsageError(cat("'", whole, "': a shape looks like 1x3x224x224"));
    shape.push_back(std::stoll(std::string(part)));
  }
  return shape;
}

/// `random:SHAPE[:DTYPE]`, `zeros:SHAPE[:DTYPE]`
IValue made_tensor(const std::string& text) {
  const auto parts = split(text, ':');
  if (parts.size() > 3) throw UsageError(cat("'", text, "': expected KIND:SHAPE[:DTYPE]"));
  const std::vector<int64_t> shape = parse_shape(std::string(parts[1]), text);
  ScalarType dtype = ScalarType::float32;
  if (parts.size() == 3) {
    const auto named = dtype_from_name(parts[2]);
    if (!named) throw UsageError(cat("'", text, "': there is no dtype '", parts[2], "'"));
    dtype = *named;
  }
  try {
    Tensor tensor = empty_tensor(shape, dtype);
    if (parts[0] == "zeros") return IValue(ops::fill_(tensor, Scalar(int64_t(0))));
    if (is_floating(dtype) || is_complex(dtype)) return IValue(ops::normal_(tensor, 0, 1));
    return IValue(dtype == ScalarType::bool_ ? ops::random_(tensor, 0, 2) : ops::random_(tensor, 0, 10));
  } catch (const Error& error) {
    throw UsageError(cat("'", text, "': ", error.message()));
  }
}

bool starts_with_made(const std::string& text) { return text.starts_with("random:") || text.starts_with("zeros:"); }

}  // namespace

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes;
  if (in) bytes.assign(std::istreambuf_iterator<char>(in), {});
  if (!in || in.bad()) throw UsageError(cat("cannot open '", path, "': ", std::strerror(errno ? errno : EIO)));
  return bytes;
}

std::pair<int64_t, int64_t> parse_size(const std::string& text) {
  const auto shape = parse_shape(text, text);
  if (shape.size() != 2 || shape[0] < 1 || shape[1] < 1 || shape[0] > 65'536 || shape[1] > 65'536)
    throw UsageError(cat("--resize ", text, ": a size looks like 224x224, height first"));
  return {shape[0], shape[1]};
}

std::vector<IValue> read_input(const std::string& text, const ImageOptions& options) {
  if (starts_with_made(text)) return {made_tensor(text)};
  const std::string bytes = read_file(text);
  if (is_image(bytes)) return {IValue(read_image(bytes, text, options))};
  if (bytes.starts_with("\x93NUMPY")) return {IValue(read_npy(bytes, text))};
  if (text.ends_with(".npz")) {
    std::vector<IValue> arrays;
    for (auto& [name, tensor] : read_npz(bytes, text)) arrays.emplace_back(std::move(tensor));
    return arrays;
  }
  if (bytes.starts_with("PK")) return {archive::read_value_file(archive::in_memory(bytes))};
  throw UsageError(cat("'", text, "' is none of the files that can be an input: .npy, .npz, .pt, PNG, JPEG"));
}

}  // namespace rushlight::cli
