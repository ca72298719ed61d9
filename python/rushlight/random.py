"""The default stream of random numbers (torch.random)."""
import contextlib

from ._C import default_generator


def manual_seed(seed):
    """Start the default stream anew; returns it."""
    return default_generator.manual_seed(int(seed))


def seed():
    """Start the default stream at a random place; returns the seed."""
    return default_generator.seed()


def initial_seed():
    return default_generator.initial_seed()


def get_rng_state():
    """The state of the default stream as a ByteTensor."""
    return default_generator.get_state()


def set_rng_state(new_state):
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(devices=None, enabled=True, _caller="fork_rng", _devices_kw="devices", device_type="cuda"):
    """Within, draws do not advance the stream outside."""
    if not enabled:
        yield
        return
    state = get_rng_state()
    try:
        yield
    finally:
        set_rng_state(state)
