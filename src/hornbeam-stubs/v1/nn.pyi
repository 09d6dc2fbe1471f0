"""The public names of `hornbeam.v1.nn`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.activations import gelu as gelu
from hornbeam.ops.activations import leaky_relu as leaky_relu
from hornbeam.ops.activations import silu as _swish
from hornbeam.ops.activations import silu as silu
from hornbeam.ops.convolution import atrous_conv2d as atrous_conv2d
from hornbeam.ops.convolution import atrous_conv2d_transpose as atrous_conv2d_transpose
from hornbeam.ops.convolution import conv1d_transpose as conv1d_transpose
from hornbeam.ops.convolution import conv_transpose as conv_transpose
from hornbeam.ops.convolution import depthwise_conv2d_backprop_filter as _depthwise_conv2d_native_backprop_filter
from hornbeam.ops.convolution import depthwise_conv2d_backprop_filter as depthwise_conv2d_backprop_filter
from hornbeam.ops.convolution import depthwise_conv2d_backprop_input as _depthwise_conv2d_native_backprop_input
from hornbeam.ops.convolution import depthwise_conv2d_backprop_input as depthwise_conv2d_backprop_input
from hornbeam.ops.counting import approx_max_k as approx_max_k
from hornbeam.ops.counting import approx_min_k as approx_min_k
from hornbeam.ops.counting import top_k as top_k
from hornbeam.ops.counting import zero_fraction as zero_fraction
from hornbeam.ops.losses import compute_average_loss as compute_average_loss
from hornbeam.ops.losses import log_poisson_loss as log_poisson_loss
from hornbeam.ops.losses import scale_regularization_loss as scale_regularization_loss
from hornbeam.ops.losses import sigmoid_cross_entropy_with_logits as sigmoid_cross_entropy_with_logits
from hornbeam.ops.nn import bias_add as bias_add
from hornbeam.ops.nn import relu_layer as relu_layer
from hornbeam.ops.nn import xw_plus_b as xw_plus_b
from hornbeam.ops.normalization import batch_normalization as batch_normalization
from hornbeam.ops.normalization import normalize_moments as normalize_moments
from hornbeam.ops.norms import l2_normalize as l2_normalize
from hornbeam.ops.pools import avg_pool as _avg_pool_v2
from hornbeam.ops.pools import avg_pool1d as avg_pool1d
from hornbeam.ops.pools import avg_pool3d as avg_pool3d
from hornbeam.ops.pools import max_pool as _max_pool_v2
from hornbeam.ops.pools import max_pool1d as max_pool1d
from hornbeam.ops.pools import max_pool2d as max_pool2d
from hornbeam.ops.pools import max_pool3d as max_pool3d
from hornbeam.ops.space_to_batch import with_space_to_batch as with_space_to_batch
from hornbeam.v1.adapters.array import depth_to_space as depth_to_space
from hornbeam.v1.adapters.array import space_to_batch as space_to_batch
from hornbeam.v1.adapters.array import space_to_depth as space_to_depth
from hornbeam.v1.adapters.counting import in_top_k as in_top_k
from hornbeam.v1.adapters.networks import avg_pool as _avg_pool2d
from hornbeam.v1.adapters.networks import avg_pool as avg_pool
from hornbeam.v1.adapters.networks import batch_norm_with_global_normalization as batch_norm_with_global_normalization
from hornbeam.v1.adapters.networks import conv1d as conv1d
from hornbeam.v1.adapters.networks import conv2d as conv2d
from hornbeam.v1.adapters.networks import conv2d_backprop_filter as conv2d_backprop_filter
from hornbeam.v1.adapters.networks import conv2d_backprop_input as conv2d_backprop_input
from hornbeam.v1.adapters.networks import conv2d_transpose as conv2d_transpose
from hornbeam.v1.adapters.networks import conv3d as conv3d
from hornbeam.v1.adapters.networks import conv3d_backprop_filter as _conv3d_backprop_filter_v2
from hornbeam.v1.adapters.networks import conv3d_backprop_filter as conv3d_backprop_filter
from hornbeam.v1.adapters.networks import conv3d_transpose as conv3d_transpose
from hornbeam.v1.adapters.networks import convolution_v1 as _convolution
from hornbeam.v1.adapters.networks import crelu as crelu
from hornbeam.v1.adapters.networks import depthwise_conv2d as depthwise_conv2d
from hornbeam.v1.adapters.networks import depthwise_conv2d_native as depthwise_conv2d_native
from hornbeam.v1.adapters.networks import dilation2d as dilation2d
from hornbeam.v1.adapters.networks import dropout as dropout
from hornbeam.v1.adapters.networks import embedding_lookup as embedding_lookup
from hornbeam.v1.adapters.networks import erosion2d as erosion2d
from hornbeam.v1.adapters.networks import fused_batch_norm as fused_batch_norm
from hornbeam.v1.adapters.networks import max_pool as max_pool
from hornbeam.v1.adapters.networks import max_pool_with_argmax as max_pool_with_argmax
from hornbeam.v1.adapters.networks import moments as moments
from hornbeam.v1.adapters.networks import pool as pool
from hornbeam.v1.adapters.networks import separable_conv2d as separable_conv2d
from hornbeam.v1.adapters.networks import softmax_cross_entropy_with_logits as softmax_cross_entropy_with_logits
from hornbeam.v1.adapters.networks import softmax_cross_entropy_with_logits_v2 as softmax_cross_entropy_with_logits_v2
from hornbeam.v1.adapters.networks import sparse_softmax_cross_entropy_with_logits as sparse_softmax_cross_entropy_with_logits
from hornbeam.v1.adapters.networks import sufficient_statistics as sufficient_statistics
from hornbeam.v1.adapters.networks import weighted_cross_entropy_with_logits as weighted_cross_entropy_with_logits
from hornbeam.v1.adapters.networks import weighted_moments as weighted_moments
from typing import Any

avg_pool2d = _avg_pool2d
avg_pool_v2 = _avg_pool_v2
conv3d_backprop_filter_v2 = _conv3d_backprop_filter_v2
convolution = _convolution
depthwise_conv2d_native_backprop_filter = _depthwise_conv2d_native_backprop_filter
depthwise_conv2d_native_backprop_input = _depthwise_conv2d_native_backprop_input
def elu(features: Any, name: str | None = None) -> Any:
    r"""x where x > 0, else exp(x) - 1. Clevert, Unterthiner and Hochreiter 2015."""
def l2_loss(t: Any, name: str | None = None) -> Any:
    r"""Half the sum of squares, a scalar: Σ t² / 2."""
def local_response_normalization(input: Any, depth_radius: int = 5, bias: float = 1, alpha: float = 1, beta: float = 0.5, name: str | None = None) -> Any:
    r"""x / (bias + alpha · Σ x²)^beta, summed over the channels within `depth_radius`. Krizhevsky et al. 2012."""
def log_softmax(logits: Any, axis: int | None = None, name: str | None = None, dim: Any = None) -> Any:
    r"""log(softmax(x)) along `axis`, without the loss of digits of taking the logarithm afterwards."""
def lrn(input: Any, depth_radius: int = 5, bias: float = 1, alpha: float = 1, beta: float = 0.5, name: str | None = None) -> Any:
    r"""x / (bias + alpha · Σ x²)^beta, summed over the channels within `depth_radius`. Krizhevsky et al. 2012."""
max_pool_v2 = _max_pool_v2
def relu(features: Any, name: str | None = None) -> Any:
    r"""max(x, 0). The derivative at 0 is 0. Nair and Hinton 2010."""
def relu6(features: Any, name: str | None = None) -> Any:
    r"""min(max(x, 0), 6). Krizhevsky 2010."""
def selu(features: Any, name: str | None = None) -> Any:
    r"""scale · x where x > 0, else scale · α · (exp(x) - 1). Klambauer et al. 2017."""
def sigmoid(x: Any, name: str | None = None) -> Any:
    r"""1 / (1 + exp(-x)): between 0 and 1."""
def softmax(logits: Any, axis: int | None = None, name: str | None = None, dim: Any = None) -> Any:
    r"""exp(x) over its sum along `axis`: positive numbers that sum to 1."""
def softplus(features: Any, name: str | None = None) -> Any:
    r"""log(1 + exp(x)), without overflow. Dugas et al. 2000."""
def softsign(features: Any, name: str | None = None) -> Any:
    r"""x / (1 + |x|). Bergstra et al. 2009."""
swish = _swish
def tanh(x: Any, name: str | None = None) -> Any:
    r"""The hyperbolic tangent: between -1 and 1."""
