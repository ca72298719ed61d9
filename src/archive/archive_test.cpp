// Whole archives: what damaged ones are refused with. Round trips are in module/module_test.cpp.
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "archive/archive_writer.h"
#include "archive/zip_reader.h"
#include "archive/zip_writer.h"
#include "autograd/variable.h"
#include "base/text.h"
#include "script/compile.h"
#include "value/class_type.h"

namespace rushlight::archive {
namespace {

using Records = std::map<std::string, std::string>;

/// A module with a weight and a method.
Ref<Object> small_module() {
  const auto unit = ir::CompilationUnit::make();
  const Ref<ClassType> type = ClassType::make("__torch__.Net", /*is_module=*/true);
  unit->register_type(type);
  type->add_attribute("weight", types::tensor(), /*is_parameter=*/true);
  type->add_attribute("size", types::int_());
  const auto source =
      std::make_shared<Source>("def forward(self, x: Tensor) -> Tensor:\n  return x + self.weight\n", "net.py");
  for (const lang::StmtPtr& stmt : lang::parse_module(source, lang::Dialect::string))
    script::declare(*unit, "__torch__.Net.forward", stmt->def, script::native_resolver(), type);
  auto object = make_ref<Object>(type, unit);
  object->slot(0) = IValue(scalar_tensor(1.5));
  object->slot(1) = 7;
  return object;
}

std::string small_archive() {
  static const std::string* bytes = [] {
    std::ostringstream out;
    write_archive(small_module(), out);
    return new std::string(out.str());
  }();
  return *bytes;
}

/// The archive with one record changed; nullopt leaves the record out.
std::string with_record(const std::string& name, const std::optional<std::string>& content) {
  const ZipReader reader(in_memory(small_archive()));
  std::ostringstream out;
  ZipWriter writer(out, "archive");
  bool found = false;
  for (const std::string& record : reader.names()) {
    found |= record == name;
    if (record != name) writer.add(record, reader.read(record));
    if (record == name && content) writer.add(record, *content);
  }
  if (!found && content) writer.add(name, *content);
  writer.finish();
  return out.str();
}

std::string record(const std::string& name) { return ZipReader(in_memory(small_archive())).read(name); }

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string refusal(std::string bytes, const LoadOptions& options = {}) {
  try {
    read_archive(in_memory(std::move(bytes)), options);
  } catch (const Error& error) {
    return error.message();
  }
  return "accepted";
}

TEST(Archive, RecordsStandInTheOrderOfPytorch) {
  EXPECT_EQ(ZipReader(in_memory(small_archive())).names(),
            (std::vector<std::string>{"data/0", "data.pkl", "code/__torch__.py", "code/__torch__.py.debug_pkl",
                                      "constants.pkl", "version", "byteorder", ".data/serialization_id"}));
  EXPECT_EQ(record("version"), "3\n");
  EXPECT_EQ(record("constants.pkl"), std::string("\x80\x02).", 4));
}

TEST(Archive, RangesPointIntoTheOriginal) {
  const LoadedArchive loaded = read_archive(in_memory(small_archive()));
  const auto* forward = static_cast<ir::GraphFunction*>(loaded.root->type().find_method("forward"));
  EXPECT_NE(forward->graph()->str().find("# net.py:2:9"), std::string::npos) << forward->graph()->str();
}

TEST(Archive, WithoutAMapRangesPointIntoTheCode) {
  for (const auto& map : {std::optional<std::string>(), std::optional<std::string>("\x80\x02N.")}) {
    const LoadedArchive loaded = read_archive(in_memory(with_record("code/__torch__.py.debug_pkl", map)));
    const auto* forward = static_cast<ir::GraphFunction*>(loaded.root->type().find_method("forward"));
    EXPECT_NE(forward->graph()->str().find("# code/__torch__.py:"), std::string::npos);
  }
}

TEST(Archive, TruncatedAnywhereItIsRefused) {
  const std::string bytes = small_archive();
  for (size_t size = 0; size < bytes.size(); size += size < bytes.size() - 800 ? 37 : 1)
    EXPECT_NE(refusal(bytes.substr(0, size)), "accepted") << size;
}

TEST(Archive, MissingRecordsAreNamed) {
  EXPECT_TRUE(refusal(with_record("constants.pkl", {}))
                  .starts_with("PytorchStreamReader failed locating file constants.pkl: file not found. "));
  EXPECT_TRUE(refusal(with_record("data.pkl", {}))
                  .starts_with("PytorchStreamReader failed locating file data.pkl: file not found. "));
  EXPECT_TRUE(refusal(with_record("data/0", {}))
                  .starts_with("PytorchStreamReader failed locating file data/0: file not found. "));
  EXPECT_TRUE(
      refusal(with_record("version", {})).starts_with("Expected hasRecord(\"version\") to be true, but got false."));
  EXPECT_EQ(refusal(with_record("code/__torch__.py", {})), "\nUnknown type name '__torch__.Net':\n__torch__.Net");
  EXPECT_EQ(refusal(with_record("byteorder", {})), "accepted");
}

TEST(Archive, VersionsHaveARange) {
  EXPECT_NE(refusal(with_record("version", "0")).find("version 0, but the minimum supported version for reading is 1"),
            std::string::npos);
  EXPECT_NE(
      refusal(with_record("version", "11")).find("version 11, but the maximum supported version for reading is 10"),
      std::string::npos);
  EXPECT_NE(refusal(with_record("version", "-1")).find("version -1, but the minimum"), std::string::npos);
  EXPECT_EQ(refusal(with_record("version", "3abc")), "accepted");
  EXPECT_EQ(refusal(with_record("version", "abc")),
            "[enforce fail at inline_container.cc:215] . Couldn't parse the version abc as Long Long.");
  EXPECT_EQ(refusal(with_record("version", "99999999999999999999999")), "stoull");
}

TEST(Archive, StoragesHaveTheSizeThatThePickleSays) {
  EXPECT_EQ(refusal(with_record("data/0", "1")), "storage 'data/0' holds 1 bytes but numel 1 x 4 bytes are declared");
  EXPECT_NE(refusal(with_record("data/0", std::string(1 << 20, '\0'))), "accepted");
}

TEST(Archive, TheOtherByteOrderIsSwapped) {
  const std::string bytes = with_record("byteorder", "big");
  EXPECT_NE(read_archive(in_memory(bytes)).root->slot(0).tensor().item().to<double>(), 1.5);
  EXPECT_EQ(refusal(with_record("byteorder", "xx")), "Unknown endianness type: xx");
}

TEST(Archive, AttributesHaveTheTypeThatTheClassSays) {
  const std::string pickle = record("data.pkl");
  EXPECT_EQ(refusal(with_record("data.pkl", replaced(pickle, "K\x07", "N"))),
            "attribute 'size' of '__torch__.Net': expected a value of type 'int' but found 'None'");
  EXPECT_EQ(refusal(with_record("data.pkl", replaced(pickle, "size", "sizf"))),
            "Argument passed to at() was not in the map.");
}

TEST(Archive, CodeErrorsShowTheCode) {
  const std::string code = record("code/__torch__.py");
  const std::string message = refusal(with_record("code/__torch__.py", replaced(code, "return ", "return nope + ")));
  EXPECT_NE(message.find("undefined value nope:\n  File \"code/__torch__.py\", line "), std::string::npos) << message;
  EXPECT_NE(refusal(with_record("code/__torch__.py", "x = 3\n")).find("Unexpected"), std::string::npos);
  EXPECT_NE(refusal(with_record("code/__torch__.py", replaced(code, "(Module)", "(Other)"))).find("class inheritance"),
            std::string::npos);
}

TEST(Archive, ConstantsAreThoseOfTheTable) {
  const std::string code = record("code/__torch__.py");
  EXPECT_NE(refusal(with_record("code/__torch__.py", replaced(code, "return ", "return CONSTANTS.c7 + ")))
                .find("constant index 7 is out of bounds (constant table has 0 entries)"),
            std::string::npos);
}

TEST(Archive, ClassesThatNeedEachOtherWithoutEndAreRefused) {
  std::string code = record("code/__torch__.py");
  // A chain of classes, each an attribute of the one before: as deep as the file likes.
  std::string chain = replaced(code, "size : int", "size : __torch__.C0");
  for (int i = 0; i < 100'000; ++i) chain += cat("class C", i, ":\n  next : __torch__.C", i + 1, "\n");
  EXPECT_NE(refusal(with_record("code/__torch__.py", chain)), "accepted");
}

TEST(Archive, DeepTypesAndExpressionsAreRefused) {
  const std::string code = record("code/__torch__.py");
  std::string type = "int";
  for (int i = 0; i < 5'000; ++i) type = cat("List[", type, "]");
  EXPECT_NE(refusal(with_record("code/__torch__.py", replaced(code, "size : int", "size : " + type))), "accepted");
  const std::string minus(100'000, '-');
  EXPECT_NE(refusal(with_record("code/__torch__.py", replaced(code, "return ", cat("return ", minus)))), "accepted");
}

TEST(Archive, OtherFormatsAreNamed) {
  EXPECT_EQ(refusal("PYTORCH1 and more"), "File is an unsupported archive format from the preview release.");
  EXPECT_EQ(refusal(std::string("\x18\0\0\0PTMF\0\0\0\0", 12)),
            "flatbuffer TorchScript modules are not supported yet; save with torch.jit.save");
}

TEST(Archive, EveryChangedByteIsSafe) {
  const std::string bytes = small_archive();
  for (size_t i = 0; i < bytes.size(); i += 7) {
    std::string changed = bytes;
    changed[i] = char(changed[i] ^ 0x41);
    refusal(std::move(changed));
  }
}

TEST(Archive, ChangedPicklesAreSafe) {
  const std::string pickle = record("data.pkl");
  for (size_t i = 0; i < pickle.size(); ++i)
    for (const char value : {'\0', '\xff', 'e', ')', 'R', 'b', '\x81', char(pickle[i] + 1)}) {
      std::string changed = pickle;
      changed[i] = value;
      refusal(with_record("data.pkl", changed));
    }
}

}  // namespace
}  // namespace rushlight::archive
