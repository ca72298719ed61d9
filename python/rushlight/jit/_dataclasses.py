"""Methods that `dataclasses` makes without source text, written out for the compiler."""
import ast
import dataclasses
import inspect
from textwrap import dedent

from .._jit_internal import is_optional
from .frontend import FunctionSource, get_source_lines_and_file


def written_methods(cls):
    """{name: source} of the generated methods of a dataclass that its body does not define itself; {} for other classes."""
    if not dataclasses.is_dataclass(cls):
        return {}
    own = _defined_names(cls)
    return {name: write(cls, name) for name, write in _WRITERS.items() if name in cls.__dict__ and name not in own}


def _defined_names(cls):
    lines, _, _ = get_source_lines_and_file(cls)
    return {node.name for node in ast.parse(dedent("".join(lines))).body[0].body if isinstance(node, ast.FunctionDef)}


def _function(cls, name, signature, body):
    text = f"def {name}{signature}:\n" + "".join(f"  {line}\n" for line in body)
    return FunctionSource(text, f"__torch_jit_dataclass/{cls.__name__}/{name}", 0, name, "")


def _write_init(cls, name):
    fields = dataclasses.fields(cls)
    if any(field.default_factory is not dataclasses.MISSING for field in fields):
        raise NotImplementedError("Default factory initializers are not supported in TorchScript dataclasses")
    signature = inspect.signature(cls.__init__)
    only_init = [key for key, parameter in signature.parameters.items() if isinstance(parameter.annotation, dataclasses.InitVar)]
    parameters = [parameter.replace(annotation=parameter.annotation.type) if key in only_init else parameter
                  for key, parameter in signature.parameters.items()]
    body = [f"self.{field.name} = {field.name}" for field in fields if field.init and field.name not in only_init]
    if hasattr(cls, "__post_init__"):
        body.append(f"self.__post_init__({', '.join(only_init)})")
    return _function(cls, name, f"({', '.join(_parameter_text(cls, parameter) for parameter in parameters)}) -> None", body or ["pass"])


def _parameter_text(cls, parameter):
    """`e: Color = None`: the value of a default is handed over beside the text, which only says that there is one."""
    text = parameter.name
    if parameter.annotation is not inspect.Parameter.empty:
        text += ": " + inspect.formatannotation(parameter.annotation).replace(cls.__module__ + ".", "")
    if parameter.default is inspect.Parameter.empty:
        return text
    default = repr(parameter.default)
    try:
        ast.parse(default, mode="eval")
    except SyntaxError:
        default = "None"
    return f"{text} = {default}"


def _write_repr(cls, name):
    shown = ", ".join(f"{field.name}=self.{field.name}" for field in dataclasses.fields(cls) if field.repr)
    return _function(cls, name, "(self) -> str", [f"return '{cls.__name__}({shown})'"])


def _write_hash(cls, name):
    return _function(cls, name, "(self) -> int", ["raise NotImplementedError('__hash__ is not supported for dataclasses in TorchScript')"])


def _comparison(cls, name, at_end, per_field, of_none):
    """Field by field: `per_field` are lines about val1 and val2, `of_none` what happens when only one of them is None."""
    body = []
    for field in dataclasses.fields(cls):
        if not field.compare:
            continue
        body += [f"val1 = self.{field.name}", f"val2 = other.{field.name}"]
        if is_optional(field.type):
            body += ["if val1 is not None and val2 is not None:", *(f"  {line}" for line in per_field),
                     "elif (val1 is None) != (val2 is None):", f"  {of_none}"]
        else:
            body += per_field
    return _function(cls, name, f"(self, other: {cls.__name__}) -> bool", [*body, f"return {at_end}"])


def _write_eq(cls, name):
    return _comparison(cls, name, True, ["if val1 != val2: return False"], "return False")


def _write_order(operator, at_end):
    def write(cls, name):
        lines = [f"if val1 {operator} val2: return True", f"elif val2 {operator} val1: return False"]
        return _comparison(cls, name, at_end, lines, f"raise TypeError('Cannot compare {cls.__name__} with None')")
    return write


_WRITERS = {"__init__": _write_init, "__repr__": _write_repr, "__hash__": _write_hash, "__eq__": _write_eq, "__lt__": _write_order("<", False),
            "__le__": _write_order("<", True), "__gt__": _write_order(">", False), "__ge__": _write_order(">", True)}
