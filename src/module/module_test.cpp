#include "module/module.h"

#include <gtest/gtest.h>

#include <sstream>

#include "exec/executor.h"
#include "ops/functions.h"

namespace rushlight {
namespace {

/// A layer with a weight and a constant tensor in its code, inside a net with attributes of several kinds.
Module make_net() {
  exec::install();
  const auto unit = ir::CompilationUnit::make();
  const Module layer("Layer", unit);
  layer.register_parameter("weight", scalar_tensor(2.0));
  layer.register_buffer("shift", scalar_tensor(1.0));
  layer.define(
      "def forward(self, x: Tensor, scale: int=3) -> Tensor:\n  return x * self.weight * scale + self.shift\n");
  const Module net("Net", unit);
  net.register_attribute("training", types::bool_(), IValue(true));
  net.register_attribute("names", types::list(types::string()), [] {
    auto names = ListObject::make(types::string());
    names->append("a");
    return IValue(names);
  }());
  net.register_module("layer", layer);
  net.define(
      "def helper(self, x: Tensor) -> Tensor:\n  return self.layer.forward(x)\n"
      "def forward(self, x: Tensor, n: int=1) -> Tensor:\n"
      "  for i in range(n):\n    x = self.helper(x)\n  return x\n");
  return net;
}

Module round_trip(const Module& module, const archive::SaveOptions& options = {}) {
  std::ostringstream out;
  module.save(out, options);
  return load_from_bytes(out.str());
}

double number(const IValue& value) { return value.tensor().item().to<double>(); }

TEST(Module, CallsCheckTheirArguments) {
  const Module net = make_net();
  EXPECT_EQ(number(net.forward({IValue(scalar_tensor(1.0))})), 7.0);
  EXPECT_EQ(number(net.forward({IValue(scalar_tensor(1.0))}, {{"n", IValue(2)}})), 43.0);
  EXPECT_THROW(net.forward({}), RuntimeError);
  EXPECT_THROW(net.forward({IValue(3)}), RuntimeError);
  EXPECT_THROW(net.get_method("nothing"), RuntimeError);
  EXPECT_FALSE(net.find_method("nothing"));
}

TEST(Module, PreparingChangesNoResultAndHidesNoError) {
  const Module net = make_net();
  net.prepare();
  net.prepare("nothing");
  EXPECT_EQ(number(net.forward({IValue(scalar_tensor(1.0))})), 7.0);
  net.define("def refused(self, x: Tensor) -> Tensor:\n  return x.view([7])\n");
  net.prepare("refused");
  EXPECT_THROW(net.get_method("refused")({IValue(scalar_tensor(1.0))}), Error);
}

TEST(Module, WhatWasSavedComesBack) {
  const Module net = make_net();
  const Module back = round_trip(net);
  EXPECT_EQ(back.type().name(), "__torch__.Net");
  EXPECT_EQ(number(back.forward({IValue(scalar_tensor(1.0)), IValue(2)})), 43.0);
  EXPECT_EQ(back.get_method("forward").schema().str(), net.get_method("forward").schema().str());
  EXPECT_EQ(back.attribute("names").str(), "[a]");
  ASSERT_EQ(back.named_parameters().size(), 1u);
  EXPECT_EQ(back.named_parameters()[0].name, "layer.weight");
  ASSERT_EQ(back.named_buffers().size(), 1u);
  EXPECT_EQ(back.named_buffers()[0].name, "layer.shift");
}

TEST(Module, SavingAgainChangesNothing) {
  std::ostringstream first, second;
  const Module once = round_trip(make_net());
  once.save(first);
  load_from_bytes(first.str()).save(second);
  EXPECT_EQ(first.str(), second.str());
}

TEST(Module, TwoClassesOfOneNameBothKeepTheirCode) {
  exec::install();
  const Module outer("Net");
  const Module first("Part"), second("Part");
  first.define("def forward(self, x: int) -> int:\n  return x + 1\n");
  second.define("def forward(self, x: int) -> int:\n  return x * 10\n");
  outer.register_module("first", first);
  outer.register_module("second", second);
  outer.define("def forward(self, x: int) -> int:\n  return self.second.forward(self.first.forward(x))\n");
  const Module back = round_trip(outer);
  EXPECT_EQ(back.forward({IValue(2)}).to_int(), 30);
  EXPECT_EQ(back.named_children()[1].value.type().name(), "__torch__.___torch_mangle_0.Part");
}

TEST(Module, TensorsThatShareMemoryStillDo) {
  const Module net("Net");
  const Tensor whole = empty_tensor({4}, ScalarType::float32);
  net.register_parameter("whole", whole);
  net.register_buffer("part", alias_tensor(whole, {2}, {2}, 1));
  const Module back = round_trip(net);
  EXPECT_EQ(back.attribute("part").tensor().storage(), back.attribute("whole").tensor().storage());
  EXPECT_EQ(back.attribute("part").tensor().storage_offset(), 1);
}

TEST(Module, ExtraFilesTravelAlong) {
  archive::SaveOptions options;
  options.extra_files = {{"notes/a.txt", "hello"}, {"empty", ""}};
  std::ostringstream out;
  make_net().save(out, options);
  archive::ExtraFiles files{{"notes/a.txt", ""}, {"missing", "kept"}};
  load_from_bytes(out.str(), {}, &files);
  EXPECT_EQ(files.at("notes/a.txt"), "hello");
  EXPECT_EQ(files.at("missing"), "kept");
}

TEST(Module, StateMethodsRunWhenAllElseIsLoaded) {
  exec::install();
  const Module net("Net");
  net.register_attribute("size", types::int_(), IValue(3));
  net.register_attribute("training", types::bool_(), IValue(true));
  net.define(
      "def __getstate__(self) -> Tuple[int, bool]:\n  return (self.size * 2, self.training)\n"
      "def __setstate__(self, state: Tuple[int, bool]) -> None:\n  self.size = state[0]\n  self.training = state[1]\n");
  EXPECT_EQ(round_trip(net).attribute("size").to_int(), 6);
  const Module forgetful("Net");
  forgetful.register_attribute("size", types::int_(), IValue(3));
  forgetful.define(
      "def __getstate__(self) -> int:\n  return self.size\n"
      "def __setstate__(self, state: int) -> None:\n  pass\n");
  try {
    round_trip(forgetful);
    FAIL();
  } catch (const RuntimeError& error) {
    EXPECT_EQ(error.message(),
              "The field 'size' was left uninitialized after '__setstate__', but expected a value of type 'int'");
  }
}

TEST(Module, AttributesKeepTheirTypes) {
  const Module net = make_net();
  EXPECT_THROW(net.set_attribute("training", IValue(1)), RuntimeError);
  EXPECT_THROW(net.set_attribute("nothing", IValue(1)), RuntimeError);
  EXPECT_THROW(net.attribute("nothing"), AttributeError);
  EXPECT_EQ(net.attribute("nothing", IValue(5)).to_int(), 5);
  net.eval();
  EXPECT_FALSE(net.is_training());
}

TEST(Module, CopiesAndConversions) {
  const Module net = make_net();
  const Module deep = net.deepcopy();
  deep.to(std::nullopt, ScalarType::float64);
  EXPECT_EQ(deep.named_parameters()[0].value.dtype(), ScalarType::float64);
  EXPECT_EQ(net.named_parameters()[0].value.dtype(), ScalarType::float32);
  EXPECT_FALSE(deep == net);
  EXPECT_TRUE(Module(net) == net);
}

TEST(Module, AMissingFileIsNamed) {
  try {
    load("nope.pt");
    FAIL();
  } catch (const ArchiveError& error) {
    EXPECT_EQ(error.message(),
              "open file failed because of errno 2 on fopen: No such file or directory, file path: nope.pt");
  }
}

TEST(Module, DumpShowsWhatThereIs) {
  const std::string text = make_net().dump_to_str(/*code=*/false, /*attributes=*/true, /*parameters=*/false);
  EXPECT_TRUE(text.starts_with("module __torch__.Net {\n  parameters {\n  }\n  attributes {\n    training = True\n"));
  EXPECT_NE(text.find("weight = ..."), std::string::npos);
}

}  // namespace
}  // namespace rushlight
