"""Python annotations as types of TorchScript."""
import ast
import builtins
import enum
import inspect
import re
import sys
import typing
import warnings
from textwrap import dedent
from typing import Any, Dict, List, Optional, Tuple, Union

from .. import _C
from .._jit_internal import (_package, Await, BroadcastingList1, BroadcastingList2, BroadcastingList3, Future, RRef, _Parametrised, is_dict, is_final,
                             is_ignored_fn, is_list, is_optional, is_tuple, is_union)
from .._script_types import (AnyType, AwaitType, BoolType, ComplexType, DeviceObjType, DictType, FloatType, FutureType, GeneratorType, IntType,
                             ListType, NoneType, OptionalType, RRefType, StreamObjType, StringType, TensorType, TupleType, UnionType, enum_type,
                             named_tuple_type)
from .._tensor import Tensor


class Module:
    """A namespace in which names of types are looked up."""

    def __init__(self, name, members):
        self.name = name
        self.members = members

    def __getattr__(self, name):
        try:
            return self.members[name]
        except KeyError:
            raise RuntimeError(f"Module {self.name} has no member called {name}") from None


_SIMPLE = {
    Tensor: TensorType, float: FloatType, complex: ComplexType, int: IntType, bool: BoolType, str: StringType, Any: AnyType,
    type(None): NoneType, None: NoneType, _C.device: DeviceObjType, _C.Generator: GeneratorType,
    # These are ints in the language.
    _C.dtype: IntType, _C.layout: IntType, _C.memory_format: IntType,
}


# Tensor classes of one dtype: torch.LongTensor(2, 3).
_LEGACY = {"ByteTensor": "uint8", "CharTensor": "int8", "ShortTensor": "int16", "IntTensor": "int32", "LongTensor": "int64", "HalfTensor": "float16",
           "FloatTensor": "float32", "DoubleTensor": "float64", "BoolTensor": "bool", "BFloat16Tensor": "bfloat16"}


def legacy_dtype(obj):
    """The dtype of a tensor class such as torch.LongTensor; None for everything else."""
    name = getattr(obj, "__name__", "")
    package = sys.modules[_package]
    if name in _LEGACY and getattr(package, name, None) is obj:
        return getattr(package, _LEGACY[name])
    return None


def _element_type(annotation, rcb, loc):
    return try_ann_to_type(annotation, loc, rcb)


def _union_type(annotation, loc, rcb):
    members = []
    for member in typing.get_args(annotation):
        member = _element_type(member, rcb, loc)
        if member is None:
            return None
        members.append(member)
    return UnionType(members)


_BARE = {List: "List", Dict: "Dict", Tuple: "Tuple", Optional: "Optional", Future: "Future"}


def _check_key(key):
    if key.kind() not in ("AnyType", "IntType", "BoolType", "FloatType", "ComplexType", "StringType", "TensorType", "DeviceObjType"):
        raise RuntimeError(f"Cannot create dict for key type '{key.str()}', only int, float, complex, Tensor, device and string keys are supported")


def _check_contained(ann):
    """`List` says nothing of its elements."""
    try:
        name = _BARE.get(ann)
    except TypeError:
        return
    if name is not None:
        from .._jit_internal import raise_error_container_parameter_missing
        raise_error_container_parameter_missing(name)


def try_ann_to_type(ann, loc, rcb=None):
    """The type, or None for annotations that the language has no type for."""
    if ann is inspect.Signature.empty:
        return TensorType.getInferred()
    try:
        simple = _SIMPLE.get(ann)
    except TypeError:
        simple = None
    if simple is not None:
        return simple.get()
    if isinstance(ann, type) and issubclass(ann, Tensor):
        return TensorType.get()
    if isinstance(ann, type) and legacy_dtype(ann) is not None:
        warnings.warn("TorchScript will treat type annotations of Tensor dtype-specific subtypes as if they are normal Tensors. dtype constraints are "
                      "not enforced in compilation either.")
        return TensorType.get()
    _check_contained(ann)
    if is_tuple(ann):
        parts = typing.get_args(ann)
        if len(parts) == 1 and parts[0] == ():
            parts = ()
        types = [_element_type(part, rcb, loc) for part in parts]
        if None in types:
            raise RuntimeError("Can not create tuple with None type")
        return TupleType(types)
    if is_list(ann):
        parts = typing.get_args(ann)
        if not parts or isinstance(parts[0], typing.TypeVar):
            return None
        element = _element_type(parts[0], rcb, loc)
        return element and ListType(element)
    if typing.get_origin(ann) in (set, frozenset):
        parts = typing.get_args(ann)
        element = None if isinstance(parts[0], typing.TypeVar) else _element_type(parts[0], rcb, loc)
        return element and _C._set_type(element, typing.get_origin(ann) is frozenset)
    if is_dict(ann):
        parts = typing.get_args(ann)
        if len(parts) != 2 or isinstance(parts[0], typing.TypeVar):
            return None
        key, value = (_element_type(part, rcb, loc) for part in parts)
        if key is None or value is None:
            return None
        _check_key(key)
        return DictType(key, value)
    if is_optional(ann):
        contained = next(part for part in typing.get_args(ann) if part is not type(None))
        element = _element_type(contained, rcb, loc)
        if element is None:
            raise ValueError(f"Unsupported annotation {ann} could not be resolved because {contained} could not be resolved. At\n{loc}")
        return OptionalType(element)
    if is_union(ann):
        return _union_type(ann, loc, rcb) if typing.get_args(ann) else None
    if isinstance(ann, _Parametrised):
        element = _element_type(ann.__args__[0], rcb, loc)
        make = {id(Future): FutureType, id(Await): AwaitType, id(RRef): RRefType}.get(id(ann.__origin__))
        return make(element) if make and element is not None else None
    if is_final(ann):
        parts = typing.get_args(ann)
        return _element_type(parts[0], rcb, loc) if parts else None
    if isinstance(ann, type):
        return _class_type(ann, loc, rcb)
    if isinstance(ann, str):
        resolved = rcb(ann) if rcb else None
        return try_ann_to_type(resolved, loc, rcb) if resolved is not None and resolved is not ann else None
    return None


def _class_type(cls, loc, rcb):
    """Enum, NamedTuple, interface, or a class that is compiled now."""
    from .._script_types import known_types
    if "__torch_script_interface__" in cls.__dict__:
        return known_types[cls.__torch_script_interface__]
    if issubclass(cls, enum.Enum):
        return enum_type(cls)
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return named_tuple_type(cls)
    from . import _recursive
    return _recursive.try_class_type(cls, loc, rcb)


def ann_to_type(ann, loc, rcb=None):
    """As try_ann_to_type; ValueError for unknown annotations."""
    found = try_ann_to_type(ann, loc, rcb)
    if found is not None:
        return found
    raise ValueError(f"Unknown type annotation: '{ann}' at {loc}")


def try_tuple_of_types(classes, loc, rcb):
    """The types in a tuple of annotations, as isinstance takes it; [] if one of them is none."""
    types = []
    for part in classes:
        found = try_tuple_of_types(part, loc, rcb) if isinstance(part, tuple) else [try_ann_to_type(part, loc, rcb)]
        if not found or None in found:
            return []
        types += found
    return types


def is_vararg(the_callable):
    if not _is_function(the_callable) and callable(the_callable):
        the_callable = the_callable.__call__
    return _is_function(the_callable) and inspect.getfullargspec(the_callable).varargs is not None


def _is_function(fn):
    return inspect.isfunction(fn) or inspect.ismethod(fn)


def get_param_names(fn, n_args):
    """Names of the positional parameters, as far as they can be known."""
    if not _is_function(fn) and callable(fn):
        fn = fn.__call__
    if not _is_function(fn):
        return [str(i) for i in range(n_args)]
    # What wraps an ignored function need not have its parameters.
    return inspect.getfullargspec(inspect.unwrap(fn) if is_ignored_fn(fn) else fn).args


def check_fn(fn, loc):
    """Why this has no signature, as a lambda and a class have none; None for functions."""
    try:
        source = dedent("".join(inspect.getsourcelines(fn)[0]))
    except (OSError, TypeError):
        return None
    tree = ast.parse(source)
    if len(tree.body) == 1 and isinstance(tree.body[0], ast.ClassDef):
        return f"Cannot instantiate class '{tree.body[0].name}' in a script function"
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.FunctionDef):
        return "Expected a single top-level function"
    return None


def get_signature(fn, rcb, loc, is_method):
    """(types of the parameters, type of the result) of a Python function, by its annotations or its type comment; None without either. A method's
    own object is left out, as type comments leave it out."""
    signature = try_real_annotations(fn, loc, rcb)
    if signature is None:
        type_line = _type_line_of(fn)
        return parse_type_line(type_line, rcb, loc) if type_line else None
    if is_method:
        types, result = signature
        return (types if not inspect.isfunction(fn) else types[1:]), result
    return signature


def _type_line_of(fn):
    try:
        lines, _ = inspect.getsourcelines(inspect.unwrap(fn))
    except (OSError, TypeError):
        return None
    return get_type_line(dedent("".join(lines)))


class _TypeNames(dict):
    """The names in a type comment: those of typing, then those of the scope of the function."""

    def __init__(self, lookup):
        super().__init__(torch=Module("torch", {"Tensor": Tensor}), Tensor=Tensor, typing=Module("typing", {"Tuple": Tuple}), Tuple=Tuple, List=List,
                         Dict=Dict, Optional=Optional, Union=Union, Future=Future)
        self.lookup = lookup

    def __missing__(self, name):
        return self.lookup(name) if self.lookup is not None else getattr(builtins, name, None)


def parse_type_line(type_line, rcb, loc):
    """(types of the parameters, type of the result) of `# type: (int, Tensor) -> Tensor`."""
    given, arrow, result = type_line.partition("# type:")[2].partition("->")
    if not arrow:
        raise RuntimeError("Syntax error in type annotation (couldn't find `->`)")
    parameters = _evaluate_types(given.strip(), "Failed to parse the argument list of a type annotation", rcb)
    if not isinstance(parameters, tuple):
        parameters = (parameters,)
    result = _evaluate_types(result.partition("#")[0].strip(), "Failed to parse the return type of a type annotation", rcb)
    return [ann_to_type(parameter, loc) for parameter in parameters], ann_to_type(result, loc)


def _evaluate_types(text, message, rcb):
    try:
        tree = ast.parse(text, mode="eval")
        # Types call nothing, and a comment is no place for programs.
        if any(isinstance(node, (ast.Call, ast.Await, ast.Lambda)) for node in ast.walk(tree)):
            raise RuntimeError(f"Type annotation should not contain calls, but '{text}' does")
        return eval(compile(tree, "<type comment>", "eval"), {"__builtins__": {}}, _TypeNames(rcb))
    except (NameError, SyntaxError, AttributeError, TypeError) as error:
        raise RuntimeError(message) from error


def try_real_annotations(fn, loc, rcb=None):
    try:
        signature = inspect.signature(fn)
    except ValueError:
        return None
    annotations = [parameter.annotation for parameter in signature.parameters.values()]
    if all(annotation is inspect.Signature.empty for annotation in (*annotations, signature.return_annotation)):
        return None
    hints = _evaluated(fn)
    types = [ann_to_type(hints.get(name, parameter.annotation), loc, rcb) for name, parameter in signature.parameters.items()]
    return types, ann_to_type(hints.get("return", signature.return_annotation), loc, rcb)


def _evaluated(fn):
    """The annotations with those given as text evaluated, as far as that works."""
    try:
        return typing.get_type_hints(fn)
    except Exception:
        return {name: value for name, value in getattr(fn, "__annotations__", {}).items() if not isinstance(value, str)}


_TYPE_COMMENT = re.compile(r"#\s*type:(?!\s*ignore(?:\[.*?\])?(?:$|\s))")


def get_type_line(source):
    """The `# type:` comment of a function's source as one line, or None. Several, one for each parameter, are put together."""
    lines = [(number, line) for number, line in enumerate(source.split("\n")) if "# type:" in line and _TYPE_COMMENT.search(line)]
    for number, line in enumerate(source.split("\n")):
        if re.search(r"#[^#]*\btype\s*:\s*\(.*\)\s*->", line) and "# type:" not in line:
            raise RuntimeError(f"The annotation prefix in line {number} is probably invalid.\nIt must be '# type:'\nSee PEP 484 "
                               "(https://www.python.org/dev/peps/pep-0484/#suggested-syntax-for-python-2-7-and-straddling-code)\nfor examples")
    if not lines:
        return None
    if len(lines) == 1:
        return lines[0][1].strip()
    result_number = next((i for i, (_, line) in enumerate(lines) if re.search(r"# type:\s*\(\s*\.\.\.\s*\)\s*->", line)), None)
    if result_number is None:
        text = "\n".join(line for _, line in lines)
        raise RuntimeError(f"Return type line '# type: (...) -> ...' not found on multiline type annotation\nfor type lines:\n{text}\n"
                           "(See PEP 484 https://www.python.org/dev/peps/pep-0484/#suggested-syntax-for-python-2-7-and-straddling-code)")
    parameters = [line.split("# type:")[1].strip() for i, (_, line) in enumerate(lines) if i < result_number]
    return lines[result_number][1].replace("...", ", ".join(parameters)).strip()
