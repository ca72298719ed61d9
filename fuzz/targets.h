/// What reads text and bytes from outside, one function a reader, as libFuzzer (libfuzzer.cpp) and the replay of the
/// kept inputs (replay_test.cpp) call it. A refusal (`Error`) is a good answer and is caught inside. A crash, a hang,
/// another exception, or memory out of proportion to the input is a bug.
#pragma once
#include <string_view>

namespace rushlight::fuzz {

/// Source text to tokens, in both dialects.
void lexer(std::string_view input);
/// Source text to trees: modules, single functions, expressions.
void parser(std::string_view input);
/// Source text to graphs, printed and read back, and to bytecode. Nothing is run: a program may run for ever.
void compiler(std::string_view input);
/// Printed graphs: any text is a graph that prints, or an Error; what printed reads back.
void graph(std::string_view input);
/// Schemas and types: a type reads back as what it printed.
void schema(std::string_view input);
/// Archives as a whole, or one record of a sound archive: the first byte says which.
void archive(std::string_view input);

struct Target {
  std::string_view name;
  void (*read)(std::string_view input);
};
inline constexpr Target kTargets[] = {{"lexer", lexer}, {"parser", parser}, {"compiler", compiler},
                                      {"graph", graph}, {"schema", schema}, {"archive", archive}};

}  // namespace rushlight::fuzz
