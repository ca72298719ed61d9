#include "value/ivalue.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "value/class_type.h"
#include "value/constant_text.h"
#include "value/containers.h"
#include "value/future.h"
#include "value/type_text.h"

namespace rushlight {
namespace {

Tensor ones(std::vector<int64_t> sizes) {
  Tensor tensor = empty_tensor(sizes, ScalarType::float32);
  for (int64_t i = 0; i < tensor.numel(); ++i) reinterpret_cast<float*>(tensor.storage()->data())[i] = 1;
  return tensor;
}
IValue strings(const std::vector<std::string>& values) {
  Ref<ListObject> list = ListObject::make(types::string());
  for (const std::string& value : values) list->append(value);
  return IValue(list);
}
IValue dictionary(const std::vector<std::pair<std::string, int64_t>>& entries) {
  Ref<DictObject> dict = make_ref<DictObject>(types::string(), types::int_());
  for (const auto& [key, value] : entries) dict->insert_or_assign(key, value);
  return IValue(dict);
}
template <class Call>
std::string error_of(Call&& call) {
  try {
    call();
    return "no error";
  } catch (const Error& error) {
    return error.message();
  }
}

TEST(IValue, KnowsItsTag) {
  EXPECT_STREQ(IValue().tag_name(), "None");
  EXPECT_STREQ(IValue(true).tag_name(), "Bool");
  EXPECT_STREQ(IValue(3).tag_name(), "Int");
  EXPECT_STREQ(IValue(2.0).tag_name(), "Double");
  EXPECT_STREQ(IValue(std::complex<double>(1, 2)).tag_name(), "ComplexDouble");
  EXPECT_STREQ(IValue("a").tag_name(), "String");
  EXPECT_STREQ(IValue(std::vector<int64_t>{1}).tag_name(), "GenericList");
  EXPECT_STREQ(dictionary({}).tag_name(), "GenericDict");
  EXPECT_STREQ(IValue(ones({1})).tag_name(), "Tensor");
  EXPECT_STREQ(make_tuple({}).tag_name(), "Tuple");
}

TEST(IValue, AccessIsChecked) {
  EXPECT_EQ(error_of([] { IValue(3).tensor(); }), "Expected Tensor but got Int");
  EXPECT_EQ(error_of([] { IValue(3.0).to_string(); }), "Expected String but got Double");
  EXPECT_EQ(error_of([] { IValue(3).list(); }), "Expected GenericList but got Int");
  EXPECT_EQ(error_of([] { IValue().dict(); }), "Expected GenericDict but got None");
  EXPECT_EQ(error_of([] { IValue("a").to_scalar(); }), "IValue is not a Scalar");
  EXPECT_EQ(error_of([] { IValue(true).to_int(); }), "Expected Int but got Bool");
}

TEST(IValue, MovingLeavesNone) {
  IValue value("text");
  const IValue moved = std::move(value);
  EXPECT_TRUE(value.is_none());
  EXPECT_EQ(moved.to_string(), "text");
  IValue tensor(ones({2}));
  EXPECT_EQ(std::move(tensor).tensor().numel(), 2);
  EXPECT_TRUE(tensor.is_none());
}

TEST(IValue, SharesWhatItPointsTo) {
  const IValue list(std::vector<int64_t>{1, 2});
  const IValue same = list;
  same.list().append(IValue(3));
  EXPECT_EQ(list.str(), "[1, 2, 3]");
  EXPECT_TRUE(list.is_same(same));
  EXPECT_FALSE(list.is_same(IValue(std::vector<int64_t>{1, 2, 3})));
  EXPECT_TRUE(list.equals(IValue(std::vector<int64_t>{1, 2, 3})));
}

TEST(IValue, PrintsAsCppDoes) {
  EXPECT_EQ(IValue(2.0).str(), "2.");
  EXPECT_EQ(IValue(0.1).str(), "0.10000000000000001");
  EXPECT_EQ(IValue(1e10).str(), "10000000000.");
  EXPECT_EQ(IValue(-0.0).str(), "0.");
  EXPECT_EQ(IValue(1e22).str(), "1e+22");
  EXPECT_EQ(IValue(double(-INFINITY)).str(), "-inf");
  EXPECT_EQ(IValue(std::complex<double>(1, -2)).str(), "1.-2.j");
  EXPECT_EQ(IValue("a\"b").str(), "a\"b");
  EXPECT_EQ(IValue(std::vector<double>{1, 0.5}).str(), "[1., 0.5]");
  EXPECT_EQ(strings({"a", "b"}).str(), "[a, b]");
  EXPECT_EQ(make_tuple({IValue(1)}).str(), "(1,)");
  EXPECT_EQ(make_tuple({}).str(), "()");
  EXPECT_EQ(make_tuple({IValue(1), IValue(2.5), IValue("a"), IValue(ones({1}))}).str(),
            "(1, 2.5, a,  1\n[ CPUFloatType{1} ])");
  EXPECT_EQ(IValue(Device{DeviceType::cuda, 1}).str(), "cuda:1");
  EXPECT_EQ(dictionary({{"a", 1}}).str(), "{a: 1}");
  EXPECT_EQ(IValue(Tensor()).str(), "[ Tensor (undefined) ]");
  EXPECT_EQ(IValue(true).str(), "True");
}

TEST(IValue, KnowsItsType) {
  EXPECT_EQ(make_tuple({IValue(1), IValue("a")}).type()->annotation(), "Tuple[int, str]");
  EXPECT_EQ(IValue(std::vector<int64_t>{}).type()->annotation(), "List[int]");
  EXPECT_EQ(dictionary({}).type()->annotation(), "Dict[str, int]");
  EXPECT_EQ(IValue().type()->annotation(), "NoneType");
  EXPECT_TRUE(IValue(1).is_instance_of(*types::number()));
  EXPECT_FALSE(IValue(true).is_instance_of(*types::number()));
  EXPECT_TRUE(IValue().is_instance_of(*parse_type("int?")));
  EXPECT_TRUE(make_tuple({IValue(1), IValue()}).is_instance_of(*parse_type("(int, str?)")));
  EXPECT_FALSE(make_tuple({IValue(1)}).is_instance_of(*parse_type("(int, str?)")));
  EXPECT_TRUE(strings({}).is_instance_of(*parse_type("Union(int, str[])")));
  EXPECT_FALSE(strings({}).is_instance_of(*parse_type("int[]")));
  EXPECT_FALSE(strings({}).is_instance_of(*parse_type("str?[]")));
  EXPECT_TRUE(IValue(std::vector<Tensor>{ones({1})}).is_instance_of(*parse_type("Tensor[]?")));
}

TEST(IValue, EqualNumbersHashAlike) {
  EXPECT_TRUE(IValue(1).equals(IValue(1.0)));
  EXPECT_EQ(IValue(1).hash(), IValue(1.0).hash());
  EXPECT_EQ(IValue(std::complex<double>(1, 2)).hash(), IValue(std::complex<double>(1, 2)).hash());
  EXPECT_FALSE(IValue(double(NAN)).equals(IValue(double(NAN))));
  EXPECT_FALSE(IValue("1").equals(IValue(1)));
  EXPECT_EQ(make_tuple({IValue(1), IValue("a")}).hash(), make_tuple({IValue(1), IValue("a")}).hash());
  EXPECT_THROW(strings({}).hash(), RuntimeError);
}

TEST(IValue, DeepcopyKeepsSharingAndCycles) {
  const IValue inner(std::vector<int64_t>{1});
  Ref<ListObject> outer = ListObject::make(types::any());
  outer->append(inner);
  outer->append(inner);
  outer->append(IValue(ones({2})));
  const IValue copy = IValue(outer).deepcopy();
  inner.list().append(IValue(2));
  EXPECT_EQ(copy.list().get(0).str(), "[1]");
  EXPECT_TRUE(copy.list().get(0).is_same(copy.list().get(1)));
  EXPECT_NE(copy.list().get(2).tensor().storage().get(), outer->get(2).tensor().storage().get());

  Ref<ClassType> type = ClassType::make("__torch__.Node");
  type->add_attribute("next", types::any());
  Ref<Object> node = make_ref<Object>(Ref<const ClassType>(type), nullptr);
  node->set_attribute("next", IValue(node));
  const IValue twin = IValue(node).deepcopy();
  EXPECT_FALSE(twin.is_same(IValue(node)));
  EXPECT_TRUE(twin.object().attribute("next").is_same(twin));
  node->set_attribute("next", IValue());
  twin.object().set_attribute("next", IValue());
}

TEST(ConstantText, IsThatOfGraphs) {
  EXPECT_EQ(constant_text(IValue(1e10)), "10000000000");
  EXPECT_EQ(constant_text(IValue(-0.0)), "-0.");
  EXPECT_EQ(constant_text(IValue(1e17)), "1e+17");
  EXPECT_EQ(constant_text(IValue(100000.0)), "100000.");
  EXPECT_EQ(constant_text(IValue(std::complex<double>(1e11, -2.5))), "100000000000.-2.5j");
  EXPECT_EQ(constant_text(IValue("é\n'\"\x01\x7f")), R"("\0)+\/.)\n\'\"\001\177")");
  EXPECT_EQ(constant_text(strings({"a'b"})), R"(["a\'b"])");
  EXPECT_EQ(constant_text(strings({})), "annotate(List[str], [])");
  EXPECT_EQ(constant_text(dictionary({})), "annotate(Dict[str, int],{})");
  EXPECT_EQ(constant_text(dictionary({{"a", 1}, {"b", 2}})), "{\"a\": 1, \"b\": 2}");
  EXPECT_EQ(constant_text(make_tuple({make_tuple({IValue(1), IValue(2)}), IValue("x")})), "((1, 2), \"x\")");
  EXPECT_EQ(constant_text(make_tuple({IValue(ones({2})), IValue(1)})), "( 1  1 [ CPUFloatType{2} ], 1)");
  EXPECT_EQ(constant_text(make_tuple({IValue(ones({1}))})), "({1},)");
  EXPECT_EQ(constant_text(IValue(ones({11}))), "<Tensor>");
  EXPECT_EQ(constant_text(IValue(std::vector<Tensor>{ones({1})})), "[<Tensors>]");
}

TEST(Dict, KeepsTheOrderOfInsertionThroughErasing) {
  Ref<DictObject> dict = make_ref<DictObject>(types::int_(), types::int_());
  for (int64_t i = 0; i < 100; ++i) dict->insert_or_assign(i, i * i);
  for (int64_t i = 0; i < 100; ++i)
    if (i % 3 != 0) {
      EXPECT_TRUE(dict->erase(i));
    }
  EXPECT_FALSE(dict->erase(IValue(1)));
  EXPECT_EQ(dict->size(), 34u);
  dict->insert_or_assign(IValue(1), IValue(-1));
  dict->insert_or_assign(IValue(0), IValue(-2));
  std::vector<int64_t> keys;
  dict->for_each([&](const IValue& key, const IValue&) { keys.push_back(key.to_int()); });
  ASSERT_EQ(keys.size(), 35u);
  EXPECT_EQ(keys.front(), 0);
  EXPECT_EQ(keys[33], 99);
  EXPECT_EQ(keys.back(), 1);
  EXPECT_EQ(dict->find(IValue(0))->to_int(), -2);
  EXPECT_EQ(dict->find(IValue(96))->to_int(), 96 * 96);
  EXPECT_EQ(dict->find(IValue(2)), nullptr);
}

TEST(List, KeepsPlainElementsUnboxed) {
  EXPECT_EQ(ListObject::make(types::int_())->kind(), ListKind::ints);
  EXPECT_EQ(ListObject::make(types::bool_())->kind(), ListKind::bools);
  EXPECT_EQ(ListObject::make(types::optional(types::int_()))->kind(), ListKind::generic);
  Ref<ListObject> list = ListObject::make(types::float_());
  list->append(IValue(1.5));
  EXPECT_THROW(list->append(IValue(1)), RuntimeError);
  list->insert(0, IValue(0.5));
  list->erase(1, 2);
  EXPECT_EQ(IValue(list).str(), "[0.5]");
}

TEST(Class, AttributesHaveSlotsAndNamesAreUnique) {
  Ref<ClassType> type = ClassType::make("__torch__.C", /*is_module=*/true);
  EXPECT_EQ(type->add_attribute("a", types::int_()), 0u);
  EXPECT_EQ(type->add_attribute("b", types::tensor(), /*is_parameter=*/true), 1u);
  EXPECT_THROW(type->add_attribute("a", types::int_()), RuntimeError);
  Object object(Ref<const ClassType>(type), nullptr);
  object.set_attribute("a", IValue(3));
  type->add_attribute("late", types::string());
  object.set_attribute("late", IValue("x"));
  EXPECT_EQ(object.attribute("late").to_string(), "x");
  EXPECT_EQ(object.attribute("a").to_int(), 3);
  EXPECT_EQ(error_of([&] { object.attribute("zz"); }), repr(*type) + " does not have a field with name 'zz'");
}

TEST(Future, HandsOverValuesAndErrors) {
  Ref<Future> future = make_ref<Future>(types::int_());
  int called = 0;
  future->on_done([&] { ++called; });
  EXPECT_FALSE(future->is_done());
  future->complete(IValue(7));
  EXPECT_EQ(future->wait().to_int(), 7);
  future->on_done([&] { ++called; });
  EXPECT_EQ(called, 2);
  Ref<Future> failed = make_ref<Future>(types::int_());
  failed->fail(std::make_exception_ptr(ValueError("no")));
  EXPECT_THROW(failed->wait(), ValueError);
}

TEST(Dictionary, KeepsEntriesInOrderThroughManyChanges) {
  const Ref<DictObject> dict = make_ref<DictObject>(types::string(), types::int_());
  std::vector<std::pair<std::string, int64_t>> expected;
  std::mt19937 random(7);
  for (int64_t turn = 0; turn < 20'000; ++turn) {
    const std::string key = "key " + std::to_string(random() % 300);
    const auto at =
        std::find_if(expected.begin(), expected.end(), [&](const auto& entry) { return entry.first == key; });
    if (random() % 3 == 0) {
      EXPECT_EQ(dict->erase(IValue(key)), at != expected.end());
      if (at != expected.end()) expected.erase(at);
    } else {
      dict->insert_or_assign(IValue(key), turn);
      if (at != expected.end())
        at->second = turn;
      else
        expected.emplace_back(key, turn);
    }
    ASSERT_EQ(dict->size(), expected.size());
    if (turn % 500 != 0) continue;
    size_t i = 0;
    dict->for_each([&](const IValue& known, const IValue& value) {
      EXPECT_EQ(known.to_string(), expected[i].first);
      EXPECT_EQ(value.to_int(), expected[i++].second);
      EXPECT_EQ(dict->find(known)->to_int(), value.to_int());
    });
    EXPECT_EQ(dict->find(IValue("no such key")), nullptr);
  }
  dict->clear();
  EXPECT_EQ(dict->find(IValue("key 1")), nullptr);
  EXPECT_FALSE(dict->erase(IValue("key 1")));
}

TEST(Dictionary, FindsEqualNumbersOfAnyType) {
  const Ref<DictObject> dict = make_ref<DictObject>(types::int_(), types::int_());
  for (int64_t i = 0; i < 100; ++i) dict->insert_or_assign(IValue(i << 40), i);
  for (int64_t i = 0; i < 100; ++i) EXPECT_EQ(dict->find(IValue(double(i << 40)))->to_int(), i);
  EXPECT_THROW(dict->find(IValue(std::vector<int64_t>{1})), Error);
}

}  // namespace
}  // namespace rushlight
