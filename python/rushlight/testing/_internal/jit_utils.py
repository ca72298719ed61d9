"""What tests of compiled programs import."""
import inspect


def make_global(*objects):
    """Makes objects that a test defines locally names of its module, where compiled code looks for them."""
    scope = inspect.stack()[1].frame.f_globals
    for obj in objects:
        scope[obj.__name__] = obj


def clear_class_registry():
    """Forgets which Python classes were compiled: a class of the same name is compiled anew."""
    from ...jit import _state
    _state._clear_class_state()
