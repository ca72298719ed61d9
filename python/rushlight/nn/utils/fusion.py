"""A normalisation put into the layer before it, for inference."""
import copy

import rushlight as torch
from ..parameter import Parameter


def _factors(weight, bias, mean, var, eps, bn_weight, bn_bias):
    scale = torch.rsqrt(var + eps)
    if bn_weight is not None:
        scale = scale * bn_weight
    shift = (torch.zeros_like(mean) if bias is None else bias) - mean
    return scale, shift * scale + (torch.zeros_like(mean) if bn_bias is None else bn_bias)


def fuse_conv_bn_weights(conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, transpose=False):
    """(weight, bias) of the convolution that does both."""
    scale, bias = _factors(conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b)
    shape = [1, -1] + [1] * (conv_w.dim() - 2) if transpose else [-1, 1] + [1] * (conv_w.dim() - 2)
    return (Parameter((conv_w * scale.reshape(shape)).to(conv_w.dtype), conv_w.requires_grad),
            Parameter(bias.to(conv_w.dtype), conv_w.requires_grad if conv_b is None else conv_b.requires_grad))


def fuse_conv_bn_eval(conv, bn, transpose=False):
    """A copy of a convolution in evaluation with the normalisation in its weights."""
    if conv.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    fused = copy.deepcopy(conv)
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError("bn.running_mean and bn.running_var must not be None")
    fused.weight, fused.bias = fuse_conv_bn_weights(fused.weight, fused.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias,
                                                    transpose)
    return fused


def fuse_linear_bn_weights(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b):
    """(weight, bias) of the linear layer that does both."""
    scale, bias = _factors(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b)
    return (Parameter((linear_w * scale.unsqueeze(-1)).to(linear_w.dtype), linear_w.requires_grad),
            Parameter(bias.to(linear_w.dtype), linear_w.requires_grad if linear_b is None else linear_b.requires_grad))


def fuse_linear_bn_eval(linear, bn):
    """A copy of a linear layer in evaluation with the normalisation in its weights."""
    if linear.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    if not (linear.out_features == bn.num_features or bn.num_features == 1):
        raise AssertionError("To fuse, linear.out_features == bn.num_features or bn.num_features == 1")
    fused = copy.deepcopy(linear)
    fused.weight, fused.bias = fuse_linear_bn_weights(fused.weight, fused.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias)
    return fused
