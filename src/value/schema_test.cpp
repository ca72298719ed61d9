#include "value/schema.h"

#include <gtest/gtest.h>
#include <fstream>

#include "value/class_type.h"
#include "value/containers.h"

namespace rushlight {
namespace {

std::string error_of(std::string_view text) {
  try {
    return "no error: " + Schema::parse(text).str();
  } catch (const Error& error) {
    return error.message();
  }
}

TEST(Schema, EveryNotationPrintsBackAsItWasRead) {
  std::ifstream file(RUSHLIGHT_TEST_DIR "/value/schemas.txt");
  ASSERT_TRUE(file) << "test/value/schemas.txt";
  std::string line;
  int count = 0;
  while (std::getline(file, line)) {
    ++count;
    EXPECT_EQ(Schema::parse(line).str(), line);
  }
  EXPECT_GT(count, 300);
}

TEST(Schema, PartsCanBeAskedFor) {
  const Schema schema =
      Schema::parse("aten::add.out(Tensor self, Tensor other, *, Scalar alpha=1, Tensor(a!) out) -> Tensor(a!)");
  EXPECT_EQ(schema.name, "aten::add");
  EXPECT_EQ(schema.overload, "out");
  EXPECT_EQ(schema.qualified_name(), "aten::add.out");
  EXPECT_TRUE(schema.is_mutable());
  EXPECT_EQ(schema.find_argument("alpha"), 2u);
  EXPECT_FALSE(schema.find_argument("beta"));
  EXPECT_FALSE(schema.arguments[1].keyword_only);
  EXPECT_TRUE(schema.arguments[2].keyword_only);
  EXPECT_EQ(schema.arguments[2].default_value->to_int(), 1);
  EXPECT_TRUE(schema.arguments[3].is_write());
  EXPECT_FALSE(schema.arguments[0].alias);
}

TEST(Schema, AliasSetsOfListsAndTheirElementsAreApart) {
  const Schema schema = Schema::parse("f(t[](a!) self, t(c -> *) el, Tensor(d)[] x, Tensor(e!)[](f!) y) -> Tensor(a)?");
  const AliasAnnotation& list = *schema.arguments[0].alias;
  EXPECT_TRUE(list.is_write);
  EXPECT_TRUE(list.contained.empty());
  EXPECT_EQ(schema.arguments[1].alias->after, std::vector<std::string>{"*"});
  ASSERT_EQ(schema.arguments[2].alias->contained.size(), 1u);
  EXPECT_EQ(schema.arguments[2].alias->contained[0].before, std::vector<std::string>{"d"});
  EXPECT_EQ(schema.arguments[3].alias->before, std::vector<std::string>{"f"});
  EXPECT_EQ(schema.arguments[3].alias->contained[0].before, std::vector<std::string>{"e"});
  EXPECT_EQ(schema.returns[0].alias->before, std::vector<std::string>{"a"});
}

TEST(Schema, DefaultsHaveTheTypeOfTheirArgument) {
  const Schema schema = Schema::parse(
      "f(float a=1, Scalar b=1, int[2] c=3, float[2] d=1, int[] e=[], MemoryFormat? g=contiguous_format, ScalarType "
      "h=long, "
      "int r=Mean, str s='it\\'s', float? t=1, bool u=True, Generator? v=None) -> ()");
  const auto value = [&](std::string_view name) {
    return *schema.arguments[*schema.find_argument(name)].default_value;
  };
  EXPECT_EQ(value("a").to_float(), 1.0);
  EXPECT_EQ(value("b").to_int(), 1);
  EXPECT_EQ(value("c").to_int_vector(), (std::vector<int64_t>{3, 3}));
  EXPECT_EQ(value("d").str(), "[1., 1.]");
  EXPECT_EQ(value("e").list().kind(), ListKind::ints);
  EXPECT_EQ(value("g").to_int(), 0);
  EXPECT_EQ(value("h").to_int(), 4);
  EXPECT_EQ(value("r").to_int(), 1);
  EXPECT_EQ(value("s").to_string(), "it's");
  EXPECT_EQ(value("t").to_int(), 1);  // only the text decides inside an Optional
  EXPECT_TRUE(value("u").to_bool());
  EXPECT_TRUE(value("v").is_none());
  EXPECT_FALSE(Schema::parse("f(int x) -> ()").arguments[0].default_value);
}

TEST(Schema, DefaultsPrintAsPyTorchPrintsThem) {
  const auto printed = [](std::string_view text) { return Schema::parse(text).str(); };
  EXPECT_EQ(printed("f(float a=1e15, float b=100000000000, float c=1e20, float d=0.1, float e=2)->()"),
            "f(float a=1000000000000000., float b=100000000000., float c=1e+20, float d=0.10000000000000001, float "
            "e=2.) -> ()");
  EXPECT_EQ(printed("f(int[3] z=[1, 2, 3], float[2] w=1.5, int[2] v=[1, 1], SymInt[2] y=0) -> ()"),
            "f(int[3] z=[1, 2, 3], float[2] w=[1.5, 1.5], int[2] v=1, SymInt[2] y=[0, 0]) -> ()");
  EXPECT_EQ(printed("f(str x='a\"b', str? y='c\\nd', Device d='cpu', bool b=1) -> ()"),
            "f(str x=\"a\\\"b\", str? y=\"c\\nd\", Device d=cpu, bool b=1) -> ()");
}

TEST(Schema, ErrorsShowThePlace) {
  EXPECT_EQ(error_of("f(int x -> ()"), "expected ) but found 'arrow' here:\nf(int x -> ()\n        ~~ <--- HERE\n");
  EXPECT_EQ(error_of("f(int x) ->"), "expected ident but found 'eof' here:\nf(int x) ->");
  EXPECT_EQ(error_of("f(Tensor) -> Tensor"),
            "expected ident but found ')' here:\nf(Tensor) -> Tensor\n        ~ <--- HERE\n");
  EXPECT_EQ(error_of("f(int x=foo) -> ()"),
            "\ninvalid numeric default value:\nf(int x=foo) -> ()\n           ~ <--- HERE\n");
  EXPECT_EQ(error_of("f(int[x] y) -> ()"),
            "expected number but found 'ident' here:\nf(int[x] y) -> ()\n      ~ <--- HERE\n");
  EXPECT_EQ(error_of("f(Dict(int) x) -> ()"),
            "expected , but found ')' here:\nf(Dict(int) x) -> ()\n          ~ <--- HERE\n");
  EXPECT_EQ(error_of("f(..., int a) -> ()"),
            "\n... must be the last element of the argument list:\nf(..., int a) -> ()\n       ~~~ <--- HERE\n");
  EXPECT_EQ(error_of("f(Tensor[] x=[]) -> ()"),
            "\nlists are only supported for float, int and complex types:\nf(Tensor[] x=[]) -> ()\n             ~ <--- "
            "HERE\n");
  EXPECT_EQ(error_of("f int"), "expected eof but found 'ident' here:\nf int\n  ~~~ <--- HERE\n");
  EXPECT_EQ(error_of("f"), "Tried to parse a function schema but only the operator name was given");
  EXPECT_EQ(error_of("f(Foo x) -> ()").substr(0, 24), "\nunknown type specifier.");
  EXPECT_EQ(error_of("f(int x=1, int y) -> ()"),
            "Non-default positional argument follows default argument. Parameter y in f(int x=1, int y) -> ()");
}

TEST(Schema, HostileTextIsRefused) {
  for (const std::string& text :
       {std::string(100000, '('), "f(" + std::string(100000, '('), std::string("f(int x=99999999999999999999) -> ()"),
        std::string("f(int[99999999999] x=1) -> ()"), std::string("f(int[2000000000] x=1) -> ()"),
        std::string("f(int[-1] x) -> ()"), std::string("f(int[2] x=1.5) -> ()"), std::string("f(str x=\"abc"),
        std::string("f(str x=\"abc\\"), std::string("f(int x=-"), std::string(1, '\0'), std::string("f(\xff)")})
    EXPECT_THROW(Schema::parse(text), Error) << text.substr(0, 40);
}

TEST(Schema, CustomClassesAreOneTypeAName) {
  const Schema schema = Schema::parse("f(__torch__.torch.classes.a.B x) -> __torch__.torch.classes.a.B[]");
  EXPECT_EQ(*schema.arguments[0].type, *schema.returns[0].type->expect<ElementType>().element());
  EXPECT_EQ(schema.arguments[0].type->str(), "__torch__.torch.classes.a.B");
}

TEST(ParseType, ReadsWhatGraphsPrint) {
  for (const char* text : {"Tensor",
                           "int[][]?",
                           "Dict(str, Tensor?)",
                           "(int, (float, str), Tensor[])",
                           "()",
                           "(int)",
                           "Union(int, NoneType, str)",
                           "Future[int]",
                           "RRef[Tensor]",
                           "Await(int)",
                           "Scalar",
                           "Any?",
                           "Float(2, *, 4, requires_grad=0, device=cpu)",
                           "Float(2, 3, strides=[3, 1], requires_grad=0, device=cpu)",
                           "Long(requires_grad=0, device=cpu)",
                           "FloatTensor",
                           "Tensor[Undefined]",
                           "Double(device=cuda:1)",
                           "NamedTuple(x : Tensor, y : int = 3)",
                           "list",
                           "tuple",
                           "t[]"})
    EXPECT_EQ(parse_type(text)->str(), text);
}

TEST(ParseType, ReadsAnnotationsOfCode) {
  EXPECT_EQ(parse_type("Optional[List[Tuple[int, str]]]")->str(), "(int, str)[]?");
  EXPECT_EQ(parse_type("Dict[str, Tensor]")->str(), "Dict(str, Tensor)");
  EXPECT_EQ(parse_type("Tuple[()]")->str(), "()");
}

TEST(ParseType, ClassesComeThroughTheResolver) {
  const TypePtr net = ClassType::make("__torch__.Net", /*is_module=*/true);
  const auto resolve = [&](const std::string& name) { return name == "__torch__.Net" ? net : nullptr; };
  EXPECT_EQ(*parse_type("__torch__.Net[]", resolve)->expect<ElementType>().element(), *net);
  EXPECT_THROW(parse_type("Nett", resolve), RuntimeError);
  EXPECT_THROW(parse_type("Float(2, strides=[3, 1])"), RuntimeError);
  EXPECT_THROW(parse_type("int int"), RuntimeError);
}

}  // namespace
}  // namespace rushlight
