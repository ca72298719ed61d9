"""torch.jit.mobile: modules of mobile archives. They run from the code in the archive; its bytecode is not read."""
from ... import _C
from .._serialization import _device, _source


class LiteScriptModule:
    """A module that can only be called."""

    def __init__(self, cpp_module):
        self._c = cpp_module

    def __call__(self, *input):
        return self.forward(*input)

    def find_method(self, method_name):
        return self._c._has_method(method_name)

    def forward(self, *input):
        return self.run_method("forward", *input)

    def run_method(self, method_name, *input):
        return self._c._get_method(method_name)(*input)


def _load_for_lite_interpreter(f, map_location=None):
    """Read an archive that was saved for mobile devices, from a path or a file object."""
    return LiteScriptModule(_C._load_archive(_source(f), _device(map_location), {}))
