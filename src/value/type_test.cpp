#include "value/type.h"

#include <gtest/gtest.h>

#include "value/class_type.h"
#include "value/unify.h"

namespace rushlight {
namespace {

TypePtr type(std::string_view text) { return parse_type(text); }
bool subtype(std::string_view a, std::string_view b) { return type(a)->is_subtype_of(*type(b)); }
std::string unified(std::string_view a, std::string_view b, bool default_to_union = false) {
  const TypePtr common = unify_types(type(a), type(b), default_to_union);
  return common ? common->str() : "none";
}
std::string union_of(std::vector<std::string_view> members) {
  std::vector<TypePtr> types;
  for (std::string_view member : members) types.push_back(type(member));
  return types::union_(std::move(types))->str();
}

TEST(TypeText, EachTypeHasAGraphFormAndAnAnnotation) {
  const std::vector<std::pair<const char*, const char*>> forms = {{"int[]?", "Optional[List[int]]"},
                                                                  {"Dict(str, Tensor)", "Dict[str, Tensor]"},
                                                                  {"(int, str)", "Tuple[int, str]"},
                                                                  {"()", "Tuple[()]"},
                                                                  {"Scalar", "number"},
                                                                  {"Any?", "Optional[Any]"},
                                                                  {"Union(int, str)", "Union[int, str]"},
                                                                  {"Future[int]", "Future[int]"},
                                                                  {"Await(int)", "Await[int]"},
                                                                  {"SymInt", "int"},
                                                                  {"NoneType", "NoneType"},
                                                                  {"Float(2, 3)", "Tensor"}};
  for (const auto& [graph, annotation] : forms) {
    EXPECT_EQ(type(graph)->str(), graph);
    EXPECT_EQ(type(graph)->annotation(), annotation);
  }
}

TEST(TypeText, SchemasWriteFuturesRoundAndTensorsPlain) {
  EXPECT_EQ(types::future(types::int_())->schema_str(), "Future(int)");
  EXPECT_EQ(types::list(types::rref(types::int_()))->schema_str(), "RRef(int)[]");
  EXPECT_EQ(type("(Float(2), int)")->str(), "(Float(2), int)");
  EXPECT_EQ(type("(Float(2), int)")->schema_str(), "(Tensor, int)");
}

TEST(TypeText, GraphsUseTheSchemaFormInsideDictUnionAndAwait) {
  EXPECT_EQ(type("Dict(str, Float(2))")->str(), "Dict(str, Tensor)");
  EXPECT_EQ(type("Await(Float(2))")->str(), "Await(Tensor)");
  EXPECT_EQ(types::dict(types::string(), types::future(types::int_()))->str(), "Dict(str, Future(int))");
  EXPECT_EQ(union_of({"Future[int]", "str"}), "Union(Future(int), str)");
  EXPECT_EQ(type("Future[Float(2)]")->str(), "Future[Float(2)]");
}

TEST(TypeText, NamedTuplesShowTheirFieldsInGraphsAndTheirNameInCode) {
  const TypePtr point = TupleType::named("__torch__.P", {"x", "y"}, {types::tensor(), types::int_()}, {IValue(3)});
  EXPECT_EQ(point->str(), "NamedTuple(x : Tensor, y : int = 3)");
  EXPECT_EQ(point->annotation(), "__torch__.P");
  EXPECT_EQ(TupleType::named("", {"values", "indices"}, {types::tensor(), types::tensor()})->annotation(),
            "Tuple[Tensor, Tensor]");
}

TEST(TypeText, EnumsClassesAndInterfaces) {
  EXPECT_EQ(ClassType::make("__torch__.a.C")->str(), "__torch__.a.C");
  const TypePtr color =
      make_ref<EnumType>("__torch__.Color", types::int_(), std::vector<std::pair<std::string, IValue>>{});
  EXPECT_EQ(color->str(), "Enum<__torch__.Color>");
  EXPECT_EQ(color->annotation(), "__torch__.Color");
  const TypePtr interface = make_ref<InterfaceType>("__torch__.a.I", false);
  EXPECT_EQ(interface->str(), "InterfaceType<I>");
  EXPECT_EQ(interface->annotation(), "__torch__.a.I");
}

TEST(TensorTypeText, ShowsWhatIsKnown) {
  TensorType::Facts facts;
  facts.dtype = ScalarType::float32;
  EXPECT_EQ(TensorType::make(facts)->str(), "FloatTensor");
  facts.sizes = {{2, std::nullopt}};
  EXPECT_EQ(TensorType::make(facts)->str(), "Float(2, *)");
  facts.strides = {{1, std::nullopt}};
  EXPECT_EQ(TensorType::make(facts)->str(), "Float(2, *)");
  facts.strides = {{3, 1}};
  facts.requires_grad = false;
  facts.device = Device{DeviceType::cpu};
  EXPECT_EQ(TensorType::make(facts)->str(), "Float(2, *, strides=[3, 1], requires_grad=0, device=cpu)");
  facts.sizes.emplace();
  facts.strides.emplace();
  EXPECT_EQ(TensorType::make(facts)->str(), "Float(requires_grad=0, device=cpu)");
  EXPECT_EQ(TensorType::inferred()->str(), "Tensor");
}

TEST(Union, IsFlattenedMergedAndSortedByKind) {
  EXPECT_EQ(union_of({"int", "float"}), "Union(float, int)");
  EXPECT_EQ(union_of({"int", "str", "NoneType"}), "Union(int, NoneType, str)");
  EXPECT_EQ(union_of({"Union(int, str)", "str?"}), "Union(int, NoneType, str)");
  EXPECT_EQ(union_of({"int", "int"}), "int");
  EXPECT_EQ(union_of({"int", "NoneType"}), "int?");
  EXPECT_EQ(union_of({"int", "float", "complex"}), "Scalar");
  EXPECT_EQ(union_of({"Any", "int"}), "Any");
  EXPECT_EQ(union_of({"Any", "int?"}), "Any?");
  EXPECT_EQ(union_of({"(int, str)?", "(int, NoneType)"}), "(int, str?)?");
  EXPECT_EQ(union_of({"str[]", "int[]", "Tensor"}), "Union(Tensor, int[], str[])");
}

TEST(Union, NumbersPrintLastWithPyTorchsCommas) {
  EXPECT_EQ(union_of({"int", "float", "complex", "str"}), "Union(, str, Scalar)");
  EXPECT_EQ(union_of({"Tensor", "Scalar"}), "Union(TensorScalar)");
  EXPECT_EQ(union_of({"Tensor", "Scalar", "str"}), "Union(Tensor, str, Scalar)");
  EXPECT_EQ(types::union_({types::number(), types::string()})->annotation(), "Union[, str, number]");
}

TEST(Subtype, FollowsTheTableOfTheLanguage) {
  for (const auto& [a, b] :
       std::vector<std::pair<const char*, const char*>>{{"int", "Any"},
                                                        {"NoneType", "int?"},
                                                        {"int", "int?"},
                                                        {"int", "Scalar"},
                                                        {"complex", "Scalar"},
                                                        {"int", "Union(int, str)"},
                                                        {"int?", "Union(int, NoneType, str)"},
                                                        {"Union(int, str)", "Union(int, NoneType, str)"},
                                                        {"Float(2)", "Tensor"},
                                                        {"Float(2, strides=[1])", "Float(2)"},
                                                        {"int[]", "list"},
                                                        {"(int, str)", "tuple"},
                                                        {"(int, int)", "(int?, int)"},
                                                        {"Future[int]", "Future[int?]"},
                                                        {"int", "SymInt"},
                                                        {"SymInt", "Scalar"},
                                                        {"int[]", "SymInt[]"},
                                                        {"int?", "Scalar?"}})
    EXPECT_TRUE(subtype(a, b)) << a << " <: " << b;
  for (const auto& [a, b] : std::vector<std::pair<const char*, const char*>>{{"Any", "int"},
                                                                             {"int?", "int"},
                                                                             {"bool", "Scalar"},
                                                                             {"int", "float"},
                                                                             {"bool", "int"},
                                                                             {"int[]", "int?[]"},
                                                                             {"int[]", "float[]"},
                                                                             {"Dict(str, int)", "Dict(str, int?)"},
                                                                             {"Tensor", "Float(2)"},
                                                                             {"Float(3)", "Float(2)"},
                                                                             {"(int, int)", "(int, int, int)"},
                                                                             {"Union(int, str)", "int?"},
                                                                             {"int?", "Union(int, str)"},
                                                                             {"Union(int, NoneType, str)", "int?"}})
    EXPECT_FALSE(subtype(a, b)) << a << " <: " << b;
}

TEST(Subtype, NamedTuplesArePlainTuplesButNotTheOtherWay) {
  const TypePtr named = TupleType::named("__torch__.P", {"x", "y"}, {types::int_(), types::string()});
  const TypePtr wider = TupleType::named("__torch__.Q", {"x", "y"}, {types::optional(types::int_()), types::string()});
  EXPECT_TRUE(named->is_subtype_of(*type("(int, str)")));
  EXPECT_FALSE(type("(int, str)")->is_subtype_of(*named));
  EXPECT_TRUE(named->is_subtype_of(*wider));
  EXPECT_FALSE(wider->is_subtype_of(*named));
}

TEST(Mutability, IsThatOfTheParts) {
  for (const char* text : {"Tensor", "int[]", "Dict(str, int)", "(int, Tensor)", "Any", "int[]?", "Union(int[], str)"})
    EXPECT_TRUE(type(text)->is_mutable()) << text;
  for (const char* text : {"int", "str", "(int, str)", "int?", "Device", "Union(int, str)"})
    EXPECT_FALSE(type(text)->is_mutable()) << text;
}

TEST(Unify, FindsTheLeastCommonType) {
  EXPECT_EQ(unified("int", "int"), "int");
  EXPECT_EQ(unified("int", "NoneType"), "int?");
  EXPECT_EQ(unified("int?", "NoneType"), "int?");
  EXPECT_EQ(unified("(int, NoneType)", "(NoneType, int)"), "(int?, int?)");
  EXPECT_EQ(unified("int[]", "NoneType"), "int[]?");
  EXPECT_EQ(unified("Future[int]", "Future[NoneType]"), "Future[int?]");
  EXPECT_EQ(unified("int", "float"), "none");
  EXPECT_EQ(unified("int", "bool"), "none");
  EXPECT_EQ(unified("int[]", "int?[]"), "none");
  EXPECT_EQ(unified("int", "Scalar"), "Scalar");
  EXPECT_EQ(unified("NoneType", "Union(int, str)"), "Union(int, str)?");
  EXPECT_EQ(unified("int?", "Union(int, str)"), "Union(int, str)?");
}

TEST(Unify, TensorsKeepWhatTheyShare) {
  EXPECT_EQ(unified("Float(2, 3)", "Float(2, 4)"), "Float(2, *)");
  EXPECT_EQ(unified("Float(2)", "Long(2)"), "Tensor(2)");
  EXPECT_EQ(unified("Float(2)", "Float(2, 3)"), "FloatTensor");
  EXPECT_EQ(unified("Float(2)[]", "Float(3)[]"), "Tensor[]");
}

TEST(Unify, BecomesAUnionWhereThatIsAllowed) {
  EXPECT_EQ(unified("int", "str", true), "Union(int, str)");
  EXPECT_EQ(unified("int?", "str", true), "Union(int, NoneType, str)");
  EXPECT_EQ(unified("(int, int)", "(str, int)", true), "(Union(int, str), int)");
}

TEST(Unify, AHintServesWhenNothingElseDoes) {
  const TypePtr hint = type("Scalar");
  EXPECT_EQ(unify_types(types::int_(), types::float_(), false, hint)->str(), "Scalar");
  EXPECT_EQ(unify_types(types::int_(), types::string(), false, hint), nullptr);
}

TEST(Unify, ListsSayWhichElementDoesNotFit) {
  const std::vector<TypePtr> types = {types::int_(), types::none(), types::string()};
  std::string why;
  EXPECT_EQ(unify_type_list(types, &why), nullptr);
  EXPECT_EQ(why,
            "Could not unify type list since element 2 of type str did not match the types before it (Optional[int])");
}

}  // namespace
}  // namespace rushlight
