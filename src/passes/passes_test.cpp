#include "passes/passes.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "passes/differentiable_groups.h"
#include "passes/freeze.h"
#include "passes/inline.h"
#include "passes/pipelines.h"

namespace rushlight::passes {
namespace {

const ir::ParseOptions kKeepNames = {.keep_names = true};

std::string after(const Pass& pass, std::string_view text) {
  const std::shared_ptr<ir::Graph> graph = ir::parse_ir(text, kKeepNames);
  run_pass(pass, *graph);
  ir::lint(*graph);
  return graph->str();
}

void stays(const Pass& pass, const std::string& text) { EXPECT_EQ(after(pass, text), text); }

TEST(DeadCode, GoesWithTheWritesThatNobodySees) {
  const std::string text =
      "graph(%x : Tensor):\n"
      "  %1 : int = prim::Constant[value=1]()\n"
      "  %2 : Tensor = aten::add(%x, %x, %1)\n"
      "  %3 : Tensor = aten::add_(%2, %x, %1)\n"
      "  return (%x)\n";
  EXPECT_EQ(after(dead_code_elimination, text), "graph(%x : Tensor):\n  return (%x)\n");
  stays(dead_code_elimination_without_alias, text);
}

TEST(DeadCode, AWriteToAnInputStays) {
  stays(dead_code_elimination,
        "graph(%x : Tensor):\n"
        "  %1 : int = prim::Constant[value=1]()\n"
        "  %2 : Tensor = aten::add_(%x, %x, %1)\n"
        "  return (%1)\n");
}

TEST(DeadCode, AWriteToAnElementOfALiveListStays) {
  stays(dead_code_elimination,
        "graph(%x : Tensor):\n"
        "  %1 : int = prim::Constant[value=1]()\n"
        "  %2 : Tensor = aten::add(%x, %x, %1)\n"
        "  %3 : Tensor[] = prim::ListConstruct(%2)\n"
        "  %4 : Tensor = aten::add_(%2, %x, %1)\n"
        "  return (%3)\n");
}

TEST(DeadCode, UnusedOutputsOfBranchesGo) {
  EXPECT_EQ(after(dead_code_elimination,
                  "graph(%x : Tensor, %c : bool):\n"
                  "  %2 : Tensor, %3 : Tensor = prim::If(%c)\n"
                  "    block0():\n"
                  "      -> (%x, %x)\n"
                  "    block1():\n"
                  "      %4 : Tensor = aten::exp(%x)\n"
                  "      -> (%x, %4)\n"
                  "  return (%2)\n"),
            "graph(%x : Tensor,\n      %c : bool):\n"
            "  %2 : Tensor = prim::If(%c)\n"
            "    block0():\n"
            "      -> (%x)\n"
            "    block1():\n"
            "      -> (%x)\n"
            "  return (%2)\n");
}

TEST(DeadCode, ALoopWithAConditionStays) {
  stays(dead_code_elimination,
        "graph(%c : bool):\n"
        "  %1 : int = prim::Constant[value=9223372036854775807]()\n"
        "   = prim::Loop(%1, %c)\n"
        "    block0(%i : int):\n"
        "      %3 : bool = my::again(%c)\n"
        "      -> (%3)\n"
        "  return (%c)\n");
}

TEST(Unrolling, AFewConstantRoundsBecomeCopies) {
  EXPECT_EQ(after(unroll_constant_loops,
                  "graph(%x : Tensor):\n"
                  "  %1 : bool = prim::Constant[value=1]()\n"
                  "  %2 : int = prim::Constant[value=2]()\n"
                  "  %3 : Tensor = prim::Loop(%2, %1, %x)\n"
                  "    block0(%4 : int, %5 : Tensor):\n"
                  "      %6 : Tensor = aten::mul(%5, %4)\n"
                  "      -> (%1, %6)\n"
                  "  return (%3)\n"),
            "graph(%x : Tensor):\n"
            "  %7 : int = prim::Constant[value=0]()\n"
            "  %21 : Tensor = aten::mul(%x, %7)\n"
            "  %22 : int = prim::Constant[value=1]()\n"
            "  %23 : int = aten::add(%7, %22)\n"
            "  %24 : Tensor = aten::mul(%21, %23)\n"
            "  return (%24)\n");
}

TEST(Unrolling, ALoopWithAConditionStays) {
  stays(unroll_constant_loops,
        "graph(%x : Tensor,\n"
        "      %c : bool):\n"
        "  %2 : int = prim::Constant[value=2]()\n"
        "  %3 : Tensor = prim::Loop(%2, %c, %x)\n"
        "    block0(%4 : int, %5 : Tensor):\n"
        "      -> (%c, %5)\n"
        "  return (%3)\n");
}

TEST(Unrolling, ManyRoundsStay) {
  stays(unroll_constant_loops,
        "graph(%x : Tensor):\n"
        "  %1 : bool = prim::Constant[value=1]()\n"
        "  %2 : int = prim::Constant[value=64]()\n"
        "  %3 : Tensor = prim::Loop(%2, %1, %x)\n"
        "    block0(%4 : int, %5 : Tensor):\n"
        "      %6 : Tensor = aten::mul(%5, %4)\n"
        "      -> (%1, %6)\n"
        "  return (%3)\n");
}

TEST(Pooling, PutsConstantsInReverseOrderOfAppearance) {
  EXPECT_EQ(after(constant_pooling,
                  "graph(%x : int):\n"
                  "  %1 : int = prim::Constant[value=3]()\n"
                  "  %2 : int = my::op(%x, %1)\n"
                  "  %3 : int = prim::Constant[value=4]()\n"
                  "  %4 : int = prim::Constant[value=3]()\n"
                  "  %5 : int = my::op(%3, %4)\n"
                  "  return (%5)\n"),
            "graph(%x : int):\n"
            "  %3 : int = prim::Constant[value=4]()\n"
            "  %1 : int = prim::Constant[value=3]()\n"
            "  %2 : int = my::op(%x, %1)\n"
            "  %5 : int = my::op(%3, %1)\n"
            "  return (%5)\n");
}

TEST(Folding, ABranchOnAConstantIsTaken) {
  EXPECT_EQ(after(constant_propagation_of_immutable_types,
                  "graph(%x : Tensor):\n"
                  "  %1 : bool = prim::Constant[value=0]()\n"
                  "  %2 : Tensor = prim::If(%1)\n"
                  "    block0():\n"
                  "      -> (%x)\n"
                  "    block1():\n"
                  "      %3 : Tensor = my::op(%x)\n"
                  "      -> (%3)\n"
                  "  return (%2)\n"),
            "graph(%x : Tensor):\n"
            "  %3 : Tensor = my::op(%x)\n"
            "  return (%3)\n");
}

TEST(Folding, TuplesOfConstantsBecomeConstants) {
  EXPECT_EQ(after(constant_propagation_of_immutable_types,
                  "graph():\n"
                  "  %0 : int = prim::Constant[value=1]()\n"
                  "  %1 : (int, int) = prim::TupleConstruct(%0, %0)\n"
                  "  return (%1)\n"),
            "graph():\n"
            "  %2 : (int, int) = prim::Constant[value=(1, 1)]()\n"
            "  return (%2)\n");
}

TEST(Folding, ListsAreLeftToTheOtherVariant) {
  const std::string text =
      "graph():\n"
      "  %0 : int = prim::Constant[value=1]()\n"
      "  %1 : int[] = prim::ListConstruct(%0)\n"
      "  %2 : int[] = my::op(%1)\n"
      "  return (%2)\n";
  stays(constant_propagation_of_immutable_types, text);
}

TEST(Folding, LargeTensorsAreMadeWhenTheProgramRuns) {
  const auto is_folded = [](std::string_view size) {
    const std::string text = cat("graph():\n  %1 : int = prim::Constant[value=", size,
                                 "]()\n  %2 : NoneType = prim::Constant()\n  %3 : int[] = prim::ListConstruct(%1, %1)\n"
                                 "  %4 : Tensor = aten::zeros(%3, %2, %2, %2, %2)\n  return (%4)\n");
    const std::shared_ptr<ir::Graph> graph = ir::parse_ir(text);
    run_pass(constant_propagation, *graph);
    run_pass(dead_code_elimination, *graph);
    return graph->str().find("aten::zeros") == std::string::npos;
  };
  EXPECT_TRUE(is_folded("4"));
  for (std::string_view size : {"10000", "3000000000", "4611686018427387904"}) EXPECT_FALSE(is_folded(size)) << size;
}

TEST(Tuples, TakenApartAtOnceDisappear) {
  EXPECT_EQ(after(lower_simple_tuples,
                  "graph(%x : Tensor, %y : Tensor):\n"
                  "  %2 : (Tensor, Tensor) = prim::TupleConstruct(%x, %y)\n"
                  "  %3 : Tensor, %4 : Tensor = prim::TupleUnpack(%2)\n"
                  "  return (%4)\n"),
            "graph(%x : Tensor,\n      %y : Tensor):\n"
            "  %2 : (Tensor, Tensor) = prim::TupleConstruct(%x, %y)\n"
            "  %3 : Tensor, %4 : Tensor = prim::TupleUnpack(%2)\n"
            "  return (%y)\n");
}

TEST(Outputs, AreOrderedByFirstUse) {
  EXPECT_EQ(after(canonicalize_outputs,
                  "graph(%x : int, %y : int, %c : bool):\n"
                  "  %3 : int, %4 : int, %5 : int = prim::If(%c)\n"
                  "    block0():\n"
                  "      -> (%x, %y, %x)\n"
                  "    block1():\n"
                  "      -> (%y, %x, %x)\n"
                  "  %6 : int = my::op(%5, %3)\n"
                  "  return (%6)\n"),
            "graph(%x : int,\n      %y : int,\n      %c : bool):\n"
            "  %5 : int, %3 : int, %4 : int = prim::If(%c)\n"
            "    block0():\n"
            "      -> (%x, %x, %y)\n"
            "    block1():\n"
            "      -> (%x, %y, %x)\n"
            "  %6 : int = my::op(%5, %3)\n"
            "  return (%6)\n");
}

TEST(Loops, WithACountAndAConditionKeepTheConditionOnly) {
  EXPECT_EQ(after(canonicalize_loops,
                  "graph(%n : int, %go : bool):\n"
                  "  %2 : bool = prim::Constant[value=1]()\n"
                  "   = prim::Loop(%n, %2)\n"
                  "    block0(%i : int):\n"
                  "      -> (%go)\n"
                  "  return (%n)\n"),
            "graph(%n : int,\n      %go : bool):\n"
            "  %2 : bool = prim::Constant[value=1]()\n"
            "  %4 : int = prim::Constant[value=0]()\n"
            "  %5 : int = prim::Constant[value=1]()\n"
            "  %6 : bool = aten::gt(%n, %4)\n"
            "  %7 : int = prim::Constant[value=9223372036854775807]()\n"
            "  %8 : int = prim::Loop(%7, %6, %4)\n"
            "    block0(%3 : int, %9 : int):\n"
            "      %10 : int = aten::add(%9, %5)\n"
            "      %11 : bool = aten::lt(%10, %n)\n"
            "      %12 : bool = aten::__and__(%11, %go)\n"
            "      -> (%12, %10)\n"
            "  return (%n)\n");
}

TEST(Names, OfOperatorsBecomeTheMainOnes) {
  EXPECT_EQ(after(normalize_operators, "graph(%x : Tensor):\n  %y : Tensor = aten::arccos_(%x)\n  return (%y)\n"),
            "graph(%x : Tensor):\n  %y : Tensor = aten::acos_(%x)\n  return (%y)\n");
}

TEST(CommonSubexpressions, AreComputedOnce) {
  EXPECT_EQ(after(common_subexpression_elimination,
                  "graph(%x : Tensor):\n"
                  "  %1 : Tensor = aten::exp(%x)\n"
                  "  %2 : Tensor = aten::exp(%x)\n"
                  "  %3 : Tensor = aten::mul(%1, %2)\n"
                  "  return (%3)\n"),
            "graph(%x : Tensor):\n"
            "  %1 : Tensor = aten::exp(%x)\n"
            "  %3 : Tensor = aten::mul(%1, %1)\n"
            "  return (%3)\n");
}

TEST(CommonSubexpressions, OfAWrittenTensorStay) {
  stays(common_subexpression_elimination,
        "graph(%x : Tensor):\n"
        "  %1 : int = prim::Constant[value=1]()\n"
        "  %2 : Tensor = aten::exp(%x)\n"
        "  %3 : Tensor = aten::add_(%x, %x, %1)\n"
        "  %4 : Tensor = aten::exp(%x)\n"
        "  %5 : Tensor = aten::mul(%2, %4)\n"
        "  return (%5)\n");
}

TEST(Inlining, TakesTheNameOfTheCallsResult) {
  ir::GraphFunction callee(
      "__torch__.g", ir::parse_ir("graph(%x : Tensor):\n  %r : Tensor = my::op(%x)\n  return (%r)\n", kKeepNames));
  auto graph = std::make_shared<ir::Graph>();
  ir::Value* x = graph->add_input("x");
  ir::Value* function = graph->insert_constant(IValue(static_cast<Function*>(&callee)));
  ir::Node* call = graph->insert(graph->create(ir::kinds::call_function, {function, x}));
  call->output()->set_debug_name("y");
  graph->register_output(call->output());
  run_pass(inline_calls, *graph);
  ir::lint(*graph);
  EXPECT_EQ(graph->str(),
            "graph(%x : Tensor):\n  %1 : Function = prim::Constant[name=\"g\"]()\n  %y : Tensor = my::op(%x)\n  return "
            "(%y)\n");
  EXPECT_EQ(graph->outputs()[0]->node()->inlined_from()->function, &callee);
}

TEST(Lists, WrittenAfterTheyAreMadeAreMadeAtOnce) {
  EXPECT_EQ(after(remove_list_mutation,
                  "graph(%x : Tensor, %y : Tensor):\n"
                  "  %2 : int = prim::Constant[value=0]()\n"
                  "  %3 : Tensor[] = prim::ListConstruct(%x)\n"
                  "  %4 : Tensor = my::op(%y)\n"
                  "  %5 : Tensor[] = aten::append(%3, %4)\n"
                  "  aten::insert(%3, %2, %y)\n"
                  "  return (%3)\n"),
            "graph(%x : Tensor,\n      %y : Tensor):\n"
            "  %2 : int = prim::Constant[value=0]()\n"
            "  %4 : Tensor = my::op(%y)\n"
            "  %3 : Tensor[] = prim::ListConstruct(%y, %x, %4)\n"
            "  return (%3)\n");
}

TEST(Lists, ThatSomebodySawStayAsTheyAre) {
  stays(remove_list_mutation,
        "graph(%x : Tensor):\n"
        "  %1 : Tensor[] = prim::ListConstruct(%x)\n"
        "  %2 : int = my::count(%1)\n"
        "  %3 : Tensor[] = aten::append(%1, %x)\n"
        "  return (%1)\n");
}

TEST(Forks, ThatAreOnlyWaitedForAreDoneInPlace) {
  EXPECT_EQ(after(inline_fork_wait,
                  "graph(%x : Tensor):\n"
                  "  %1 : Future[Tensor] = prim::fork_0(%x)\n"
                  "  %2 : Tensor = aten::wait(%1)\n"
                  "  return (%2)\n"
                  "with prim::fork_0 = graph(%x : Tensor):\n"
                  "  %1 : Tensor = my::op(%x)\n"
                  "  return (%1)\n"),
            "graph(%x : Tensor):\n  %3 : Tensor = my::op(%x)\n  return (%3)\n");
}

TEST(Shapes, AreForgottenInsideOfContainersToo) {
  EXPECT_EQ(after(erase_shape_information, "graph(%x : Float(2, 3), %y : (Long(4), int)):\n  return (%x)\n"),
            "graph(%x : Tensor,\n      %y : (Tensor, int)):\n  return (%x)\n");
}

TEST(Closures, ThatAreForkedBecomeOneNode) {
  const std::shared_ptr<ir::Graph> graph = ir::parse_ir(
      "graph(%x.1 : Tensor, %k : int):\n"
      "  %2 : NoneType = prim::Closure()\n"
      "    block0():\n"
      "      %3 : int = prim::Constant[value=7]()\n"
      "      %4 : Tensor = my::op(%x.1, %3, %k)\n"
      "      -> (%4)\n"
      "  %f : Future[Tensor] = prim::forkClosure(%2)\n"
      "  return (%f)\n",
      kKeepNames);
  run_pass(lift_closures, *graph);
  run_pass(inline_forked_closures, *graph);
  ir::lint(*graph);
  EXPECT_EQ(graph->str(),
            "graph(%x.1 : Tensor,\n      %k : int):\n"
            "  %f : Future[Tensor] = prim::fork_0(%x.1, %k)\n"
            "  return (%f)\n"
            "with prim::fork_0 = graph(%x.1 : Tensor,\n      %k : int):\n"
            "  %1 : int = prim::Constant[value=7]()\n"
            "  %4 : Tensor = my::op(%x.1, %1, %k)\n"
            "  return (%4)\n");
}

std::vector<bool> grouped(std::string_view text) {
  return outputs_in_differentiable_groups(ir::GraphFunction("__torch__.f", ir::parse_ir(text, kKeepNames)));
}

TEST(DifferentiableGroups, NeedTwoOperators) {
  EXPECT_EQ(grouped("graph(%x : Tensor):\n  %1 : Tensor = aten::exp(%x)\n  return (%1)\n"), std::vector<bool>({false}));
  EXPECT_EQ(
      grouped("graph(%x : Tensor):\n  %1 : Tensor = aten::exp(%x)\n  %2 : Tensor = aten::tanh(%1)\n  return (%2)\n"),
      std::vector<bool>({true}));
}

TEST(DifferentiableGroups, DoNotReachAcrossWhatHasNoGradient) {
  EXPECT_EQ(grouped("graph(%x : Tensor):\n"
                    "  %1 : Tensor = aten::exp(%x)\n"
                    "  %2 : Tensor = my::op(%1)\n"
                    "  %3 : Tensor = aten::tanh(%2)\n"
                    "  %4 : (Tensor, Tensor) = prim::TupleConstruct(%1, %3)\n"
                    "  return (%4)\n"),
            std::vector<bool>({false, false}));
}

TEST(Freezing, MakesConstantsOfWhatNobodyWrites) {
  auto unit = ir::CompilationUnit::make();
  Ref<ClassType> cls = ClassType::make("__torch__.M", /*is_module=*/true);
  unit->register_type(cls);
  cls->add_attribute("k", types::int_());
  cls->add_attribute("count", types::int_());
  auto module = make_ref<Object>(Ref<const ClassType>(cls), unit);
  module->set_attribute("k", IValue(3));
  module->set_attribute("count", IValue(0));
  const auto resolve = [&](const std::string& name) -> TypePtr { return name == cls->name() ? TypePtr(cls) : nullptr; };
  auto graph = ir::parse_ir(
      "graph(%self : __torch__.M):\n"
      "  %1 : int = prim::GetAttr[name=\"k\"](%self)\n"
      "  %2 : int = prim::GetAttr[name=\"count\"](%self)\n"
      "  %3 : int = my::op(%1, %2)\n"
      "  prim::SetAttr[name=\"count\"](%self, %3)\n"
      "  return (%3)\n",
      {.keep_names = true, .resolve = resolve});
  cls->add_method(unit->add_function(std::make_unique<ir::GraphFunction>("__torch__.M.forward", graph)));

  const Ref<Object> frozen = freeze_module(module, unit);
  EXPECT_EQ(frozen->type().name(), "__torch__.___torch_mangle_0.M");
  EXPECT_FALSE(frozen->has_attribute("k"));
  EXPECT_TRUE(frozen->has_attribute("count"));
  const auto* forward = dynamic_cast<const ir::GraphFunction*>(frozen->type().find_method("forward"));
  ASSERT_TRUE(forward);
  ir::lint(*forward->graph());
  EXPECT_EQ(forward->graph()->str(),
            "graph(%self : __torch__.___torch_mangle_0.M):\n"
            "  %self.k : int = prim::Constant[value=3]()\n"
            "  %2 : int = prim::GetAttr[name=\"count\"](%self)\n"
            "  %3 : int = my::op(%self.k, %2)\n"
            "   = prim::SetAttr[name=\"count\"](%self, %3)\n"
            "  return (%3)\n");
  EXPECT_THROW(freeze_module(module, unit, {.preserved = {"nope"}}), RuntimeError);
}

}  // namespace
}  // namespace rushlight::passes
