"""Modules called with other parameters than their own."""
from contextlib import contextmanager


@contextmanager
def _exchanged(module, parameters_and_buffers, strict):
    """The module with these tensors, by dotted names, in place of its own."""
    known = {**dict(module.named_parameters(remove_duplicate=False)), **dict(module.named_buffers(remove_duplicate=False))}
    unexpected = [name for name in parameters_and_buffers if name not in known]
    missing = [name for name in known if name not in parameters_and_buffers]
    if strict and (unexpected or missing):
        parts = (f"Unexpected key(s): {', '.join(unexpected)}." if unexpected else "", f"Missing key(s): {', '.join(missing)}." if missing else "")
        raise RuntimeError(f"Error(s) in strictly swapping tensors for {type(module).__name__}:\n\t" + " ".join(part for part in parts if part))
    saved = []
    try:
        for name, tensor in parameters_and_buffers.items():
            path, _, leaf = name.rpartition(".")
            owner = module.get_submodule(path)
            table = owner._parameters if leaf in owner._parameters else owner._buffers
            if leaf not in table:
                raise AttributeError(f"{type(owner).__name__} has no attribute `{leaf}`")
            saved.append((table, leaf, table[leaf]))
            table[leaf] = tensor
        yield
    finally:
        for table, leaf, tensor in reversed(saved):
            table[leaf] = tensor


def functional_call(module, parameters_and_buffers, args=None, kwargs=None, *, tie_weights=True, strict=False):
    """module(*args, **kwargs) with these parameters and buffers."""
    if args is None:
        args = ()
    elif not isinstance(args, tuple):
        args = (args,)
    if isinstance(parameters_and_buffers, (list, tuple)):
        parameters_and_buffers = {name: tensor for part in parameters_and_buffers for name, tensor in part.items()}
    with _exchanged(module, parameters_and_buffers, strict):
        return module(*args, **(kwargs or {}))
