#include "trace/trace.h"

#include <gtest/gtest.h>

#include "autograd/variable.h"
#include "trace/inputs.h"
#include "trace/sizes.h"

namespace rushlight::trace {
namespace {

Tensor call(const char* name, const char* overload, std::vector<IValue> arguments) {
  return call_operator(get_operator(name, overload), std::move(arguments)).tensor();
}

Tensor ones(IntArrayRef sizes) {
  const Tensor tensor = empty_tensor(sizes, ScalarType::float32);
  for (int64_t i = 0; i < tensor.numel(); ++i) tensor.data<float>()[i] = 1;
  return tensor;
}

std::string recorded(std::vector<IValue> inputs, std::function<IValue(std::vector<IValue>)> run) {
  ir::CompilationUnit unit;
  return record_program({.inputs = std::move(inputs), .names = {"x", "y"}, .run = std::move(run)}, unit).graph->str();
}

TEST(Trace, AnOperatorIsOneNodeWithAConstantForEachArgument) {
  EXPECT_EQ(recorded({IValue(ones({2}))},
                     [](std::vector<IValue> in) {
                       return IValue(call("aten::add", "Tensor", {in[0], in[0], Scalar(2)}));
                     }),
            "graph(%x : Float(2, strides=[1], requires_grad=0, device=cpu)):\n"
            "  %1 : int = prim::Constant[value=2]()\n"
            "  %2 : Float(2, strides=[1], requires_grad=0, device=cpu) = aten::add(%x, %x, %1)\n"
            "  return (%2)\n");
}

TEST(Trace, NothingIsRecordedWhilePaused) {
  const std::string text = recorded({IValue(ones({2}))}, [](std::vector<IValue> in) {
    {
      const Pause pause;
      call("aten::neg", "", {in[0]});
    }
    return IValue(call("aten::relu", "", {in[0]}));
  });
  EXPECT_EQ(text.find("aten::neg"), std::string::npos);
  EXPECT_NE(text.find("aten::relu"), std::string::npos);
}

TEST(Trace, TheSameTensorTwiceIsTwoInputs) {
  const Tensor x = ones({2});
  recorded({IValue(x), IValue(x)}, [](std::vector<IValue> in) {
    EXPECT_FALSE(in[0].tensor().is_same(in[1].tensor()));
    return IValue(call("aten::relu", "", {in[0]}));
  });
}

TEST(Trace, SizesAreValues) {
  const std::string text = recorded({IValue(ones({2}))}, [](std::vector<IValue> in) {
    return IValue(call("aten::mul", "Tensor", {in[0], size_of(*current(), in[0].tensor(), -1)}));
  });
  EXPECT_NE(text.find("Long(device=cpu) = prim::NumToTensor"), std::string::npos);
  EXPECT_NE(text.find("int = prim::Constant[value=-1]"), std::string::npos);
}

TEST(Trace, ResultsMustComeFromTheRecording) {
  const Tensor foreign = ones({2});
  EXPECT_THROW(recorded({IValue(ones({2}))}, [&](std::vector<IValue>) { return IValue(foreign); }), RuntimeError);
  EXPECT_FALSE(is_tracing());
}

TEST(Trace, AnUnknownTensorThatRequiresGradIsNoConstant) {
  const Tensor weight = ones({2});
  autograd::set_requires_grad(weight, true);
  EXPECT_THROW(recorded({IValue(ones({2}))},
                        [&](std::vector<IValue> in) {
                          return IValue(call("aten::mul", "Tensor", {in[0], IValue(weight)}));
                        }),
               RuntimeError);
}

TEST(Trace, ATraceInsideOfATraceIsRefused) {
  EXPECT_THROW(recorded({IValue(ones({2}))},
                        [](std::vector<IValue> in) {
                          recorded({in[0]}, [](std::vector<IValue> inner) { return inner[0]; });
                          return in[0];
                        }),
               RuntimeError);
  EXPECT_FALSE(is_tracing());
}

}  // namespace
}  // namespace rushlight::trace
