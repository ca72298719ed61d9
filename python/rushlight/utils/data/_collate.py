"""Samples as one batch: tensors are stacked, numbers become tensors, containers keep their form."""
import collections.abc
import copy
import re

import rushlight as torch

_MESSAGE = "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {}"


def _is_numpy(value):
    return type(value).__module__ == "numpy" and type(value).__name__ not in ("str_", "string_", "bytes_")


def default_convert(data):
    """NumPy arrays in a sample as tensors, for loaders without batches."""
    if isinstance(data, torch.Tensor):
        return data
    if _is_numpy(data):
        if type(data).__name__ == "ndarray" and re.search("[SaUO]", data.dtype.str) is not None:
            return data
        return torch.as_tensor(data)
    if isinstance(data, collections.abc.Mapping):
        return type(data)({key: default_convert(value) for key, value in data.items()})
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*(default_convert(value) for value in data))
    if isinstance(data, tuple):
        return [default_convert(value) for value in data]
    if isinstance(data, collections.abc.Sequence) and not isinstance(data, (str, bytes)):
        return type(data)([default_convert(value) for value in data])
    return data


def default_collate(batch):
    """One batch of a list of samples. TypeError for samples of other types, RuntimeError for sequences of unequal length."""
    first = batch[0]
    kind = type(first)
    if isinstance(first, torch.Tensor):
        return torch.stack(batch, 0)
    if _is_numpy(first):
        if kind.__name__ == "ndarray":
            if re.search("[SaUO]", first.dtype.str) is not None:
                raise TypeError(_MESSAGE.format(first.dtype))
            return default_collate([torch.as_tensor(value) for value in batch])
        return torch.as_tensor(batch)
    if isinstance(first, float):
        return torch.tensor(batch, dtype=torch.float64)
    if isinstance(first, int):
        return torch.tensor(batch)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, collections.abc.Mapping):
        made = {key: default_collate([sample[key] for sample in batch]) for key in first}
        if kind is dict:
            return made
        try:
            result = copy.copy(first)
            result.update(made)
            return result
        except (AttributeError, TypeError):
            return made
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return kind(*(default_collate(values) for values in zip(*batch)))
    if isinstance(first, collections.abc.Sequence):
        if any(len(sample) != len(first) for sample in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        columns = list(zip(*batch))
        if isinstance(first, tuple):
            return [default_collate(values) for values in columns]
        try:
            return kind([default_collate(values) for values in columns])
        except TypeError:
            return [default_collate(values) for values in columns]
    raise TypeError(_MESSAGE.format(kind))
