"""torch.cuda: there is no such device here, and asking says so."""


def is_available():
    return False


def device_count():
    return 0


def is_initialized():
    return False


def manual_seed(seed):
    """Without effect, as in PyTorch when there is no device."""


manual_seed_all = manual_seed


def synchronize(device=None):
    raise AssertionError("Torch not compiled with CUDA enabled")


def current_device():
    raise AssertionError("Torch not compiled with CUDA enabled")


def empty_cache():
    """Without effect: there is no cache."""


def is_bf16_supported():
    return False
