/// The exceptions that the library throws, and the macros that throw them.
#pragma once
#include <cstdint>
#include <exception>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "rushlight/config.h"

namespace c10 {
inline namespace RUSHLIGHT_ABI {

struct SourceLocation {
  const char* function;
  const char* file;
  uint32_t line;
};

/// `what()` is the message; unlike libtorch's it carries no frames of the machine's stack.
class RUSHLIGHT_API Error : public std::exception {
 public:
  explicit Error(std::string message) : message_(std::move(message)), what_(message_) {}
  Error(SourceLocation, std::string message) : Error(std::move(message)) {}
  ~Error() override;

  const char* what() const noexcept override { return what_.c_str(); }
  const char* what_without_backtrace() const noexcept { return what_.c_str(); }
  const std::string& msg() const { return message_; }
  const std::string& backtrace() const { return no_frames_; }
  const std::vector<std::string>& context() const { return context_; }
  /// Something that the message did not know where it was thrown; one line each after it.
  void add_context(std::string text);

 private:
  std::string message_;
  std::string what_;
  std::string no_frames_;
  std::vector<std::string> context_;
};

#define RUSHLIGHT_ERROR_CLASS(Name)         \
  class RUSHLIGHT_API Name : public Error { \
   public:                                  \
    using Error::Error;                     \
    ~Name() override;                       \
  };
RUSHLIGHT_ERROR_CLASS(IndexError)
RUSHLIGHT_ERROR_CLASS(ValueError)
RUSHLIGHT_ERROR_CLASS(TypeError)
RUSHLIGHT_ERROR_CLASS(SyntaxError)
RUSHLIGHT_ERROR_CLASS(NotImplementedError)
RUSHLIGHT_ERROR_CLASS(BufferError)
RUSHLIGHT_ERROR_CLASS(LinAlgError)
RUSHLIGHT_ERROR_CLASS(OutOfMemoryError)
RUSHLIGHT_ERROR_CLASS(EnforceFiniteError)
RUSHLIGHT_ERROR_CLASS(AcceleratorError)
RUSHLIGHT_ERROR_CLASS(DistError)
#undef RUSHLIGHT_ERROR_CLASS

/// The parts as one string.
template <class... Parts>
std::string str(const Parts&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return out.str();
}

class RUSHLIGHT_API Warning {
 public:
  Warning(SourceLocation location, std::string message) : location_(location), message_(std::move(message)) {}
  const SourceLocation& source_location() const { return location_; }
  const std::string& msg() const { return message_; }

 private:
  SourceLocation location_;
  std::string message_;
};

/// Where warnings go. The default writes one line to stderr.
class RUSHLIGHT_API WarningHandler {
 public:
  virtual ~WarningHandler();
  virtual void process(const Warning& warning);
};

namespace WarningUtils {
/// Of this thread; null: the default.
RUSHLIGHT_API void set_warning_handler(WarningHandler* handler) noexcept;
RUSHLIGHT_API WarningHandler* get_warning_handler() noexcept;
}  // namespace WarningUtils
RUSHLIGHT_API void warn(const Warning& warning);

namespace detail {
[[noreturn]] RUSHLIGHT_API void fail(SourceLocation where, const std::string& message);
[[noreturn]] RUSHLIGHT_API void fail_internal(SourceLocation where, const char* condition, const std::string& message);
template <class E>
[[noreturn]] void fail_as(SourceLocation where, std::string message) {
  throw E(where, std::move(message));
}
/// The text of a check that was given none.
RUSHLIGHT_API std::string default_message(const char* condition);
inline std::string check_message(std::string fallback) { return fallback; }
template <class... Parts>
std::string check_message(const std::string&, const Parts&... parts) {
  return str(parts...);
}
}  // namespace detail

}  // namespace RUSHLIGHT_ABI
}  // namespace c10

// `##` before __VA_ARGS__ drops the comma when there is no message: all compilers know it, and C++17 has nothing else.
#define RUSHLIGHT_HERE \
  ::c10::SourceLocation { __func__, __FILE__, static_cast<uint32_t>(__LINE__) }
#define RUSHLIGHT_CHECK_AS(Class, cond, ...)                                                                   \
  do {                                                                                                         \
    if (!(cond))                                                                                               \
      ::c10::detail::fail_as<Class>(                                                                           \
          RUSHLIGHT_HERE, ::c10::detail::check_message(::c10::detail::default_message(#cond), ##__VA_ARGS__)); \
  } while (false)
#define TORCH_CHECK(cond, ...) RUSHLIGHT_CHECK_AS(::c10::Error, cond, ##__VA_ARGS__)
#define TORCH_CHECK_INDEX(cond, ...) RUSHLIGHT_CHECK_AS(::c10::IndexError, cond, ##__VA_ARGS__)
#define TORCH_CHECK_VALUE(cond, ...) RUSHLIGHT_CHECK_AS(::c10::ValueError, cond, ##__VA_ARGS__)
#define TORCH_CHECK_TYPE(cond, ...) RUSHLIGHT_CHECK_AS(::c10::TypeError, cond, ##__VA_ARGS__)
#define TORCH_CHECK_LINALG(cond, ...) RUSHLIGHT_CHECK_AS(::c10::LinAlgError, cond, ##__VA_ARGS__)
#define TORCH_CHECK_NOT_IMPLEMENTED(cond, ...) RUSHLIGHT_CHECK_AS(::c10::NotImplementedError, cond, ##__VA_ARGS__)
#define TORCH_INTERNAL_ASSERT(cond, ...)                                                                               \
  do {                                                                                                                 \
    if (!(cond)) ::c10::detail::fail_internal(RUSHLIGHT_HERE, #cond, ::c10::detail::check_message("", ##__VA_ARGS__)); \
  } while (false)
#ifdef NDEBUG
#define TORCH_INTERNAL_ASSERT_DEBUG_ONLY(...) \
  do {                                        \
  } while (false)
#else
#define TORCH_INTERNAL_ASSERT_DEBUG_ONLY(...) TORCH_INTERNAL_ASSERT(__VA_ARGS__)
#endif
#define TORCH_WARN(...) ::c10::warn(::c10::Warning(RUSHLIGHT_HERE, ::c10::str(__VA_ARGS__)))
#define TORCH_WARN_ONCE(...)                                              \
  do {                                                                    \
    static const bool rushlight_warned = (TORCH_WARN(__VA_ARGS__), true); \
    (void)rushlight_warned;                                               \
  } while (false)
#define AT_ASSERT(...) TORCH_INTERNAL_ASSERT(__VA_ARGS__)
#define AT_ASSERTM(cond, ...) TORCH_CHECK(cond, ##__VA_ARGS__)
#define AT_ERROR(...) ::c10::detail::fail(RUSHLIGHT_HERE, ::c10::str(__VA_ARGS__))
