"""Saving and loading the state of modules: the part of Module that deals with state dictionaries."""
import functools
import warnings
from collections import OrderedDict, namedtuple
from collections.abc import Mapping

from ..._tensor import Tensor
from ...utils.hooks import RemovableHandle
from ..parameter import Parameter, is_lazy

_EXTRA_STATE_KEY_SUFFIX = "_extra_state"


class _IncompatibleKeys(namedtuple("IncompatibleKeys", ["missing_keys", "unexpected_keys"])):
    """What load_state_dict did not find and did not expect."""
    __slots__ = ()

    def __repr__(self):
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return super().__repr__()

    __str__ = __repr__


def _is_old_scalar(value, loaded):
    """States of old versions hold 0-dimensional tensors with one dimension."""
    return len(value.shape) == 0 and tuple(loaded.shape) == (1,)


class ModuleState:
    """state_dict and load_state_dict, their hooks, and what subclasses may override of them."""

    # Hooks

    def _add_hook(self, table, hook):
        handle = RemovableHandle(table)
        table[handle.id] = hook
        return handle

    def _register_state_dict_hook(self, hook):
        """hook(module, state_dict, prefix, local_metadata) after the state was made; what it returns, if anything, replaces it."""
        if getattr(hook, "_from_public_api", False):
            raise RuntimeError("Cannot register the same function as the state dict post hook that was previously registered via "
                               "register_state_dict_post_hook")
        return self._add_hook(self._state_dict_hooks, hook)

    def register_state_dict_post_hook(self, hook):
        """hook(module, state_dict, prefix, local_metadata) after the state was made; it changes the state in place."""
        hook._from_public_api = True
        return self._add_hook(self._state_dict_hooks, hook)

    def register_state_dict_pre_hook(self, hook):
        """hook(module, prefix, keep_vars) before the state is made."""
        return self._add_hook(self._state_dict_pre_hooks, hook)

    def _register_load_state_dict_pre_hook(self, hook, with_module=False):
        """hook([module,] state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs) before loading."""
        def bound(*args):
            return hook(self, *args) if with_module else hook(*args)
        return self._add_hook(self._load_state_dict_pre_hooks, bound)

    def register_load_state_dict_pre_hook(self, hook):
        return self._register_load_state_dict_pre_hook(hook, with_module=True)

    def register_load_state_dict_post_hook(self, hook):
        """hook(module, incompatible_keys) after loading; it may change the keys' lists."""
        return self._add_hook(self._load_state_dict_post_hooks, hook)

    # Saving

    def get_extra_state(self):
        """What a module wants to be saved beside tensors; with set_extra_state for subclasses to define."""
        raise RuntimeError("Reached a code path in Module.get_extra_state() that should never be called. Please file an issue at "
                           "https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to report this bug.")

    def set_extra_state(self, state):
        raise RuntimeError("Reached a code path in Module.set_extra_state() that should never be called. Please file an issue at "
                           "https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to report this bug.")

    def _has_extra_state(self, method):
        return getattr(type(self), method) is not getattr(ModuleState, method)

    def _save_to_state_dict(self, destination, prefix, keep_vars):
        """Puts this module's own parameters and buffers into `destination`."""
        for name, value in self._parameters.items():
            if value is not None:
                destination[prefix + name] = value if keep_vars else value.detach()
        for name, value in self._buffers.items():
            if value is not None and name not in self._non_persistent_buffers_set:
                destination[prefix + name] = value if keep_vars else value.detach()
        if self._has_extra_state("get_extra_state"):
            destination[prefix + _EXTRA_STATE_KEY_SUFFIX] = self.get_extra_state()

    def state_dict(self, *args, destination=None, prefix="", keep_vars=False):
        """Parameters and persistent buffers by their names, those of submodules with dots; detached unless keep_vars."""
        if args:
            warnings.warn("Positional args are being deprecated, use kwargs instead. Refer to "
                          "https://pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module.state_dict for details.",
                          FutureWarning, stacklevel=2)
            destination = args[0] if destination is None else destination
            prefix = args[1] if len(args) > 1 and prefix == "" else prefix
            keep_vars = args[2] if len(args) > 2 and keep_vars is False else keep_vars
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        local_metadata = dict(version=self._version)
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = local_metadata
        for hook in self._state_dict_pre_hooks.values():
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=destination, prefix=prefix + name + ".", keep_vars=keep_vars)
        for hook in self._state_dict_hooks.values():
            result = hook(self, destination, prefix, local_metadata)
            if getattr(hook, "_from_public_api", False):
                if result is not None:
                    raise RuntimeError("state_dict post-hook must return None")
            elif result is not None:
                destination = result
        return destination

    # Loading

    def _load_from_state_dict(self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs):
        """Copies this module's own values out of `state_dict`; what goes wrong is added to the lists."""
        for hook in self._load_state_dict_pre_hooks.values():
            hook(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
        own = {**self._parameters, **{name: b for name, b in self._buffers.items() if name not in self._non_persistent_buffers_set}}
        assign = local_metadata.get("assign_to_params_buffers", False)
        pending = local_metadata.get("pending")
        for name, value in own.items():
            if value is None:
                continue
            key = prefix + name
            if key in state_dict:
                load = functools.partial(self._load_value, name, key, value, state_dict[key], assign, error_msgs)
                if self._fits(key, value, state_dict[key], error_msgs):
                    load() if pending is None else pending.append(load)
            elif strict:
                missing_keys.append(key)
        extra_key = prefix + _EXTRA_STATE_KEY_SUFFIX
        if self._has_extra_state("set_extra_state"):
            if extra_key in state_dict:
                self.set_extra_state(state_dict[extra_key])
            elif strict:
                missing_keys.append(extra_key)
        elif strict and extra_key in state_dict:
            unexpected_keys.append(extra_key)
        if strict:
            for key in state_dict:
                if key.startswith(prefix) and key != extra_key:
                    first, _, rest = key[len(prefix):].partition(".")
                    if (first not in self._modules) if rest else (first not in own):
                        unexpected_keys.append(key)

    def _fits(self, key, value, loaded, error_msgs):
        if not isinstance(loaded, Tensor):
            error_msgs.append(f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from checkpoint but '
                              f"received {type(loaded)}")
            return False
        if is_lazy(value) or loaded.shape == value.shape or _is_old_scalar(value, loaded):
            return True
        error_msgs.append(f"size mismatch for {key}: copying a param with shape {loaded.shape} from checkpoint, the shape in current model is "
                          f"{value.shape}.")
        return False

    def _load_value(self, name, key, value, loaded, assign, error_msgs):
        from ... import no_grad
        if not is_lazy(value) and _is_old_scalar(value, loaded):
            loaded = loaded[0]
        try:
            with no_grad():
                if not assign:
                    value.copy_(loaded)
                    return
                if isinstance(value, Parameter) and not isinstance(loaded, Parameter):
                    loaded = Parameter(loaded, requires_grad=value.requires_grad)
                setattr(self, name, loaded)
        except Exception as problem:
            action = "assigning" if assign else "copying"
            error_msgs.append(f'While {action} the parameter named "{key}", whose dimensions in the model are {value.size()} and whose dimensions '
                              f"in the checkpoint are {loaded.size()}, an exception occurred : {problem.args}.")

    def load_state_dict(self, state_dict, strict=True, assign=False):
        """Copies values in by name, or with `assign` puts the given tensors themselves in place.

        Returns the missing and the unexpected keys. RuntimeError lists values that do not fit and, if strict, such keys; nothing is copied
        then. TypeError if state_dict is no mapping.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        missing_keys, unexpected_keys, error_msgs, pending = [], [], [], []
        metadata = getattr(state_dict, "_metadata", None)
        state_dict = OrderedDict(state_dict)
        if metadata is not None:
            state_dict._metadata = metadata

        def load(module, state, prefix=""):
            local_metadata = {"pending": pending} if metadata is None else {**metadata.get(prefix[:-1], {}), "pending": pending}
            if assign:
                local_metadata["assign_to_params_buffers"] = assign
            module._load_from_state_dict(state, prefix, local_metadata, True, missing_keys, unexpected_keys, error_msgs)
            for name, child in module._modules.items():
                if child is not None:
                    child_prefix = prefix + name + "."
                    load(child, {key: value for key, value in state.items() if key.startswith(child_prefix)}, child_prefix)
            incompatible = _IncompatibleKeys(missing_keys, unexpected_keys)
            for hook in module._load_state_dict_post_hooks.values():
                if hook(module, incompatible) is not None:
                    raise AssertionError("Hooks registered with ``register_load_state_dict_post_hook`` are not expected to return new values, if "
                                         "incompatible_keys need to be modified, it should be done inplace.")

        load(self, state_dict)
        if strict:
            if unexpected_keys:
                error_msgs.insert(0, "Unexpected key(s) in state_dict: {}. ".format(", ".join(f'"{key}"' for key in unexpected_keys)))
            if missing_keys:
                error_msgs.insert(0, "Missing key(s) in state_dict: {}. ".format(", ".join(f'"{key}"' for key in missing_keys)))
        if not error_msgs:
            for copy in pending:
                copy()
        if error_msgs:
            raise RuntimeError("Error(s) in loading state_dict for {}:\n\t{}".format(type(self).__name__, "\n\t".join(error_msgs)))
        return _IncompatibleKeys(missing_keys, unexpected_keys)
