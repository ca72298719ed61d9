"""The functions behind the modules: torch.nn.functional.

Each family has a file here; to graphs and archives all of them are functions of torch.nn.functional (``_jit_internal._qualified_name``).
"""
from ... import _C
from ._activation import (_get_softmax_dim, _threshold, celu, elu, glu, gumbel_softmax, hardsigmoid, hardswish, hardtanh, leaky_relu, log_softmax,
                          mish, relu, relu6, rrelu, selu, sigmoid, silu, softmax, softmin, softsign, tanh, tanhshrink, threshold)
from ._attention import _canonical_mask, _in_projection, _in_projection_packed, _mha_shape_check, _none_or_dtype, multi_head_attention_forward
from ._dropout import alpha_dropout, dropout, dropout1d, dropout2d, dropout3d, feature_alpha_dropout
from ._embedding import _no_grad_embedding_renorm_, embedding, embedding_bag
from ._loss import (binary_cross_entropy, binary_cross_entropy_with_logits, cosine_embedding_loss, cross_entropy, ctc_loss, gaussian_nll_loss,
                    hinge_embedding_loss, huber_loss, kl_div, l1_loss, margin_ranking_loss, mse_loss, multi_margin_loss,
                    multilabel_margin_loss, multilabel_soft_margin_loss, nll_loss, poisson_nll_loss, smooth_l1_loss, soft_margin_loss,
                    triplet_margin_loss, triplet_margin_with_distance_loss)
from ._normalization import (_verify_batch_size, _verify_spatial_size, batch_norm, group_norm, instance_norm, layer_norm, local_response_norm,
                             normalize, rms_norm)
from ._pooling import (_adaptive_max_pool1d, _adaptive_max_pool2d, _adaptive_max_pool3d, _fractional_max_pool2d, _fractional_max_pool3d,
                       _max_pool1d, _max_pool2d, _max_pool3d, _unpool_output_size, adaptive_avg_pool2d, adaptive_avg_pool3d,
                       adaptive_max_pool1d, adaptive_max_pool1d_with_indices, adaptive_max_pool2d, adaptive_max_pool2d_with_indices,
                       adaptive_max_pool3d, adaptive_max_pool3d_with_indices, fractional_max_pool2d, fractional_max_pool2d_with_indices,
                       fractional_max_pool3d, fractional_max_pool3d_with_indices, lp_pool1d, lp_pool2d, lp_pool3d, max_pool1d,
                       max_pool1d_with_indices, max_pool2d, max_pool2d_with_indices, max_pool3d, max_pool3d_with_indices, max_unpool1d,
                       max_unpool2d, max_unpool3d)
from ._resampling import (GRID_SAMPLE_INTERPOLATION_MODES, GRID_SAMPLE_PADDING_MODES, affine_grid, grid_sample, interpolate, upsample,
                          upsample_bilinear, upsample_nearest)
from ._shape import fold, pad, unfold

# Operators that are functions of this module as they are.
_OPERATORS = ("adaptive_avg_pool1d", "avg_pool1d", "avg_pool2d", "avg_pool3d", "bilinear", "celu_", "channel_shuffle", "conv1d", "conv2d",
              "conv3d", "conv_tbc", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "cosine_similarity", "elu_", "gelu", "hardshrink",
              "hardtanh_", "leaky_relu_", "linear", "native_channel_shuffle", "one_hot", "pairwise_distance", "pdist", "pixel_shuffle",
              "pixel_unshuffle", "prelu", "relu_", "rrelu_", "scaled_dot_product_attention", "selu_", "softplus", "softshrink", "threshold_")
globals().update({name: function for name in _OPERATORS if (function := _C._find_function(name)) is not None})
if (_log_sigmoid := _C._find_function("log_sigmoid")) is not None:
    logsigmoid = _log_sigmoid
