#include <gtest/gtest.h>

#include "codegen/codegen.h"

namespace rushlight::codegen {
namespace {

PrintedCode code_of(std::string_view graph_text, std::string_view schema) {
  ir::GraphFunction function("__torch__.f", ir::parse_ir(graph_text, {.keep_names = true}));
  function.set_schema(Schema::parse(schema));
  return print_code(function);
}

TEST(Code, InlinesWhatIsUsedOnceInOrder) {
  EXPECT_EQ(code_of("graph(%x : Tensor):\n"
                    "  %1 : Tensor = my::a(%x)\n"
                    "  %2 : Tensor = my::b(%x)\n"
                    "  %3 : Tensor = my::c(%1, %2)\n"
                    "  return (%3)\n",
                    "f(Tensor x) -> Tensor")
                .text,
            "def f(x: Tensor) -> Tensor:\n  return ops.my.c(ops.my.a(x), ops.my.b(x))\n");
}

TEST(Code, KeepsTheOrderOfEvaluation) {
  EXPECT_EQ(code_of("graph(%x : Tensor):\n"
                    "  %1 : Tensor = my::b(%x)\n"
                    "  %2 : Tensor = my::a(%x)\n"
                    "  %3 : Tensor = my::c(%2, %1)\n"
                    "  return (%3)\n",
                    "f(Tensor x) -> Tensor")
                .text,
            "def f(x: Tensor) -> Tensor:\n  _0 = ops.my.b(x)\n  return ops.my.c(ops.my.a(x), _0)\n");
}

TEST(Code, CutsLongExpressionsAndAllToTheirLeft) {
  EXPECT_EQ(code_of("graph(%x : Tensor, %name_of_argument : Tensor):\n"
                    "  %1 : Tensor = my::a(%x)\n"
                    "  %2 : Tensor = my::mul(%name_of_argument, %name_of_argument)\n"
                    "  %3 : Tensor[] = prim::ListConstruct(%1, %2, %x)\n"
                    "  %4 : Tensor = my::cat(%3)\n"
                    "  return (%4)\n",
                    "f(Tensor x, Tensor name_of_argument) -> Tensor")
                .text,
            "def f(x: Tensor,\n    name_of_argument: Tensor) -> Tensor:\n  _0 = ops.my.a(x)\n"
            "  _1 = ops.my.mul(name_of_argument, name_of_argument)\n  return ops.my.cat([_0, _1, x])\n");
}

TEST(Code, NamesAvoidReservedWordsAndEachOther) {
  EXPECT_EQ(code_of("graph(%x.1 : Tensor, %inf : int):\n"
                    "  %x.3 : Tensor = my::a(%x.1, %inf)\n"
                    "  %x : Tensor = my::a(%x.3, %x.3)\n"
                    "  %4 : Tensor = my::a(%x, %x)\n"
                    "  return (%4)\n",
                    "f(Tensor x, int inf) -> Tensor")
                .text,
            "def f(x: Tensor,\n    inf0: int) -> Tensor:\n  x0 = ops.my.a(x, inf0)\n  x1 = ops.my.a(x0, x0)\n  return "
            "ops.my.a(x1, x1)\n");
}

TEST(Code, WritesLoopsAndBranches) {
  EXPECT_EQ(code_of("graph(%n.1 : int, %o : int?):\n"
                    "  %t : bool = prim::Constant[value=1]()\n"
                    "  %zero : int = prim::Constant[value=0]()\n"
                    "  %s : int = prim::Loop(%n.1, %t, %zero)\n"
                    "    block0(%i : int, %s.5 : int):\n"
                    "      %s.2 : int = my::add(%s.5, %i)\n"
                    "      -> (%t, %s.2)\n"
                    "  %c : bool = my::test(%s)\n"
                    "  %y : int? = prim::If(%c)\n"
                    "    block0():\n"
                    "      -> (%s)\n"
                    "    block1():\n"
                    "      -> (%o)\n"
                    "  return (%y)\n",
                    "f(int n, int? o) -> int?")
                .text,
            "def f(n: int,\n    o: Optional[int]) -> Optional[int]:\n  s = 0\n  for i in range(n):\n    s = "
            "ops.my.add(s, i)\n"
            "  c = ops.my.test(s)\n  if c:\n    y : Optional[int] = s\n  else:\n    y = o\n  return y\n");
}

TEST(Code, PutsTensorsIntoTheTableOfConstants) {
  auto graph = std::make_shared<ir::Graph>();
  graph->register_output(graph->insert_constant(IValue(scalar_tensor(Scalar(int64_t(7))))));
  ir::GraphFunction function("__torch__.f", graph);
  const PrintedCode code = print_code(function);
  EXPECT_EQ(code.text, "def f() -> Tensor:\n  return CONSTANTS.c0\n");
  ASSERT_EQ(code.constants.size(), 1u);
  EXPECT_EQ(code.constants[0].tensor().item().to<int64_t>(), 7);
}

TEST(Code, RefusesLoopsThatPythonCannotSay) {
  EXPECT_THROW(code_of("graph(%n : int, %c : bool):\n"
                       "   = prim::Loop(%n, %c)\n"
                       "    block0(%i : int):\n"
                       "      -> (%c)\n"
                       "  return (%n)\n",
                       "f(int n, bool c) -> int"),
               CompileError);
}

TEST(Source, WritesAModuleWithItsMethods) {
  Ref<ClassType> cls = ClassType::make("__torch__.Net", /*is_module=*/true);
  cls->add_attribute("w", types::tensor(), /*is_parameter=*/true);
  cls->add_attribute("0", types::int_());
  cls->add_constant("k", IValue(5));
  auto graph = std::make_shared<ir::Graph>();
  graph->add_input("self")->set_type(cls);
  ir::Node* read = graph->insert(graph->create(ir::kinds::get_attr, {graph->inputs()[0]}));
  read->set_attribute(ir::attributes::name, std::string("0"));
  read->output()->set_type(types::int_());
  graph->register_output(read->output());
  ir::GraphFunction forward("__torch__.Net.forward", graph);
  cls->add_method(&forward);
  std::vector<IValue> constants;
  SourcePrinter printer(constants, {.for_export = true});
  printer.print_type(cls);
  EXPECT_EQ(printer.text().text(),
            "class Net(Module):\n  __parameters__ = [\"w\", ]\n  __buffers__ = []\n  w : Tensor\n  "
            "__annotations__[\"0\"] = int\n"
            "  k : Final[int] = 5\n  def forward(self: __torch__.Net) -> int:\n    return getattr(self, \"0\")\n");
}

}  // namespace
}  // namespace rushlight::codegen
