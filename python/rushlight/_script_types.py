"""Types of TorchScript as Python classes (torch._C.ListType ...), and the classes of Python values that compiled code knows.

The native module has one class, ``_C.Type``; the names here are stand-ins that make such types and answer isinstance.
"""
import collections
import enum
import inspect
import sys
import typing

from . import _C

_SIMPLE = ("AnyType", "AnyEnumType", "StorageType", "NumberType", "FloatType", "ComplexType", "IntType", "NoneType", "StringType", "GeneratorType",
           "BoolType", "DeviceObjType", "StreamObjType", "PyObjectType", "CapsuleType", "LayoutType", "ScalarTypeType", "MemoryFormatType",
           "AnyListType", "AnyTupleType", "AnyClassType", "SymIntType", "SymBoolType", "SymFloatType")


class _KindMeta(type):
    """isinstance(t, ListType) asks for the kind of the type."""

    def __instancecheck__(cls, instance):
        return type(instance) is _C.Type and instance.kind() == cls.__name__


def _simple(name):
    return _KindMeta(name, (), {"__module__": "torch", "get": staticmethod(lambda: _C._simple_type(name))})


def _element(name, make, extra=()):
    def new(cls, *elements):
        return make(*elements)
    return _KindMeta(name, (), {"__module__": "torch", "__new__": new, **dict(extra)})


def _list_of(kind):
    return staticmethod(lambda: _C._list_type(_C._simple_type(kind)))


class TensorType(metaclass=_KindMeta):
    """A tensor, with what is known of it."""
    __module__ = "torch"

    @staticmethod
    def get():
        return _C._simple_type("TensorType")

    @staticmethod
    def getInferred():
        return _C._inferred_tensor_type()

    @staticmethod
    def create_from_tensor(tensor):
        return _C._tensor_type_of(tensor)


ListType = _element("ListType", _C._list_type, {
    "ofInts": _list_of("IntType"), "ofFloats": _list_of("FloatType"), "ofBools": _list_of("BoolType"), "ofTensors": _list_of("TensorType"),
    "ofStrings": _list_of("StringType"), "ofComplexDoubles": _list_of("ComplexType")})
OptionalType = _element("OptionalType", _C._optional_type, {"ofTensor": staticmethod(lambda: _C._optional_type(TensorType.get()))})
DictType = _element("DictType", _C._dict_type)
TupleType = _element("TupleType", _C._tuple_type)
UnionType = _element("UnionType", _C._union_type)
FutureType = _element("FutureType", _C._future_type)
AwaitType = _element("AwaitType", _C._await_type)
RRefType = _element("RRefType", _C._rref_type)
globals().update({name: _simple(name) for name in _SIMPLE})


def _known(name):
    """ClassType(qualified_name): a class that has been compiled in this process."""
    def new(cls, qualified_name):
        found = known_types.get(qualified_name)
        if found is None:
            raise RuntimeError(f"Unknown reference to ScriptClass {qualified_name}. (Did you forget to import it?)")
        return found
    return _KindMeta(name, (), {"__module__": "torch", "__new__": new})


ClassType, InterfaceType, EnumType = _known("ClassType"), _known("InterfaceType"), _known("EnumType")

for _name in (*_SIMPLE, "TensorType", "ListType", "OptionalType", "DictType", "TupleType", "UnionType", "FutureType", "AwaitType", "RRefType",
              "ClassType", "InterfaceType", "EnumType"):
    setattr(_C, _name, globals()[_name])

# ---- which Python class stands for which compiled one

known_types = {}    # qualified name -> _C.Type
python_classes = {}  # qualified name -> Python class (script classes, enums, NamedTuples)


def _check_enum_values(cls):
    from .jit.annotations import try_ann_to_type
    values = [member.value for member in cls]
    if not values:
        raise ValueError(f"No enum values defined for: '{cls.__class__}'")
    # A set as in PyTorch, whose order the message shows.
    found = [try_ann_to_type(kind, None) for kind in {type(value) for value in values}]
    if None in found:
        raise RuntimeError("Cannot create Enum with value type 'Any', only int, float and string are supported")
    unified = _C.unify_type_list(found)
    if unified.kind() not in ("IntType", "FloatType", "StringType"):
        raise RuntimeError(f"Cannot create Enum with value type '{unified.str()}', only int, float and string are supported")


def enum_type(cls):
    """The type of an Enum class; all values must have one type."""
    from ._jit_internal import _qualified_name
    name = _qualified_name(cls)
    if name not in known_types or python_classes.get(name) is not cls:
        _check_enum_values(cls)
        known_types[name] = _C._enum_type(name, [(member.name, member.value) for member in cls])
        python_classes[name] = cls
    return known_types[name]


def named_tuple_type(cls):
    """The type of a NamedTuple class; None when its fields have no types that the language knows."""
    from ._jit_internal import _qualified_name
    from .jit.annotations import try_ann_to_type
    name = _qualified_name(cls)
    if name not in known_types or python_classes.get(name) is not cls:
        annotated = cls if inspect.get_annotations(cls) else cls.__base__  # a subclass without fields of its own, not further
        hints = typing.get_type_hints(annotated) if inspect.get_annotations(annotated) else {}
        types = [try_ann_to_type(hints[field], None) if field in hints else _C._inferred_tensor_type() for field in cls._fields]
        if any(type_ is None for type_ in types):
            return None
        defaults = getattr(cls, "_field_defaults", {})
        from ._tensor import Tensor
        if any(isinstance(value, Tensor) for value in defaults.values()):
            raise RuntimeError("Tensors are not supported as default NamedTuple fields. Their mutability could lead to potential memory aliasing "
                               "problems")
        known_types[name] = _C._named_tuple_type(name, list(cls._fields), types, [defaults[f] for f in cls._fields if f in defaults])
        python_classes[name] = cls
    return known_types[name]


_made_tuples = {}


def named_tuple(name, fields, elements):
    """An instance of the user's NamedTuple class, or of one made for a type that only a file knows."""
    cls = python_classes.get(name)
    if cls is None or tuple(cls._fields) != tuple(fields):
        key = (name, tuple(fields))
        cls = _made_tuples.get(key)
        if cls is None:
            cls = _made_tuples[key] = collections.namedtuple(name.rsplit(".", 1)[-1] or "GraphOutput", fields)
    return cls(*elements)


def python_enum_member(type_name, member, value):
    """The member of the user's Enum class; a file's own enums have none here."""
    cls = python_classes.get(type_name)
    if cls is None or member not in cls.__members__:
        raise RuntimeError(f"Unknown reference to ScriptClass {type_name}. (Did you forget to import it?)")
    return cls[member]


def class_type_of(obj):
    """The compiled class of an instance of a user's class, compiled now if it was not yet; None if the language cannot have it."""
    from ._jit_internal import can_compile_class
    from .jit._recursive import try_class_type
    cls = type(obj)
    if cls.__module__ == "builtins" or not hasattr(obj, "__dict__") or isinstance(obj, type) or not can_compile_class(cls):
        return None
    try:
        return try_class_type(cls, "")
    except Exception:  # what does not compile has no type; the attribute's error says so where it is used
        return None


def python_instance(type_name, script_object):
    """A Python instance of the class that was compiled, with the attributes of the object; the object itself if there is no such class."""
    cls = python_classes.get(type_name)
    if cls is None:
        from .jit._script import RecursiveScriptClass
        return RecursiveScriptClass(script_object)
    instance = cls.__new__(cls)
    for name, value in script_object._slots():
        object.__setattr__(instance, name, value)
    return instance
