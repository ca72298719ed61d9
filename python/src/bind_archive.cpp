/// TorchScript archives: what torch.jit.save and torch.jit.load do once Python has looked at paths and files.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include <sstream>

#include "archive/archive_writer.h"
#include "bind.h"
#include "convert.h"
#include "script_objects.h"
#include "script_values.h"
#include "value_objects.h"

namespace rushlight::python {
namespace {

std::string bytes_of(nb::handle object) {
  if (PyUnicode_Check(object.ptr())) return nb::cast<std::string>(object);
  if (!PyBytes_Check(object.ptr())) throw nb::type_error("extra files must be bytes or str");
  return {PyBytes_AS_STRING(object.ptr()), size_t(PyBytes_GET_SIZE(object.ptr()))};
}

archive::ExtraFiles extra_files(const nb::dict& files) {
  archive::ExtraFiles extra;
  for (auto [name, content] : files) extra[nb::cast<std::string>(name)] = bytes_of(content);
  return extra;
}

Ref<Object> saved_object(nb::handle program) {
  FunctionHandle* function = nullptr;
  if (nb::try_cast(program, function) && function) return archive::as_module(*function->function);
  Ref<Object> object = find_object(program);
  if (!object || !object->type().is_module()) throw nb::type_error("only compiled modules and functions can be saved");
  return object;
}

/// What a traced module was recorded with, by method, as Dict[str, List[Any]]; None for other programs.
IValue traced_inputs(nb::handle program) {
  if (!nb::hasattr(program, "_retrieve_traced_inputs")) return {};
  const auto stored = nb::cast<nb::dict>(program.attr("_retrieve_traced_inputs")());
  if (stored.size() == 0) return {};
  auto all = make_ref<DictObject>(types::string(), types::list(types::any()));
  for (auto [method, inputs] : stored) {
    Ref<ListObject> values = ListObject::make(types::any());
    for (nb::handle input : inputs) values->append(to_value(input));
    all->insert_or_assign(IValue(nb::cast<std::string>(method)), IValue(std::move(values)));
  }
  return IValue(Ref<DictObject>(std::move(all)));
}

/// To a file, or as bytes if there is no path.
nb::object save_archive(nb::handle program, const std::optional<std::string>& path, const nb::dict& files,
                        bool portable) {
  const Ref<Object> object = saved_object(program);
  archive::SaveOptions options;
  options.traced_inputs = traced_inputs(program);
  options.extra_files = extra_files(files);
  options.portable = portable;
  std::ostringstream out;
  {
    const nb::gil_scoped_release unlocked;
    if (path)
      archive::write_archive_file(object, *path, options);
    else
      archive::write_archive(object, out, "archive", options);
  }
  if (path) return nb::none();
  const std::string bytes = std::move(out).str();
  return nb::bytes(bytes.data(), bytes.size());
}

/// From a path or from bytes. The values of `files` become what the archive has under these names, b"" for nothing.
nb::object load_archive(nb::handle source, nb::handle device, nb::dict files) {
  archive::LoadOptions options;
  if (!device.is_none()) options.device = device_from(device.ptr());
  archive::ExtraFiles extra;
  for (auto [name, content] : files) extra[nb::cast<std::string>(name)] = "";
  const bool in_memory = PyBytes_Check(source.ptr());
  std::string text = in_memory ? bytes_of(source) : nb::cast<std::string>(source);
  archive::LoadedArchive loaded;
  {
    const nb::gil_scoped_release unlocked;
    loaded = archive::read_archive(in_memory ? archive::in_memory(std::move(text)) : archive::open_file(text), options,
                                   &extra);
  }
  for (const auto& [name, content] : extra) files[name.c_str()] = nb::bytes(content.data(), content.size());
  return wrap_object(loaded.root);
}

}  // namespace

void bind_archive(nb::module_& m) {
  m.def("_save_archive", &save_archive, nb::arg("program"), nb::arg("path").none(), nb::arg("extra_files"),
        nb::arg("portable") = false);
  m.def("_load_archive", &load_archive, nb::arg("source"), nb::arg("map_location").none(), nb::arg("extra_files"));
}

}  // namespace rushlight::python
