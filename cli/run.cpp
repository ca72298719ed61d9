/// `rushlight run`: calls a method and prints or saves what comes back.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "autograd/grad_mode.h"
#include "base/text.h"
#include "command.h"
#include "inputs.h"
#include "npy.h"
#include "ops/functions/activations.h"
#include "ops/functions/conversion.h"
#include "ops/functions/views.h"
#include "repr.h"
#include "tensor/random.h"

#include <fmt/format.h>

namespace rushlight::cli {
namespace {

struct RunOptions {
  Common common;
  std::vector<std::string> inputs;
  std::string method = "forward";
  std::string resize, labels, output_dir;
  ImageOptions image;
  uint64_t seed = 0;
  bool seeded = false;
};

struct Label {
  std::string name;
  double probability;
};

/// The five classes that the result makes most likely. It is taken for scores, whose softmax are probabilities, unless
/// it already is a list of probabilities.
std::vector<Label> best_labels(const IValue& result, const std::string& path) {
  std::vector<std::string> names;
  const std::string text = read_file(path);
  for (std::string_view line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    names.emplace_back(line);
  }
  while (!names.empty() && names.back().empty()) names.pop_back();
  if (!result.is_tensor()) throw UsageError("--labels needs a model whose result is one tensor");
  Tensor scores = ops::to(result.tensor(), ScalarType::float64);
  if (scores.numel() != int64_t(names.size()))
    throw UsageError(cat("'", path, "' has ", names.size(), " labels but the result has ", scores.numel(), " scores"));
  scores = ops::reshape(scores, {scores.numel()});
  const auto read = [](const Tensor& t) {
    const Tensor flat = ops::contiguous(t, MemoryFormat::contiguous);
    return std::vector<double>(flat.data<double>(), flat.data<double>() + flat.numel());
  };
  std::vector<double> values = read(scores);
  double sum = 0;
  for (const double value : values) sum += value;
  const bool probabilities =
      std::abs(sum - 1) < 1e-3 && std::all_of(values.begin(), values.end(), [](double v) { return v >= 0; });
  if (!probabilities) values = read(ops::softmax(scores, 0));
  std::vector<Label> labels;
  for (size_t i = 0; i < names.size(); ++i) labels.push_back({names[i], values[i]});
  std::stable_sort(labels.begin(), labels.end(),
                   [](const Label& a, const Label& b) { return a.probability > b.probability; });
  if (labels.size() > 5) labels.resize(5);
  return labels;
}

/// Every tensor in the result with a name that says where it stood: "output", "output.0", "output.key".
void collect(const IValue& value, const std::string& name, std::vector<std::pair<std::string, Tensor>>& found) {
  if (value.is_tensor()) {
    if (value.tensor().defined()) found.emplace_back(name, value.tensor());
  } else if (value.is_tuple()) {
    const auto& elements = value.tuple().elements;
    for (size_t i = 0; i < elements.size(); ++i) collect(elements[i], cat(name, ".", i), found);
  } else if (value.is_list()) {
    for (size_t i = 0; i < value.list().size(); ++i) collect(value.list().get(i), cat(name, ".", i), found);
  } else if (value.is_dict()) {
    value.dict().for_each([&](const IValue& key, const IValue& item) {
      collect(item, cat(name, ".", key.tag() == Tag::string ? key.to_string() : python_repr(key)), found);
    });
  }
}

std::vector<std::string> save_outputs(const IValue& result, const std::string& folder) {
  std::vector<std::pair<std::string, Tensor>> tensors;
  collect(result, "output", tensors);
  if (tensors.empty()) throw UsageError("--output-dir: the result holds no tensor");
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) throw UsageError(cat("cannot make the folder '", folder, "': ", failed.message()));
  std::vector<std::string> paths;
  for (auto& [name, tensor] : tensors) {
    std::string file = name;
    // A key of the model becomes a part of a file name: only harmless characters.
    for (char& c : file)
      if (!std::isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '-' && c != '_') c = '_';
    const std::string path = (std::filesystem::path(folder) / (file + ".npy")).string();
    std::ofstream out(path, std::ios::binary);
    const std::string bytes = write_npy(tensor);
    out.write(bytes.data(), std::streamsize(bytes.size()));
    if (!out.flush()) throw UsageError(cat("cannot write '", path, "'"));
    paths.push_back(path);
  }
  return paths;
}

int run_model(RunOptions& options) {
  if (!options.resize.empty()) options.image.resize = parse_size(options.resize);
  for (const double value : options.image.std)
    if (value == 0) throw UsageError("--std: the standard deviation is not 0");
  if (options.seeded) default_generator().set_seed(options.seed);
  std::vector<IValue> arguments;
  for (const std::string& input : options.inputs)
    for (IValue& value : read_input(input, options.image)) arguments.push_back(std::move(value));
  const Module module = load_archive(options.common);
  module.eval();
  const Method method = find_method(module, options.method);
  IValue result;
  {
    const autograd::NoGradGuard no_grad;
    std::vector<IValue> complete;
    try {
      complete = arguments;
      complete.insert(complete.begin(), IValue(module.object()));
      complete = complete_arguments(method.schema(), std::move(complete));
    } catch (const Error& error) {
      throw UsageError(error.message());
    }
    try {
      result = method.function().call(std::move(complete));
    } catch (const LimitError&) {
      throw;
    } catch (const NotImplementedError&) {
      throw;
    } catch (const Error& error) {
      throw ModelError(error.message());
    }
  }

  std::vector<Label> labels;
  if (!options.labels.empty()) labels = best_labels(result, options.labels);
  std::vector<std::string> saved;
  if (!options.output_dir.empty()) saved = save_outputs(result, options.output_dir);
  if (options.common.json) {
    nlohmann::ordered_json json = {{"version", 1}, {"method", options.method}};
    if (saved.empty()) json["output"] = to_json(result);
    if (!saved.empty()) json["saved"] = saved;
    for (const Label& label : labels)
      json["labels"].push_back({{"name", label.name}, {"probability", label.probability}});
    std::cout << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  } else if (!labels.empty()) {
    for (const Label& label : labels)
      std::cout << fmt::format("{:6.2f}%  {}\n", label.probability * 100, escaped(label.name));
  } else if (saved.empty()) {
    std::cout << escaped(python_repr(result), /*keep_newlines=*/true) << '\n';
  }
  if (!options.common.quiet && !options.common.json)
    for (const std::string& path : saved) std::cout << path << '\n';
  return kOk;
}

}  // namespace

void add_run(CLI::App& app, Run& run) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand("run", "Call a method of a module and print its result");
  add_common(*command, options->common, /*untrusted=*/false);
  command
      ->add_option("--input,-i", options->inputs,
                   "One argument: a .npy, .npz or .pt file, a picture (PNG, JPEG), random:SHAPE[:DTYPE] or "
                   "zeros:SHAPE[:DTYPE]; once for each argument")
      ->type_name("INPUT")
      ->allow_extra_args(false);
  command->add_option("--method,-m", options->method, "The method to call")->capture_default_str()->type_name("NAME");
  command->add_option("--resize", options->resize, "Pictures: resize to this size first")->type_name("HxW");
  command->add_option("--mean", options->image.mean, "Pictures: subtracted, one number or one a channel")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NUMBER,...");
  command->add_option("--std", options->image.std, "Pictures: divided by, one number or one a channel")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NUMBER,...");
  command->add_flag("--gray", options->image.gray, "Pictures: one channel of luminance");
  command->add_option("--labels", options->labels, "Names of classes, one a line: print the best five")
      ->type_name("FILE");
  command->add_option("--output-dir", options->output_dir, "Save the tensors of the result there as .npy")
      ->type_name("DIR");
  CLI::Option* seed =
      command->add_option("--seed", options->seed, "Seed of random inputs and of the model")->type_name("N");
  command->callback([options, seed, &run] {
    options->seeded = seed->count() > 0;
    run = [options] { return run_model(*options); };
  });
}

}  // namespace rushlight::cli
