"""The text of Python functions, for the compiler."""
import ast
import inspect
import sys
from textwrap import dedent

from .. import _C
from .._jit_internal import FunctionModifiers, get_torchscript_modifier, is_static_fn, should_drop


class NotSupportedError(RuntimeError):
    """Python that the language does not have."""


class UnsupportedNodeError(NotSupportedError):
    """A Python construct that the language does not have."""


class FrontendError(RuntimeError):
    """Source that cannot be read."""


class FunctionSource:
    """A function cut out of its file: `text` starts at line `first_line` (from 1) and keeps its indentation.

    type_line: its `# type: (...) -> T` comment, or "". signature: for an overload, the source of its declaration. class_name: for a class method,
    the name of its class, which its first parameter stands for.
    """

    def __init__(self, text, filename, first_line, name, type_line):
        self.text, self.filename, self.first_line, self.name, self.type_line = text, filename, first_line, name, type_line
        self.signature = None
        self.class_name = ""


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
    from .annotations import get_type_line
    lines, first_line, filename = get_source_lines_and_file(fn, error_msg)
    source = _without_short_lines_trouble(lines)
    text = dedent(source)
    try:
        tree = ast.parse(text)
    except SyntaxError:
        tree = None
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.FunctionDef):
        raise RuntimeError(f"Expected a single top-level function: {filename}:{first_line}")
    if should_drop(fn):
        source = _raising_source(tree.body[0])
    found = FunctionSource(source, filename, first_line, tree.body[0].name, get_type_line(text) or "")
    if inspect.ismethod(fn) and inspect.isclass(fn.__self__):
        found.class_name = fn.__self__.__name__
    return found


def get_function_name(text):
    """The name of the function that a text defines."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        tree = None
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.FunctionDef):
        raise RuntimeError("Expected a single top-level function")
    return tree.body[0].name


def _raising_source(definition):
    """What a method that is marked as unused is compiled to: it takes anything and raises."""
    arguments = definition.args
    arguments.vararg = arguments.kwarg = None
    for argument in arguments.args + arguments.kwonlyargs:
        argument.annotation = ast.Name("Any")
    definition.decorator_list = []
    definition.body = ast.parse('raise RuntimeError("Cannot call @unused methods")').body
    return ast.unparse(ast.fix_missing_locations(definition)) + "\n"


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


def check_defaults(source, defaults):
    """Mutable defaults are one object for all calls in Python, which compiled code cannot imitate."""
    for name, value in defaults.items():
        if isinstance(value, (list, dict)):
            _C._fail_at_definition(source, "Mutable default parameters are not supported because Python binds them to the function and they persist "
                                   "across function calls.\n As a workaround, make the default None and instantiate the default parameter within "
                                   f"the body of the function. Found {type(value)} on parameter {name}")


def get_jit_class_methods(cls, self_name):
    """The methods of a class that are compiled, in the order of their names; static ones are functions and compiled when they are met."""
    return [(name, member) for name, member in inspect.getmembers(
        cls, predicate=lambda m: (inspect.ismethod(m) or inspect.isfunction(m)) and m.__name__ in cls.__dict__)
        if not is_static_fn(cls, name) and not _is_dropped(member)]


def get_class_properties(cls):
    """The properties of a class that are compiled."""
    unused = getattr(cls, "__jit_unused_properties__", ())
    return [(name, member) for name, member in inspect.getmembers(cls, predicate=lambda m: isinstance(m, property))
            if name not in unused and not should_drop(member.fget)]


def _is_dropped(fn):
    return get_torchscript_modifier(fn) is FunctionModifiers._DROP


def get_class_assigns(cls):
    """Names to which the class body gives values."""
    lines, _, _ = get_source_lines_and_file(cls)
    tree = ast.parse(dedent("".join(lines)))
    names = []
    for statement in tree.body[0].body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target] if isinstance(statement, ast.AnnAssign) else []
        if targets and statement.value is not None:
            names += [part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
    return names
