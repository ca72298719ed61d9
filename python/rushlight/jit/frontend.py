"""The text of Python functions, for the compiler."""
import ast
import inspect
import sys
from textwrap import dedent

from .. import _C
from .._jit_internal import FunctionModifiers, get_torchscript_modifier


class NotSupportedError(RuntimeError):
    """Python that the language does not have."""


class UnsupportedNodeError(NotSupportedError):
    """A Python construct that the language does not have."""


class FrontendError(RuntimeError):
    """Source that cannot be read."""


class FunctionSource:
    """A function cut out of its file: `text` has lost `indent` columns on each line and starts at line `first_line` (from 1).

    signature: for an overload, the source of its declaration.
    """

    def __init__(self, text, filename, first_line, indent, name):
        self.text, self.filename, self.first_line, self.indent, self.name = text, filename, first_line, indent, name
        self.signature = None


def get_source_lines_and_file(obj, error_msg=None):
    """(lines, number of the first one, file); OSError with PyTorch's text when there is no source."""
    filename = None
    try:
        filename = inspect.getsourcefile(obj)
        lines, first_line = inspect.getsourcelines(obj)
    except (OSError, TypeError) as error:
        message = (f"Can't get source for {obj}. TorchScript requires source access in order to carry out compilation, make sure original .py "
                   "files are available.")
        raise OSError(message if error_msg is None else f"{message}\n{error_msg}") from error
    return lines, first_line, filename


def _without_short_lines_trouble(lines):
    """Comment lines that stand further left than the code must not stop dedent."""
    indent = len(lines[0]) - len(lines[0].lstrip())
    return "".join(line if line[:indent].strip() == "" or not line.lstrip().startswith("#") else " " * indent + line.lstrip() for line in lines)


def get_function_source(fn, error_msg=None):
    """The source of one function. RuntimeError for a lambda, an async function and anything else that is no plain `def`."""
    lines, first_line, filename = get_source_lines_and_file(fn, error_msg)
    source = _without_short_lines_trouble(lines)
    text = dedent(source)
    try:
        tree = ast.parse(text)
    except SyntaxError:
        tree = None
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.FunctionDef):
        raise RuntimeError(f"Expected a single top-level function: {filename}:{first_line}")
    indent = len(source.split("\n", 1)[0]) - len(text.split("\n", 1)[0])
    return FunctionSource(text, filename, first_line, indent, tree.body[0].name)


def get_default_args(fn):
    """Default values by parameter name."""
    if fn is None:
        return {}
    return {name: parameter.default for name, parameter in inspect.signature(fn).parameters.items()
            if parameter.default is not inspect.Parameter.empty}


def get_default_args_for_class(cls):
    """Default values of all methods, by method name."""
    methods = inspect.getmembers(cls, predicate=lambda member: (inspect.ismethod(member) or inspect.isfunction(member))
                                 and member.__name__ in cls.__dict__)
    return {name: get_default_args(method) for name, method in methods}


def check_defaults(fn, defaults):
    """Mutable defaults are one object for all calls in Python, which compiled code cannot imitate."""
    for name, value in defaults.items():
        if isinstance(value, (list, dict)):
            raise RuntimeError(f"\nMutable default parameters are not supported because Python binds them to the function and they persist across "
                            f"function calls.\n As a workaround, make the default None and instantiate the default parameter within the body of "
                            f"the function. Found {type(value)} on parameter {name}")


def get_jit_class_methods(cls, self_name):
    """The sources of a class's own methods, in the order of the class body."""
    methods = [(name, member) for name, member in inspect.getmembers(
        cls, predicate=lambda m: (inspect.ismethod(m) or inspect.isfunction(m)) and m.__name__ in cls.__dict__)
        if not _is_dropped(member)]
    return sorted(methods, key=lambda item: item[1].__code__.co_firstlineno)


def _is_dropped(fn):
    return get_torchscript_modifier(fn) is FunctionModifiers._DROP


def get_class_assigns(cls):
    """Names that the class body assigns, which compiled code can read as constants."""
    lines, _, _ = get_source_lines_and_file(cls)
    tree = ast.parse(dedent("".join(lines)))
    names = []
    for statement in tree.body[0].body:
        if isinstance(statement, ast.Assign):
            names += [target.id for target in statement.targets if isinstance(target, ast.Name)]
    return names
