/// Methods of strings. Strings are bytes: lengths and places count them, and case and classes of characters know ASCII.
#include <algorithm>

#include "base/text.h"
#include "ops/slice_indices.h"
#include "ops/typed_kernel.h"

namespace rushlight::ops {
namespace {

using Text = std::string_view;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_letter(char c) { return is_upper(c) || is_lower(c); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_printed(char c) { return c >= ' ' && c <= '~'; }
bool is_word(char c) { return is_letter(c) || is_digit(c); }
char upper_of(char c) { return is_lower(c) ? char(c - 32) : c; }
char lower_of(char c) { return is_upper(c) ? char(c + 32) : c; }

template <bool (*test)(char)>
bool all_are(Text s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), test);
}
bool is_printable(Text s) { return std::all_of(s.begin(), s.end(), is_printed); }
/// At least one letter, and none of the other case.
template <bool (*wanted)(char), bool (*refused)(char)>
bool is_case(Text s) {
  return std::any_of(s.begin(), s.end(), wanted) && std::none_of(s.begin(), s.end(), refused);
}
bool is_title(Text s) {
  bool in_word = false, any = false;
  for (char c : s) {
    if (is_letter(c)) {
      if (is_upper(c) == in_word) return false;
      in_word = any = true;
    } else {
      in_word = false;
    }
  }
  return any;
}
bool is_identifier(Text s) {
  if (s.empty() || is_digit(s[0])) return false;
  return std::all_of(s.begin(), s.end(), [](char c) { return is_word(c) || c == '_'; });
}

template <char (*map)(char)>
std::string mapped(Text s) {
  std::string out(s);
  std::transform(out.begin(), out.end(), out.begin(), map);
  return out;
}
char swapped(char c) { return is_upper(c) ? lower_of(c) : upper_of(c); }
std::string capitalized(Text s) {
  std::string out = mapped<lower_of>(s);
  if (!out.empty()) out[0] = upper_of(out[0]);
  return out;
}
std::string titled(Text s) {
  std::string out;
  bool in_word = false;
  for (char c : s) {
    out += in_word ? lower_of(c) : upper_of(c);
    in_word = is_letter(c);
  }
  return out;
}

// ---- Searching

/// The part [start, end) that a search looks at; negative bounds count from the end, and -1 is the end itself.
struct Part {
  Part(Text s, int64_t start, int64_t end) {
    const int64_t size = int64_t(s.size());
    if (start < 0) start = std::max<int64_t>(start + size, 0);
    if (end < 0) end = std::max<int64_t>(end + size + 1, 0);
    begin = std::min(start, size);
    text = s.substr(size_t(begin), size_t(std::max<int64_t>(std::min(end, size) - begin, 0)));
    is_valid = start <= size && start <= end;
  }
  int64_t begin = 0;
  Text text;
  bool is_valid = false;
};
int64_t find(Text s, Text part, int64_t start, int64_t end) {
  const Part in(s, start, end);
  const size_t at = in.is_valid ? in.text.find(part) : Text::npos;
  return at == Text::npos ? -1 : in.begin + int64_t(at);
}
int64_t rfind(Text s, Text part, int64_t start, int64_t end) {
  const Part in(s, start, end);
  const size_t at = in.is_valid ? in.text.rfind(part) : Text::npos;
  return at == Text::npos ? -1 : in.begin + int64_t(at);
}
int64_t index(Text s, Text part, int64_t start, int64_t end) {
  const int64_t at = find(s, part, start, end);
  if (at < 0) throw RuntimeError("ValueError: substring not found");
  return at;
}
int64_t rindex(Text s, Text part, int64_t start, int64_t end) {
  const int64_t at = rfind(s, part, start, end);
  if (at < 0) throw RuntimeError("ValueError: substring not found");
  return at;
}
int64_t count(Text s, Text part, int64_t start, int64_t end) {
  const Part in(s, start, end);
  if (!in.is_valid) return 0;
  if (part.empty()) return int64_t(in.text.size()) + 1;
  int64_t found = 0;
  for (size_t at = in.text.find(part); at != Text::npos; at = in.text.find(part, at + part.size())) ++found;
  return found;
}
bool starts_with(Text s, Text prefix, int64_t start, int64_t end) {
  const Part in(s, start, end);
  return in.is_valid && in.text.starts_with(prefix);
}
bool ends_with(Text s, Text suffix, int64_t start, int64_t end) {
  const Part in(s, start, end);
  return in.is_valid && in.text.ends_with(suffix);
}
std::string replace(Text s, Text old, Text fresh, int64_t most) {
  std::string out;
  if (old.empty()) {
    // Between all characters, and at both ends.
    int64_t done = 0;
    for (size_t i = 0; i <= s.size(); ++i) {
      if (most < 0 || done++ < most) out += fresh;
      if (i < s.size()) out += s[i];
    }
    return out;
  }
  size_t at = 0;
  for (int64_t done = 0; most < 0 || done < most; ++done) {
    const size_t found = s.find(old, at);
    if (found == Text::npos) break;
    out += s.substr(at, found - at);
    out += fresh;
    at = found + old.size();
  }
  return out += s.substr(at);
}

// ---- Cutting

std::string lstrip(Text s, Text chars) {
  const size_t from = s.find_first_not_of(chars);
  return std::string(from == Text::npos ? Text() : s.substr(from));
}
std::string rstrip(Text s, Text chars) { return std::string(s.substr(0, s.find_last_not_of(chars) + 1)); }
std::string strip(Text s, Text chars) { return lstrip(rstrip(s, chars), chars); }

IValue texts(const std::vector<Text>& parts) {
  Ref<ListObject> list = ListObject::make(types::string());
  for (Text part : parts) list->append(IValue(std::string(part)));
  return IValue(std::move(list));
}
IValue split(Text s, std::optional<std::string_view> separator, int64_t most) {
  std::vector<Text> parts;
  if (!separator) {
    // Runs of white space.
    size_t at = 0;
    for (;;) {
      while (at < s.size() && is_blank(s[at])) ++at;
      if (at == s.size()) return texts(parts);
      if (most >= 0 && int64_t(parts.size()) == most) break;
      size_t end = at;
      while (end < s.size() && !is_blank(s[end])) ++end;
      parts.push_back(s.substr(at, end - at));
      at = end;
    }
    parts.push_back(s.substr(at));
    return texts(parts);
  }
  if (separator->empty()) throw RuntimeError("ValueError: empty separator");
  size_t at = 0;
  while (most < 0 || int64_t(parts.size()) < most) {
    const size_t found = s.find(*separator, at);
    if (found == Text::npos) break;
    parts.push_back(s.substr(at, found - at));
    at = found + separator->size();
  }
  parts.push_back(s.substr(at));
  return texts(parts);
}
IValue rsplit(Text s, Text separator, int64_t most) {
  if (separator.empty()) throw RuntimeError("ValueError: empty separator");
  std::vector<Text> parts;
  while (most < 0 || int64_t(parts.size()) < most) {
    const size_t found = s.rfind(separator);
    if (found == Text::npos) break;
    parts.push_back(s.substr(found + separator.size()));
    s = s.substr(0, found);
  }
  parts.push_back(s);
  std::reverse(parts.begin(), parts.end());
  return texts(parts);
}
IValue split_lines(Text s, bool keep) {
  std::vector<Text> parts;
  while (!s.empty()) {
    const size_t end = s.find_first_of("\n\r\f\v\x1c\x1d\x1e");
    if (end == Text::npos) {
      parts.push_back(s);
      break;
    }
    parts.push_back(s.substr(0, end + keep));
    s = s.substr(end + 1);
  }
  return texts(parts);
}
std::tuple<std::string, std::string, std::string> partition(Text s, Text separator) {
  const size_t at = s.find(separator);
  if (at == Text::npos) return {std::string(s), "", ""};
  return {std::string(s.substr(0, at)), std::string(separator), std::string(s.substr(at + separator.size()))};
}
std::tuple<std::string, std::string, std::string> rpartition(Text s, Text separator) {
  const size_t at = s.rfind(separator);
  if (at == Text::npos) return {"", "", std::string(s)};
  return {std::string(s.substr(0, at)), std::string(separator), std::string(s.substr(at + separator.size()))};
}
IValue characters(Text s) {
  std::vector<Text> parts;
  for (size_t i = 0; i < s.size(); ++i) parts.push_back(s.substr(i, 1));
  return texts(parts);
}

// ---- Filling

/// How many characters are missing; the width comes from the program and is checked.
size_t missing(Text s, int64_t width, Text fill) {
  if (fill.size() != 1) throw RuntimeError("TypeError: The fill character must be exactly one character long");
  if (width > int64_t(1) << 40) throw RuntimeError("the padded string would be too long");
  return width > int64_t(s.size()) ? size_t(width) - s.size() : 0;
}
std::string center(Text s, int64_t width, Text fill) {
  const size_t count = missing(s, width, fill), left = count / 2 + (count & size_t(width) & 1);
  return cat(std::string(left, fill.empty() ? ' ' : fill[0]), s, std::string(count - left, fill[0]));
}
std::string ljust(Text s, int64_t width, Text fill) { return cat(s, std::string(missing(s, width, fill), fill[0])); }
std::string rjust(Text s, int64_t width, Text fill) { return cat(std::string(missing(s, width, fill), fill[0]), s); }
std::string zfill(Text s, int64_t width) { return rjust(s, width, "0"); }
std::string expand_tabs(Text s, int64_t size) {
  std::string out;
  size_t column = 0;
  for (char c : s) {
    if (c == '\t') {
      if (size <= 0) continue;
      const size_t count = size_t(size) - column % size_t(size);
      out.append(count, ' ');
      column += count;
    } else {
      out += c;
      column = c == '\n' || c == '\r' ? 0 : column + 1;
    }
  }
  return out;
}
std::string str_slice(Text s, std::optional<int64_t> start, std::optional<int64_t> end, int64_t step) {
  const SliceIndices at = subscript_indices(s.size(), start, end, step);
  if (at.step == 1) return std::string(s.substr(size_t(at.start), at.count));
  std::string part;
  for (size_t i = 0; i < at.count; ++i) part += s[size_t(at.start + int64_t(i) * at.step)];
  return part;
}
bool str_le(Text a, Text b) { return a <= b; }
bool str_ge(Text a, Text b) { return a >= b; }

}  // namespace

void declare_builtins_strings(OpSet& ops) {
  ops.add({.schema = "isspace(str self) -> bool",
           .kernel = typed_kernel<&all_are<is_blank>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "isalpha(str self) -> bool",
           .kernel = typed_kernel<&all_are<is_letter>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "isnumeric(str self) -> bool",
           .kernel = typed_kernel<&all_are<is_digit>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "isdigit(str self) -> bool",
           .kernel = typed_kernel<&all_are<is_digit>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "isdecimal(str self) -> bool",
           .kernel = typed_kernel<&all_are<is_digit>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "isalnum(str self) -> bool",
           .kernel = typed_kernel<&all_are<is_word>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "isprintable(str self) -> bool",
           .kernel = typed_kernel<&is_printable>(),
           .traits = OpTraits::language});
  ops.add({.schema = "islower(str self) -> bool",
           .kernel = typed_kernel<&is_case<is_lower, is_upper>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "isupper(str self) -> bool",
           .kernel = typed_kernel<&is_case<is_upper, is_lower>>(),
           .traits = OpTraits::language});
  ops.add({.schema = "istitle(str self) -> bool", .kernel = typed_kernel<&is_title>(), .traits = OpTraits::language});
  ops.add({.schema = "isidentifier(str self) -> bool",
           .kernel = typed_kernel<&is_identifier>(),
           .traits = OpTraits::language});
  ops.add({.schema = "swapcase(str self) -> str",
           .kernel = typed_kernel<&mapped<swapped>>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "capitalize(str self) -> str", .kernel = typed_kernel<&capitalized>(), .traits = OpTraits::language});
  ops.add({.schema = "title(str self) -> str", .kernel = typed_kernel<&titled>(), .traits = OpTraits::language});
  ops.add(
      {.schema = "upper(str self) -> str", .kernel = typed_kernel<&mapped<upper_of>>(), .traits = OpTraits::language});
  ops.add(
      {.schema = "lower(str self) -> str", .kernel = typed_kernel<&mapped<lower_of>>(), .traits = OpTraits::language});
  ops.add({.schema = "find(str self, str substr, int start=0, int end=-1) -> int",
           .kernel = typed_kernel<&find>(),
           .traits = OpTraits::language});
  ops.add({.schema = "rfind(str self, str substr, int start=0, int end=-1) -> int",
           .kernel = typed_kernel<&rfind>(),
           .traits = OpTraits::language});
  ops.add({.schema = "index.str(str self, str substr, int start=0, int end=-1) -> int",
           .kernel = typed_kernel<&index>(),
           .traits = OpTraits::language});
  ops.add({.schema = "rindex(str self, str substr, int start=0, int end=-1) -> int",
           .kernel = typed_kernel<&rindex>(),
           .traits = OpTraits::language});
  ops.add({.schema = "slice.str(str string, int? start=None, int? end=None, int step=1) -> str",
           .kernel = typed_kernel<&str_slice>(),
           .traits = OpTraits::language});
  ops.add({.schema = "count(str self, str substr, int start=0, int end=-1) -> int",
           .kernel = typed_kernel<&count>(),
           .traits = OpTraits::language});
  ops.add({.schema = "startswith(str self, str substr, int start=0, int end=-1) -> bool",
           .kernel = typed_kernel<&starts_with>(),
           .traits = OpTraits::language});
  ops.add({.schema = "endswith(str self, str substr, int start=0, int end=-1) -> bool",
           .kernel = typed_kernel<&ends_with>(),
           .traits = OpTraits::language});
  ops.add({.schema = "replace(str self, str old, str new, int max=-1) -> str",
           .kernel = typed_kernel<&replace>(),
           .traits = OpTraits::language});
  ops.add({.schema = "strip(str self, str chars=\" \\n\\t\\f\\v\") -> str",
           .kernel = typed_kernel<&strip>(),
           .traits = OpTraits::language});
  ops.add({.schema = "lstrip(str self, str chars=\" \\n\\t\\f\\v\") -> str",
           .kernel = typed_kernel<&lstrip>(),
           .traits = OpTraits::language});
  ops.add({.schema = "rstrip(str self, str chars=\" \\n\\t\\f\\v\") -> str",
           .kernel = typed_kernel<&rstrip>(),
           .traits = OpTraits::language});
  ops.add({.schema = "split.str(str self, str? separator=None, int max=-1) -> str[]",
           .kernel = typed_kernel<&split>(),
           .traits = OpTraits::language});
  ops.add({.schema = "rsplit(str self, str separator=\" \", int max=-1) -> str[]",
           .kernel = typed_kernel<&rsplit>(),
           .traits = OpTraits::language});
  ops.add({.schema = "splitlines(str self, bool keepends=False) -> str[]",
           .kernel = typed_kernel<&split_lines>(),
           .traits = OpTraits::language});
  ops.add({.schema = "partition(str self, str separator) -> (str, str, str)",
           .kernel = typed_kernel<&partition>(),
           .traits = OpTraits::language});
  ops.add({.schema = "rpartition(str self, str separator) -> (str, str, str)",
           .kernel = typed_kernel<&rpartition>(),
           .traits = OpTraits::language});
  ops.add({.schema = "list(str t) -> str[]", .kernel = typed_kernel<&characters>(), .traits = OpTraits::language});
  ops.add({.schema = "center(str self, int width, str fillchar=\" \") -> str",
           .kernel = typed_kernel<&center>(),
           .traits = OpTraits::language});
  ops.add({.schema = "ljust(str self, int width, str fillchar=\" \") -> str",
           .kernel = typed_kernel<&ljust>(),
           .traits = OpTraits::language});
  ops.add({.schema = "rjust(str self, int width, str fillchar=\" \") -> str",
           .kernel = typed_kernel<&rjust>(),
           .traits = OpTraits::language});
  ops.add(
      {.schema = "zfill(str self, int width) -> str", .kernel = typed_kernel<&zfill>(), .traits = OpTraits::language});
  ops.add({.schema = "expandtabs(str self, int tabsize=8) -> str",
           .kernel = typed_kernel<&expand_tabs>(),
           .traits = OpTraits::language});
  ops.add({.schema = "le.str(str a, str b) -> bool", .kernel = typed_kernel<&str_le>(), .traits = OpTraits::language});
  ops.add({.schema = "ge.str(str a, str b) -> bool", .kernel = typed_kernel<&str_ge>(), .traits = OpTraits::language});
}

}  // namespace rushlight::ops
