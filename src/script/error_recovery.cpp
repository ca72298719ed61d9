#include "script/error_recovery.h"

#include <algorithm>

#include "lang/diagnostics.h"

namespace rushlight::script {
namespace {

/// More would help nobody.
constexpr size_t kMaxErrors = 20;

/// The message without its place and the chain of compilations.
std::string_view subject(const Report& report) {
  const std::string_view text = report.message;
  return text.substr(0, text.find(":\n  File "));
}
}  // namespace

bool ErrorCollector::is_known(const Report& report) const {
  const auto equals = [&](const Report& other) {
    return subject(other) == subject(report) && lang::located(other.range) == lang::located(report.range);
  };
  return equals(first_report_) || std::ranges::any_of(others_, equals);
}

void ErrorCollector::add_other(const Report& report) {
  if (!is_known(report)) others_.push_back(report);
}

void ErrorCollector::keep(const Error& error) {
  if (!first_) {
    first_ = std::current_exception();
    first_report_ = error.report();
    muted_.emplace();
  } else {
    add_other(error.report());
  }
  for (const Report& other : error.others) add_other(other);
  if (others_.size() + 1 >= kMaxErrors) throw_first();
}

bool ErrorCollector::attempt(const std::function<void()>& part) {
  try {
    part();
    return true;
  } catch (...) {
    note_current();
    return false;
  }
}

void ErrorCollector::note_current() {
  try {
    throw;
  } catch (const UnknownValue&) {
  } catch (const Error& error) {
    keep(error);
  } catch (...) {
    throw_first();
    throw;
  }
}

void ErrorCollector::throw_first() const {
  if (!first_) return;
  try {
    std::rethrow_exception(first_);
  } catch (Error& error) {
    error.others = others_;
    throw;
  }
}

}  // namespace rushlight::script
