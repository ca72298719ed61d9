#include "buffers.h"

#include <optional>

#include "base/text.h"
#include "new_tensor.h"

namespace rushlight::python {
namespace {

/// One open view of a Python object's memory; closed when the last tensor over it goes.
class BufferView {
 public:
  BufferView(PyObject* object, int flags) { checked(PyObject_GetBuffer(object, &view_, flags)); }
  ~BufferView() {
    if (!Py_IsInitialized()) return;
    const nb::gil_scoped_acquire locked;
    PyBuffer_Release(&view_);
  }
  BufferView(const BufferView&) = delete;
  const Py_buffer& operator*() const { return view_; }
  const Py_buffer* operator->() const { return &view_; }

 private:
  Py_buffer view_;
};

/// Read-only memory can be shared too, as PyTorch does, after a warning.
std::shared_ptr<BufferView> open_view(PyObject* object, int flags) {
  if (PyObject_CheckBuffer(object)) {
    try {
      return std::make_shared<BufferView>(object, flags | PyBUF_WRITABLE);
    } catch (nb::python_error& error) {
      if (!error.matches(PyExc_BufferError) && !error.matches(PyExc_ValueError)) throw;
    }
  }
  return std::make_shared<BufferView>(object, flags);
}

constexpr std::string_view kReadOnly =
    "is not writable, and PyTorch does not support non-writable tensors. This means you can write to the underlying "
    "(supposedly "
    "non-writable) ";

void warn_read_only(std::string_view what, std::string_view rest) {
  checked(PyErr_WarnEx(PyExc_UserWarning, cat(what, " ", kReadOnly, rest).c_str(), 1));
}

/// The element type of a `struct` format of native size: "f", "<q", "Zd".
std::optional<ScalarType> dtype_of_format(std::string_view format, Py_ssize_t size) {
  if (!format.empty() && (format[0] == '<' || format[0] == '=' || format[0] == '@')) format.remove_prefix(1);
  if (format == "Zf") return ScalarType::complex64;
  if (format == "Zd") return ScalarType::complex128;
  if (format.size() != 1) return std::nullopt;
  switch (format[0]) {
    case '?':
      return ScalarType::bool_;
    case 'e':
      return ScalarType::float16;
    case 'f':
      return ScalarType::float32;
    case 'd':
      return ScalarType::float64;
    case 'B':
      return ScalarType::uint8;
    case 'b':
    case 'h':
    case 'i':
    case 'l':
    case 'q':
      switch (size) {
        case 1:
          return ScalarType::int8;
        case 2:
          return ScalarType::int16;
        case 4:
          return ScalarType::int32;
        case 8:
          return ScalarType::int64;
      }
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

[[noreturn]] void refuse_element_type(PyObject* array) {
  nb::object dtype = nb::getattr(nb::handle(array), "dtype", nb::none());
  const std::string name = dtype.is_none()
                               ? type_name_of(array)
                               : cat("numpy.", nb::cast<std::string>(nb::str(dtype.attr("type").attr("__name__"))));
  throw TypeError(cat("can't convert np.ndarray of type ", name,
                      ". The only supported types are: float64, float32, float16, complex64, complex128, int64, int32, "
                      "int16, int8, uint64, "
                      "uint32, uint16, uint8, and bool."));
}

}  // namespace

Tensor tensor_from_array(PyObject* array, bool is_shared) {
  std::shared_ptr<BufferView> view;
  try {
    view = open_view(array, PyBUF_STRIDES | PyBUF_FORMAT);
  } catch (nb::python_error& error) {
    if (!error.matches(PyExc_ValueError)) throw;
    refuse_element_type(array);  // NumPy cannot describe this element type
  }
  const Py_buffer& buffer = **view;
  const std::optional<ScalarType> dtype = dtype_of_format(buffer.format ? buffer.format : "B", buffer.itemsize);
  if (!dtype) refuse_element_type(array);
  Shape sizes;
  Strides strides;
  for (int i = 0; i < buffer.ndim; ++i) {
    if (buffer.strides[i] < 0)
      throw ValueError(
          "At least one stride in the given numpy array is negative, and tensors with negative strides are not "
          "currently supported. "
          "(You can probably work around this by making a copy of your array  with array.copy().) ");
    if (buffer.strides[i] % buffer.itemsize)
      throw ValueError(
          "given numpy array strides not a multiple of the element byte size. Copy the numpy array to reallocate the "
          "memory.");
    sizes.push_back(buffer.shape[i]);
    strides.push_back(buffer.strides[i] / buffer.itemsize);
  }
  if (buffer.readonly && is_shared)
    warn_read_only("The given NumPy array",
                   "NumPy array using the tensor. You may want to copy the array to protect its data or make it "
                   "writable before converting it to a "
                   "tensor. This type of warning will be suppressed for the rest of this program.");
  const size_t bytes = size_t(storage_extent(sizes, strides)) * item_size(*dtype);
  return tensor_over(Storage::borrow(buffer.buf, bytes, [view] {}), *dtype, sizes, strides, 0);
}

Tensor tensor_from_bytes(PyObject* object, ScalarType dtype, int64_t count, int64_t offset) {
  if (!PyObject_CheckBuffer(object)) throw ValueError("object does not implement Python buffer protocol.");
  std::shared_ptr<BufferView> view = open_view(object, PyBUF_SIMPLE);
  const Py_buffer& buffer = **view;
  const int64_t size = int64_t(item_size(dtype));
  const int64_t length = buffer.len;
  if (length <= 0 || count == 0)
    throw ValueError(cat("both buffer length (", length, ") and count (", count, ") must not be 0"));
  if (offset < 0 || offset >= length)
    throw ValueError(cat("offset (", offset, " bytes) must be non-negative and no greater than buffer length (", length,
                         " bytes) minus 1"));
  if (count < 0) {
    if ((length - offset) % size)
      throw ValueError(cat("buffer length (", length - offset, " bytes) after offset (", offset,
                           " bytes) must be a multiple of element size (", size, ")"));
    count = (length - offset) / size;
  }
  if (count > (length - offset) / size)
    throw ValueError(cat("requested buffer length (", count, " * ", size, " bytes) after offset (", offset,
                         " bytes) must not be greater than actual buffer length (", length, " bytes)"));
  if (buffer.readonly)
    warn_read_only("The given buffer",
                   "buffer using the tensor. You may want to copy the buffer to protect its data or make it writable "
                   "before converting it to a "
                   "tensor. This type of warning will be suppressed for the rest of this program.");
  std::byte* data = static_cast<std::byte*>(buffer.buf) + offset;
  return tensor_over(Storage::borrow(data, size_t(count * size), [view] {}), dtype, {count}, {1}, 0);
}

}  // namespace rushlight::python
