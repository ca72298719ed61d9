"""Checkpoints in the graph of gradients: what is inside is computed again for the backward pass, instead of being kept."""
import warnings

import rushlight as torch
from ..autograd import Function


def detach_variable(inputs):
    """Tensors cut off from their history, with the same wish for gradients."""
    if not isinstance(inputs, tuple):
        raise RuntimeError(f"Only tuple of tensors is supported. Got Unsupported input type: {type(inputs).__name__}")
    result = []
    for value in inputs:
        if isinstance(value, torch.Tensor):
            copy = value.detach()
            copy.requires_grad = value.requires_grad
            result.append(copy)
        else:
            result.append(value)
    return tuple(result)


class CheckpointFunction(Function):
    """Runs a function without recording it, and once more with recording when its gradients are wanted."""

    @staticmethod
    def forward(ctx, run_function, preserve_rng_state, *args):
        ctx.run_function = run_function
        ctx.preserve_rng_state = preserve_rng_state
        if preserve_rng_state:
            ctx.rng_state = torch.get_rng_state()
        ctx.inputs = [None if isinstance(value, torch.Tensor) else value for value in args]
        ctx.tensor_places = [i for i, value in enumerate(args) if isinstance(value, torch.Tensor)]
        ctx.save_for_backward(*[args[i] for i in ctx.tensor_places])
        with torch.no_grad():
            return run_function(*args)

    @staticmethod
    def backward(ctx, *gradients):
        inputs = list(ctx.inputs)
        for place, tensor in zip(ctx.tensor_places, ctx.saved_tensors):
            inputs[place] = tensor
        saved_state = torch.get_rng_state()
        try:
            if ctx.preserve_rng_state:
                torch.set_rng_state(ctx.rng_state)
            detached = detach_variable(tuple(inputs))
            with torch.enable_grad():
                outputs = ctx.run_function(*detached)
        finally:
            if ctx.preserve_rng_state:
                torch.set_rng_state(saved_state)
        outputs = (outputs,) if isinstance(outputs, torch.Tensor) else outputs
        wanted = [(output, gradient) for output, gradient in zip(outputs, gradients)
                  if isinstance(output, torch.Tensor) and output.requires_grad]
        if not wanted:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        torch.autograd.backward([output for output, _ in wanted], [gradient for _, gradient in wanted])
        return (None, None, *(value.grad if isinstance(value, torch.Tensor) else None for value in detached))


def checkpoint(function, *args, use_reentrant=None, context_fn=None, determinism_check="default", debug=False, early_stop=True, **kwargs):
    """function(*args, **kwargs), whose intermediate results are not kept for the backward pass.

    preserve_rng_state: the second computation draws the same random numbers. Source: torch.utils.checkpoint; Chen et al. 2016.
    """
    if use_reentrant is None:
        warnings.warn("torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. Starting in PyTorch 2.9, calling "
                      "checkpoint without use_reentrant will raise an exception. use_reentrant=False is recommended, but if you need to "
                      "preserve the current default behavior, you can pass use_reentrant=True. Refer to docs for more details on the "
                      "differences between the two variants.", stacklevel=2)
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs and use_reentrant:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    run = (lambda *values: function(*values, **kwargs)) if kwargs else function
    return CheckpointFunction.apply(run, preserve, *args)


def checkpoint_sequential(functions, segments, input, use_reentrant=None, **kwargs):
    """A sequential module in segments, each of which is a checkpoint but the last one."""
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    functions = list(functions.children()) if isinstance(functions, torch.nn.Sequential) else list(functions)
    size = len(functions) // segments

    def run(begin, end):
        def forward(value):
            for function in functions[begin:end]:
                value = function(value)
            return value
        return forward

    begin = 0
    for _ in range(segments - 1):
        input = checkpoint(run(begin, begin + size), input, use_reentrant=True if use_reentrant is None else use_reentrant,
                           preserve_rng_state=preserve)
        begin += size
    return run(begin, len(functions))(input)
