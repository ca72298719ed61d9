#include <gtest/gtest.h>

#include <sstream>

#include "archive/zip_reader.h"
#include "archive/zip_writer.h"
#include "base/error.h"

namespace rushlight::archive {
namespace {

std::string small_archive() {
  std::ostringstream out;
  ZipWriter writer(out, "net");
  writer.add("data/0", "0123456789");
  writer.add("data/1", "");
  writer.add("code/__torch__.py", std::string(5000, 'x'), /*deflate=*/true);
  writer.finish();
  return out.str();
}

std::string refusal(std::string bytes, const std::string& record = {}) {
  try {
    const ZipReader reader(in_memory(std::move(bytes)));
    if (!record.empty()) reader.read(record);
  } catch (const Error& error) {
    return error.message();
  }
  return "accepted";
}

TEST(Zip, ReadsWhatItWrote) {
  const std::string bytes = small_archive();
  const ZipReader reader(in_memory(bytes));
  EXPECT_EQ(reader.names(), (std::vector<std::string>{"data/0", "data/1", "code/__torch__.py"}));
  EXPECT_EQ(reader.read("data/0"), "0123456789");
  EXPECT_EQ(reader.read("data/1"), "");
  EXPECT_EQ(reader.read("code/__torch__.py"), std::string(5000, 'x'));
  EXPECT_FALSE(reader.has("DATA/0"));
  EXPECT_LT(bytes.size(), 1000u);
}

TEST(Zip, TellsWhatItKnowsOfARecord) {
  std::string bytes = small_archive();
  const size_t data = bytes.find("0123456789");
  const RecordInfo info = ZipReader(in_memory(bytes)).info("data/0");
  EXPECT_EQ(info.size, 10u);
  EXPECT_EQ(info.stored, 10u);
  EXPECT_EQ(info.offset, data);
  EXPECT_FALSE(info.deflated);
  EXPECT_TRUE(info.sound);
  EXPECT_TRUE(ZipReader(in_memory(bytes)).info("code/__torch__.py").deflated);
  bytes[data] = 'X';
  const ZipReader damaged(in_memory(bytes));
  EXPECT_FALSE(damaged.info("data/0").sound);
  EXPECT_EQ(damaged.root(), "net");
}

TEST(Zip, DataBeginsAtMultiplesOf64) {
  const std::string bytes = small_archive();
  EXPECT_EQ(bytes.find("0123456789") % 64, 0u);
}

TEST(Zip, ContentIdDependsOnContentAlone) {
  const auto id = [](const std::string& text) {
    std::ostringstream out;
    ZipWriter writer(out, "net");
    writer.add("version", text);
    return writer.content_id();
  };
  EXPECT_EQ(id("3\n").size(), 40u);
  EXPECT_EQ(id("3\n"), id("3\n"));
  EXPECT_NE(id("3\n"), id("4\n"));
}

TEST(Zip, ARecordIsWrittenOnce) {
  std::ostringstream out;
  ZipWriter writer(out, "net");
  writer.add("version", "3\n");
  EXPECT_THROW(writer.add("version", "3\n"), RuntimeError);
}

TEST(Zip, TruncatedArchivesAreRefused) {
  const std::string bytes = small_archive();
  for (size_t size = 0; size < bytes.size(); ++size) EXPECT_NE(refusal(bytes.substr(0, size)), "accepted") << size;
}

TEST(Zip, RefusalsHaveThePytorchTexts) {
  EXPECT_EQ(refusal(""), "istream reader failed: getting the current position.");
  EXPECT_TRUE(refusal("this is no archive at all")
                  .starts_with("PytorchStreamReader failed reading zip archive: failed finding central directory. "));
  EXPECT_TRUE(refusal(small_archive(), "constants.pkl")
                  .starts_with("PytorchStreamReader failed locating file constants.pkl: file not found. "));
}

TEST(Zip, ChangedDataIsNoticed) {
  std::string bytes = small_archive();
  bytes[bytes.find("0123456789")] = '9';
  EXPECT_NE(refusal(bytes, "data/0").find("reading file data/0: CRC-32 check failed"), std::string::npos);
}

TEST(Zip, HeaderAndDirectoryMustAgree) {
  std::string bytes = small_archive();
  bytes[bytes.find("data/0")] = 'D';
  EXPECT_NE(refusal(bytes, "data/0").find("invalid header or archive is corrupted"), std::string::npos);
}

TEST(Zip, NamesThatDifferByCaseAreRefused) {
  std::ostringstream out;
  ZipWriter writer(out, "net");
  writer.add("data/a", "1");
  writer.add("data/A", "2");
  writer.finish();
  EXPECT_EQ(refusal(out.str()), "the archive has two records named 'net/data/A'");
}

TEST(Zip, EveryChangedByteOfTheDirectoryIsSafe) {
  const std::string bytes = small_archive();
  for (size_t i = bytes.rfind("PK\1\2"); i < bytes.size(); ++i) {
    for (const char value : {'\0', '\xff', char(bytes[i] ^ 1)}) {
      std::string changed = bytes;
      changed[i] = value;
      try {
        const ZipReader reader(in_memory(changed));
        for (const std::string& name : reader.names()) reader.read(name);
      } catch (const Error&) {
      }
    }
  }
}

TEST(Zip, LimitsHold) {
  Limits limits;
  limits.records = 2;
  EXPECT_THROW(ZipReader(in_memory(small_archive()), limits), LimitError);
  limits = {};
  limits.inflated_record_bytes = 4'999;
  EXPECT_THROW(ZipReader(in_memory(small_archive()), limits), LimitError);
}

}  // namespace
}  // namespace rushlight::archive
