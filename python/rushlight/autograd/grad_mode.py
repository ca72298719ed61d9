"""Context managers and decorators that switch recording on and off."""
import functools

from typing import Any

from .. import _C


class _ModeSwitch:
    """Usable as ``with no_grad():``, ``@no_grad()`` and ``@no_grad``."""

    def clone(self):
        return type(self)()

    def __call__(self, function):
        import inspect  # a third of the time that `import rushlight` would take
        if inspect.isclass(function):
            function.__init__ = self(function.__init__)
            return function
        if inspect.isgeneratorfunction(function):
            return _wrap_generator(self.clone, function)

        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            with self.clone():
                return function(*args, **kwargs)
        return wrapped


def _wrap_generator(make_context, function):
    """The mode holds while the generator runs, not while its consumer does."""
    @functools.wraps(function)
    def wrapped(*args, **kwargs):
        generator = function(*args, **kwargs)
        try:
            with make_context():
                response = generator.send(None)
            while True:
                try:
                    request = yield response
                except GeneratorExit:
                    with make_context():
                        generator.close()
                    raise
                except BaseException:
                    with make_context():
                        response = generator.throw(*__import__("sys").exc_info())
                else:
                    with make_context():
                        response = generator.send(request)
        except StopIteration as stop:
            return stop.value
    return wrapped


class _NoParameterSwitch(_ModeSwitch):
    def __new__(cls, function=None):
        self = super().__new__(cls)
        return self if function is None else self(function)


class no_grad(_NoParameterSwitch):
    """Operations are not recorded for gradients. Compiled code knows it too, so its methods keep to what compiles."""

    def __init__(self) -> None:
        self.prev = False

    def __enter__(self) -> None:
        self.prev = _C.is_grad_enabled()
        set_grad_enabled(False)

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        set_grad_enabled(self.prev)


class enable_grad(_NoParameterSwitch):
    """Operations are recorded again, within ``no_grad``."""

    def __enter__(self):
        self.previous = _C.is_grad_enabled()
        _C._set_grad_enabled(True)

    def __exit__(self, *exception):
        _C._set_grad_enabled(self.previous)


class set_grad_enabled(_ModeSwitch):
    """Takes effect at once; as a context manager it is undone at the end."""

    def __init__(self, mode):
        self.previous = _C.is_grad_enabled()
        self.mode = mode
        _C._set_grad_enabled(bool(mode))

    def __call__(self, function):
        _C._set_grad_enabled(self.previous)
        return super().__call__(function)

    def __enter__(self):
        _C._set_grad_enabled(bool(self.mode))

    def __exit__(self, *exception):
        _C._set_grad_enabled(self.previous)

    def clone(self):
        return type(self)(self.mode)


class inference_mode(_ModeSwitch):
    """Like ``no_grad``; tensors made within can never take part in recording."""

    def __new__(cls, mode=True):
        self = super().__new__(cls)
        return self if isinstance(mode, bool) else cls()(mode)

    def __init__(self, mode=True):
        self.mode = mode

    def __enter__(self):
        self.previous = (_C.is_inference_mode_enabled(), _C.is_grad_enabled())
        _C._set_inference_mode(self.mode)
        _C._set_grad_enabled(not self.mode)

    def __exit__(self, *exception):
        _C._set_inference_mode(self.previous[0])
        _C._set_grad_enabled(self.previous[1])

    def clone(self):
        return type(self)(self.mode)


class set_multithreading_enabled(_ModeSwitch):
    """Accepted for PyTorch's sake: the backward pass runs in the calling thread."""

    def __init__(self, mode):
        self.mode = mode

    def __enter__(self):
        pass

    def __exit__(self, *exception):
        pass

    def clone(self):
        return type(self)(self.mode)
