#include "ops/derived_forms.h"

#include <cstdio>
#include <mutex>
#include <set>

#include "base/text.h"
#include "ops/cpu/copy.h"
#include "ops/cpu/matmul.h"
#include "ops/kernel_forms.h"

namespace rushlight {
namespace {

AliasAnnotation written(char name) {
  return {.before = {std::string(1, name)}, .after = {std::string(1, name)}, .is_write = true};
}

/// Runs the functional form; the last `outputs` arguments belong to the derived form only.
std::vector<IValue> run_functional(const Operator& op, const IValue* arguments) {
  std::vector<IValue> results(8);
  op.declaration().kernel.call(op, arguments, results.data());
  return results;
}

}  // namespace

void (*warning_hook)(std::string_view message) = nullptr;
static thread_local int muted = 0;
MutedWarnings::MutedWarnings() { ++muted; }
MutedWarnings::~MutedWarnings() { --muted; }

void warn(std::string_view message) {
  if (muted) return;
  if (warning_hook)
    warning_hook(message);
  else
    std::fprintf(stderr, "Warning: %.*s\n", int(message.size()), message.data());
}

void warn_at(std::string_view place, std::string_view message) {
  warn(cat(message, " (Triggered internally at /__w/pytorch/pytorch/", place, ".)"));
}
void warn_once_at(std::string_view place, std::string_view message) {
  if (muted) return;
  static std::mutex mutex;
  static std::set<std::string, std::less<>> seen;
  {
    const std::lock_guard lock(mutex);
    if (!seen.emplace(place).second) return;
  }
  warn_at(place, message);
}

Schema inplace_schema(const Schema& functional) {
  Schema schema = functional;
  schema.name += '_';
  schema.arguments[0].alias = written('a');
  schema.returns = {Argument{.type = types::tensor(), .alias = written('a')}};
  return schema;
}

Schema out_schema(const Schema& functional, std::string_view overload) {
  Schema schema = functional;
  schema.overload = std::string(overload);
  const size_t count = functional.returns.size();
  char letter = 'a';  // of the first output; one is left out behind those that are taken
  for (const Argument& argument : schema.arguments)
    if (argument.alias) letter = char(letter + (letter == 'a' ? 2 : 1));
  for (size_t i = 0; i < count; ++i) {
    const std::string& result_name = functional.returns[i].name;
    schema.arguments.push_back({.name = count == 1            ? "out"
                                        : result_name.empty() ? cat("out", i)
                                                              : result_name,
                                .type = types::tensor(),
                                .keyword_only = true,
                                .alias = written(char(letter + int(i)))});
    schema.returns[i].type = types::tensor();
    schema.returns[i].alias = written(char(letter + int(i)));
  }
  return schema;
}

void resize_out(const Tensor& out, IntArrayRef sizes) {
  if (out.sizes() == sizes) return;
  if (out.numel() != 0)
    warn_at(
        "aten/src/ATen/native/Resize.cpp:30",
        cat("An output with one or more elements was resized since it had shape ", shape_text(out.sizes()),
            ", which does not match the required output shape ", shape_text(sizes),
            ". This behavior is deprecated, and in a future PyTorch release outputs will not be resized unless they "
            "have zero elements. "
            "You can explicitly reuse an out tensor t by resizing it, inplace, to zero elements with t.resize_(0)."));
  const size_t bytes = size_t(numel_of(sizes) + out.storage_offset()) * out.item_size();
  if (out.storage()->bytes() < bytes) out.storage()->resize(bytes);
  out.impl()->set_shape(sizes, contiguous_strides(sizes));
}

void check_out_dtype(ScalarType result, ScalarType out) {
  if (!can_cast(result, out))
    throw RuntimeError(cat("result type ", dtype_info(result).ir_name, " can't be cast to the desired output type ",
                           dtype_info(out).ir_name));
}

void derived_inplace(const Operator& op, const IValue* arguments, IValue* results) {
  std::vector<IValue> computed = run_functional(op, arguments);
  const Tensor& self = arguments[0].tensor();
  const Tensor& value = computed[0].tensor();
  check_out_dtype(value.dtype(), self.dtype());
  if (!(value.sizes() == self.sizes()))
    throw RuntimeError(cat("output with shape ", shape_text(self.sizes()), " doesn't match the broadcast shape ",
                           shape_text(value.sizes())));
  if (op.has(OpTraits::composite)) {
    // Autograd saw the operators that computed the value; it has to see the write too.
    const IValue copied[] = {arguments[0], computed[0], IValue(false)};
    call_operator(get_operator("aten::copy_", ""), copied, results);
    return;
  }
  cpu::copy_into(self, value);
  results[0] = arguments[0];
}

static void compute_and_copy_out(const Operator& op, const IValue* arguments, IValue* results, bool exact) {
  const size_t count = op.result_count();
  const IValue* outs = arguments + op.argument_count() - count;
  std::vector<IValue> computed = run_functional(op, arguments);
  for (size_t i = 0; i < count; ++i) {
    const ScalarType found = outs[i].tensor().dtype(), wanted = computed[i].tensor().dtype();
    if (exact && found != wanted)
      throw RuntimeError(cat("Expected out tensor to have dtype ", cpu::cpp_type_name(wanted), ", but got ",
                             cpu::cpp_type_name(found), " instead"));
    check_out_dtype(wanted, found);
  }
  for (size_t i = 0; i < count; ++i) {
    resize_out(outs[i].tensor(), computed[i].tensor().sizes());
    cpu::copy_into(outs[i].tensor(), computed[i].tensor());
    results[i] = outs[i];
  }
}
void derived_out(const Operator& op, const IValue* arguments, IValue* results) {
  compute_and_copy_out(op, arguments, results, /*exact=*/false);
}
void exact_out(const Operator& op, const IValue* arguments, IValue* results) {
  compute_and_copy_out(op, arguments, results, /*exact=*/true);
}

}  // namespace rushlight
