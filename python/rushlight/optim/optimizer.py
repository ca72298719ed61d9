"""Optimizer: groups of parameters, their options and their state, and the step that all of them share."""
import functools
import warnings
from collections import OrderedDict, defaultdict
from copy import deepcopy
from itertools import chain

import rushlight as torch
from .._tensor import Tensor
from ..nn.modules.module import _typename
from ..utils.hooks import RemovableHandle

_global_optimizer_pre_hooks = OrderedDict()
_global_optimizer_post_hooks = OrderedDict()
required = object()  # kept for programs that import it


def _add(table, hook, prepend=False):
    handle = RemovableHandle(table)
    table[handle.id] = hook
    if prepend:
        table.move_to_end(handle.id, last=False)
    return handle


def register_optimizer_step_pre_hook(hook):
    """hook(optimizer, args, kwargs) before every step of every optimizer."""
    return _add(_global_optimizer_pre_hooks, hook)


def register_optimizer_step_post_hook(hook):
    """hook(optimizer, args, kwargs) after every step of every optimizer."""
    return _add(_global_optimizer_post_hooks, hook)


def _with_hooks(step):
    """A class's step with the hooks around it, and a note that it was called, for schedulers."""
    @functools.wraps(step)
    def wrapper(self, *args, **kwargs):
        for hook in (*_global_optimizer_pre_hooks.values(), *self._optimizer_step_pre_hooks.values()):
            changed = hook(self, args, kwargs)
            if changed is not None:
                if not (isinstance(changed, tuple) and len(changed) == 2):
                    raise RuntimeError(f"{step} must return None or a tuple of (new_args, new_kwargs), but got {changed}.")
                args, kwargs = changed
        self._opt_called = True
        result = step(self, *args, **kwargs)
        for hook in (*self._optimizer_step_post_hooks.values(), *_global_optimizer_post_hooks.values()):
            hook(self, args, kwargs)
        return result
    wrapper.hooked = True
    return wrapper


def number(value):
    """An option that may be a tensor of one element, as a number."""
    return value.item() if isinstance(value, Tensor) else value


def check_rate(lr):
    """ValueError for a negative learning rate, or a tensor with more than one."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError("Tensor lr must be 1-element")
    if not 0.0 <= lr:
        raise ValueError(f"Invalid learning rate: {lr}")


def check_not_negative(**values):
    """ValueError for a negative option; a name's underscores at the end stand for " value"."""
    for name, value in values.items():
        if not 0.0 <= value:
            raise ValueError(f"Invalid {name} value: {value}")


def check_betas(betas):
    for i, beta in enumerate(betas):
        if not 0.0 <= beta < 1.0:
            raise ValueError(f"Invalid beta parameter at index {i}: {beta}")


def check_implementation(foreach, fused, differentiable):
    """RuntimeError for implementations that exclude each other; Rushlight has one, which gives the results of all."""
    if fused:
        if differentiable:
            raise RuntimeError("`fused` does not support `differentiable`")
        if foreach:
            raise RuntimeError("`fused` and `foreach` cannot be `True` together.")


def new_step():
    """The count of steps that states hold."""
    return torch.zeros((), dtype=torch.float64 if torch.get_default_dtype() == torch.float64 else torch.float32)


def zeros_like(parameter):
    return torch.zeros_like(parameter, memory_format=torch.preserve_format)


class Optimizer:
    """params: tensors, pairs of name and tensor, or dictionaries with a key "params" and options of their own.
    defaults: options of all groups.

    A subclass defines ``_update(parameter, grad, state, group)``, or ``step``. Source: torch.optim.Optimizer.
    """
    # The text after the class's name when a gradient is sparse.
    _no_sparse = "does not support sparse gradients"

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        step = cls.__dict__.get("step")
        if step is not None and not getattr(step, "hooked", False):
            cls.step = _with_hooks(step)

    def __init__(self, params, defaults):
        self.defaults = defaults
        self._make_hooks()
        if isinstance(params, Tensor):
            raise TypeError("params argument given to the optimizer should be an iterable of Tensors or dicts, but got " + _typename(params))
        self.state = defaultdict(dict)
        self.param_groups = []
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def _make_hooks(self):
        for name in ("_optimizer_step_pre_hooks", "_optimizer_step_post_hooks", "_optimizer_state_dict_pre_hooks",
                     "_optimizer_state_dict_post_hooks", "_optimizer_load_state_dict_pre_hooks", "_optimizer_load_state_dict_post_hooks"):
            self.__dict__.setdefault(name, OrderedDict())

    def __getstate__(self):
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._make_hooks()
        self.defaults.setdefault("differentiable", False)

    def add_param_group(self, param_group):
        """Adds parameters with options of their own. TypeError and ValueError for what cannot be optimized; nothing is added then."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        params = param_group["params"]
        if isinstance(params, Tensor):
            params = [params]
        elif isinstance(params, set):
            raise TypeError("optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will change "
                            "between runs. Please use a list instead.")
        params = list(params)
        names = [param[0] for param in params if isinstance(param, tuple)]
        if names:
            if len(names) != len(params):
                raise ValueError("all optimizer params should be with/without names. Some param names are missing")
            params = [param[1] for param in params]
        for param in params:
            if not isinstance(param, Tensor):
                raise TypeError("optimizer can only optimize Tensors, but one of the params is " + _typename(param))
            if not self.defaults.get("differentiable", None) and not (param.is_leaf or param.retains_grad):
                raise ValueError("can't optimize a non-leaf Tensor")
        group = {**param_group, "params": params}
        if names:
            group = {"params": params, "param_names": names, **{key: value for key, value in group.items() if key != "params"}}
        for name, default in self.defaults.items():
            group.setdefault(name, default)
        if len({id(param) for param in params}) != len(params):
            warnings.warn("optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; see "
                          "github.com/pytorch/pytorch/issues/40967 for more information", stacklevel=3)
        known = {id(param) for other in self.param_groups for param in other["params"]}
        if not known.isdisjoint(id(param) for param in params):
            raise ValueError("some parameters appear in more than one parameter group")
        if self.param_groups and ("param_names" in group) != ("param_names" in self.param_groups[0]):
            raise ValueError("all optimizer param groups should be with/without names. cannot add param group "
                             f"{'with' if names else 'without'} names to the optimizer")
        self.param_groups.append(group)

    def zero_grad(self, set_to_none=True):
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                if set_to_none:
                    parameter.grad = None
                elif parameter.grad.grad_fn is not None:
                    parameter.grad.detach_().zero_()
                else:
                    parameter.grad.requires_grad_(False).zero_()

    # Steps

    def step(self, closure=None):
        """One step. closure: computes the loss again and returns it. Returns its result, or None."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        with torch.set_grad_enabled(bool(self.defaults.get("differentiable", False))):
            for group in self.param_groups:
                for parameter in group["params"]:
                    if parameter.grad is not None:
                        self._update_one(parameter, group)
        return loss

    step = _with_hooks(step)

    def _update_one(self, parameter, group):
        grad = parameter.grad
        if grad.is_sparse:
            raise RuntimeError(f"{type(self).__name__} {self._no_sparse}")
        state = self.state.get(parameter, {})
        if group.get("maximize", False):
            grad = -grad
        if not state:
            self._init_state(state, parameter, group)
        if parameter.is_complex():
            # Complex numbers are optimized as pairs of real ones.
            state_views = {name: torch.view_as_real(value) if isinstance(value, Tensor) and value.is_complex() else value
                           for name, value in state.items()}
            self._update(torch.view_as_real(parameter), torch.view_as_real(grad), state_views, group)
            # What is new in the state belongs to the elements, as what was complex before.
            state.update({name: torch.view_as_complex(value) if name not in state or isinstance(state[name], Tensor) and state[name].is_complex()
                          else value for name, value in state_views.items()})
        else:
            self._update(parameter, grad, state, group)
        if state:
            self.state[parameter] = state

    def _init_state(self, state, parameter, group):
        """Fills the empty state of a parameter before its first step."""

    def _update(self, parameter, grad, state, group):
        """Changes a parameter by its gradient."""
        raise NotImplementedError

    # State

    def state_dict(self):
        """Options of the groups, and the states of the parameters, which are numbered in the order of their groups."""
        for hook in self._optimizer_state_dict_pre_hooks.values():
            hook(self)
        numbers = {}
        groups = []
        for group in self.param_groups:
            for parameter in group["params"]:
                numbers.setdefault(id(parameter), len(numbers))
            groups.append({**{key: value for key, value in group.items() if key != "params"},
                           "params": [numbers[id(parameter)] for parameter in group["params"]]})
        result = {"state": {numbers[id(key)] if isinstance(key, Tensor) else key: value for key, value in self.state.items()},
                  "param_groups": groups}
        for hook in self._optimizer_state_dict_post_hooks.values():
            changed = hook(self, result)
            result = result if changed is None else changed
        return result

    def load_state_dict(self, state_dict):
        """Takes over states and options. ValueError if the groups have other sizes; nothing is changed then."""
        state_dict = state_dict.copy()
        for hook in self._optimizer_load_state_dict_pre_hooks.values():
            changed = hook(self, state_dict)
            state_dict = state_dict if changed is None else changed
        groups = deepcopy(state_dict["param_groups"])
        if len(groups) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(a["params"]) != len(b["params"]) for a, b in zip(groups, self.param_groups)):
            raise ValueError("loaded state dict contains a parameter group that doesn't match the size of optimizer's group")
        by_number = dict(zip(chain.from_iterable(group["params"] for group in groups),
                             chain.from_iterable(group["params"] for group in self.param_groups)))
        state = defaultdict(dict)
        for key, value in state_dict["state"].items():
            if key in by_number:
                state[by_number[key]] = _moved_to(by_number[key], value)
            else:
                state[key] = value
        for loaded, group in zip(groups, self.param_groups):
            loaded["params"] = group["params"]
        self.__setstate__({"state": state, "param_groups": groups})
        for hook in self._optimizer_load_state_dict_post_hooks.values():
            hook(self)

    # Hooks

    def register_step_pre_hook(self, hook):
        return _add(self._optimizer_step_pre_hooks, hook)

    def register_step_post_hook(self, hook):
        return _add(self._optimizer_step_post_hooks, hook)

    def register_state_dict_pre_hook(self, hook, prepend=False):
        return _add(self._optimizer_state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(self, hook, prepend=False):
        return _add(self._optimizer_state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(self, hook, prepend=False):
        return _add(self._optimizer_load_state_dict_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(self, hook, prepend=False):
        return _add(self._optimizer_load_state_dict_post_hooks, hook, prepend)

    def __repr__(self):
        lines = [type(self).__name__ + " ("]
        for i, group in enumerate(self.param_groups):
            if i:
                lines.append("")
            lines.append(f"Parameter Group {i}")
            lines += [f"    {key}: {group[key]}" for key in sorted(group) if key != "params"]
        return "\n".join(lines + [")"])


def _moved_to(parameter, value, key=None):
    """A loaded state as copies in the parameter's dtype; counts of steps keep theirs."""
    if isinstance(value, Tensor):
        if key == "step" or not parameter.is_floating_point():
            return value.clone()
        return value.to(dtype=parameter.dtype, device=parameter.device).clone()
    if isinstance(value, dict):
        return {name: _moved_to(parameter, part, name) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_moved_to(parameter, part, key) for part in value)
    return value
