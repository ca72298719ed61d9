#!/usr/bin/env python3
"""Derives C++ functions from the operator declarations.

Reads the `.schema`, `.inplace` and `.out` fields of every `ops.add({...})` in src/ops/*.cpp as text and writes, under --out:
  functions/<family>.h, .cpp   one typed C++ function for each operator of the family (and its in-place and out forms)
  functions.h                  includes all families
  declare_all.cpp              calls declare_<family>() of every family
and, under --api, the functions and methods of the public C++ headers (generate_cpp_api.py).
Only files whose contents changed are written, so that a new operator rebuilds little. A test compares the derived list with
the operators registered at run time.
"""
import argparse
import re
from pathlib import Path

from generate_cpp_api import Api

VALUE_TYPES = {"int": "int64_t", "SymInt": "int64_t", "float": "double", "bool": "bool", "Scalar": "Scalar", "ScalarType": "ScalarType",
               "Layout": "Layout", "MemoryFormat": "MemoryFormat", "Device": "Device", "str": "std::string_view",
               "complex": "std::complex<double>", "Generator": "Generator*"}
LIST_TYPES = {"int": "IntArrayRef", "SymInt": "IntArrayRef", "float": "ArrayRef<double>", "Tensor": "const std::vector<Tensor>&",
              "Tensor?": "const std::vector<Tensor>&"}
CPP_WORDS = {"default", "new", "delete", "and", "or", "not", "operator", "class", "union", "int", "float", "double", "bool"}
# Operators whose C++ function is called otherwise: rushlight::cat joins texts.
RENAMED = {"cat": "concat", "cat_out": "concat_out"}
WORDS = {"None": None, "True": "true", "False": "false", "contiguous_format": "MemoryFormat::contiguous",
         "preserve_format": "MemoryFormat::preserve", "Mean": "1", "Sum": "2", "inf": "INFINITY"}


class Unsupported(Exception):
    """A type that has no C++ function: builtins of the language, mostly."""


def declarations(text):
    """(schema, has in-place form, out overload or None, traits) of every ops.add in the file."""
    constants = dict(re.findall(r"constexpr OpTraits (\w+) =([^;]*);", text))
    for block in re.split(r"ops\.add\(", text)[1:]:
        schema = re.search(r'\.schema\s*=\s*((?:"(?:[^"\\]|\\.)*"\s*)+)', block)
        if not schema:
            continue
        schema = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', schema.group(1))).replace('\\"', '"')
        traits = re.search(r"\.traits =([^,}]*)", block.split(".doc")[0])
        traits = re.sub(r"\bk\w+", lambda m: constants.get(m.group(), m.group()), traits.group(1)) if traits else ""
        traits = set(re.findall(r"OpTraits::(\w+)", traits))
        if "language" in traits:
            continue
        head = block.split(".kernel")[0]
        out = re.search(r'\.out\s*=\s*"([^"]*)"', head)
        yield schema, ".inplace = true" in head, out.group(1) if out else None, traits


def split_arguments(text):
    depth, part = 0, ""
    for char in text:
        if char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        if char == "," and depth == 0:
            yield part.strip()
            part = ""
        else:
            part += char
    if part.strip():
        yield part.strip()


def parse(schema):
    match = re.match(r"(?:(\w+)::)?(\w+)(?:\.(\w+))?\((.*)\)\s*->\s*(.*)$", schema, re.S)
    namespace, name, overload, arguments, returns = match.groups()
    parsed = []
    for argument in split_arguments(arguments):
        if argument == "*":
            continue
        declaration, _, default = argument.partition("=")
        type_, _, arg_name = declaration.strip().rpartition(" ")
        parsed.append((re.sub(r"\([^()]*\)", "", type_).strip(), arg_name, default.strip() or None))
    return namespace or "aten", name, overload or "", parsed, re.sub(r"\([a-z|!*]+(?: -> \*)?\)", "", returns).strip()


def cpp_type(type_):
    if type_ in ("Tensor", "Tensor?"):
        return "const Tensor&"
    if type_ in VALUE_TYPES:
        return VALUE_TYPES[type_]
    if type_ == "Generator?":
        return "Generator*"
    flags = re.match(r"bool\[(\d+)\]$", type_)
    if flags:
        return f"const std::array<bool, {flags.group(1)}>&"
    match = re.match(r"(.*)\[\d*\](\?)?$", type_)
    if match and match.group(1) in LIST_TYPES:
        inner = LIST_TYPES[match.group(1)]
        return f"std::optional<{inner}>" if match.group(2) else inner
    if type_.endswith("?") and type_[:-1] in VALUE_TYPES:
        return f"std::optional<{VALUE_TYPES[type_[:-1]]}>"
    raise Unsupported(type_)


def cpp_default(type_, default):
    if default is None:
        return ""
    if type_ == "Tensor?":
        return " = Tensor()"
    if type_ == "Generator?":
        return " = nullptr"
    if default == "None":
        return " = std::nullopt"
    if default.startswith("["):
        return " = {" + default[1:-1] + "}" if default != "[]" else " = IntArrayRef()"
    if "[" in type_:
        return " = IntArrayRef(kZeros)" if default == "0" else " = IntArrayRef(kOnes)"
    if default == "long" or type_.startswith("ScalarType") and default == "4":
        return " = ScalarType::int64"
    return " = " + WORDS.get(default, default)


def cpp_result(returns):
    if returns == "()":
        return "void"
    if returns == "Tensor":
        return "Tensor"
    if returns == "Tensor[]":
        return "std::vector<Tensor>"
    if returns in VALUE_TYPES:
        return {"str": "std::string"}.get(returns, VALUE_TYPES[returns])
    if returns.startswith("("):
        parts = [re.sub(r"\s+\w+$", "", part) if " " in part else part for part in split_arguments(returns[1:-1])]
        return "std::tuple<" + ", ".join(cpp_result(part) for part in parts) + ">"
    raise Unsupported(returns)


def broadcast_default(type_, default):
    """`int[2] stride=1` as a full list."""
    match = re.match(r"(?:int|SymInt)\[(\d+)\]$", type_)
    if match and default is not None and re.fullmatch(r"-?\d+", default):
        return "[" + ", ".join([default] * int(match.group(1))) + "]"
    return default


def functions(schema, inplace, out):
    """(declaration, definition) of each form."""
    namespace, name, overload, arguments, returns = parse(schema)
    if overload.endswith("hacked_twin"):  # the same C++ types as the overload that it is a twin of
        return
    forms = [(name, overload, arguments, returns)]
    if inplace:
        forms.append((name + "_", overload, arguments, "Tensor"))
    if out is not None:
        outs = [("Tensor", "out" if returns == "Tensor" else f"out{i}", None)
                for i in range(1 if returns == "Tensor" else returns.count("Tensor"))]
        forms.append((name + "_out", out, arguments + outs, returns))
    for fn, over, args, result in forms:
        op_name = fn[:-4] if fn.endswith("_out") and over == out and out is not None else fn
        result_type = cpp_result(result)
        parameters, plain, packs = [], [], []
        # Defaults must be trailing in C++: those before an argument without one are dropped, except for `out`, which comes last.
        last_required = max([i for i, (_, _, d) in enumerate(args) if d is None], default=-1)
        for i, (type_, arg, default) in enumerate(args):
            arg = arg + "_" if arg in CPP_WORDS else arg
            ctype = cpp_type(type_)
            default = broadcast_default(type_, default)
            shown = cpp_default(type_, default) if i > last_required else ""
            parameters.append(f"{ctype} {arg}{shown}")
            plain.append(f"{ctype} {arg}")
            packs.append(f"generated::box_optional({arg})" if type_ in ("Tensor?", "Generator?")
                         else f"IValue(ArrayRef<bool>({arg}))" if type_.startswith("bool[") else f"IValue({arg})")
        function = RENAMED.get(fn, fn + "_" if fn in CPP_WORDS else fn)
        declaration = f"{result_type} {function}({', '.join(parameters)});"
        body = f'  static const Operator& op = get_operator("{namespace}::{op_name}", "{over}");\n'
        body += "  const IValue arguments[] = {" + ", ".join(packs) + "};\n" if packs else "  const IValue* arguments = nullptr;\n"
        body += f"  return generated::call<{result_type}>(op, arguments);\n"
        yield declaration, f"{result_type} {function}({', '.join(plain)}) {{\n{body}}}\n"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", nargs="*", default=[], help="src/ops/*.cpp")
    parser.add_argument("--out", type=Path, required=True, help="where the derived files go")
    parser.add_argument("--api", type=Path, required=True, help="where the files of the public C++ functions go")
    parser.add_argument("--list", action="store_true", help="print the names of the derived files, write nothing")
    options = parser.parse_args()
    families = []
    for source in sorted(map(Path, options.sources)):
        text = source.read_text()
        if re.search(rf"^void declare_{source.stem}\(OpSet& ops\)", text, re.M):
            families.append((source.stem, text))
    if options.list:
        for family, _ in families:
            print(options.out / "functions" / f"{family}.h")
            print(options.out / "functions" / f"{family}.cpp")
        print(options.out / "functions.h")
        print(options.out / "declare_all.cpp")
        for name in Api().files([family for family, _ in families]):
            print(options.api / name)
        return
    api = Api()
    for family, text in families:
        header, source = [], []
        for schema, inplace, out, traits in declarations(text):
            api.add(family, parse(schema), schema, inplace, out, traits)
            try:
                for declaration, definition in functions(schema, inplace, out):
                    header.append(declaration)
                    source.append(definition)
            except Unsupported:
                continue
        write(options.out / "functions" / f"{family}.h",
              f"// Derived from src/ops/{family}.cpp.\n#pragma once\n#include \"ops/generated_call.h\"\n\nnamespace rushlight::ops {{\n"
              + "\n".join(header) + "\n}  // namespace rushlight::ops\n")
        write(options.out / "functions" / f"{family}.cpp",
              f"// Derived from src/ops/{family}.cpp.\n#include \"ops/functions/{family}.h\"\n\nnamespace rushlight::ops {{\n"
              + "\n".join(source) + "}  // namespace rushlight::ops\n")
    for name, text in api.files([family for family, _ in families]).items():
        write(options.api / name, text)
    write(options.out / "functions.h", "// Derived: every operator as a C++ function.\n#pragma once\n"
          + "".join(f'#include "ops/functions/{family}.h"\n' for family, _ in families))
    write(options.out / "declare_all.cpp", "// Derived: calls the declarations of every family.\n#include \"ops/op.h\"\n\nnamespace rushlight {\nnamespace ops {\n"
          + "".join(f"void declare_{family}(OpSet& ops);\n" for family, _ in families)
          + "}  // namespace ops\n\nvoid declare_all_operators(OpSet& ops) {\n"
          + ("" if families else "  (void)ops;\n")
          + "".join(f"  ops::declare_{family}(ops);\n" for family, _ in families) + "}\n}  // namespace rushlight\n")


if __name__ == "__main__":
    main()
