"""torch.autograd.Function: operations whose backward is written in Python."""
from .. import _C
from .._tensor import Tensor


class FunctionCtx:
    """What ``forward`` leaves for ``backward``."""

    def save_for_backward(self, *tensors):
        for tensor in tensors:
            if tensor is not None and not isinstance(tensor, Tensor):
                raise TypeError(f"save_for_backward can only save variables, but argument {tensors.index(tensor)} is of type {type(tensor).__name__}")
        self.to_save = tensors

    def save_for_forward(self, *tensors):
        self.saved_for_forward = tensors

    def mark_dirty(self, *args):
        self.dirty_tensors = args

    def mark_non_differentiable(self, *args):
        self.non_differentiable = args

    def set_materialize_grads(self, value):
        self.materialize_grads = value


class BackwardCFunction(_C._FunctionBase, FunctionCtx):
    """The node of a Function on the tape: ``ctx`` and ``grad_fn`` at once."""
    materialize_grads = True
    to_save = ()
    dirty_tensors = ()
    non_differentiable = ()
    needs_input_grad = ()

    @property
    def saved_tensors(self):
        return self._saved_tensors() if self._is_recorded() else tuple(self.to_save)

    @property
    def metadata(self):
        return self.__dict__.setdefault("_metadata", {})

    def _apply_backward(self, *gradients):
        """Gradients of the tensor arguments, in order, from what the user's ``backward`` gives for all arguments."""
        function = self._forward_cls
        user = function.vjp if function.vjp is not Function.vjp else function.backward
        results = user(self, *gradients)
        if not isinstance(results, tuple):
            results = (results,)
        expected = len(self._is_tensor_argument)
        if len(results) > expected and all(extra is None for extra in results[expected:]):
            results = results[:expected]
        if len(results) != expected:
            raise RuntimeError(f"function {self.name()} returned an incorrect number of gradients (expected {expected}, got {len(results)})")
        wanted = []
        for i, (is_tensor, result) in enumerate(zip(self._is_tensor_argument, results)):
            if is_tensor:
                wanted.append(result)
            elif result is not None:
                raise RuntimeError(f"function {self.name()} returned a gradient different from None at position {i + 1}, but the corresponding "
                                   "forward input was not a Variable")
        return wanted


class FunctionMeta(type):
    """Makes the class of the nodes, ``XBackward`` for ``X``, when first needed."""

    def __init__(cls, name, bases, attributes):
        super().__init__(name, bases, attributes)
        cls._backward_cls = type(name + "Backward", (BackwardCFunction,), {"_forward_cls": cls})


class Function(FunctionCtx, metaclass=FunctionMeta):
    """Base class: define static methods ``forward(ctx, ...)`` and ``backward(ctx, *grads)``; call with ``apply``.

    With ``setup_context(ctx, inputs, output)`` defined, ``forward`` gets no ctx.
    """

    def __init__(self, *args, **kwargs):
        raise RuntimeError(f"{type(self)} should not be instantiated. Methods on autograd functions are all static, so you should invoke them on "
                           "the class itself. Instantiating an autograd function will raise an error in a future version of PyTorch.")

    def __call__(self, *args, **kwargs):
        raise RuntimeError("Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd function with "
                           "static forward method. (Example: https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)")

    @staticmethod
    def forward(*args, **kwargs):
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx, inputs, output):
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx, *grad_outputs):
        raise NotImplementedError("You must implement either the backward or vjp method for your custom autograd.Function to use it with "
                                  "backward mode AD.")

    vjp = backward

    @staticmethod
    def jvp(ctx, *grad_inputs):
        raise NotImplementedError("You must implement the jvp function for custom autograd.Function to use it with forward mode AD.")

    @classmethod
    def apply(cls, *args):
        return cls._apply_in_trace(args) if _C._is_tracing() else cls._run(args)

    @classmethod
    def _apply_in_trace(cls, args):
        """One recorded call; what ``forward`` does stands beside it."""
        is_tensor = [isinstance(arg, Tensor) for arg in args]
        plain = [arg for arg, tensor in zip(args, is_tensor) if not tensor]

        def run_again(*tensors):
            tensors, others = iter(tensors), iter(plain)
            return cls.apply(*(next(tensors) if tensor else next(others) for tensor in is_tensor))
        return _C._python_call_in_trace(cls.__name__, cls.__module__, ", ".join(map(str, plain)), run_again,
                                        [arg for arg in args if isinstance(arg, Tensor)], lambda: cls._run(args))

    @classmethod
    def _run(cls, args):
        ctx = cls._backward_cls()
        ctx.needs_input_grad = tuple(isinstance(arg, Tensor) and arg.requires_grad for arg in args)
        ctx._is_tensor_argument = tuple(isinstance(arg, Tensor) for arg in args)
        is_recorded = _C.is_grad_enabled() and any(ctx.needs_input_grad)
        previous = _C.is_grad_enabled()
        _C._set_grad_enabled(False)
        try:
            if cls.setup_context is not Function.setup_context:
                results = cls.forward(*args)
                cls.setup_context(ctx, args, results)
            else:
                results = cls.forward(ctx, *args)
        finally:
            _C._set_grad_enabled(previous)
        return _finish(ctx, args, results) if is_recorded else results


def _finish(ctx, args, results):
    """Put the node on the tape; the tensors among the results get it as grad_fn."""
    is_single = not isinstance(results, tuple)
    outputs = (results,) if is_single else results
    recorded = iter(ctx._record([arg for arg in args if isinstance(arg, Tensor)], [out for out in outputs if isinstance(out, Tensor)],
                                ctx.to_save, ctx.dirty_tensors, ctx.non_differentiable))
    outputs = tuple(next(recorded) if isinstance(out, Tensor) else out for out in outputs)
    ctx.__dict__.pop("to_save", None)
    return outputs[0] if is_single else outputs


def once_differentiable(function):
    """For a ``backward`` that cannot itself be differentiated."""
    import functools
    from .grad_mode import no_grad

    @functools.wraps(function)
    def wrapper(ctx, *args):
        with no_grad():
            outputs = function(ctx, *args)
        if not (_C.is_grad_enabled() and any(isinstance(arg, Tensor) and arg.requires_grad for arg in args)):
            return outputs

        class Fails(Function):
            @staticmethod
            def forward(inner, *values):
                return tuple(value.detach() if isinstance(value, Tensor) else value for value in values)

            @staticmethod
            def backward(inner, *gradients):
                raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")
        values = outputs if isinstance(outputs, tuple) else (outputs,)
        values = Fails.apply(*(v.detach().requires_grad_() if isinstance(v, Tensor) else v for v in values))
        return values if isinstance(outputs, tuple) else values[0]
    return wrapper
