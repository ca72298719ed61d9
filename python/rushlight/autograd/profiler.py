"""torch.autograd.profiler: marks in programs are accepted; measuring is not implemented."""
import contextlib
import sys
from typing import Any, Optional

torch = sys.modules[__package__.rpartition(".")[0]]  # compiled code knows torch.jit.annotate


class _RecordFunction:
    """What a profiler would keep of a marked part; nothing is kept."""
    _jit_override_qualname = "__torch__.torch.classes.profiler._RecordFunction"


class record_function(contextlib.ContextDecorator):
    """Names a part of a program for a profiler. Without effect. Compiled code knows it too, with PyTorch's attributes."""

    def __init__(self, name: str, args: Optional[str] = None):
        self.name: str = name
        self.args: Optional[str] = args
        self.run_callbacks_on_exit: bool = True
        self.record = torch.jit.annotate(Optional[_RecordFunction], None)
        self._cupti_monitor_external_id: Optional[int] = None

    def __enter__(self):
        return self

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any):
        pass


class profile:
    def __init__(self, *args, **kwargs):
        raise NotImplementedError("torch.autograd.profiler.profile is not implemented in Rushlight")
