/// Opcodes and names of the pickles that TorchScript archives hold, for reader and writer.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "tensor/dtype.h"

namespace rushlight::archive {

enum class Op : uint8_t {
  mark = '(',
  stop = '.',
  none = 'N',
  newtrue = 0x88,
  newfalse = 0x89,
  binint = 'J',
  binint1 = 'K',
  binint2 = 'M',
  long1 = 0x8a,
  binfloat = 'G',
  binunicode = 'X',
  binunicode8 = 0x8d,
  empty_tuple = ')',
  tuple1 = 0x85,
  tuple2 = 0x86,
  tuple3 = 0x87,
  tuple = 't',
  empty_list = ']',
  list = 'l',
  append = 'a',
  appends = 'e',
  empty_dict = '}',
  dict = 'd',
  setitem = 's',
  setitems = 'u',
  global = 'c',
  newobj = 0x81,
  build = 'b',
  reduce = 'R',
  binput = 'q',
  long_binput = 'r',
  binget = 'h',
  long_binget = 'j',
  binpersid = 'Q',
  proto = 0x80,
};
inline constexpr uint8_t kProtocol = 2;

/// What a GLOBAL that is no type of the archive stands for.
enum class Callable : uint8_t {
  rebuild_tensor,
  rebuild_qtensor,
  rebuild_sparse_tensor,
  rebuild_from_type,
  device,
  complex,
  set,
  frozenset,
  ordered_dict,
  int_list,
  float_list,
  bool_list,
  tensor_list,
  type_tag,
};
struct CallableName {
  std::string_view module;
  std::string_view name;
  Callable callable;
};
inline constexpr CallableName kCallables[] = {
    {"torch._utils", "_rebuild_tensor_v2", Callable::rebuild_tensor},
    {"torch._utils", "_rebuild_qtensor", Callable::rebuild_qtensor},
    {"torch._utils", "_rebuild_sparse_tensor", Callable::rebuild_sparse_tensor},
    {"torch._tensor", "_rebuild_from_type_v2", Callable::rebuild_from_type},
    {"torch", "device", Callable::device},
    {"builtins", "complex", Callable::complex},
    {"builtins", "set", Callable::set},
    {"builtins", "frozenset", Callable::frozenset},
    {"collections", "OrderedDict", Callable::ordered_dict},
    {"torch.jit._pickle", "build_intlist", Callable::int_list},
    {"torch.jit._pickle", "build_doublelist", Callable::float_list},
    {"torch.jit._pickle", "build_boollist", Callable::bool_list},
    {"torch.jit._pickle", "build_tensorlist", Callable::tensor_list},
    {"torch.jit._pickle", "restore_type_tag", Callable::type_tag},
};

/// The element type of `torch.FloatStorage`.
inline constexpr std::string_view kStorageSuffix = "Storage";

}  // namespace rushlight::archive
