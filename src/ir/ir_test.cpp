#include <gtest/gtest.h>

#include "ir/function.h"

namespace rushlight::ir {
namespace {

std::string reread(std::string_view text, const ParseOptions& options = {}) {
  const std::shared_ptr<Graph> graph = parse_ir(text, options);
  lint(*graph);
  return graph->str();
}

const ParseOptions kKeepNames = {.keep_names = true};

std::string error_of(std::string_view text) {
  try {
    parse_ir(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Names, TheNewestOwnerHasThePlainName) {
  Graph graph;
  Value* first = graph.add_input("x");
  Value* second = graph.add_input("x");
  Value* third = graph.add_input("x");
  EXPECT_EQ(first->debug_name(), "x.1");
  EXPECT_EQ(second->debug_name(), "x.3");
  EXPECT_EQ(third->debug_name(), "x");
  EXPECT_EQ(second->debug_name_base(), "x");
}

TEST(Names, ANameWithASuffixPushesFromThatSuffixOn) {
  Graph graph;
  Value* old = graph.add_input("y.1");
  graph.add_input("y.1");
  EXPECT_EQ(old->debug_name(), "y.2");
}

TEST(Names, DigitsAloneAreRefused) {
  Graph graph;
  EXPECT_THROW(graph.add_input()->set_debug_name("12"), RuntimeError);
  EXPECT_EQ(graph.add_input()->debug_name(), "1");
}

TEST(Names, FreedNamesAreFreeAgain) {
  Graph graph;
  Node* node = graph.insert(graph.create(Symbol::intern("my::op")));
  node->output()->set_debug_name("a");
  node->destroy();
  EXPECT_EQ(graph.find_value("a"), nullptr);
  EXPECT_EQ(graph.add_input("a")->debug_name(), "a");
}

TEST(Uses, FollowReplacementAndRemoval) {
  Graph graph;
  Value* x = graph.add_input("x");
  Value* y = graph.add_input("y");
  Node* node = graph.insert(graph.create(Symbol::intern("my::op"), {x, x, y}));
  EXPECT_EQ(x->uses().size(), 2u);
  node->remove_input(0);
  EXPECT_EQ(x->uses(), std::vector<Use>({{node, 0}}));
  EXPECT_EQ(y->uses(), std::vector<Use>({{node, 1}}));
  node->permute_inputs({1, 0});
  EXPECT_EQ(node->inputs(), std::vector<Value*>({y, x}));
  x->replace_all_uses_with(y);
  EXPECT_FALSE(x->has_uses());
  EXPECT_EQ(y->uses().size(), 2u);
  graph.register_output(node->output());
  lint(graph);
}

TEST(Order, SurvivesManyInsertionsInOnePlace) {
  Graph graph;
  Node* last = graph.insert(graph.create(Symbol::intern("my::last"), {}, 0));
  Node* first = graph.create(Symbol::intern("my::first"), {}, 0)->insert_before(last);
  for (int i = 0; i < 200; ++i) graph.create(Symbol::intern("my::op"), {}, 0)->insert_after(first);
  EXPECT_TRUE(first->is_before(last));
  EXPECT_TRUE(last->is_after(first));
  EXPECT_FALSE(first->is_before(first));
  lint(graph);
}

TEST(Handles, TellWhenTheGraphFreedTheirPart) {
  Graph graph;
  Node* node = graph.insert(graph.create(Symbol::intern("my::op")));
  const std::shared_ptr<const bool> node_lives = node->alive(), value_lives = node->output()->alive();
  node->destroy();
  EXPECT_FALSE(*node_lives);
  EXPECT_FALSE(*value_lives);
}

TEST(Text, ComesBackAsItWasRead) {
  const std::string text =
      "graph(%x.1 : Float(2, *, strides=[3, 1], requires_grad=0, device=cpu),\n"
      "      %c : bool,\n"
      "      %d : Dict(str, int[])?):\n"
      "  %3 : int = prim::Constant[value=-5]()\n"
      "  %4 : float = prim::Constant[value=0.10000000000000001]()\n"
      "  %5 : str = prim::Constant[value=\"a\\n\\\"b\\\"\"]()\n"
      "  %6 : (int, str) = prim::Constant[value=(1, \"q\")]()\n"
      "  %7 : int[] = prim::Constant[value=annotate(List[int], [])]()\n"
      "  %8 : bool = prim::isinstance[types=[int, Tensor[]]](%d)\n"
      "   = prim::Print(%5)\n"
      "  %y : Tensor = prim::If(%c)\n"
      "    block0():\n"
      "      %10 : Tensor = my::op(%x.1)\n"
      "      -> (%10)\n"
      "    block1():\n"
      "      -> (%x.1)\n"
      "  %11 : Future[Tensor] = prim::fork_0(%x.1)\n"
      "  return (%y, %11)\n"
      "with prim::fork_0 = graph(%x.1 : Tensor):\n"
      "  %1 : Tensor = my::op(%x.1), scope: __module.a/__module.a.b\n"
      "  return (%1)\n";
  EXPECT_EQ(reread(text, kKeepNames), text);
}

TEST(Text, NamesOfResultsAreDroppedUnlessAskedFor) {
  EXPECT_EQ(reread("graph(%x : Tensor):\n  %y : Tensor = my::op(%x)\n  return (%y)\n"),
            "graph(%x : Tensor):\n  %1 : Tensor = my::op(%x)\n  return (%1)\n");
}

TEST(Text, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(error_of("graph(%x : Tensor):\n  return (%y)\n"),
            "\nCannot find a variable with name 'y':\ngraph(%x : Tensor):\n  return (%y)\n            ~ <--- HERE\n");
  EXPECT_EQ(error_of("graph(%x : Tensor):\n  %y : Tensor = aten::relu %x)\n  return (%y)\n"),
            "expected ( but found '%' here:\ngraph(%x : Tensor):\n  %y : Tensor = aten::relu %x)\n                     "
            "      ~ <--- HERE\n"
            "  return (%y)\n");
  EXPECT_NE(error_of(""), "");
  EXPECT_NE(error_of("graph("), "");
}

TEST(Text, SmallTensorConstantsComeBack) {
  const std::string text =
      "graph():\n"
      "  %0 : Long(2, 2, strides=[2, 1], requires_grad=0, device=cpu) = prim::Constant[value= 1 -2  3  4 [ "
      "CPULongType{2,2} ]]()\n"
      "  %1 : Long(requires_grad=0, device=cpu) = prim::Constant[value={-7}]()\n"
      "  return (%0, %1)\n";
  EXPECT_EQ(reread(text, {.tensor_constants = true}), text);
}

TEST(Text, DeepNestingIsRefusedAndDoesNotCrash) {
  std::string text = "graph(%c : bool):\n";
  for (size_t i = 0; i < 5000; ++i)
    text += std::string(2 + 4 * i, ' ') + "prim::If(%c)\n" + std::string(4 + 4 * i, ' ') + "block0():\n";
  EXPECT_NE(error_of(text), "");
}

TEST(Constants, ComeBackFromTheirNodes) {
  Graph graph;
  for (const IValue& value : {IValue(5), IValue(true), IValue(2.5), IValue("s"), IValue(), IValue(Device{}),
                              IValue(std::vector<int64_t>{1, 2})}) {
    const Value* constant = graph.insert_constant(value);
    const std::optional<IValue> back = constant_value(constant);
    ASSERT_TRUE(back);
    EXPECT_TRUE(back->equals(value)) << node_text(*constant->node());
  }
  EXPECT_FALSE(constant_value(graph.add_input("x")));
}

TEST(Lint, FindsAUseBeforeItsDefinition) {
  Graph graph;
  Node* first = graph.insert(graph.create(Symbol::intern("my::op")));
  Node* second = graph.insert(graph.create(Symbol::intern("my::op"), {first->output()}));
  second->move_before(first);
  EXPECT_THROW(lint(graph), RuntimeError);
}

TEST(Units, LetGoOfClassesThatMentionEachOther) {
  Ref<ClassType> a = ClassType::make("__torch__.A"), b = ClassType::make("__torch__.B"),
                 outside = ClassType::make("__torch__.Outside");
  {
    CompilationUnit other, unit;
    other.register_type(outside);
    outside->add_attribute("itself", types::list(outside));
    unit.register_type(a);
    unit.register_type(b);
    a->add_attribute("others", types::list(b));
    a->add_attribute("outside", outside);
    a->add_attribute("count", types::int_());
    b->add_attribute("owner", types::optional(a));
  }
  // One of the two no longer knows the other: which one depends on where the search began.
  EXPECT_NE(a->attributes()[0].type->kind() == TypeKind::any, b->attributes()[0].type->kind() == TypeKind::any);
  EXPECT_EQ(a->attributes()[1].type->str(), "__torch__.Outside");
  EXPECT_EQ(a->attributes()[2].type->kind(), TypeKind::int_);
  EXPECT_EQ(outside->attributes()[0].type->kind(), TypeKind::any);  // its own unit has gone, too
}

TEST(Mangling, TakesTheNextFreeNumber) {
  CompilationUnit unit;
  EXPECT_EQ(unit.mangle("__torch__.a.C"), "__torch__.a.C");
  unit.register_type(ClassType::make("__torch__.a.C"));
  EXPECT_EQ(unit.mangle("__torch__.a.C"), "__torch__.a.___torch_mangle_0.C");
  unit.register_type(ClassType::make("__torch__.a.___torch_mangle_1.C"));
  EXPECT_EQ(unit.mangle("__torch__.a.___torch_mangle_1.C"), "__torch__.a.___torch_mangle_2.C");
}

TEST(Functions, AreDefinedOnceAndNotInsideThemselves) {
  int defined = 0;
  GraphFunction function("f", std::make_shared<Graph>(), [&](GraphFunction& self) {
    ++defined;
    EXPECT_THROW(self.ensure_defined(), RuntimeError);
  });
  function.ensure_defined();
  function.ensure_defined();
  EXPECT_EQ(defined, 1);
}

}  // namespace
}  // namespace rushlight::ir
