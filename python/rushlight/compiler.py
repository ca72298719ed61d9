"""torch.compiler: marks for a compiler that Rushlight does not have; programs run as they are."""


def is_compiling():
    return False


def is_dynamo_compiling():
    return False


def disable(fn=None, recursive=True, *, reason=None):
    return fn if fn is not None else lambda function: function


def allow_in_graph(fn):
    return fn
