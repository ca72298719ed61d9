"""The signatures that forward hooks must have: the arguments of ``forward`` as one tuple, and for hooks after it the result so far."""
import inspect
import typing

from .._script_types import NoneType, TensorType, TupleType
from .annotations import try_ann_to_type


class HookChecker:
    """Checks the hooks of one module in the order in which they run. RuntimeError says what is wrong and what is expected."""

    def __init__(self, module_name, forward_schema):
        self.module = module_name
        self.input = TupleType([argument.type for argument in forward_schema.arguments[1:]])
        self.output = forward_schema.returns[0].type

    def check_pre_hook(self, hook):
        single = self._single_input()
        allowed = f"'None', {_quoted(single)}, or {_quoted(self.input)}" if single is not None else f"'None' or {_quoted(self.input)}"
        tail = (f"This error occurred while scripting the forward pre-hook '{hook.__name__}' on module '{self.module}'. If you did not want to script "
                f"this pre-hook remove it from the original NN module before scripting. Pre-hooks for module '{self.module}' are expected to have the "
                f"following signature: {hook.__name__}(self, input: {self.input}) with a return type of either {allowed}.\n")
        start = f"Pre-hook '{hook.__name__}' on module '{self.module}' "
        types, result = _signature(hook)
        self._check_count(start, tail, types, 2)
        self._check_input(start, tail, types[1])
        if result is None:
            raise RuntimeError(f"{start}is missing a return annotation. Return annotations are required, please add one.\n{tail}")
        if isinstance(result, NoneType) or result == single:
            return
        wrong = f"{start}returned the wrong type of: {_quoted(result)}."
        if not isinstance(result, TupleType):
            raise RuntimeError(wrong + tail)
        if len(self.input.elements()) == 1 and result == self.input.elements()[0]:
            raise RuntimeError(f"{wrong} When forward has a single tuple input argument, the return needs to be 'None' or a nested tuple containing "
                               f"forward's input tuple argument as in: {_quoted(self.input)}.\n{tail}")
        if len(result.elements()) != len(self.input.elements()):
            raise RuntimeError(f"{wrong} The returned tuple contains the wrong number of contained types.\n{tail}")
        if result != self.input:
            raise RuntimeError(f"{wrong} The returned tuple contains the wrong inner types.\n{tail}")

    def check_hook(self, hook, result_type):
        """`result_type()` gives the type that the compiled hook returns: the next hook's output."""
        tail = (f"This error occurred while scripting the forward hook '{hook.__name__}' on module {self.module}. If you did not want to script this "
                f"hook remove it from the original NN module before scripting. This hook was expected to have the following signature: "
                f"{hook.__name__}(self, input: {self.input}, output: {self.output}). The type of the output arg is the returned type from either the "
                f"forward method or the previous hook if it exists. Note that hooks can return anything, but if the hook is on a submodule the outer "
                f"module is expecting the same return type as the submodule's forward.\n")
        start = f"Hook '{hook.__name__}' on module '{self.module}' "
        types, _ = _signature(hook)
        self._check_count(start, tail, types, 3)
        self._check_input(start, tail, types[1])
        if types[2] != self.output:
            raise RuntimeError(f"{start}has the wrong type for the output argument. Received type: {_quoted(types[2])}. Expected type: "
                               f"{_quoted(self.output)}.\n{tail}")
        self.output = result_type()

    def _single_input(self):
        """The type of the only argument, which a hook may return as it is; a tuple must be wrapped to be told from the arguments."""
        elements = self.input.elements()
        return elements[0] if len(elements) == 1 and not isinstance(elements[0], TupleType) else None

    def _check_count(self, start, tail, types, wanted):
        if len(types) != wanted:
            raise RuntimeError(f"{start}was expected to only have exactly {wanted} inputs but it had {len(types)} inputs. {tail}")

    def _check_input(self, start, tail, given):
        if not isinstance(given, TupleType):
            raise RuntimeError(f"{start}expected the input argument to be typed as a Tuple but found type: {_quoted(given)} instead.\n{tail}")
        if not self.input.elements() and given.elements():
            raise RuntimeError(f"{start}was expecting Tuple[()] as the input type. Received type: {_quoted(given)}.\n{tail}")
        if len(given.elements()) != len(self.input.elements()):
            raise RuntimeError(f"{start}has the wrong number of contained types for the input argument's Tuple. Received type: {_quoted(given)}.\n{tail}")
        if given != self.input:
            raise RuntimeError(f"{start}has the wrong inner types for the input tuple argument. Received type: {_quoted(given)}.\n{tail}")


def _quoted(type_):
    return f"'{type_}'"


def _signature(hook):
    """Types of the parameters (the module first; Tensor where nothing is written), and of the result (None: not annotated)."""
    hints = typing.get_type_hints(hook)
    parameters = list(inspect.signature(hook).parameters)
    types = [try_ann_to_type(hints[name], "") if name in hints else TensorType.get() for name in parameters]
    return types, try_ann_to_type(hints["return"], "") if "return" in hints else None
