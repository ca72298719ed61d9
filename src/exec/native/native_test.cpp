/// Machine code against the interpreter: the same results, the same errors with the same traces, nothing kept alive.
#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <thread>

#include "base/text.h"
#include "exec/executor.h"
#include "exec/native/analysis.h"
#include "exec/native/code.h"
#include "script/compile.h"

namespace rushlight::exec {
namespace {

/// What a program gave: its result and what it left in its arguments, or its error.
struct Outcome {
  std::string text;
  bool has_machine_code = false;
};

/// Makes calls of the function named `again`, a stand-in with the same schema, calls of `function` itself.
void call_itself(ir::GraphFunction& function, ir::Block& block) {
  for (ir::Node* node : block.nodes()) {
    for (ir::Block* inner : node->blocks()) call_itself(function, *inner);
    for (ir::Value* output : node->outputs())
      if (const auto* type = output->type()->as<FunctionType>(); type && type->function()->name() == "again")
        output->set_type(types::function(&function));
  }
}

/// Compiles and calls the last function of `text`, again and again, under one mode.
class Machine : public testing::Test {
 protected:
  void SetUp() override { install(); }
  void TearDown() override { set_native_mode(NativeMode::when_hot); }

  static Outcome run(NativeMode mode, const std::string& text, const std::vector<IValue>& arguments, int calls = 2) {
    set_native_mode(mode);
    const auto unit = ir::CompilationUnit::make();
    ir::GraphFunction& function = *script::define(*unit, text, nullptr).back();
    call_itself(function, function.graph()->block());
    Outcome outcome;
    for (int i = 0; i < calls; ++i) {
      std::vector<IValue> copies;
      for (const IValue& argument : arguments) copies.push_back(argument.deepcopy());
      try {
        outcome.text += cat(exact(function.call(copies)), "\n");
      } catch (const Error& error) {
        outcome.text += cat("error: ", error.message(), "\n");
      }
      for (const IValue& copy : copies) {
        outcome.text += exact(copy);
        if (copy.is_pointer()) outcome.text += cat(" shared ", copy.raw_pointer()->use_count());
        outcome.text += "\n";
      }
    }
    outcome.has_machine_code = static_cast<Plan&>(function.plan()).machine_code() != nullptr;
    return outcome;
  }
  /// Numbers to the last bit, lists with the share counts of what they hold.
  static std::string exact(const IValue& value) {
    if (value.is_float()) {
      const double number = value.to_float();
      uint64_t bits;
      std::memcpy(&bits, &number, sizeof bits);
      return number != number ? "nan" : cat(number, "/", bits);
    }
    if (!value.is_list()) return value.str();
    std::string text = "[";
    for (size_t i = 0; i < value.list().size(); ++i) {
      const IValue element = value.list().get(i);
      text += cat(exact(element), element.is_pointer() ? cat(" x", element.raw_pointer()->use_count()) : "", ", ");
    }
    return text + "]";
  }
  static void expect_same(const std::string& text, const std::vector<IValue>& arguments) {
    const Outcome slow = run(NativeMode::never, text, arguments), fast = run(NativeMode::at_once, text, arguments);
    EXPECT_EQ(slow.text, fast.text) << text;
    EXPECT_FALSE(slow.has_machine_code);
    EXPECT_TRUE(fast.has_machine_code) << text;
  }
  static IValue ints(std::vector<int64_t> values) { return IValue(values); }
  static IValue floats(std::vector<double> values) { return IValue(values); }
};

TEST_F(Machine, CountsWhatIsLive) {
  set_native_mode(NativeMode::never);
  const auto unit = ir::CompilationUnit::make();
  ir::GraphFunction& function =
      *script::define(*unit, "def f(n: int) -> int:\n    s = 0\n    for i in range(n):\n        s += i\n    return s\n",
                      nullptr)
           .back();
  const Bytecode& code = bytecode_of(function);
  const native::Analysis analysis(code);
  size_t heads = 0;
  for (size_t i = 0; i < code.code.size(); ++i) {
    if (!analysis.is_loop_head[i]) continue;
    ++heads;
    size_t live = 0;
    analysis.live[i].for_each([&](uint32_t) { ++live; });
    EXPECT_EQ(live, 3u) << "the counter, its limit and the sum\n" << disassemble(code);
  }
  EXPECT_EQ(heads, 1u);
  const std::vector<int8_t> all = native::assign_machine_registers(code, analysis, 10, 14);
  const std::vector<int8_t> two = native::assign_machine_registers(code, analysis, 2, 14);
  EXPECT_GT(std::count_if(all.begin(), all.end(), [](int8_t m) { return m >= 0; }),
            std::count_if(two.begin(), two.end(), [](int8_t m) { return m >= 0; }));
}

TEST_F(Machine, ComputesNumbers) {
  const char* ints_text =
      "def f(a: int, b: int) -> List[int]:\n    out: List[int] = []\n    out.append(a + b)\n    out.append(a - b)\n    "
      "out.append(a * b)\n    out.append(-a)\n    out.append(a & b)\n    out.append(a | b)\n    out.append(a ^ b)\n    "
      "out.append(int(a < b))\n    out.append(int(a <= b))\n    out.append(int(a > b))\n    "
      "out.append(int(a >= b))\n    out.append(int(a == b))\n    out.append(int(a != b))\n    out.append(a // 8)\n    "
      "out.append(a % 8)\n    out.append(a // 7)\n    out.append(a % 7)\n    out.append(a // -1)\n    "
      "out.append(a % -1)\n    out.append(a * 3 + 1000)\n    out.append(a // b)\n    out.append(a % b)\n    "
      "return out\n";
  constexpr int64_t kSmallest = std::numeric_limits<int64_t>::min();
  for (int64_t a : {int64_t(0), int64_t(7), int64_t(-7), int64_t(1) << 40, kSmallest, -(kSmallest + 1)})
    for (int64_t b : {int64_t(0), int64_t(2), int64_t(-2), int64_t(-1), int64_t(1) << 33, kSmallest})
      expect_same(ints_text, {IValue(a), IValue(b)});
  const char* floats_text =
      "import math\ndef f(a: float, b: float, n: int) -> List[float]:\n    out: List[float] = []\n    "
      "out.append(a + b)\n    out.append(a - b)\n    out.append(a * b)\n    out.append(-a)\n    "
      "out.append(float(a < b))\n    out.append(float(a <= b))\n    out.append(float(a > b))\n    "
      "out.append(float(a >= b))\n    out.append(float(a == b))\n    out.append(float(a != b))\n    "
      "out.append(a * n)\n    out.append(float(int(a)))\n    out.append(float(bool(a)))\n    if a < b:\n        "
      "out.append(1.0)\n    if a <= b:\n        out.append(2.0)\n    if a > b:\n        out.append(3.0)\n    "
      "if a >= b:\n        out.append(4.0)\n    if not (a < b):\n        out.append(5.0)\n    out.append(n / 3)\n    "
      "out.append(a / 2.5)\n    out.append(a / b)\n    return out\n";
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  for (double a : {0.0, -0.0, 1.5, -1e300, infinity, nan})
    for (double b : {0.0, -0.0, 1.5, 2.0, -infinity, nan})
      expect_same(floats_text + 12, {IValue(a), IValue(b), IValue(int64_t(-3))});
}

TEST_F(Machine, CountsInSteps) {
  const char* text =
      "def f(a: int, b: int) -> List[int]:\n    out: List[int] = []\n    for i in range(a, b, 3):\n        "
      "out.append(i)\n    for "
      "i in range(a, b, -2):\n        out.append(i)\n    for i in range(b, a, -1):\n        out.append(i)\n    for i "
      "in range(2, "
      "b, 4):\n        out.append(i)\n    return out\n";
  for (int64_t a : {-4, 0, 3})
    for (int64_t b : {-9, -8, -4, -3, 0, 1, 2, 3, 4, 5, 6, 7, 13}) {
      expect_same(text, {IValue(a), IValue(b)});
      std::vector<int64_t> expected;
      for (int64_t i = a; i < b; i += 3) expected.push_back(i);
      for (int64_t i = a; i > b; i -= 2) expected.push_back(i);
      for (int64_t i = b; i > a; i -= 1) expected.push_back(i);
      for (int64_t i = 2; i < b; i += 4) expected.push_back(i);
      EXPECT_EQ(run(NativeMode::never, text, {IValue(a), IValue(b)}, 1).text.find(exact(ints(expected))), 0u);
    }
}

TEST_F(Machine, ReadsAndWritesLists) {
  const char* text =
      "def f(xs: List[int], fs: List[float], bs: List[bool], at: int) -> int:\n    xs[at] = xs[at] * 2 + xs[0] + "
      "xs[-1]\n"
      "    fs[at] = fs[at] + 0.5\n    bs[at] = not bs[at]\n    xs[1] = 5\n    for i in range(40):\n        "
      "xs.append(i)\n        fs.append(float(i))\n        bs.append(i % 3 == 0)\n    total = len(xs) + len(fs) * 2 + "
      "len(bs) * 4\n    if bs[at - 1]:\n        total = -total\n    return total\n";
  for (int64_t at : {0, 1, 2, 3, -1, -2, -3, -4, 1000000, -1000000})
    expect_same(text,
                {ints({3, 4, 5}), floats({0.25, 1.0, -2.0}), IValue(ArrayRef<bool>({true, false, true})), IValue(at)});
  expect_same("def f(xs: List[int], at: int) -> int:\n    return xs[at]\n", {ints({}), IValue(int64_t(0))});
  expect_same("def f(xs: List[int]) -> int:\n    return xs[2]\n", {ints({1, 2})});
  expect_same("def f(xs: List[int]) -> int:\n    return xs[-3]\n", {ints({1, 2})});
}

TEST_F(Machine, SharesValuesOfLists) {
  const char* text =
      "def f(words: List[str], n: int) -> str:\n    last = ''\n    others: List[str] = []\n    for i in range(n):\n    "
      "    "
      "word = words[i % 3 - 1]\n        if i % 2 == 0:\n            last = word\n        others.append(word)\n        "
      "words[i % 2] = last\n    return last + str(len(others))\n";
  Ref<ListObject> words = ListObject::make(types::string());
  for (const char* word : {"one", "two", "three"}) words->append(IValue(word));
  for (int64_t n : {0, 1, 7, 100}) expect_same(text, {IValue(words), IValue(n)});
  const char* rows =
      "def f(n: int, i: int, j: int) -> float:\n    rows: List[List[float]] = []\n    for k in range(n):\n        row "
      "= "
      "[float(k), 1.5, 2.5]\n        rows.append(row)\n    return rows[i][j] + rows[0][1]\n";
  for (int64_t i : {0, 3, -1, -4, 4, -5})
    for (int64_t j : {0, 2, -3, 3, -4}) expect_same(rows, {IValue(int64_t(4)), IValue(i), IValue(j)});
}

TEST_F(Machine, LeavesAndComesBack) {
  const char* text =
      "def f(n: int) -> Tuple[int, str]:\n    total = 0\n    text = ''\n    for i in range(n):\n        text = text + "
      "str(i % 10)\n        pair = (i, float(i) * 0.5)\n        total += pair[0] + int(pair[1])\n        counts: "
      "Dict[str, int] = {}\n        counts[text] = i\n        total += counts[text]\n    return total, text\n";
  for (int64_t n : {0, 1, 50}) expect_same(text, {IValue(n)});
}

TEST_F(Machine, ReadsAndWritesDictionaries) {
  const char* text =
      "def f(words: List[str], n: int) -> Tuple[int, List[str]]:\n    counts: Dict[str, int] = {}\n    seen: Dict[int, "
      "str] = {}\n    for i in range(n):\n        word = words[(i * 7 + i // 3) % 3] + str(i % 5)\n        if word in "
      "counts:\n            counts[word] += 1\n        else:\n            counts[word] = 1\n        seen[i % 4] = "
      "word\n    total = 0\n    for word in counts.keys():\n        total = total * 3 + counts[word]\n    return total "
      "+ "
      "len(seen[n - 30]), [seen[0], words[0]]\n";
  Ref<ListObject> words = ListObject::make(types::string());
  for (const char* word : {"one", "two", "three"}) words->append(IValue(word));
  for (int64_t n : {5, 30, 33, 34, 100}) expect_same(text, {IValue(words), IValue(n)});
}

TEST_F(Machine, ReadsPartsOfTuples) {
  const char* text =
      "def f(n: int) -> Tuple[int, float]:\n    pair = (n, 1.5)\n    for i in range(n):\n        a, b = pair\n        "
      "pair = (a + i, b * 0.5 + a)\n    return pair\n";
  for (int64_t n : {0, 1, 20}) expect_same(text, {IValue(n)});
  expect_same(
      "def f(xs: List[Tuple[int, int]], i: int) -> int:\n    total = 0\n    for k in range(9):\n        a, b = xs[k "
      "% 2]\n        total = total * 3 + a - b\n    return total + xs[0][i]\n",
      {[] {
         Ref<ListObject> pairs = ListObject::make(types::tuple({types::int_(), types::int_()}));
         for (int64_t i = 0; i < 2; ++i) pairs->append(make_tuple({IValue(i), IValue(i + 7)}));
         return IValue(pairs);
       }(),
       IValue(int64_t(1))});
}

TEST_F(Machine, CallsItself) {
  const char* fibonacci =
      "def again(n: int) -> int:\n    return n\n\ndef f(n: int) -> int:\n    if n < 2:\n        return n\n    return "
      "again(n "
      "- 1) + again(n - 2)\n";
  for (int64_t n : {0, 1, 2, 10, 17}) expect_same(fibonacci, {IValue(n)});
  const char* values =
      "def again(words: List[str], x: float, n: int) -> List[str]:\n    return words\n\ndef f(words: List[str], x: "
      "float, n: "
      "int) -> List[str]:\n    if n <= 0:\n        return words\n    copy = [words[0], str(n), words[-1]]\n    longer "
      "= "
      "again(copy, x * 0.5, n - 1)\n    longer.append(words[n % 2] + str(x))\n    return longer\n";
  Ref<ListObject> words = ListObject::make(types::string());
  for (const char* word : {"one", "two"}) words->append(IValue(word));
  for (int64_t n : {0, 1, 2, 9}) expect_same(values, {IValue(words), IValue(64.0), IValue(n)});
  const char* nothing =
      "def again(xs: List[int], n: int) -> None:\n    pass\n\ndef f(xs: List[int], n: int) -> None:\n    if n > 0:\n   "
      "     "
      "xs.append(n)\n        again(xs, n - 1)\n        again(xs, n - 3)\n";
  for (int64_t n : {0, 3, 11}) expect_same(nothing, {ints({}), IValue(n)});
}

TEST_F(Machine, NestsAsDeepAsTheInterpreter) {
  const char* deep =
      "def again(n: int) -> int:\n    return n\n\ndef f(n: int) -> int:\n    if n == 0:\n        return 7\n    return "
      "1 + "
      "again(n - 1)\n";
  for (int64_t n : {3'000, 10'000, 150'000}) expect_same(deep, {IValue(n)});
  const char* endless =
      "def again(n: int) -> int:\n    return n\n\ndef f(n: int) -> int:\n    return 1 + again(n + 1)\n";
  expect_same(endless, {IValue(int64_t(0))});
  EXPECT_NE(run(NativeMode::at_once, endless, {IValue(int64_t(0))}, 1).text.find("maximum recursion depth exceeded"),
            std::string::npos);
}

TEST_F(Machine, FailsDeepInsideWithTheSameTrace) {
  const char* text =
      "def again(xs: List[int], n: int) -> int:\n    return n\n\ndef f(xs: List[int], n: int) -> int:\n    total = 0\n "
      "   "
      "for i in range(2):\n        total += 100 // xs[n] + again(xs, n + 1)\n    return total\n";
  expect_same(text, {ints({1, 2, 3, 4}), IValue(int64_t(0))});
  expect_same(text, {ints({1, 2, 3, 4, 5, 0, 7}), IValue(int64_t(0))});
}

TEST_F(Machine, FailsWithTheSameTrace) {
  const char* text =
      "def inner(xs: List[int], n: int) -> int:\n    total = 0\n    for i in range(n):\n        total += xs[i] // (5 - "
      "i)\n    return total\n\ndef f(xs: List[int], n: int) -> int:\n    return inner(xs, n) + 1\n";
  for (int64_t n : {2, 4, 6, 9}) expect_same(text, {ints({1, 2, 3, 4, 5, 6, 7}), IValue(n)});
  expect_same("def f(n: int) -> int:\n    while True:\n        n -= 1\n        assert n > 10, 'small'\n    return n\n",
              {IValue(int64_t(20))});
}

TEST_F(Machine, HoldsMoreNumbersThanTheMachineHasRegisters) {
  std::string text = "def f(n: int, x: float) -> float:\n";
  for (int i = 0; i < 30; ++i) text += cat("    a", i, " = n + ", i, "\n    b", i, " = x * ", i, ".5\n");
  text += "    for k in range(n):\n";
  for (int i = 0; i < 30; ++i)
    text += cat("        a", i, " = a", (i * 7 + 1) % 30, " * 3 - a", i, " // 5\n        b", i, " = b",
                (i * 11 + 3) % 30, " - b", i, " / 3.0\n");
  text += "    return 0.0";
  for (int i = 0; i < 30; ++i) text += cat(" + a", i, " * b", i);
  expect_same(text + "\n", {IValue(int64_t(9)), IValue(1.25)});
}

TEST_F(Machine, TakesOverInTheMiddleOfALoop) {
  const char* text =
      "def f(n: int) -> int:\n    total = 0\n    for i in range(n):\n        total = total * 3 + i\n    return total\n";
  const Outcome slow = run(NativeMode::never, text, {IValue(int64_t(200'000))}, 1);
  const Outcome fast = run(NativeMode::when_hot, text, {IValue(int64_t(200'000))}, 1);
  EXPECT_EQ(slow.text, fast.text);
  EXPECT_TRUE(fast.has_machine_code);
  EXPECT_FALSE(run(NativeMode::when_hot, text, {IValue(int64_t(3))}, 1).has_machine_code) << "too little work";
}

TEST_F(Machine, IsMadeOnceForAllThreads) {
  const char* text =
      "def again(n: int) -> int:\n    return n\n\ndef f(n: int) -> int:\n    total = 0\n    for i in range(n):\n       "
      " total "
      "= total * 3 + i\n    if n > 1000:\n        total += again(n // 2)\n    return total\n";
  const Outcome expected = run(NativeMode::never, text, {IValue(int64_t(30'000))}, 1);
  for (NativeMode mode : {NativeMode::at_once, NativeMode::when_hot})
    for (int round = 0; round < 20; ++round) {
      set_native_mode(mode);
      const auto unit = ir::CompilationUnit::make();
      ir::GraphFunction& function = *script::define(*unit, text, nullptr).back();
      call_itself(function, function.graph()->block());
      std::vector<std::string> results(4);
      std::vector<std::thread> threads;
      for (std::string& result : results)
        threads.emplace_back([&] { result = cat(exact(function.call({IValue(int64_t(30'000))})), "\n30000\n"); });
      for (std::thread& thread : threads) thread.join();
      for (const std::string& result : results) EXPECT_EQ(result, expected.text);
    }
}

/// Writes programs of nested loops and ifs over a few ints, floats, bools and lists. They may fail, always end, and are
/// the same for the same seed everywhere.
class Writer {
 public:
  explicit Writer(uint32_t seed) : random_(seed) {}
  std::string program() {
    text_ =
        "def f(a: int, b: int, x: float, y: float, p: bool, xs: List[int], fs: List[float], bs: List[bool], rows: "
        "List[List[int]]) -> Tuple[int, int, int, float, float, bool, bool]:\n    c = a\n    z = x\n    q = "
        "p\n    turns = 0\n";
    block(1, 4 + pick(5));
    text_ += "    return a, b, c, x + y, z, p, q\n";
    return text_;
  }

 private:
  uint32_t pick(uint32_t count) { return uint32_t(random_() % count); }
  template <size_t N>
  const char* one_of(const char* const (&choices)[N]) {
    return choices[pick(N)];
  }
  std::string int_variable() { return one_of({"a", "b", "c"}); }
  std::string float_variable() { return one_of({"x", "y", "z"}); }
  std::string index() { return pick(12) == 0 ? int_text(1) : cat("(", int_text(1), ") % 3"); }
  std::string int_text(int depth) {
    switch (pick(depth > 2 ? 3 : 12)) {
      case 0:
      case 1:
        return int_variable();
      case 2:
        return cat(int(pick(21)) - 10);
      case 3:
        return cat("(", int_text(depth + 1), " // ",
                   pick(3) ? one_of({"3", "-4", "7", "8", "-1"}) : int_text(depth + 1), ")");
      case 4:
        return cat("(", int_text(depth + 1), " % ", pick(3) ? one_of({"5", "-3", "16"}) : int_text(depth + 1), ")");
      case 5:
        return cat("xs[", index(), "]");
      case 6:
        return cat("rows[", index(), "][", index(), "]");
      case 7:
        return one_of({"len(xs)", "len(fs)", "len(bs)", "len(rows)", "int(p)"});
      default:
        return cat("(", int_text(depth + 1), one_of({" + ", " - ", " * ", " & ", " | ", " ^ "}), int_text(depth + 1),
                   ")");
    }
  }
  std::string float_text(int depth) {
    switch (pick(depth > 2 ? 2 : 8)) {
      case 0:
        return float_variable();
      case 1:
        return one_of({"0.5", "-3.25", "1e10", "0.0"});
      case 2:
        return cat("(", float_text(depth + 1), " / ", pick(3) ? "2.5" : float_text(depth + 1), ")");
      case 3:
        return cat("fs[", index(), "]");
      case 4:
        return cat("float(", int_text(depth + 1), ")");
      case 5:
        return cat("(", float_text(depth + 1), one_of({" * ", " + "}), int_text(depth + 1), ")");
      default:
        return cat("(", float_text(depth + 1), one_of({" + ", " - ", " * "}), float_text(depth + 1), ")");
    }
  }
  std::string bool_text(int depth) {
    const char* const relations[] = {" < ", " <= ", " > ", " >= ", " == ", " != "};
    switch (pick(depth > 2 ? 3 : 6)) {
      case 0:
        return one_of({"p", "q"});
      case 1:
        return cat("(", int_text(2), one_of(relations), int_text(2), ")");
      case 2:
        return cat("(", float_text(2), one_of(relations), float_text(2), ")");
      case 3:
        return cat("bs[", index(), "]");
      case 4:
        return cat("(not ", bool_text(depth + 1), ")");
      default:
        return cat("(", bool_text(depth + 1), one_of({" and ", " or "}), bool_text(depth + 1), ")");
    }
  }
  void line(int depth, const std::string& text) { text_ += std::string(size_t(depth) * 4, ' ') + text + "\n"; }
  void block(int depth, uint32_t statements) {
    for (uint32_t i = 0; i < statements; ++i) statement(depth);
  }
  void statement(int depth) {
    switch (pick(depth > 3 ? 7 : 10)) {
      case 0:
      case 1:
        return line(depth, cat(int_variable(), " = ", int_text(0)));
      case 2:
        return line(depth, cat(float_variable(), " = ", float_text(0)));
      case 3:
        return line(depth, cat(one_of({"p", "q"}), " = ", bool_text(0)));
      case 4:
        return line(depth,
                    pick(2) ? cat("xs[", index(), "] = ", int_text(0)) : cat("fs[", index(), "] = ", float_text(0)));
      case 5:
        return line(depth, pick(2) ? cat("bs[", index(), "] = ", bool_text(0))
                                   : cat("rows[", index(), "][", index(), "] = ", int_text(0)));
      case 6:
        return line(depth, pick(2) ? cat("xs.append(", int_text(1), ")") : cat("a, b, c = b, c, ", int_text(0)));
      case 7:
        line(depth, cat("if ", bool_text(0), ":"));
        block(depth + 1, 1 + pick(3));
        if (pick(2)) {
          line(depth, "else:");
          block(depth + 1, 1 + pick(3));
        }
        return;
      case 8:
        line(depth, cat("for i", depth, " in range(", pick(6), "):"));
        block(depth + 1, 1 + pick(3));
        return line(depth + 1, cat(int_variable(), " += i", depth));
      default:
        line(depth, cat("while turns < ", 5 + pick(20), " and ", bool_text(1), ":"));
        line(depth + 1, "turns += 1");
        return block(depth + 1, 1 + pick(3));
    }
  }
  std::mt19937 random_;
  std::string text_;
};

TEST_F(Machine, AgreesOnRandomPrograms) {
  size_t failed = 0;
  constexpr uint32_t kPrograms = 100;
  for (uint32_t seed = 0; seed < kPrograms && !HasFailure(); ++seed) {
    Ref<ListObject> rows = ListObject::make(types::list(types::int_()));
    for (int64_t i = 0; i < 3; ++i) rows->append(ints({i, i * 5 - 3, 7 - i}));
    const std::vector<IValue> arguments = {IValue(int64_t(seed % 7) - 3),
                                           IValue(int64_t(seed % 11)),
                                           IValue(1.5),
                                           IValue(-0.25 * seed),
                                           IValue(seed % 2 == 0),
                                           ints({4, -2, 9}),
                                           floats({0.5, -8.0, 2.25}),
                                           IValue(ArrayRef<bool>({true, false, true})),
                                           IValue(rows)};
    const std::string text = Writer(seed).program();
    SCOPED_TRACE(seed);
    expect_same(text, arguments);
    failed += run(NativeMode::at_once, text, arguments, 1).text.starts_with("error");
  }
  EXPECT_GT(failed, kPrograms / 20) << "some programs should fail";
  EXPECT_LT(failed, kPrograms * 3 / 4) << "most programs should come to their end";
}

}  // namespace
}  // namespace rushlight::exec
