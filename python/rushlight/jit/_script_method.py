"""torch.jit.script_method, and what a subclass of torch.jit.ScriptModule does with it: its objects are compiled when `__init__` is through."""
import ast
import functools
import typing
from textwrap import dedent

from .. import _jit_internal
from ._state import _enabled


class ScriptMethodStub(typing.NamedTuple):
    """A method that will be compiled with its module. def_: what _C._compile_methods takes."""
    resolution_callback: typing.Callable
    def_: tuple
    original_method: typing.Callable


def script_method(fn):
    """Marks a method of a ScriptModule (or the ``forward`` of an nn.Module) as one that is compiled."""
    if not _enabled:
        return fn
    from ._recursive import method_source
    # Two frames up is what surrounds the class, whose body's names are no names of its methods.
    lookup = _jit_internal.createResolutionCallbackFromFrame(2)
    return ScriptMethodStub(lookup, method_source(fn, fn.__name__, lookup), fn)


def stub_from_text(text, lookup):
    """The method of a text: ``self.define("def forward(self, x):\\n  return x\\n")`` in ``__init__``."""
    from .frontend import FunctionSource, get_function_name
    text = dedent(text)
    name = get_function_name(text)
    return name, ScriptMethodStub(lookup, (FunctionSource(text, "", 1, name, ""), lookup, {}, name), None)


def prepare_class(cls):
    """Takes the marked methods out of a subclass of ScriptModule, and lets its `__init__` end with the compilation."""
    cls._methods = {}
    for base in reversed(cls.__bases__):
        cls._methods.update(getattr(base, "_methods", {}))
    for name, stub in sorted(cls.__dict__.items(), key=lambda item: item[0]):
        if isinstance(stub, ScriptMethodStub):
            delattr(cls, name)
            cls._methods[stub.original_method.__name__] = stub
    original_init = cls.__init__

    @functools.wraps(original_init)
    def init_then_compile(self, *args, **kwargs):
        if type(self) is not cls:
            original_init(self, *args, **kwargs)
            return
        of_class = cls._methods
        cls._methods = dict(of_class)
        try:
            original_init(self, *args, **kwargs)
            # Methods that a text in __init__ gave belong to this object alone.
            is_own = any(of_class.get(name) is not stub for name, stub in cls._methods.items())
            _compile(self, share_types=not is_own)
        finally:
            cls._methods = of_class
    cls.__init__ = init_then_compile


def _sources(module):
    stubs = getattr(type(module), "_methods", None)
    if stubs is not None:
        return [stub.def_ for _, stub in sorted(stubs.items())]
    from ._module_compiler import methods_to_compile
    return methods_to_compile(module)


def _compile(module, share_types):
    from . import _module_compiler
    compiled = _module_compiler.create(module, _sources, share_types)
    compiled._prepare()
    # What the compiled module took over is found there from now on.
    for name in (*compiled._concrete_type.attributes, *compiled._concrete_type.modules):
        delattr(module, name)
    for table in ("_parameters", "_buffers", "_modules"):
        del module.__dict__[table]
    module.__dict__["_actual_script_module"] = compiled
