"""The check after torch.jit.trace: is a second recording the same program, and does it compute what the Python function does?"""
import difflib
import re
import warnings

from .. import _C
from .._tensor import Tensor
from ..autograd.grad_mode import no_grad


class TracingCheckError(Exception):
    """A trace that gives other graphs when it is recorded again."""

    def __init__(self, graph_diff_error, tensor_compare_error, extra_msg=None):
        self.message = "Tracing failed sanity checks!\n"
        if extra_msg is not None:
            self.message += extra_msg + "\n"
        if graph_diff_error is not None:
            self.message += "ERROR: Graphs differed across invocations!\n" + indent(graph_diff_error) + "\n"
        if tensor_compare_error is not None:
            self.message += ("ERROR: Tensor-valued Constant nodes differed in value across invocations. This often indicates that the tracer "
                             "has encountered untraceable code.\n" + indent(tensor_compare_error) + "\n")
        super().__init__(self.message)


def indent(text):
    return "\n".join("\t" + line for line in text.split("\n"))


def _cloned(value):
    if value is None:
        return None
    if isinstance(value, Tensor):
        return value.detach().clone().requires_grad_(value.requires_grad)
    if isinstance(value, dict):
        return {key: _cloned(part) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        parts = [_cloned(part) for part in value]
        return tuple(parts) if isinstance(value, tuple) else parts
    return value


class _Check:
    """One comparison of what was traced, the Python function, and the same function traced once more."""

    def __init__(self, inputs, func, traced, tolerance, strict, force_outplace, is_module, module_class, is_by_name, method_name=None):
        from . import _trace
        self.func, self.traced, self.tolerance, self.is_by_name = func, traced, tolerance, is_by_name
        self.has_warned = False
        if is_module:
            again = _trace._trace_module(func, {name: _cloned(_trace._as_tuple(data)) if not is_by_name else _cloned(data)
                                                for name, data in inputs.items()}, None, False, None, 0, strict,
                                         force_outplace, module_class, is_by_name, False)
            self.again = again._c._get_method(method_name)
            inputs = inputs[method_name]
        elif is_by_name:
            self.again = _trace._trace_function(func, None, False, None, 0, strict, force_outplace, module_class, _cloned(inputs))
        else:
            self.again = _trace._trace_function(func, _cloned(_trace._as_tuple(inputs)), False, None, 0, strict, force_outplace, module_class, None)
        self.inputs = inputs if is_by_name else _trace._as_tuple(inputs)

    def run(self):
        traced = self._tensors_of(self.traced, "trace")
        python = self._tensors_of(self.func, "Python function")
        if self._agree(traced, python, "Python function"):
            self._agree(traced, self._tensors_of(self.again, "repeated trace"), "repeated trace")
        differences = self._differences()
        if any(text is not None for text in differences):
            raise TracingCheckError(*differences)

    def _tensors_of(self, function, what):
        """The tensors among the results; those inside of other results are not compared."""
        try:
            results = function(**self.inputs) if self.is_by_name else function(*_cloned(self.inputs))
        except Exception as error:
            message = f"encountered an exception while running the {what} with test inputs.\nException:\n{indent(str(error))}"
            raise TracingCheckError(*self._differences(), extra_msg=message) from error
        results = results if isinstance(results, tuple) else (results,)
        return [result for result in results if isinstance(result, Tensor)]

    # Values

    def _agree(self, results, expected, what):
        all_agree = True
        for number, (result, wanted) in enumerate(zip(results, expected), 1):
            try:
                self._compare(result, wanted)
            except AssertionError as error:
                self._warn_of_random_nodes()
                warnings.warn(f"Output nr {number}. of the traced function does not match the corresponding output of the {what}. Detailed "
                              f"error:\n{error}", category=_warning_class(), stacklevel=4)
                all_agree = False
        return all_agree

    def _compare(self, result, wanted):
        from ..testing import assert_close, default_tolerances
        dtype = _C.complex128 if result.is_complex() or wanted.is_complex() else _C.float64
        assert_close(result.to(dtype), wanted.to(dtype), rtol=self.tolerance, atol=default_tolerances(result.dtype, wanted.dtype)[1], equal_nan=True)

    def _warn_of_random_nodes(self):
        if self.has_warned:
            return
        self.has_warned = True
        nodes = [node for node in self.traced.graph.nodes() if node.isNondeterministic()]
        if nodes:
            listed = "\n".join([indent(str(node)) for node in nodes][:20])
            warnings.warn(f"Trace had nondeterministic nodes. Did you forget call .eval() on your model? Nodes:\n{listed}\nThis may cause errors "
                          "in trace checking. To disable trace checking, pass check_trace=False to torch.jit.trace()",
                          category=_warning_class(), stacklevel=5)

    # Graphs

    def _differences(self):
        """(how the graphs differ, how tensor constants differ): texts, or None."""
        ours, again = _comparable(self.traced.graph), _comparable(self.again.graph)
        return _graph_difference(ours, again), _constant_difference(ours, again)


def _comparable(graph):
    graph = _C._jit_pass_canonicalize(graph)
    _C._jit_pass_inline(graph)
    _C._jit_pass_erase_shape_information(graph)
    return graph


def _text(graph):
    return re.sub(r"___torch_mangle_[0-9]+\.", "", str(graph))


def _diff(ours, again):
    return indent("".join(difflib.ndiff(ours.splitlines(True), again.splitlines(True))))


def _graph_difference(ours, again):
    ours_text, again_text = _text(ours), _text(again)
    if ours_text == again_text:
        return None
    text = "Graph diff:\n" + _diff(ours_text, again_text) + "\n"
    for node, other in zip(ours.nodes(), again.nodes()):
        if str(node) == str(other):
            continue
        details = "Node diff:\n" + _diff(str(node), str(other)) + "\n"
        for title, where in (("Trace", node.sourceRange()), ("Check", other.sourceRange())):
            if where:
                details += f"{title} source location:\n{indent(where)}\n"
        return text + "First diverging operator:\n" + details
    return text


def _constant_difference(ours, again):
    from ..testing import assert_close
    for node, other in zip(ours.nodes(), again.nodes()):
        if node.kind() != other.kind():
            return None
        if node.kind() != "prim::Constant" or not _holds_tensor(node) or not _holds_tensor(other):
            continue
        try:
            assert_close(node.t("value"), other.t("value"), equal_nan=True)
        except (RuntimeError, AssertionError) as error:
            where = node.sourceRange()
            location = f"Source Location:\n{indent(where)}\n" if where else ""
            return f"Node:\n{indent(str(node))}\n{location}Comparison exception: {indent(str(error))}"
    return None


def _holds_tensor(node):
    return node.hasAttribute("value") and node.kindOf("value") == "t"


def _warning_class():
    from . import TracerWarning
    return TracerWarning


def check(*arguments):
    """Warn of results that differ; raise TracingCheckError when the second trace is another program.

    Arguments: example inputs, the Python function or module, what was traced, then the options of the trace."""
    with no_grad():
        _Check(*arguments).run()
