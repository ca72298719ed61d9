/// Programs from source to result: the compiler, the passes, the bytecode and the interpreter together.
#include <gtest/gtest.h>

#include "exec/executor.h"
#include "script/compile.h"

namespace rushlight::exec {
namespace {

class Programs : public testing::Test {
 protected:
  void SetUp() override { install(); }
  ir::GraphFunction& define(const std::string& text) { return *script::define(*unit_, text, nullptr).back(); }
  IValue run(const std::string& text, std::vector<IValue> arguments) {
    ir::GraphFunction& function = define(text);
    check(bytecode_of(function));
    return function.call(std::move(arguments));
  }
  std::shared_ptr<ir::CompilationUnit> unit_ = ir::CompilationUnit::make();
};

constexpr const char* kCountdown =
    "def countdown(num: int) -> int:\n"
    "    while num > 0:\n"
    "        num -= 1\n"
    "    return num\n";

/// Without ranges the nodes of inner blocks keep theirs: PyTorch's printer has that hole, and programs compare texts.
TEST_F(Programs, PrintTheGraphOfTheTutorial) {
  EXPECT_EQ(define(kCountdown).graph()->str(/*with_ranges=*/false),
            "graph(%num.1 : int):\n"
            "  %1 : int = prim::Constant[value=9223372036854775807]()\n"
            "  %3 : int = prim::Constant[value=0]()\n"
            "  %8 : int = prim::Constant[value=1]()\n"
            "  %19 : bool = aten::gt(%num.1, %3)\n"
            "  %num : int = prim::Loop(%1, %19, %num.1)\n"
            "    block0(%6 : int, %num.13 : int):\n"
            "      %num.7 : int = aten::sub(%num.13, %8) # <string>:3:8\n"
            "      %4 : bool = aten::gt(%num.7, %3) # <string>:2:10\n"
            "      -> (%4, %num.7)\n"
            "  return (%num)\n");
}

TEST_F(Programs, CountDownInTwoInstructionsATurn) {
  ir::GraphFunction& function = define(kCountdown);
  EXPECT_EQ(function.call({IValue(int64_t(1000))}).to_int(), 0);
  EXPECT_LE(bytecode_of(function).code.size(), 6u) << disassemble(bytecode_of(function));
}

TEST_F(Programs, ComputeWithNumbers) {
  EXPECT_EQ(
      run("def f(a: int, b: int) -> int:\n    return a // b * 10 + a % b\n", {IValue(int64_t(-7)), IValue(int64_t(2))})
          .to_int(),
      -39);
  EXPECT_EQ(
      run("def g(a: int, b: float) -> float:\n    return a * b - 1.5\n", {IValue(int64_t(3)), IValue(0.5)}).to_float(),
      0.0);
}

TEST_F(Programs, ChooseBranches) {
  const char* text =
      "def f(x: int) -> int:\n    if x > 3 and x < 10:\n        y = 1\n    elif x == 0:\n        y = 2\n    else:\n    "
      "    y = 3\n    return y\n";
  EXPECT_EQ(run(text, {IValue(int64_t(5))}).to_int(), 1);
  EXPECT_EQ(unit_->find_function("__torch__.f")->call({IValue(int64_t(0))}).to_int(), 2);
  EXPECT_EQ(unit_->find_function("__torch__.f")->call({IValue(int64_t(11))}).to_int(), 3);
}

TEST_F(Programs, ReturnEarly) {
  const char* text =
      "def first_even(xs: List[int]) -> int:\n    for x in xs:\n        if x % 2 == 0:\n            return x\n    "
      "return -1\n";
  EXPECT_EQ(run(text, {IValue(std::vector<int64_t>{3, 5, 8, 10})}).to_int(), 8);
  EXPECT_EQ(unit_->find_function("__torch__.first_even")->call({IValue(std::vector<int64_t>{3, 5})}).to_int(), -1);
}

TEST_F(Programs, LeaveAndSkipTurnsOfLoops) {
  const char* text =
      "def f(n: int) -> int:\n    total = 0\n    for i in range(n):\n        if i == 3:\n            continue\n        "
      "if i > 6:\n            break\n        total += i\n    return total\n";
  EXPECT_EQ(run(text, {IValue(int64_t(100))}).to_int(), 0 + 1 + 2 + 4 + 5 + 6);
}

TEST_F(Programs, NestLoops) {
  const char* text =
      "def f(n: int) -> int:\n    total = 0\n    for i in range(n):\n        j = 0\n        while j < i:\n            "
      "total += j\n            j += 1\n    return total\n";
  EXPECT_EQ(run(text, {IValue(int64_t(5))}).to_int(), 0 + (0) + (0 + 1) + (0 + 1 + 2) + (0 + 1 + 2 + 3));
}

TEST_F(Programs, SwapVariablesInALoop) {
  const char* text =
      "def fib(n: int) -> int:\n    a = 0\n    b = 1\n    for i in range(n):\n        a, b = b, a + b\n    return a\n";
  EXPECT_EQ(run(text, {IValue(int64_t(30))}).to_int(), 832040);
}

TEST_F(Programs, ReplaceVariablesInBranchesOfLoops) {
  const char* text =
      "def f(n: int) -> int:\n    a = 1\n    b = 0\n    for i in range(n):\n        if i % 3 == 0:\n            a = a "
      "+ "
      "i\n            b = b + a\n        elif i % 3 == 1:\n            t = a\n            a = b + 1\n            b = "
      "t\n  "
      "      else:\n            b = a * 2 - b\n            a = a - 1\n    return a * 1000 + b\n";
  EXPECT_EQ(run(text, {IValue(int64_t(20))}).to_int(), 1394547);
  const char* swaps =
      "def g(n: int) -> int:\n    a = 1\n    b = 2\n    for i in range(n):\n        if a < b:\n            a, b = b + "
      "i, a\n        else:\n            a, b = b, a + b\n    return a * 100 + b\n";
  EXPECT_EQ(run(swaps, {IValue(int64_t(11))}).to_int(), 3701);
}

TEST_F(Programs, ReplaceVariablesOfOuterLoopsInInnerOnes) {
  const char* text =
      "def f(n: int) -> int:\n    x = n\n    steps = 0\n    for i in range(4):\n        y = 5\n        while y > x:\n  "
      "  "
      "        y = y - 1\n            steps += 10\n        while x > i:\n            x = x - 2\n            steps += "
      "1\n   "
      "     x = x + 7\n    return x * 1000 + steps\n";
  EXPECT_EQ(run(text, {IValue(int64_t(9))}).to_int(), 9014);
}

TEST_F(Programs, ReadElementsOfRows) {
  const char* text =
      "def f(n: int) -> int:\n    rows: List[List[int]] = []\n    for i in range(n):\n        row: List[int] = []\n    "
      "    "
      "for j in range(i + 1, i + n):\n            row.append(i * 10 + j)\n        rows.append(row)\n    total = 0\n    "
      "for "
      "i in range(n):\n        for j in range(n - 2):\n            total = total * 3 + rows[i][j + 1] - rows[n - 1 - "
      "i][j]\n    return total\n";
  EXPECT_EQ(run(text, {IValue(int64_t(5))}).to_int(), -302430843);
  EXPECT_THROW(run("def g(rows: List[List[int]]) -> int:\n    return rows[0][7]\n", {IValue([] {
                     Ref<ListObject> rows = ListObject::make(types::list(types::int_()));
                     rows->append(IValue(std::vector<int64_t>{1}));
                     return rows;
                   }())}),
               Error);
}

TEST_F(Programs, MixNumbers) {
  const char* text =
      "def f(n: int) -> float:\n    x = 0.0\n    for i in range(1, n):\n        x = x * 2 + i / 4 - 3 * 0.5 + (i * "
      "0.25) / "
      "n\n    return x\n";
  EXPECT_NEAR(run(text, {IValue(int64_t(9))}).to_float(), -243.0555555555556, 1e-9);
}

TEST_F(Programs, EndLoopsInOneInstruction) {
  ir::GraphFunction& function =
      define("def f(n: int) -> int:\n    total = 0\n    for i in range(n):\n        total += i\n    return total\n");
  EXPECT_EQ(function.call({IValue(int64_t(10))}).to_int(), 45);
  const std::string text = disassemble(bytecode_of(function));
  EXPECT_NE(text.find("step.jump.lt.i64"), std::string::npos) << text;
}

TEST_F(Programs, WorkOnLists) {
  const char* text =
      "def sieve(n: int) -> int:\n    flags = [True for i in range(n)]\n    count = 0\n    for i in range(2, n):\n     "
      "   if flags[i]:\n            count += 1\n"
      "            j = i * i\n            while j < n:\n                flags[j] = False\n                j += i\n    "
      "return count\n";
  EXPECT_EQ(run(text, {IValue(int64_t(1000))}).to_int(), 168);
}

TEST_F(Programs, WorkOnDictionaries) {
  const char* text =
      "def count(words: List[str]) -> Dict[str, int]:\n    counts: Dict[str, int] = {}\n    for w in words:\n        "
      "if w in counts:\n            counts[w] += 1\n        else:\n            counts[w] = 1\n    return counts\n";
  Ref<ListObject> words = ListObject::make(types::string());
  for (const char* word : {"a", "b", "a"}) words->append(IValue(word));
  EXPECT_EQ(run(text, {IValue(words)}).str(), "{a: 2, b: 1}");
}

TEST_F(Programs, CallEachOther) {
  define("def twice(x: int) -> int:\n    return x * 2\n\ndef f(x: int) -> int:\n    return twice(twice(x)) + 1\n");
  EXPECT_EQ(unit_->find_function("__torch__.f")->call({IValue(int64_t(5))}).to_int(), 21);
}

TEST_F(Programs, FormatStrings) {
  const char* text = "def f(a: int, b: float) -> str:\n    return '{} and {}'.format(a, b) + ' %d %e' % (a, b)\n";
  EXPECT_EQ(run(text, {IValue(int64_t(3)), IValue(2.5)}).to_string(), "3 and 2.5 3 2.500000e+00");
}

TEST_F(Programs, RefineOptionals) {
  const char* text = "def f(x: Optional[int]) -> int:\n    if x is None:\n        return 0\n    return x + 1\n";
  EXPECT_EQ(run(text, {IValue()}).to_int(), 0);
  EXPECT_EQ(unit_->find_function("__torch__.f")->call({IValue(int64_t(4))}).to_int(), 5);
}

TEST_F(Programs, ComputeWithTensors) {
  Tensor x = scalar_tensor(Scalar(2.0));
  const IValue result = run("def f(x):\n    y = x + 1\n    return torch.tanh(y) * 2, y\n", {IValue(x)});
  EXPECT_NEAR(result.tuple().elements[0].tensor().item().to<double>(), 2 * std::tanh(3.0), 1e-6);
}

TEST_F(Programs, ShowWhereTheyFailed) {
  try {
    run("def f(xs: List[int]) -> int:\n    y = 1\n    return xs[5] + y\n", {IValue(std::vector<int64_t>{1})});
    FAIL() << "no error";
  } catch (const RuntimeError& error) {
    EXPECT_EQ(error.message(),
              "The following operation failed in the TorchScript interpreter.\n"
              "Traceback of TorchScript (most recent call last):\n"
              "  File \"<string>\", line 3, in f\n"
              "def f(xs: List[int]) -> int:\n"
              "    y = 1\n"
              "    return xs[5] + y\n"
              "           ~~~~~ <--- HERE\n"
              "RuntimeError: list index out of range\n");
  }
}

TEST_F(Programs, RaiseWhatTheyRaise) {
  EXPECT_THROW(run("def f(x: int) -> int:\n    assert x <= 0, 'no'\n    return x\n", {IValue(int64_t(1))}),
               ScriptRaisedError);
}

TEST_F(Programs, AreRefusedWithTheNameThatIsNotKnown) {
  try {
    define("def f(x):\n    return y\n");
    FAIL() << "no error";
  } catch (const CompileError& error) {
    EXPECT_EQ(error.message(),
              "\nundefined value y:\n  File \"<string>\", line 2\ndef f(x):\n    return y\n           ~ <--- HERE\n");
  }
  EXPECT_TRUE(unit_->functions().empty()) << "what failed is not defined";
}

}  // namespace
}  // namespace rushlight::exec
