/// Every kept input through its target, changed copies of them, and inputs too large to keep. A bug here is a crash or
/// a test that does not end: the targets catch refusals themselves.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "targets.h"

namespace rushlight::fuzz {
namespace {

std::string content(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(text).str();
}

/// In the order of their names, so that the changed copies are the same everywhere.
std::vector<std::string> corpus(const Target& target) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(RUSHLIGHT_FUZZ_CORPUS) / target.name))
    paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::vector<std::string> inputs;
  for (const auto& path : paths) inputs.push_back(content(path));
  return inputs;
}

/// Pieces that inputs get in random places: what the grammars turn on, and what breaks assumptions.
constexpr std::string_view kPieces[] = {"(",
                                        ")",
                                        "[",
                                        "]",
                                        "{",
                                        "}",
                                        ":",
                                        ",",
                                        ".",
                                        "=",
                                        "->",
                                        "*",
                                        "**",
                                        "-",
                                        "~",
                                        "%",
                                        "@",
                                        "\n",
                                        "\n    ",
                                        "\t",
                                        "\\\n",
                                        "\"",
                                        "'",
                                        "'''",
                                        "#",
                                        "# type: ",
                                        " if ",
                                        " else ",
                                        " for x in ",
                                        "while True:\n",
                                        "return ",
                                        "lambda x: ",
                                        "not in ",
                                        "is not ",
                                        "None",
                                        "self",
                                        "List[",
                                        "Optional[",
                                        "Dict[str, ",
                                        "Tuple[",
                                        "Union[",
                                        "f'{",
                                        "9223372036854775808",
                                        "1e999",
                                        "0x",
                                        "1j",
                                        "-",
                                        "\xff",
                                        "\xc3\xa9",
                                        "prim::If(",
                                        "block0():\n",
                                        "%1 : ",
                                        "prim::Constant[value=",
                                        "aten::add(",
                                        "graph(",
                                        "...",
                                        "range(",
                                        "torch.jit.annotate(",
                                        "break\n",
                                        "del ",
                                        "with x as y:\n",
                                        "assert "};

class Mutator {
 public:
  explicit Mutator(uint32_t seed) : random_(seed) {}

  /// `input` with one to four changes; `other` lends parts of itself.
  std::string change(std::string input, const std::string& other) {
    for (size_t n = 1 + below(4); n > 0; --n) change_once(input, other);
    return input;
  }
  size_t below(size_t bound) { return bound ? random_() % bound : 0; }  // not a distribution: those vary by library

 private:
  void change_once(std::string& input, const std::string& other) {
    const size_t at = below(input.size() + 1), length = below(std::min<size_t>(input.size() - at + 1, 40));
    switch (below(6)) {
      case 0:
        input.erase(at, length);
        break;
      case 1:
        input.insert(at, input.substr(at, length));
        break;
      case 2:
        input.insert(at, std::string(kPieces[below(std::size(kPieces))]));
        break;
      case 3:
        input.replace(at, length, other.substr(below(other.size() + 1), below(40)));
        break;
      case 4:
        input.resize(at);
        break;
      default:
        if (at < input.size()) input[at] = char(below(256));
    }
  }
  std::mt19937 random_;
};

class Readers : public testing::TestWithParam<Target> {};

TEST_P(Readers, ReadOrRefuseTheKeptInputs) {
  const std::vector<std::string> inputs = corpus(GetParam());
  ASSERT_FALSE(inputs.empty()) << "no kept inputs of target " << GetParam().name;
  for (const std::string& input : inputs) GetParam().read(input);
}

TEST_P(Readers, ReadOrRefuseChangedInputs) {
  constexpr size_t kChanged = 3000;
  const std::vector<std::string> inputs = corpus(GetParam());
  ASSERT_FALSE(inputs.empty());
  Mutator mutator(2013);
  for (size_t i = 0; i < kChanged; ++i) {
    const std::string input =
        mutator.change(inputs[mutator.below(inputs.size())], inputs[mutator.below(inputs.size())]);
    SCOPED_TRACE(input);
    ASSERT_NO_THROW(GetParam().read(input));
  }
}

/// begin, then `open` many times, middle, then `close` as many times, end.
struct Bomb {
  const char* name;
  std::string_view begin, open, middle, close, end;
};
constexpr Bomb kBombs[] = {
    {"brackets", "def f(x: int):\n  return ", "(", "x", ")", "\n"},
    {"unclosed brackets", "def f(x: int):\n  return ", "[", "", "", ""},
    {"unary operators", "def f(x: int):\n  return ", "-", "x", "", "\n"},
    {"negations", "def f(x: bool):\n  return ", "not ", "x", "", "\n"},
    {"sum", "def f(x: int):\n  return x", " + x", "", "", "\n"},
    {"powers", "def f(x: int):\n  return x", " ** x", "", "", "\n"},
    {"comparisons", "def f(x: int):\n  return x", " < x", "", "", "\n"},
    {"conjunction", "def f(x: bool):\n  return x", " and x", "", "", "\n"},
    {"ternaries", "def f(x: bool):\n  return ", "x if x else ", "x", "", "\n"},
    {"attributes", "def f(x: int):\n  return x", ".a", "", "", "\n"},
    {"calls", "def f(x: int):\n  return x", "()", "", "", "\n"},
    {"subscripts", "def f(x: int):\n  return x", "[0]", "", "", "\n"},
    {"lists in lists", "def f():\n  return ", "[", "1", "]", "\n"},
    {"dicts in dicts", "def f():\n  return ", "{1: ", "1", "}", "\n"},
    {"comprehensions", "def f():\n  return ", "[x for x in ", "[1]", "]", "\n"},
    {"calls in calls", "def f(x: int):\n  return ", "abs(", "x", ")", "\n"},
    {"elements", "def f():\n  return [", "1, ", "1", "", "]\n"},
    {"targets", "def f(x: int):\n  ", "a, ", "a", "", " = x\n"},
    {"starred targets", "def f(x: int):\n  ", "*", "a", "", " = x\n"},
    {"chained assignment", "def f(x: int):\n  ", "a = ", "x", "", "\n"},
    {"annotation", "def f(x: ", "List[", "int", "]", "):\n  return 1\n"},
    {"unions", "def f(x: ", "Union[int, ", "str", "]", "):\n  return 1\n"},
    {"union by bars", "def f(x: int", " | int", "", "", "):\n  return 1\n"},
    {"optionals", "def f(x: ", "Optional[", "int", "]", "):\n  return 1\n"},
    {"type comment", "def f(x):\n  # type: (", "List[", "int", "]", ") -> int\n  return 1\n"},
    {"parameters", "def f(", "x, ", "y", "", "):\n  return 1\n"},
    {"decorators", "", "@x\n", "def f():\n  return 1\n", "", ""},
    {"statements", "def f(x: int):\n", "  x = x + 1\n", "  return x\n", "", ""},
    {"branches one after the other", "def f(x: int):\n", "  if x > 1:\n    x += 1\n", "  return x\n", "", ""},
    {"elif chain", "def f(x: int):\n  if x > 1:\n    x += 1\n", "  elif x > 1:\n    x += 1\n", "  return x\n", "", ""},
    {"returns", "def f(x: int):\n", "  if x > 1:\n    return 1\n", "  return x\n", "", ""},
    {"loops one after the other", "def f(x: int):\n", "  while x > 1:\n    x -= 1\n", "  return x\n", "", ""},
    {"functions", "", "def f():\n  return 1\n", "", "", ""},
    {"backslashes", "def f():\n  return ", "\\\n", "1", "", "\n"},
    {"one endless line", "def f():\n  return ", "1;", "", "", ""},
    {"one endless name", "def f():\n  return ", "a", "", "", "\n"},
    {"one endless number", "def f():\n  return ", "9", "", "", "\n"},
    {"one endless fraction", "def f():\n  return 0.", "9", "", "", "\n"},
    {"one endless string", "def f():\n  return '", "a", "'", "", "\n"},
    {"joined strings", "def f():\n  return ", "'a' ", "", "", "\n"},
    {"f-string", "def f(x: int):\n  return f'", "{x}", "'", "", "\n"},
    {"f-string in depth", "def f(x: int):\n  return f'", "{", "x", "}", "'\n"},
    {"open string", "'''", "a\n", "", "", ""},
    {"blank lines", "", "\n", "", "", ""},
    {"tabs", "", "\t", "x", "", ""},
    {"NUL bytes", "", std::string_view("\0", 1), "", "", ""},
    {"bytes that are no text", "def f():\n  return '", "\xff\xfe", "'", "", "\n"},
    {"dedents", "def f():\n", " if x:\n\t", "pass", "", ""},
    {"graph: nodes", "graph(%x : int):\n", "  %y : int = aten::neg(%x)\n", "  return (%x)\n", "", ""},
    {"graph: types", "graph(%x : ", "int[]", "", "[]", "):\n  return (%x)\n"},
    {"graph: tuples", "graph(%x : ", "(", "int", ")", "):\n  return (%x)\n"},
    {"graph: unions", "graph(%x : ", "Union(int, ", "str", ")", "):\n  return (%x)\n"},
    {"graph: parameters", "graph(", "%x : int, ", "%y : int", "", "):\n  return (%y)\n"},
    {"graph: brackets", "graph(%x : int):\n  %y : int = aten::neg", "(", "%x", ")", "\n  return (%x)\n"},
    {"graph: attribute lists", "graph(%x : int):\n  %y : int[] = prim::Constant[value=", "[", "1", "]",
     "]()\n  return (%x)\n"},
    {"graph: dimensions", "graph(%x : Float(", "1, ", "1", "", ")):\n  return (%x)\n"},
    {"schema: types", "f(", "int[]", " x", "", ") -> ()"},
    {"schema: arguments", "f(", "int x, ", "int y", "", ") -> ()"},
    {"schema: optionals", "f(int", "?", " x", "", ") -> ()"},
    {"schema: tuples", "f(", "(", "int", ")", " x) -> ()"},
    {"schema: alias sets", "f(Tensor(", "a|", "a", "", ") x) -> ()"},
    {"type: lists", "", "List[", "int", "]", ""},
    {"pickle: lists", std::string_view("\x01\x80\x02"), "]", "", "a", "."},
    {"pickle: tuples", "\x01\x80\x02]", "\x85", "", "", "."},
    {"pickle: marks", "\x01\x80\x02", "(", "", "", "."},
};

/// `count` levels or pieces of a bomb.
std::string explode(const Bomb& bomb, size_t count) {
  std::string text(bomb.begin);
  for (size_t i = 0; i < count; ++i) text += bomb.open;
  text += bomb.middle;
  for (size_t i = 0; i < count; ++i) text += bomb.close;
  return text += bomb.end;
}

TEST_P(Readers, ReadOrRefuseRepetition) {
  for (const Bomb& bomb : kBombs)
    for (const size_t count : {150, 1500}) {
      SCOPED_TRACE(bomb.name);
      ASSERT_NO_THROW(GetParam().read(explode(bomb, count)));
    }
}

/// Blocks indent, so a level costs more bytes than the one before.
std::string nested_blocks(std::string_view header, size_t depth) {
  std::string text = "def f(x: int):\n";
  for (size_t i = 1; i <= depth; ++i) text += std::string(i, ' ') + std::string(header) + "\n";
  return text + std::string(depth + 1, ' ') + "x += 1\n return x\n";
}

std::string nested_graph(size_t depth) {
  std::string text = "graph(%p : bool):\n";
  for (size_t i = 1; i <= depth; ++i) {
    const std::string indent(4 * i - 2, ' ');
    text += indent + "prim::If(%p)\n" + indent + "  block0():\n";
  }
  for (size_t i = depth; i > 0; --i) {
    const std::string indent(4 * i, ' ');
    text += indent + "  -> ()\n" + indent + "block1():\n" + indent + "  -> ()\n";
  }
  return text + "  return (%p)\n";
}

TEST_P(Readers, ReadOrRefuseDeepBlocks) {
  for (const size_t depth : {30, 90, 199, 1000}) {
    for (const char* header : {"if x > 1:", "while x > 1:", "for i in range(x):", "with x:"})
      ASSERT_NO_THROW(GetParam().read(nested_blocks(header, depth)));
    ASSERT_NO_THROW(GetParam().read(nested_graph(depth)));
  }
}

INSTANTIATE_TEST_SUITE_P(All, Readers, testing::ValuesIn(kTargets),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace rushlight::fuzz
