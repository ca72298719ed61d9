#include <gtest/gtest.h>

#include "archive/pickle_reader.h"
#include "archive/pickle_writer.h"
#include "base/text.h"

namespace rushlight::archive {
namespace {

/// Keeps storages as they were written.
struct RoundTrip {
  std::vector<Ref<Storage>> storages;
  PickleHost host;
  RoundTrip() {
    host.read_type = [](const std::string& text) -> TypePtr {
      if (text == "List[str]") return types::list(types::string());
      if (text == "Dict[str, int]") return types::dict(types::string(), types::int_());
      if (text == "List[List[int]]") return types::list(types::list(types::int_()));
      throw ArchiveError(cat("unexpected type ", text));
    };
    host.find_storage = [this](const std::string& key, const std::string&, ScalarType, uint64_t) {
      return storages.at(size_t(std::stoi(key)));
    };
  }
  IValue operator()(const IValue& value) {
    PickleWriter writer([](const TypePtr& type) { return type->annotation(); });
    const std::string bytes = writer.write(value);
    storages = writer.storages();
    return read_pickle(bytes, host);
  }
};

std::string refusal(std::string_view bytes, const PickleHost& host = {}, const Limits& limits = {}) {
  try {
    read_pickle(bytes, host, limits);
  } catch (const Error& error) {
    return error.message();
  }
  return "accepted";
}

TEST(Pickle, SimpleValuesComeBack) {
  RoundTrip round_trip;
  for (const IValue& value :
       {IValue(), IValue(true), IValue(false), IValue(0), IValue(255), IValue(256), IValue(65536), IValue(-1),
        IValue(int64_t(1) << 40), IValue(1.5), IValue("text"), IValue(std::complex<double>(1, -2)), IValue(Device{}),
        IValue(std::vector<int64_t>{1, -2}), IValue(std::vector<double>{0.5}), make_tuple({}),
        make_tuple({IValue(1), IValue("a"), IValue(), IValue(2.0)})})
    EXPECT_EQ(round_trip(value).str(), value.str());
}

TEST(Pickle, ContainersComeBackWithTheirTypes) {
  RoundTrip round_trip;
  auto strings = ListObject::make(types::string());
  strings->append("a");
  EXPECT_EQ(round_trip(IValue(strings)).type()->annotation(), "List[str]");
  auto dict = make_ref<DictObject>(types::string(), types::int_());
  dict->insert_or_assign("z", 1);
  dict->insert_or_assign("a", 2);
  const IValue back = round_trip(IValue(Ref<DictObject>(dict)));
  EXPECT_EQ(back.type()->annotation(), "Dict[str, int]");
  EXPECT_EQ(back.str(), "{z: 1, a: 2}");
  auto nested = ListObject::make(types::list(types::int_()));
  nested->append(IValue(std::vector<int64_t>{1}));
  EXPECT_EQ(round_trip(IValue(nested)).type()->annotation(), "List[List[int]]");
}

TEST(Pickle, SharedValuesStayShared) {
  RoundTrip round_trip;
  const IValue list(std::vector<int64_t>{1});
  const IValue back = round_trip(make_tuple({list, list}));
  EXPECT_TRUE(back.tuple().elements[0].is_same(back.tuple().elements[1]));
}

TEST(Pickle, ViewsShareTheirStorage) {
  RoundTrip round_trip;
  const Tensor base = empty_tensor({4}, ScalarType::float32);
  const Tensor view = alias_tensor(base, {2}, {2}, 1);
  const IValue back = round_trip(make_tuple({IValue(base), IValue(view)}));
  const Tensor& read = back.tuple().elements[1].tensor();
  EXPECT_EQ(read.storage(), back.tuple().elements[0].tensor().storage());
  EXPECT_EQ(read.storage_offset(), 1);
  EXPECT_EQ(read.strides().vec(), std::vector<int64_t>{2});
}

TEST(Pickle, OneStorageHasOneDtype) {
  const Tensor floats = empty_tensor({4}, ScalarType::float32);
  const Tensor ints = tensor_over(floats.storage(), ScalarType::int32, {4}, {1}, 0);
  PickleWriter writer([](const TypePtr& type) { return type->annotation(); });
  EXPECT_THROW(writer.write(make_tuple({IValue(floats), IValue(ints)})), RuntimeError);
}

TEST(Pickle, ValuesThatContainThemselvesCannotBeSaved) {
  auto list = ListObject::make(types::any());
  list->append(IValue(list));
  PickleWriter writer([](const TypePtr& type) { return type->annotation(); });
  EXPECT_THROW(writer.write(IValue(list)), RuntimeError);
  list->clear();
}

TEST(Pickle, BytesAreThoseOfPytorch) {
  using namespace std::string_literals;
  std::vector<IValue> parts;
  parts.emplace_back(std::vector<int64_t>{3});
  parts.emplace_back("a");
  parts.emplace_back("a");
  PickleWriter writer([](const TypePtr& type) { return type->annotation(); });
  EXPECT_EQ(writer.write(make_tuple(std::move(parts))),
            "\x80\x02"
            "ctorch.jit._pickle\nbuild_intlist\nq\0(](K\x03"
            "etRX\1\0\0\0aq\1h\1\x87."s);
}

TEST(Pickle, RefusalsHaveThePytorchTexts) {
  EXPECT_EQ(refusal(""), "Unexpected end of pickler archive.");
  EXPECT_EQ(refusal("\xff"), "Unknown opcode for unpickling at 0xffffffffffffffff: 255");
  EXPECT_EQ(refusal("N."), "Expected PROTO opcode at the start of pickle archive, found 78");
  EXPECT_EQ(refusal("\x80\x03."), "Only Pickle protocol 2 is supported, found protocol = \x03");
  EXPECT_EQ(refusal("\x80\x02."), "Unpickler expected 1 element on the stack, but found 0");
  EXPECT_EQ(refusal("\x80\x02NN."), "Unpickler expected 1 element on the stack, but found 2");
  EXPECT_EQ(refusal("\x80\x02\x8a\x01\x05."), "Expected length to be 8, got 1");
  EXPECT_EQ(refusal("\x80\x02"
                    "cos\nsystem\nX\1\0\0\0xR."),
            "\nUnknown type name 'os.system':\nos.system");
  EXPECT_EQ(refusal("\x80\x02"
                    "ctorch\nnope\n."),
            "Unpickler found unknown torch global, 'torch.nope'");
}

TEST(Pickle, ACycleIsRefused) {
  // A list that is appended to itself, and two that hold each other.
  EXPECT_NE(refusal("\x80\x02]q\x01.").find("numbers a value"), std::string::npos);
  EXPECT_NE(refusal(std::string_view("\x80\x02]q\0h\0a.", 8)).find("part of another"), std::string::npos);
  EXPECT_NE(refusal(std::string_view("\x80\x02]q\0]q\1h\0ah\0h\1a.", 16)).find("part of another"), std::string::npos);
}

TEST(Pickle, DepthIsLimited) {
  Limits limits;
  limits.value_depth = 10;
  const std::string deep = "\x80\x02" + std::string(1, ')') + std::string(11, '\x85') + ".";
  EXPECT_EQ(refusal(deep, {}, limits), "values are nested more than 10 levels deep");
  EXPECT_EQ(refusal(deep), "accepted");
}

TEST(Pickle, ATagMustFitItsValue) {
  RoundTrip round_trip;
  const std::string_view bytes(
      "\x80\x02"
      "ctorch.jit._pickle\nrestore_type_tag\n](K\x01"
      "eX\x09\0\0\0List[str]\x86R.",
      62);
  EXPECT_EQ(refusal(bytes, round_trip.host), "value tagged List[str]: expected a value of type 'str' but found 'Int'");
}

TEST(Pickle, NamesAreNoValues) {
  EXPECT_EQ(refusal("\x80\x02"
                    "ccollections\nOrderedDict\n."),
            "the pickle uses a name or a storage as a value");
  EXPECT_EQ(refusal("\x80\x02"
                    "ccollections\nOrderedDict\n\x85."),
            "the pickle uses a name or a storage as a value");
}

TEST(Pickle, ATensorMustLieInItsStorage) {
  RoundTrip round_trip;
  const Tensor base = empty_tensor({4}, ScalarType::float32);
  PickleWriter writer([](const TypePtr& type) { return type->annotation(); });
  std::string bytes = writer.write(IValue(base));
  round_trip.storages = writer.storages();
  bytes[bytes.find("(K\x04t") + 2] = 5;
  EXPECT_NE(refusal(bytes, round_trip.host).find("out of bounds for storage of size 16"), std::string::npos);
}

}  // namespace
}  // namespace rushlight::archive
