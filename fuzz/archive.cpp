/// Inputs come past the container's checks because most of them replace one record of a sound archive.
#include <sstream>

#include "archive/archive_reader.h"
#include "archive/zip_writer.h"
#include "exec/executor.h"
#include "targets.h"

namespace rushlight::fuzz {
namespace {

constexpr std::string_view kCode =
    "class Net(Module):\n  __parameters__ = []\n  __buffers__ = []\n  size : int\n"
    "  def forward(self: __torch__.Net, x: Tensor) -> Tensor:\n    return torch.add(x, self.size)\n";
constexpr std::string_view kPickle(
    "\x80\x02"
    "c__torch__\nNet\nq\0)\x81}(X\4\0\0\0sizeq\1K\7ub.",
    38);
constexpr std::string_view kNoConstants("\x80\x02).", 4);

std::string archive_with(size_t changed, std::string_view content) {
  const std::pair<const char*, std::string_view> records[] = {{"data/0", "0123456789abcdef"},
                                                              {"data.pkl", kPickle},
                                                              {"code/__torch__.py", kCode},
                                                              {"constants.pkl", kNoConstants},
                                                              {"version", "3\n"}};
  std::ostringstream out;
  archive::ZipWriter writer(out, "archive");
  for (size_t i = 0; i < std::size(records); ++i)
    writer.add(records[i].first, i == changed ? content : records[i].second);
  writer.finish();
  return out.str();
}

}  // namespace

void archive(std::string_view input) {
  if (input.empty()) return;
  exec::install();
  const std::string_view content = input.substr(1);
  constexpr size_t kWhole = 5;
  const size_t what = static_cast<unsigned char>(input[0]) % (kWhole + 1);
  archive::LoadOptions options;
  options.limits.inflated_record_bytes = options.limits.inflated_total_bytes = uint64_t(64) << 20;
  try {
    archive::read_archive(archive::in_memory(what == kWhole ? std::string(content) : archive_with(what, content)),
                          options);
  } catch (const Error&) {
  }
}

}  // namespace rushlight::fuzz
