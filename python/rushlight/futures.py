"""torch.futures: values that come later, as compiled code's forks give them."""
from . import _C


class Future(_C.Future):
    """A value that somebody sets. ``Future[int]`` is an annotation of compiled code."""

    def __init__(self, *, devices=None):
        super().__init__()

    def add_done_callback(self, callback):
        """``callback(self)`` when there is a value; what it returns is lost."""
        self.then(callback)

    def set_exception(self, result):
        """Whoever waits gets the exception instead of a value."""
        if not isinstance(result, Exception):
            raise AssertionError(f"{result} is of type {type(result)}, not an Exception.")
        self._set_exception(result)


def collect_all(futures):
    """A Future of the list itself, done when all of them are."""
    futures = list(futures)
    collected = Future()
    missing = len(futures)
    if missing == 0:
        collected.set_result([])

    def one_is_done(_):
        nonlocal missing
        missing -= 1
        if missing == 0:
            collected.set_result(futures)
    for future in futures:
        future.then(one_is_done)
    return collected


def wait_all(futures):
    """The values, when all are there; the first error if there is one."""
    return [future.wait() for future in collect_all(futures).wait()]
