// The usual first program, as the manuals of libtorch have it: loads the module that its argument names.
// clang-format off
#include <torch/script.h>
#include <iostream>
int main(int argc, const char* argv[]) {
  torch::jit::script::Module module;
  try { module = torch::jit::load(argv[1]); }
  catch (const c10::Error& e) { std::cerr << "error loading the model\n"; return -1; }
  module.eval();
  torch::NoGradGuard no_grad;
  std::vector<torch::jit::IValue> inputs{torch::ones({1, 3, 224, 224})};
  at::Tensor out = module.forward(inputs).toTensor();
  std::cout << out.slice(/*dim=*/1, /*start=*/0, /*end=*/5) << '\n' << out.argmax(1).item<int64_t>() << '\n';
}
