"""torch.autograd: gradients of recorded computations."""
from .. import _C
from .._tensor import Tensor
from .function import Function
from .grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled, set_multithreading_enabled

Variable = Tensor

_PARTS = frozenset(("function", "functional", "gradcheck", "graph", "profiler", "anomaly_mode", "forward_ad"))
_FROM_PARTS = {"gradcheck": "gradcheck", "gradgradcheck": "gradcheck", "detect_anomaly": "anomaly_mode", "set_detect_anomaly": "anomaly_mode"}


def _as_tuple(value):
    return (value,) if isinstance(value, Tensor) else tuple(value)


def _ready_gradients(roots, gradients, is_grads_batched=False):
    """One gradient per root: given ones are checked, missing ones of scalars become ones."""
    ready = []
    for root, gradient in zip(roots, gradients):
        if gradient is None:
            if root.requires_grad:
                if root.numel() != 1:
                    raise RuntimeError("grad can be implicitly created only for scalar outputs")
                if not (root.dtype.is_floating_point or root.dtype.is_complex):
                    raise RuntimeError(f"grad can be implicitly created only for real scalar outputs but got {root.dtype}")
                ready.append(_C._find_function("ones_like")(root, memory_format=_C.preserve_format))
            else:
                ready.append(None)
            continue
        if not isinstance(gradient, Tensor):
            raise TypeError(f"gradients can be either Tensors or None, but got {type(gradient).__name__}")
        if gradient.shape != root.shape:
            raise RuntimeError(f"Mismatch in shape: grad_output[{len(ready)}] has a shape of {gradient.shape} and output[{len(ready)}] has a "
                               f"shape of {root.shape}.")
        if root.dtype.is_complex != gradient.dtype.is_complex:
            raise RuntimeError(f"For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: "
                               f"grad_output[{len(ready)}] has a dtype of {gradient.dtype} and output[{len(ready)}] has a dtype of {root.dtype}.")
        ready.append(gradient)
    return tuple(ready)


def _optional_gradients(gradients, count):
    if gradients is None:
        return (None,) * count
    return _as_tuple(gradients)


def backward(tensors, grad_tensors=None, retain_graph=None, create_graph=False, grad_variables=None, inputs=None):
    """Add the gradients of the sum of ``tensors`` into the leaves (or into ``inputs`` only)."""
    if grad_variables is not None and grad_tensors is None:
        grad_tensors = grad_variables
    if inputs is not None and not isinstance(inputs, Tensor) and len(inputs) == 0:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    inputs = () if inputs is None else _as_tuple(inputs)
    roots = _as_tuple(tensors)
    gradients = _ready_gradients(roots, _optional_gradients(grad_tensors, len(roots)))
    _check_roots(roots)
    _C._run_backward(roots, gradients, retain_graph=create_graph if retain_graph is None else retain_graph, create_graph=create_graph,
                     inputs=inputs, accumulate=True)


def _check_roots(roots):
    for i, root in enumerate(roots):
        if not root.requires_grad:
            raise RuntimeError(f"element {i} of tensors does not require grad and does not have a grad_fn")


def grad(outputs, inputs, grad_outputs=None, retain_graph=None, create_graph=False, only_inputs=True, allow_unused=None,
         is_grads_batched=False, materialize_grads=False):
    """The gradients of the sum of ``outputs`` with respect to ``inputs``, as a tuple."""
    if materialize_grads and allow_unused is False:
        raise ValueError("Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.")
    if allow_unused is None:
        allow_unused = materialize_grads
    if is_grads_batched:
        raise NotImplementedError("torch.autograd.grad with is_grads_batched=True is not implemented in Rushlight")
    keys = None
    if isinstance(inputs, dict):
        keys, inputs = tuple(inputs), tuple(inputs.values())
    roots, inputs = _as_tuple(outputs), _as_tuple(inputs)
    if not inputs:
        raise ValueError("grad requires non-empty inputs.")
    gradients = _ready_gradients(roots, _optional_gradients(grad_outputs, len(roots)))
    _check_roots(roots)
    for i, value in enumerate(inputs):
        if not value.requires_grad:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    results = _C._run_backward(roots, gradients, retain_graph=create_graph if retain_graph is None else retain_graph,
                               create_graph=create_graph, inputs=inputs, accumulate=False, allow_unused=allow_unused,
                               materialize_grads=materialize_grads)
    return dict(zip(keys, results)) if keys is not None else results


def __getattr__(name):
    import importlib
    if name in _FROM_PARTS:
        return getattr(importlib.import_module(f"{__name__}.{_FROM_PARTS[name]}"), name)
    if name in _PARTS:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module 'torch.autograd' has no attribute '{name}'")
