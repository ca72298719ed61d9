#include "archive/source_map.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "archive/pickle_reader.h"
#include "archive/pickle_writer.h"
#include "base/text.h"

namespace rushlight::archive {
namespace {

constexpr std::string_view kFormat = "FORMAT_WITH_STRING_TABLE";

struct Record {
  size_t offset;
  SourceRange original;
};

class MapReader {
 public:
  /// ArchiveError, or what the values' own checks throw, when anything is not as it should be.
  std::vector<Record> read(std::string_view bytes, const Limits& limits) {
    const IValue pickled = read_pickle(bytes, {}, limits);
    const std::vector<IValue>& all = pickled.tuple().elements;
    const bool has_table = !all.empty() && all[0].is_string() && all[0].to_string() == kFormat;
    if (has_table) table_ = &all.at(1).tuple().elements;
    std::vector<Record> records;
    for (const IValue& entry : has_table ? all.at(2).tuple().elements : all) {
      const std::vector<IValue>& parts = entry.tuple().elements;
      const std::vector<IValue>& range = parts.at(1).tuple().elements;
      const std::shared_ptr<const Source> source = source_of(range.at(0));
      records.push_back({size_t(parts.at(0).to_int()),
                         SourceRange(source, clamp(range.at(1), *source), clamp(range.at(2), *source))});
    }
    std::stable_sort(records.begin(), records.end(),
                     [](const Record& a, const Record& b) { return a.offset < b.offset; });
    return records;
  }

 private:
  static size_t clamp(const IValue& offset, const Source& source) {
    return size_t(std::clamp<int64_t>(offset.to_int(), 0, int64_t(source.text().size())));
  }
  const std::string& text_at(int64_t index) const {
    if (!table_ || index < 0) throw ArchiveError("a source map refers to a text that is not there");
    return table_->at(size_t(index)).to_string();
  }
  /// (lines, file name, first line): lines and name are indices of texts, or the texts themselves in older maps. All
  /// are empty for what was printed without a range.
  std::shared_ptr<const Source> source_of(const IValue& pickled) {
    std::shared_ptr<const Source>& known = sources_[pickled.raw_pointer()];
    if (known) return known;
    const std::vector<IValue>& parts = pickled.tuple().elements;
    std::string text, filename;
    if (parts.at(0).is_list()) {
      for (const int64_t line : parts[0].to_int_vector()) text += text_at(line);
      filename = text_at(parts.at(1).to_int());
    } else {
      text = parts[0].to_string();
      if (!parts.at(1).is_none()) filename = parts[1].to_string();
    }
    const int64_t first_line = std::max<int64_t>(parts.at(2).to_int(), 0);
    known = std::make_shared<Source>(std::move(text), std::move(filename), size_t(first_line));
    return known;
  }

  const std::vector<IValue>* table_ = nullptr;
  std::map<const RefCounted*, std::shared_ptr<const Source>> sources_;
};

/// The text that a source had in its file: what was cut from the left of its lines is put back.
std::string with_indent(const Source& source) {
  const std::string indent(source.leading_whitespace(), ' ');
  std::string text;
  for (size_t i = 0; i < source.line_count(); ++i) {
    if (i > 0) text += '\n';
    if (!source.line(i).empty()) text += indent;
    text += source.line(i);
  }
  return text;
}
/// The place of an offset of `source` in that text.
size_t indented_offset(const Source& source, size_t offset) {
  size_t added = 0;
  const size_t line = source.line_of(offset);
  for (size_t i = 0; i <= line; ++i)
    if (!source.line(i).empty()) added += source.leading_whitespace();
  return offset + added;
}

/// The table of texts that records refer to.
class TextTable {
 public:
  TextTable() { add(""); }
  int64_t add(std::string text) {
    const auto [found, added] = index_.emplace(text, int64_t(texts.size()));
    if (added) texts.emplace_back(std::move(text));
    return found->second;
  }
  IValue source(const Source* source) {
    IValue& known = sources_[source];
    if (!known.is_none()) return known;
    std::vector<int64_t> lines;
    int64_t filename = 0, first_line = 0;
    if (source) {
      const std::string text = with_indent(*source);
      for (size_t begin = 0; begin < text.size();) {
        const size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
        lines.push_back(add(text.substr(begin, end - begin)));
        begin = end;
      }
      if (text.ends_with('\n')) lines.push_back(add(""));
      filename = add(source->filename());
      first_line = int64_t(source->first_line());
    }
    known = make_tuple({IValue(lines), IValue(filename), IValue(first_line)});
    return known;
  }
  std::vector<IValue> texts;

 private:
  std::unordered_map<std::string, int64_t> index_;
  std::unordered_map<const Source*, IValue> sources_;
};

}  // namespace

Source::FindOriginal read_source_map(std::function<std::string()> read, const Limits& limits) {
  struct Lazy {
    std::once_flag once;
    std::function<std::string()> read;
    Limits limits;
    std::vector<Record> records;
  };
  auto lazy = std::make_shared<Lazy>();
  lazy->read = std::move(read);
  lazy->limits = limits;
  return [lazy](size_t offset) -> SourceRange {
    std::call_once(lazy->once, [&] {
      try {
        lazy->records = MapReader().read(lazy->read(), lazy->limits);
      } catch (const std::exception&) {
      }
      lazy->read = nullptr;
    });
    const auto after = std::upper_bound(lazy->records.begin(), lazy->records.end(), offset,
                                        [](size_t at, const Record& record) { return at < record.offset; });
    return after == lazy->records.begin() ? SourceRange() : std::prev(after)->original;
  };
}

int64_t SourceMapWriter::number_of(const SourceRange& range) {
  const size_t key = std::hash<const void*>()(range.source().get()) ^ (range.begin() * 31 + range.end());
  const auto [begin, end] = number_index_.equal_range(key);
  for (auto it = begin; it != end; ++it)
    if (numbers_[it->second].first == range) return numbers_[it->second].second;
  number_index_.emplace(key, numbers_.size());
  numbers_.emplace_back(range, int64_t(numbers_.size()));
  return numbers_.back().second;
}

std::string SourceMapWriter::write(const std::vector<codegen::TextRange>& ranges) {
  TextTable table;
  std::vector<IValue> records;
  for (const codegen::TextRange& part : ranges) {
    // What an archive gave keeps its first origin.
    SourceRange range = part.range.original();
    if (!range) range = part.range;
    // What belongs to no file is of no use to a reader.
    const Source* source = range && !range.source()->filename().empty() ? range.source().get() : nullptr;
    std::vector<IValue> place{table.source(source),
                              IValue(int64_t(source ? indented_offset(*source, range.begin()) : 0)),
                              IValue(int64_t(source ? indented_offset(*source, range.end()) : 0))};
    records.push_back(
        make_tuple({IValue(int64_t(part.offset)), make_tuple(std::move(place)), IValue(number_of(range))}));
  }
  std::vector<IValue> all{IValue(kFormat), make_tuple(std::move(table.texts)), make_tuple(std::move(records))};
  return PickleWriter([](const TypePtr& type) { return type->annotation(); }).write(make_tuple(std::move(all)));
}

}  // namespace rushlight::archive
