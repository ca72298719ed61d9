"""The memory format of the weights of convolutions."""


def _convert(module, kinds, memory_format):
    if isinstance(module, kinds):
        module.weight.data = module.weight.detach().clone().contiguous(memory_format=memory_format)
    for child in module.children():
        _convert(child, kinds, memory_format)
    return module


def convert_conv2d_weight_memory_format(module, memory_format):
    """The weights of all two-dimensional convolutions below, in place."""
    from .. import Conv2d, ConvTranspose2d
    return _convert(module, (Conv2d, ConvTranspose2d), memory_format)


def convert_conv3d_weight_memory_format(module, memory_format):
    """The weights of all three-dimensional convolutions below, in place."""
    from .. import Conv3d, ConvTranspose3d
    return _convert(module, (Conv3d, ConvTranspose3d), memory_format)
