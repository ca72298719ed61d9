#include "image.h"

#include <cstdio>
// jpeglib.h needs FILE first.
#include <jpeglib.h>
#include <png.h>

#include <algorithm>
#include <cmath>
#include <csetjmp>
#include <cstring>

#include "base/text.h"
#include "command.h"

namespace rushlight::cli {
namespace {

constexpr int64_t kMaxPixels = int64_t(1) << 28;

/// Rows of red, green, blue.
struct Picture {
  int64_t height = 0, width = 0;
  std::vector<unsigned char> rgb;
};

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
  throw UsageError(cat("cannot read the picture '", name, "': ", why));
}

void check_size(const std::string& name, uint64_t height, uint64_t width) {
  if (!height || !width || height > uint64_t(kMaxPixels) || width > uint64_t(kMaxPixels) / height)
    refuse(name, cat("a picture of ", width, "x", height, " pixels is too large"));
}

bool is_png(const std::string& bytes) { return bytes.starts_with("\x89PNG\r\n\x1a\n"); }
bool is_jpeg(const std::string& bytes) { return bytes.starts_with("\xff\xd8\xff"); }

Picture decode_png(const std::string& bytes, const std::string& name) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&image, bytes.data(), bytes.size())) refuse(name, image.message);
  image.format = PNG_FORMAT_RGBA;  // alpha is dropped afterwards, not blended
  Picture picture{image.height, image.width, {}};
  if (!image.height || image.width > uint64_t(kMaxPixels) / image.height) png_image_free(&image);
  check_size(name, picture.height, picture.width);
  std::vector<unsigned char> rgba(PNG_IMAGE_SIZE(image));
  if (!png_image_finish_read(&image, nullptr, rgba.data(), 0, nullptr)) refuse(name, image.message);
  picture.rgb.resize(rgba.size() / 4 * 3);
  for (size_t i = 0; i < rgba.size() / 4; ++i) std::copy_n(&rgba[i * 4], 3, &picture.rgb[i * 3]);
  return picture;
}

/// libjpeg reports errors through a function that must not return.
struct JpegErrors {
  jpeg_error_mgr base;
  std::jmp_buf escape;
  char message[JMSG_LENGTH_MAX];
};

/// False, with `message` set, if the picture is damaged. No objects with destructors live across the jump.
bool decode_jpeg_into(jpeg_decompress_struct& decoder, JpegErrors& errors, const std::string& bytes, Picture& picture) {
  decoder.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = [](j_common_ptr info) {
    auto* errors = reinterpret_cast<JpegErrors*>(info->err);
    info->err->format_message(info, errors->message);
    std::longjmp(errors->escape, 1);
  };
  errors.base.output_message = [](j_common_ptr) {};
  if (setjmp(errors.escape)) return false;
  jpeg_create_decompress(&decoder);
  jpeg_mem_src(&decoder, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&decoder, TRUE);
  decoder.out_color_space = JCS_RGB;
  jpeg_start_decompress(&decoder);
  picture.height = decoder.output_height;
  picture.width = decoder.output_width;
  if (picture.height > kMaxPixels / picture.width) {
    std::strcpy(errors.message, "it is too large");
    return false;
  }
  picture.rgb.resize(size_t(picture.height * picture.width * 3));
  while (decoder.output_scanline < decoder.output_height) {
    JSAMPROW row = &picture.rgb[size_t(decoder.output_scanline) * size_t(picture.width) * 3];
    jpeg_read_scanlines(&decoder, &row, 1);
  }
  jpeg_finish_decompress(&decoder);
  if (errors.base.num_warnings) {
    std::strcpy(errors.message, "its data are damaged");
    return false;
  }
  return true;
}

Picture decode_jpeg(const std::string& bytes, const std::string& name) {
  jpeg_decompress_struct decoder{};
  JpegErrors errors{};
  Picture picture;
  const bool good = decode_jpeg_into(decoder, errors, bytes, picture);
  jpeg_destroy_decompress(&decoder);
  if (!good) refuse(name, errors.message);
  return picture;
}

/// Channels of doubles in 0..255: red, green, blue, or one of luminance (ITU-R 601, rounded as Pillow does).
std::vector<std::vector<double>> channels_of(const Picture& picture, bool gray) {
  const size_t pixels = size_t(picture.height * picture.width);
  std::vector<std::vector<double>> channels(gray ? 1 : 3, std::vector<double>(pixels));
  for (size_t i = 0; i < pixels; ++i) {
    const unsigned char* rgb = &picture.rgb[i * 3];
    if (gray)
      channels[0][i] =
          double((uint32_t(rgb[0]) * 19595 + uint32_t(rgb[1]) * 38470 + uint32_t(rgb[2]) * 7471 + 0x8000) >> 16);
    else
      for (size_t c = 0; c < 3; ++c) channels[c][i] = rgb[c];
  }
  return channels;
}

/// Bilinear along one dimension. Where the picture shrinks, each new element is a weighted mean of all old ones that it
/// covers (a triangle as wide as two new elements), so that nothing is skipped.
std::vector<double> resize_lines(const std::vector<double>& values, int64_t lines, int64_t from, int64_t to) {
  std::vector<double> resized(size_t(lines * to));
  const double scale = double(from) / double(to);
  const double radius = std::max(scale, 1.0);
  for (int64_t i = 0; i < to; ++i) {
    const double center = (double(i) + 0.5) * scale;
    const int64_t first = std::max<int64_t>(0, int64_t(center - radius + 0.5));
    const int64_t last = std::min<int64_t>(from, int64_t(center + radius + 0.5));
    std::vector<double> weights;
    double total = 0;
    for (int64_t x = first; x < last; ++x) {
      weights.push_back(std::max(0.0, 1 - std::abs((double(x) - center + 0.5) / radius)));
      total += weights.back();
    }
    for (int64_t line = 0; line < lines; ++line) {
      double sum = 0;
      for (int64_t x = first; x < last; ++x) sum += weights[size_t(x - first)] * values[size_t(line * from + x)];
      resized[size_t(line * to + i)] = sum / total;
    }
  }
  return resized;
}

std::vector<double> transposed(const std::vector<double>& values, int64_t rows, int64_t columns) {
  std::vector<double> out(values.size());
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c) out[size_t(c * rows + r)] = values[size_t(r * columns + c)];
  return out;
}

double per_channel(const std::vector<double>& values, size_t channel, double none) {
  return values.empty() ? none : values.size() == 1 ? values[0] : values[channel];
}

}  // namespace

bool is_image(const std::string& bytes) { return is_png(bytes) || is_jpeg(bytes); }

Tensor read_image(const std::string& bytes, const std::string& name, const ImageOptions& options) {
  const Picture picture = is_png(bytes) ? decode_png(bytes, name) : decode_jpeg(bytes, name);
  auto channels = channels_of(picture, options.gray);
  for (const auto* values : {&options.mean, &options.std})
    if (values->size() > 1 && values->size() != channels.size())
      throw UsageError(
          cat("--mean and --std need one number or ", channels.size(), ", one a channel; got ", values->size()));
  int64_t height = picture.height, width = picture.width;
  if (options.resize) {
    const auto [new_height, new_width] = *options.resize;
    for (auto& channel : channels) {
      const std::vector<double> narrow = resize_lines(channel, height, width, new_width);
      channel = transposed(resize_lines(transposed(narrow, height, new_width), new_width, height, new_height),
                           new_width, new_height);
    }
    height = new_height;
    width = new_width;
  }
  Tensor tensor = empty_tensor({1, int64_t(channels.size()), height, width}, ScalarType::float32);
  float* out = tensor.data<float>();
  for (size_t c = 0; c < channels.size(); ++c)
    for (const double value : channels[c])
      *out++ = float((value / 255 - per_channel(options.mean, c, 0)) / per_channel(options.std, c, 1));
  return tensor;
}

}  // namespace rushlight::cli
