"""Handles by which hooks are taken away again."""
import weakref
from collections import OrderedDict


class RemovableHandle:
    """Removes one hook from a dictionary of hooks: by ``remove()``, or at the end of a ``with`` block."""
    next_id = 0

    def __init__(self, hooks_dict, *, extra_dict=None):
        self.hooks_dict_ref = weakref.ref(hooks_dict)
        self.id = RemovableHandle.next_id
        RemovableHandle.next_id += 1
        extras = extra_dict if isinstance(extra_dict, (list, tuple)) else [] if extra_dict is None else [extra_dict]
        self.extra_dict_ref = tuple(weakref.ref(extra) for extra in extras)

    def remove(self):
        for reference in (self.hooks_dict_ref, *self.extra_dict_ref):
            hooks = reference()
            if hooks is not None:
                hooks.pop(self.id, None)

    def __getstate__(self):
        return (self.hooks_dict_ref(), self.id, tuple(reference() for reference in self.extra_dict_ref))

    def __setstate__(self, state):
        hooks, self.id, extras = state
        self.hooks_dict_ref = weakref.ref(OrderedDict() if hooks is None else hooks)
        RemovableHandle.next_id = max(RemovableHandle.next_id, self.id + 1)
        self.extra_dict_ref = tuple(weakref.ref(OrderedDict() if extra is None else extra) for extra in extras)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.remove()


def unserializable_hook(f):
    """Mark a hook that cannot be saved with its tensor."""
    f.__torch_unserializable__ = True
    return f


def _identity_function():
    """An operation that changes nothing, on whose gradients the hooks of a module stand; made when first needed."""
    global _BackwardHookFunction
    if _BackwardHookFunction is None:
        from ..autograd import Function

        class BackwardHookFunction(Function):
            @staticmethod
            def forward(ctx, *tensors):
                ctx.mark_non_differentiable(*[tensor for tensor in tensors if not tensor.requires_grad])
                return tuple(tensor.view_as(tensor) for tensor in tensors)

            @staticmethod
            def backward(ctx, *gradients):
                return gradients

        _BackwardHookFunction = BackwardHookFunction
    return _BackwardHookFunction


_BackwardHookFunction = None


class BackwardHook:
    """Runs the full backward hooks of one call of a module: catches the gradients of its outputs, then those of its inputs."""

    def __init__(self, module, user_hooks, user_pre_hooks):
        self.module = module
        self.user_hooks = user_hooks
        self.user_pre_hooks = user_pre_hooks
        self.grad_outputs = None
        self.n_outputs = -1
        self.output_tensors_index = None
        self.n_inputs = -1
        self.input_tensors_index = None

    def _through_identity(self, values, on_gradients):
        """`values` with its tensors passed through one operation whose gradients `on_gradients` sees; the places of the tensors."""
        from .._tensor import Tensor
        from .. import is_grad_enabled
        places = [i for i, value in enumerate(values) if isinstance(value, Tensor)]
        tensors = [values[i] for i in places]
        if not is_grad_enabled() or not any(tensor.requires_grad for tensor in tensors):
            return values, None
        passed = _identity_function().apply(*tensors)
        passed = passed if isinstance(passed, tuple) else (passed,)
        on_gradients(next(tensor.grad_fn for tensor in passed if tensor.grad_fn is not None))
        result = list(values)
        for place, tensor in zip(places, passed):
            result[place] = tensor
        return tuple(result), places

    def _unpack(self, gradients, places, count):
        full = [None] * count
        for place, gradient in zip(places, gradients):
            full[place] = gradient
        return tuple(full)

    def setup_input_hook(self, args):
        def on_gradients(grad_fn):
            grad_fn.register_hook(self._input_gradients)
        args, self.input_tensors_index = self._through_identity(args, on_gradients)
        self.n_inputs = len(args)
        return args

    def _input_gradients(self, grad_input, _):
        if self.grad_outputs is None:
            return None  # no gradient has come through the outputs
        grad_input = self._unpack(grad_input, self.input_tensors_index, self.n_inputs)
        for hook in self.user_hooks:
            changed = hook(self.module, grad_input, self.grad_outputs)
            if changed is None:
                continue
            changed = changed if isinstance(changed, tuple) else (changed,)
            if len(changed) != len(grad_input):
                raise RuntimeError(f"Backward hook returned an invalid number of grad_input, got {len(changed)}, but expected {len(grad_input)}")
            grad_input = changed
        self.grad_outputs = None
        return tuple(grad_input[place] for place in self.input_tensors_index)

    def setup_output_hook(self, result):
        from .._tensor import Tensor
        is_tuple = isinstance(result, (list, tuple))
        values = tuple(result) if is_tuple else (result,)

        def on_gradients(grad_fn):
            grad_fn.register_prehook(self._output_gradients)
        values, self.output_tensors_index = self._through_identity(values, on_gradients)
        self.n_outputs = len(values)
        return values if is_tuple else values[0]

    def _output_gradients(self, grad_output):
        self.grad_outputs = self._unpack(grad_output, self.output_tensors_index, self.n_outputs)
        for hook in self.user_pre_hooks:
            changed = hook(self.module, self.grad_outputs)
            if changed is None:
                continue
            changed = changed if isinstance(changed, tuple) else (changed,)
            if len(changed) != len(self.grad_outputs):
                raise RuntimeError(f"Backward pre hook returned an invalid number of grad_output, got {len(changed)}, but expected "
                                   f"{len(self.grad_outputs)}")
            self.grad_outputs = changed
        outputs = self.grad_outputs
        if self.input_tensors_index is None:
            # No input wants a gradient, so nothing will come through them.
            import warnings
            warnings.warn("Full backward hook is firing when gradients are computed with respect to module outputs since no inputs require "
                          "gradients. See https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module."
                          "register_full_backward_hook for more details.", stacklevel=5)
            grad_inputs = self._unpack([], [], self.n_inputs)
            for hook in self.user_hooks:
                changed = hook(self.module, grad_inputs, self.grad_outputs)
                if changed is not None and any(value is not None for value in changed):
                    raise RuntimeError("Backward hook for Modules where no input requires gradient should always return None or None for all "
                                       "gradients.")
            self.grad_outputs = None
        return tuple(outputs[place] for place in self.output_tensors_index) if outputs is not None else None
