"""torch.autograd.profiler: marks in programs are accepted; measuring is not implemented."""
import contextlib


class record_function(contextlib.ContextDecorator):
    """Names a part of a program for a profiler. Without effect."""

    def __init__(self, name, args=None):
        self.name = name
        self.args = args

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass


class profile:
    def __init__(self, *args, **kwargs):
        raise NotImplementedError("torch.autograd.profiler.profile is not implemented in Rushlight")
