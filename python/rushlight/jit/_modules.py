"""The classes of compiled and captured modules. Making them is not implemented yet; programs ask whether an object is one."""


class ScriptModule:
    """A compiled module."""

    def __init__(self, *args, **kwargs):
        raise NotImplementedError(f"{type(self).__name__} is not implemented in Rushlight yet: compile functions instead")


class RecursiveScriptModule(ScriptModule):
    """What torch.jit.script makes of a module."""


class TracedModule(ScriptModule):
    """A captured module within another."""


class TopLevelTracedModule(TracedModule):
    """What torch.jit.trace makes of a module."""


def script_module(module):
    raise NotImplementedError("torch.jit.script of an nn.Module is not implemented in Rushlight yet: compile functions instead")
