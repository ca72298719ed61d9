#include "value/call_arguments.h"

#include <gtest/gtest.h>

#include "value/class_type.h"
#include "value/containers.h"

namespace rushlight {
namespace {

const Schema& schema() {
  static const Schema schema =
      Schema::parse("forward(Any self, Tensor x, int y=2, float z=1.5, int[]? l=None) -> Tensor");
  return schema;
}
const std::string kDeclaration = "forward(Any self, Tensor x, int y=2, float z=1.5, int[]? l=None) -> Tensor";

IValue tensor() { return IValue(empty_tensor({1}, ScalarType::float32)); }

std::string error_of(std::vector<IValue> arguments, const KeywordArguments& keywords = {}) {
  try {
    complete_arguments(schema(), std::move(arguments), keywords);
    return "no error";
  } catch (const RuntimeError& error) {
    return error.message();
  }
}

TEST(CallArguments, DefaultsAndKeywordsFillTheirPlaces) {
  const std::vector<IValue> values = complete_arguments(schema(), {IValue(), tensor()}, {{"z", IValue(0.5)}});
  ASSERT_EQ(values.size(), 5u);
  EXPECT_EQ(values[2].to_int(), 2);
  EXPECT_EQ(values[3].to_float(), 0.5);
  EXPECT_TRUE(values[4].is_none());
}

TEST(CallArguments, WrongTypesAreNamedWithTheirPlace) {
  EXPECT_EQ(error_of({IValue(), IValue(3)}),
            "forward() Expected a value of type 'Tensor' for argument 'x' but instead found type 'int'.\nPosition: "
            "1\nDeclaration: " +
                kDeclaration);
  EXPECT_EQ(error_of({IValue(), tensor(), IValue(1), IValue(2)}),
            "forward() Expected a value of type 'float' for argument 'z' but instead found type 'int'.\nPosition: "
            "3\nDeclaration: " +
                kDeclaration);
  EXPECT_EQ(error_of({IValue(), tensor(), IValue(true)}),
            "forward() Expected a value of type 'int' for argument 'y' but instead found type 'bool'.\nPosition: "
            "2\nDeclaration: " +
                kDeclaration);
  EXPECT_EQ(error_of({IValue(), tensor()}, {{"y", IValue("s")}}),
            "forward() Expected a value of type 'int' for argument 'y' but instead found type 'str'.\nDeclaration: " +
                kDeclaration);
  EXPECT_EQ(error_of({IValue(), tensor(), IValue(1), IValue(1.5), IValue(std::vector<double>{1})}),
            "forward() Expected a value of type 'Optional[List[int]]' for argument 'l' but instead found type "
            "'List[float]'.\nPosition: "
            "4\nDeclaration: " +
                kDeclaration);
}

TEST(CallArguments, CountsAndNamesAreChecked) {
  EXPECT_EQ(error_of({IValue()}), "forward() is missing value for argument 'x'. Declaration: " + kDeclaration);
  EXPECT_EQ(error_of(std::vector<IValue>(6)),
            "Expected at most 5 argument(s) for operator 'forward', but received 6 argument(s). Declaration: " +
                kDeclaration);
  EXPECT_EQ(error_of({IValue(), tensor()}, {{"w", IValue(1)}}),
            "Unknown keyword argument 'w' for operator 'forward'. Schema: " + kDeclaration);
  EXPECT_EQ(error_of({IValue(), tensor()}, {{"x", tensor()}}),
            "Argument 'x' specified both as positional and keyword argument. Schema: " + kDeclaration);
}

TEST(CallArguments, AParameterWithoutAnnotationSaysSo) {
  Schema inferred;
  inferred.name = "g";
  inferred.arguments.push_back({.name = "x", .type = TensorType::inferred()});
  try {
    complete_arguments(inferred, {IValue(1)});
    FAIL();
  } catch (const RuntimeError& error) {
    EXPECT_EQ(
        error.message(),
        "g() Expected a value of type 'Tensor (inferred)' for argument 'x' but instead found type 'int'.\nInferred 'x' "
        "to be of type "
        "'Tensor' because it was not annotated with an explicit type.\nPosition: 0\nDeclaration: g(Tensor x) -> ()");
  }
}

}  // namespace
}  // namespace rushlight
