// IValue: kinds, conversions, containers, printing, errors.
#include <torch/script.h>

#include <iostream>

#include "report.h"

using torch::jit::IValue;

void show(const IValue& value) { std::cout << value.tagKind() << ' ' << *value.type() << ": " << value << '\n'; }

int main() {
  show(IValue());
  show(3);
  show(2.5);
  show(true);
  show("text");
  show(torch::Device(torch::kCPU));
  show(std::vector<int64_t>{1, 2});
  show(std::vector<double>{1, 2.5});
  show(std::vector<bool>{true, false});
  show(std::vector<std::string>{"a", "b"});
  show(std::vector<torch::Tensor>{torch::ones({1}), torch::zeros({1})});
  show(std::make_tuple(1, 2.5, "a", torch::ones({1})));
  show(c10::ivalue::Tuple::create(1, "two"));
  c10::Dict<std::string, torch::Tensor> dict;
  dict.insert("x", torch::ones({2}));
  dict.insert_or_assign("y", torch::zeros({1}));
  show(dict);
  show(c10::optional<int64_t>());
  show(c10::optional<int64_t>(4));
  show(c10::complex<double>(1, 2));

  IValue tuple = std::make_tuple(torch::ones({2}), std::vector<int64_t>{5}, std::string("s"));
  auto elements = tuple.toTuple()->elements();
  std::cout << elements.size() << ' ' << elements[0].isTensor() << ' ' << elements[1].toIntVector()[0] << ' '
            << elements[2].toStringRef() << '\n';
  for (const auto& element : tuple.toTupleRef().elements()) std::cout << element.tagKind() << ' ';
  std::cout << '\n';

  c10::List<int64_t> list({1, 2, 3});
  list.push_back(4);
  list[0] = 10;
  IValue boxed = list;
  std::cout << boxed.toIntList().size() << ' ' << boxed.isIntList() << boxed.isTensorList() << ' '
            << boxed.toList().get(0).toInt() << ' ' << boxed.toIntVector()[3] << '\n';
  for (int64_t number : list) std::cout << number << ' ';
  for (const IValue& value : boxed.toListRef()) std::cout << value << ' ';
  std::cout << '\n';
  c10::impl::GenericList generic(c10::StringType::get());
  generic.push_back("a");
  std::cout << IValue(generic) << ' ' << *IValue(generic).type() << '\n';

  c10::impl::GenericDict any = IValue(dict).toGenericDict();
  for (const auto& entry : any)
    std::cout << entry.key().toStringRef() << '=' << entry.value().toTensor().sizes() << ' ';
  std::cout << dict.contains("x") << dict.contains("z") << ' ' << dict.at("y").size(0) << ' ' << any.size() << '\n';
  for (auto it = dict.begin(); it != dict.end(); ++it) std::cout << it->key() << ' ';
  std::cout << '\n';

  auto [first, second] = IValue(std::make_tuple(int64_t(1), 2.5)).to<std::tuple<int64_t, double>>();
  std::cout << first << ' ' << second << ' ' << IValue(7).to<int64_t>() << ' ' << IValue("q").to<std::string>() << ' '
            << IValue().toOptional<int64_t>().has_value() << '\n';

  IValue moved = torch::ones({1});
  IValue target = std::move(moved);
  std::cout << moved.isNone() << target.isTensor() << ' ' << sizeof(IValue) << '\n';
  IValue shared = target;
  std::cout << shared.is(target) << ' ' << (IValue(3) == IValue(3)) << (IValue("a") == IValue("b")) << ' '
            << shared.toTensor().is_same(target.toTensor()) << '\n';
  std::cout << *c10::DictType::create(c10::StringType::get(), c10::ListType::ofTensors()) << ' '
            << *c10::TupleType::create({c10::IntType::get(), c10::OptionalType::ofTensor()}) << ' '
            << c10::IntType::get()->isSubtypeOf(*c10::NumberType::get()) << '\n';

  report("toTensor", [] { IValue(3).toTensor(); });
  report("toTuple", [] { IValue(3).toTuple(); });
  report("toInt", [] { IValue("a").toInt(); });
  report("toDouble", [] { IValue(1).toDouble(); });
  report("toBool", [] { IValue(1).toBool(); });
  report("toList", [] { IValue(1).toList(); });
  report("toGenericDict", [] { IValue(1).toGenericDict(); });
  report("toStringRef", [] { IValue(1).toStringRef(); });
  report("toTensorVector", [] { IValue(std::vector<int64_t>{1}).toTensorVector(); });
  report("toDevice", [] { IValue(1).toDevice(); });
  report("toObject", [] { IValue(1).toObject(); });
}
