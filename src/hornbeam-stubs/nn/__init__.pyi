"""The public names of `hornbeam.nn`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import sigmoid as sigmoid
from hornbeam import space_to_batch as space_to_batch
from hornbeam import tanh as tanh
from hornbeam.linalg import l2_normalize as l2_normalize
from hornbeam.math import approx_max_k as approx_max_k
from hornbeam.math import approx_min_k as approx_min_k
from hornbeam.math import in_top_k as in_top_k
from hornbeam.math import log_softmax as log_softmax
from hornbeam.math import softmax as softmax
from hornbeam.math import softplus as softplus
from hornbeam.math import softsign as softsign
from hornbeam.math import top_k as top_k
from hornbeam.math import zero_fraction as zero_fraction
from hornbeam.nn import experimental as experimental
from hornbeam.ops.activations import crelu as crelu
from hornbeam.ops.activations import gelu as gelu
from hornbeam.ops.activations import leaky_relu as leaky_relu
from hornbeam.ops.activations import silu as silu
from hornbeam.ops.blocks import depth_to_space as depth_to_space
from hornbeam.ops.blocks import space_to_depth as space_to_depth
from hornbeam.ops.candidate_sampling import all_candidate_sampler as all_candidate_sampler
from hornbeam.ops.candidate_sampling import compute_accidental_hits as compute_accidental_hits
from hornbeam.ops.candidate_sampling import fixed_unigram_candidate_sampler as fixed_unigram_candidate_sampler
from hornbeam.ops.candidate_sampling import learned_unigram_candidate_sampler as learned_unigram_candidate_sampler
from hornbeam.ops.convolution import atrous_conv2d as atrous_conv2d
from hornbeam.ops.convolution import atrous_conv2d_transpose as atrous_conv2d_transpose
from hornbeam.ops.convolution import conv1d as conv1d
from hornbeam.ops.convolution import conv1d_transpose as conv1d_transpose
from hornbeam.ops.convolution import conv2d as conv2d
from hornbeam.ops.convolution import conv2d_transpose as conv2d_transpose
from hornbeam.ops.convolution import conv3d as conv3d
from hornbeam.ops.convolution import conv3d_transpose as conv3d_transpose
from hornbeam.ops.convolution import conv_transpose as conv_transpose
from hornbeam.ops.convolution import convolution as convolution
from hornbeam.ops.convolution import depthwise_conv2d as depthwise_conv2d
from hornbeam.ops.convolution import depthwise_conv2d_backprop_filter as depthwise_conv2d_backprop_filter
from hornbeam.ops.convolution import depthwise_conv2d_backprop_input as depthwise_conv2d_backprop_input
from hornbeam.ops.convolution import separable_conv2d as separable_conv2d
from hornbeam.ops.ctc import collapse_repeated as collapse_repeated
from hornbeam.ops.ctc import ctc_loss as ctc_loss
from hornbeam.ops.ctc import ctc_unique_labels as ctc_unique_labels
from hornbeam.ops.ctc_decoders import ctc_beam_search_decoder as ctc_beam_search_decoder
from hornbeam.ops.ctc_decoders import ctc_greedy_decoder as ctc_greedy_decoder
from hornbeam.ops.embedding import embedding_lookup as embedding_lookup
from hornbeam.ops.embedding_sparse import embedding_lookup_sparse as embedding_lookup_sparse
from hornbeam.ops.embedding_sparse import safe_embedding_lookup_sparse as safe_embedding_lookup_sparse
from hornbeam.ops.fractional_pooling import fractional_avg_pool as fractional_avg_pool
from hornbeam.ops.fractional_pooling import fractional_max_pool as fractional_max_pool
from hornbeam.ops.isotonic import isotonic_regression as isotonic_regression
from hornbeam.ops.losses import compute_average_loss as compute_average_loss
from hornbeam.ops.losses import log_poisson_loss as log_poisson_loss
from hornbeam.ops.losses import scale_regularization_loss as scale_regularization_loss
from hornbeam.ops.losses import sigmoid_cross_entropy_with_logits as sigmoid_cross_entropy_with_logits
from hornbeam.ops.losses import softmax_cross_entropy_with_logits as softmax_cross_entropy_with_logits
from hornbeam.ops.losses import sparse_softmax_cross_entropy_with_logits as sparse_softmax_cross_entropy_with_logits
from hornbeam.ops.losses import weighted_cross_entropy_with_logits as weighted_cross_entropy_with_logits
from hornbeam.ops.morphology import dilation2d as dilation2d
from hornbeam.ops.morphology import erosion2d as erosion2d
from hornbeam.ops.nn import bias_add as bias_add
from hornbeam.ops.nn import dropout as dropout
from hornbeam.ops.normalization import batch_norm_with_global_normalization as batch_norm_with_global_normalization
from hornbeam.ops.normalization import batch_normalization as batch_normalization
from hornbeam.ops.normalization import moments as moments
from hornbeam.ops.normalization import normalize_moments as normalize_moments
from hornbeam.ops.normalization import sufficient_statistics as sufficient_statistics
from hornbeam.ops.normalization import weighted_moments as weighted_moments
from hornbeam.ops.pools import avg_pool as avg_pool
from hornbeam.ops.pools import avg_pool1d as avg_pool1d
from hornbeam.ops.pools import avg_pool2d as avg_pool2d
from hornbeam.ops.pools import avg_pool3d as avg_pool3d
from hornbeam.ops.pools import max_pool as max_pool
from hornbeam.ops.pools import max_pool1d as max_pool1d
from hornbeam.ops.pools import max_pool2d as max_pool2d
from hornbeam.ops.pools import max_pool3d as max_pool3d
from hornbeam.ops.pools import max_pool_with_argmax as max_pool_with_argmax
from hornbeam.ops.pools import pool as pool
from hornbeam.ops.sampled_losses import nce_loss as nce_loss
from hornbeam.ops.sampled_losses import sampled_softmax_loss as sampled_softmax_loss
from hornbeam.ops.space_to_batch import with_space_to_batch as with_space_to_batch
from typing import Any

def elu(features: Any, name: str | None = None) -> Any:
    r"""x where x > 0, else exp(x) - 1. Clevert, Unterthiner and Hochreiter 2015."""
def l2_loss(t: Any, name: str | None = None) -> Any:
    r"""Half the sum of squares, a scalar: Σ t² / 2."""
def local_response_normalization(input: Any, depth_radius: int = 5, bias: float = 1, alpha: float = 1, beta: float = 0.5, name: str | None = None) -> Any:
    r"""x / (bias + alpha · Σ x²)^beta, summed over the channels within `depth_radius`. Krizhevsky et al. 2012."""
lrn = local_response_normalization
def relu(features: Any, name: str | None = None) -> Any:
    r"""max(x, 0). The derivative at 0 is 0. Nair and Hinton 2010."""
def relu6(features: Any, name: str | None = None) -> Any:
    r"""min(max(x, 0), 6). Krizhevsky 2010."""
def selu(features: Any, name: str | None = None) -> Any:
    r"""scale · x where x > 0, else scale · α · (exp(x) - 1). Klambauer et al. 2017."""
swish = silu
