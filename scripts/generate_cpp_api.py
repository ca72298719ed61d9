"""The public C++ functions and methods of the operators, for generate_ops.py: `at::f`, `at::f_out`, `Tensor::f`, with PyTorch's
argument types and default arguments, from the same declarations as everything else.

    include/ATen/NativeFunctions.inc     declarations of the functions
    include/ATen/core/TensorMethods.inc  declarations of the methods, inside class Tensor
    src/<family>.cpp                     what stands behind both: a boxed call of the operator
"""
import re

SCALARS = {"int": "int64_t", "SymInt": "int64_t", "float": "double", "bool": "bool", "ScalarType": "ScalarType", "Layout": "Layout",
           "MemoryFormat": "MemoryFormat", "Device": "Device", "str": "std::string_view", "complex": "c10::complex<double>",
           "Generator": "Generator"}
BY_REFERENCE = {"Tensor": "Tensor", "Scalar": "Scalar"}
LISTS = {"int": "IntArrayRef", "SymInt": "IntArrayRef", "float": "ArrayRef<double>", "Tensor": "TensorList",
         "Tensor?": "const c10::List<std::optional<Tensor>>&"}
RESULTS = {"Tensor": "Tensor", "Tensor[]": "std::vector<Tensor>", "Scalar": "Scalar", "()": "void", **SCALARS}
DEFAULTS = {"None": "{}", "[]": "{}", "True": "true", "False": "false", "Mean": "1", "Sum": "2", "inf": "INFINITY", "long": "ScalarType::Long",
            "contiguous_format": "MemoryFormat::Contiguous", "preserve_format": "MemoryFormat::Preserve"}
# Methods of Tensor that stand in TensorBody.h, since they are more than a call of an operator.
BY_HAND = {"size", "stride", "dim", "numel", "item", "data", "set_data", "backward", "is_complex", "is_floating_point", "is_signed",
           "is_contiguous", "is_leaf", "is_inference", "is_non_overlapping_and_dense", "storage_offset", "element_size", "requires_grad_", "retain_grad",
           "retains_grad", "_version", "layout", "device", "dtype", "get_device", "is_cuda", "is_cpu", "is_mps", "is_meta", "is_sparse", "is_quantized"}
OPTIONS = ["dtype", "layout", "device", "pin_memory"]


class Unsupported(Exception):
    """A type that has no form in the public headers: builtins of the language."""


class Argument:
    def __init__(self, type_, name, default, written):
        self.type, self.name, self.default, self.written = type_, name, default, written

    @property
    def is_self(self):
        return self.name == "self" and self.type == "Tensor"

    def cpp(self):
        type_ = self.type
        if type_ == "Tensor" and self.written:
            return "Tensor&"
        if type_ in BY_REFERENCE:
            return f"const {BY_REFERENCE[type_]}&"
        if type_ in SCALARS:
            return SCALARS[type_]
        flags = re.match(r"bool\[(\d+)\]$", type_)
        if flags:
            return f"std::array<bool, {flags.group(1)}>"
        match = re.match(r"(.*)\[\d*\](\?)?$", type_)
        if match and match.group(1) in LISTS:
            if not match.group(2):
                return LISTS[match.group(1)]
            return "OptionalIntArrayRef" if match.group(1) in ("int", "SymInt") else f"std::optional<{LISTS[match.group(1)]}>"
        if type_.endswith("?") and type_[:-1] in BY_REFERENCE:
            return f"const std::optional<{type_[:-1]}>&"
        if type_.endswith("?") and type_[:-1] in SCALARS:
            return f"std::optional<{SCALARS[type_[:-1]]}>"
        raise Unsupported(type_)

    def cpp_default(self):
        if self.default is None:
            return ""
        if self.default.startswith("["):
            return " = {" + self.default[1:-1] + "}"
        if "[" in self.type and self.default in ("True", "False"):
            raise Unsupported(self.type)
        return " = " + DEFAULTS.get(self.default, self.default.replace("'", '"') if self.type.startswith("str") else self.default)

    def boxed(self):
        return f"detail::optional_tensor({self.name})" if self.type == "Tensor?" else self.name


def result_type(returns):
    if returns in RESULTS:
        return RESULTS[returns]
    if returns.startswith("("):
        parts = [part.split(" ")[0] for part in returns[1:-1].split(", ")]
        return "std::tuple<" + ", ".join(result_type(part) for part in parts) + ">"
    raise Unsupported(returns)


class Function:
    """One operator, in one form, as C++."""

    def __init__(self, operator, overload, name, arguments, returns, outs=()):
        self.operator, self.overload, self.name, self.arguments, self.returns, self.outs = operator, overload, name, arguments, returns, list(outs)
        self.has_self = any(a.is_self for a in arguments)
        self.inplace = any(a.is_self and a.written for a in arguments)

    def result(self):
        if self.inplace:
            return "Tensor&"
        if self.outs:
            return "Tensor&" if len(self.outs) == 1 else "std::tuple<" + ", ".join(["Tensor&"] * len(self.outs)) + ">"
        return result_type(self.returns)

    def options_at(self):
        names = [a.name for a in self.arguments]
        for i in range(len(names) - 3):
            if names[i:i + 4] == OPTIONS:
                return i
        return None

    def parameters(self, arguments, drop_until=0):
        """(with defaults, without) texts. Defaults must be trailing in C++: those before an argument without one are dropped."""
        last_required = max([i for i, a in enumerate(arguments) if a.default is None], default=-1)
        shown = [f"{a.cpp()} {a.name}" for a in arguments]
        defaults = [a.cpp_default() if i > last_required and i >= drop_until else "" for i, a in enumerate(arguments)]
        return [s + d for s, d in zip(shown, defaults)], shown


class Options(Argument):
    """The four arguments that say what a new tensor shall be like, as one."""

    def __init__(self, dtype):
        super().__init__("", "options", dtype.default, False)

    def cpp(self):
        return "TensorOptions"

    def cpp_default(self):
        return " = ScalarType::Long" if self.default == "long" else " = {}"


def rename(name):
    return name + "_" if name in ("default", "new", "delete", "and", "or", "not", "operator", "class", "union", "int", "float", "double", "bool") else name


def forms(namespace, name, overload, arguments, returns, schema, inplace, out):
    """The Functions of one declaration: the operator itself, its in-place and its out form."""
    written = set(re.findall(r"Tensor\([a-z]!\) (\w+)", schema))
    parsed = [Argument(t, rename(a), d, a in written) for t, a, d in arguments]
    operator = f"{namespace}::{name}"
    outs = [a for a in parsed if a.written and a.name != "self"]
    if outs:
        yield Function(operator, overload, name + "_out", [a for a in parsed if a not in outs], returns, outs)
    else:
        yield Function(operator, overload, name, parsed, returns)
    if inplace:
        own = [Argument(a.type, a.name, a.default, i == 0) for i, a in enumerate(parsed)]
        yield Function(operator + "_", overload, name + "_", own, "Tensor")
    if out is not None:
        count = 1 if returns == "Tensor" else returns.count("Tensor")
        outs = [Argument("Tensor", "out" if count == 1 else f"out{i}", None, True) for i in range(count)]
        yield Function(operator, out, name + "_out", parsed, returns, outs)


def ambiguous_defaults(arguments, earlier):
    """How many of `arguments` lose their defaults because the shortest call would fit `earlier` too: all up to the first whose
    type tells the two apart."""
    kinds, others = [[a.type.split("[")[0] for a in both] for both in (arguments, earlier)]
    required, other_required = [sum(a.default is None for a in both) for both in (arguments, earlier)]
    if required != other_required or kinds[:required] != others[:required]:
        return 0
    return next((i + 1 for i, kind in enumerate(kinds) if i >= len(others) or others[i] != kind), 0)


class Api:
    """Collects the functions of all families."""

    def __init__(self):
        self.functions, self.methods, self.sources, self.seen, self.signatures = [], [], {}, {}, set()

    def add(self, family, parsed, schema, inplace, out, traits):
        """The traits say what Python shows. What Python shows in neither form (slice) has both in C++."""
        if {"no_method", "no_function"} <= traits:
            traits = traits - {"no_method", "no_function"}
        for function in forms(*parsed, schema, inplace, out):
            try:
                self.add_function(family, function, traits & {"no_method", "nn_functional"}, "no_function" in traits)
            except Unsupported:
                continue

    def add_function(self, family, function, no_method, no_function):
        at = function.options_at()
        if at is None or function.outs:
            variants = [(function.arguments, None)]
        else:
            gathered = function.arguments[:at] + [Options(function.arguments[at])] + function.arguments[at + 4:]
            plain = [Argument(a.type, a.name, None, a.written) for a in function.arguments]
            variants = [(gathered, at), (plain, None)]
        method = function.has_self and not no_method and not function.outs and function.name not in BY_HAND
        for arguments, options in variants:
            source = self.sources.setdefault(family, [])
            if not no_function:
                self.emit(source, self.functions, function, arguments, options, False)
            if method:
                self.emit(source, self.methods, function, arguments, options, True)

    def emit(self, source, declarations, function, arguments, options, method):
        own = [a for a in arguments if not (method and a.is_self)]
        earlier = self.seen.setdefault((function.name, method, bool(function.outs)), [])
        drop = max((ambiguous_defaults(own, other) for other in earlier), default=0)
        earlier.append(own)
        shown, plain = function.parameters(own, drop)
        outs = [f"Tensor& {a.name}" for a in function.outs]
        name = rename(function.name)
        result = function.result()
        const = " const" if method else ""
        export = "" if method else "RUSHLIGHT_API "
        # Two overloads of the language can be one to C++: int and SymInt, names of arguments.
        signature = (method, name, tuple(a.cpp() for a in function.outs + own))
        if signature in self.signatures:
            return
        self.signatures.add(signature)
        declarations.append(f"{export}{result} {name}({', '.join(outs + shown)}){const};")
        boxed = ", ".join((["*this" if method and a.is_self else a.boxed() for a in self.all_arguments(function, options)])
                          + [a.name for a in function.outs])
        body = f'  static const rushlight::Operator& op = detail::find("{function.operator}", "{function.overload}");\n'
        body += f"  const IValue arguments[] = {{{boxed}}};\n" if boxed else "  const IValue* arguments = nullptr;\n"
        if function.inplace or function.outs:
            body += "  detail::call<void>(op, arguments);\n"
            targets = ["const_cast<Tensor&>(*this)" if method else "self"] if function.inplace else [a.name for a in function.outs]
            body += f"  return {targets[0]};\n" if len(targets) == 1 else f"  return {{{', '.join(targets)}}};\n"
        elif options is not None:
            body += "  return detail::with_options(detail::call<Tensor>(op, arguments), options);\n"
        else:
            body += f"  return detail::call<{result}>(op, arguments);\n"
        owner = "Tensor::" if method else ""
        source.append(f"{result} {owner}{name}({', '.join(outs + plain)}){const} {{\n{body}}}\n")
        if function.outs:  # the same with the results last
            last = f"RUSHLIGHT_API {result} {name}f({', '.join(plain + outs)});"
            declarations.append(last)
            names = ", ".join([a.name for a in function.outs] + [a.name for a in own])
            source.append(f"{result} {name}f({', '.join(plain + outs)}) {{ return {name}({names}); }}\n")

    def all_arguments(self, function, options):
        if options is None:
            return function.arguments
        taken = []
        for i, argument in enumerate(function.arguments):
            if options <= i < options + 4:
                taken.append(Argument("", "options." + {"pin_memory": "pinned_memory"}.get(argument.name, argument.name) + "_opt()", None, False))
            elif argument.name == "memory_format" and argument.type == "MemoryFormat?":
                taken.append(Argument("", "memory_format ? memory_format : options.memory_format_opt()", None, False))
            else:
                taken.append(argument)
        return taken

    def files(self, families):
        """{path below the folder of the API: text}"""
        texts = {"include/ATen/NativeFunctions.inc": "// Derived: every operator as a function.\n" + "\n".join(self.functions) + "\n",
                 "include/ATen/core/TensorMethods.inc": "// Derived: every operator as a method.\n" + "\n".join(self.methods) + "\n"}
        for family in families:
            texts[f"src/{family}.cpp"] = (f'// Derived from src/ops/{family}.cpp.\n#include "op_call.h"\n\nnamespace at {{\ninline namespace RUSHLIGHT_ABI {{\n'
                                          + "\n".join(self.sources.get(family, [])) + "}  // namespace RUSHLIGHT_ABI\n}  // namespace at\n")
        return texts
