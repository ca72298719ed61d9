// Modules: made, called, changed, saved and loaded. Writes its module to the path of its argument.
#include <torch/script.h>

#include <iostream>
#include <sstream>

#include "report.h"

using torch::jit::Module;

Module make() {
  Module head("Head");
  head.register_parameter("bias", torch::arange(6, torch::kFloat), false);
  head.define("def forward(self, x):\n    return x + self.bias\n");
  Module net("Net");
  net.register_attribute("training", c10::BoolType::get(), true);
  net.register_parameter("weight", torch::linspace(-1, 1, 18).view({6, 3}), false);
  net.register_buffer("mean", torch::tensor({0.5, 0.25, 0.125}));
  net.register_attribute("scale", c10::IntType::get(), 2);
  net.register_module("head", head);
  net.define(R"(
def forward(self, x):
    flat = torch.mean(x, [2, 3]) - self.mean
    return self.head.forward(torch.matmul(flat, self.weight.t())) * self.scale

def twice(self, x, n: int = 2) -> Tuple[Tensor, int]:
    return x * n, n

def fail(self, x):
    assert x.dim() > 99, "too few dimensions"
    return x
)");
  return net;
}

int main(int, const char* argv[]) {
  Module net = make();
  net.save(argv[1], {{"note.txt", "written by a test"}});

  torch::jit::ExtraFilesMap extra = {{"note.txt", ""}, {"other.txt", "keep"}};
  Module loaded = torch::jit::load(argv[1], torch::kCPU, extra);
  std::cout << extra["note.txt"] << '|' << extra["other.txt"] << '\n';
  torch::Tensor input = torch::arange(24, torch::kFloat).view({2, 3, 2, 2});
  std::cout << loaded.forward({input}).toTensor() << '\n';
  std::cout << torch::equal(loaded.forward({input}).toTensor(), net.forward({input}).toTensor()) << '\n';
  std::cout << loaded.run_method("twice", torch::ones({1})) << ' ' << loaded.get_method("twice")({torch::ones({1}), 5})
            << ' ' << loaded.get_method("twice")({torch::ones({1})}, {{"n", 3}}) << '\n';

  for (const auto& item : loaded.named_parameters()) std::cout << item.name << ' ' << item.value.sizes() << '\n';
  for (const auto& item : loaded.named_buffers()) std::cout << item.name << ' ' << item.value.sizes() << '\n';
  for (const auto& item : loaded.named_attributes(false)) std::cout << item.name << ' ' << item.value.tagKind() << '\n';
  for (const auto& item : loaded.named_children()) std::cout << item.name << ' ' << item.value.type()->str() << '\n';
  for (const auto& item : loaded.named_modules()) std::cout << '[' << item.name << "] ";
  for (const auto& method : loaded.get_methods()) std::cout << method.name() << ' ';
  std::cout << loaded.parameters().size() << loaded.buffers().size() << loaded.children().size() << '\n';
  std::cout << loaded.get_method("forward").function().getSchema() << '\n';

  std::cout << loaded.hasattr("scale") << loaded.hasattr("nothing") << ' ' << loaded.attr("scale") << ' '
            << loaded.attr("nothing", 7) << ' ' << loaded.attr("head").toModule().attr("bias").toTensor().size(0)
            << '\n';
  loaded.setattr("scale", 3);
  Module shared = loaded;
  std::cout << shared.attr("scale") << ' ' << loaded.is_training() << ' ';
  loaded.eval();
  std::cout << shared.is_training() << ' ' << (shared == loaded) << '\n';
  Module copied = loaded.deepcopy();
  copied.attr("mean").toTensor().zero_();
  std::cout << loaded.attr("mean").toTensor().sum().item<float>() << '\n';
  copied.to(torch::kDouble);
  std::cout << copied.attr("mean").toTensor().dtype() << ' '
            << copied.forward({input.to(torch::kDouble)}).toTensor().dtype() << '\n';
  std::stringstream stream;
  loaded.save(stream);
  std::cout << torch::jit::load(stream).attr("scale") << '\n';
  Module frozen = torch::jit::freeze(loaded);
  std::cout << torch::equal(frozen.forward({input}).toTensor(), loaded.forward({input}).toTensor()) << ' '
            << frozen.named_parameters().size() << '\n';

  report("load", [] { torch::jit::load("nope.pt"); });
  report("method", [&] { loaded.get_method("x"); });
  report("attribute", [&] { loaded.attr("x"); });
  report("type of attribute", [&] { loaded.setattr("scale", "x"); });
  report("new attribute", [&] { loaded.setattr("zz", 1); });
  report("wrong type", [&] { loaded.forward({3}); });
  report("missing", [&] { loaded.forward({}); });
  report("too many", [&] { loaded.forward({input, input}); });
  report("assert", [&] { loaded.run_method("fail", input); });
  report("shapes", [&] { loaded.forward({torch::ones({1, 2, 2, 2})}); });
}
