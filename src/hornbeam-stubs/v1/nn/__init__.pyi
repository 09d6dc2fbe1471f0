"""The public names of `hornbeam.v1.nn`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import sigmoid as sigmoid
from hornbeam import tanh as tanh
from hornbeam.linalg import l2_normalize as l2_normalize
from hornbeam.math import approx_max_k as approx_max_k
from hornbeam.math import approx_min_k as approx_min_k
from hornbeam.math import softplus as softplus
from hornbeam.math import softsign as softsign
from hornbeam.math import top_k as top_k
from hornbeam.math import zero_fraction as zero_fraction
from hornbeam.nn import all_candidate_sampler as all_candidate_sampler
from hornbeam.nn import atrous_conv2d as atrous_conv2d
from hornbeam.nn import atrous_conv2d_transpose as atrous_conv2d_transpose
from hornbeam.nn import avg_pool as _avg_pool_v2
from hornbeam.nn import avg_pool1d as avg_pool1d
from hornbeam.nn import avg_pool3d as avg_pool3d
from hornbeam.nn import batch_normalization as batch_normalization
from hornbeam.nn import bias_add as bias_add
from hornbeam.nn import collapse_repeated as collapse_repeated
from hornbeam.nn import compute_accidental_hits as compute_accidental_hits
from hornbeam.nn import compute_average_loss as compute_average_loss
from hornbeam.nn import conv1d_transpose as conv1d_transpose
from hornbeam.nn import conv_transpose as conv_transpose
from hornbeam.nn import ctc_beam_search_decoder as _ctc_beam_search_decoder_v2
from hornbeam.nn import ctc_greedy_decoder as ctc_greedy_decoder
from hornbeam.nn import ctc_loss as _ctc_loss_v2
from hornbeam.nn import ctc_unique_labels as ctc_unique_labels
from hornbeam.nn import depthwise_conv2d_backprop_filter as _depthwise_conv2d_native_backprop_filter
from hornbeam.nn import depthwise_conv2d_backprop_filter as depthwise_conv2d_backprop_filter
from hornbeam.nn import depthwise_conv2d_backprop_input as _depthwise_conv2d_native_backprop_input
from hornbeam.nn import depthwise_conv2d_backprop_input as depthwise_conv2d_backprop_input
from hornbeam.nn import elu as elu
from hornbeam.nn import fixed_unigram_candidate_sampler as fixed_unigram_candidate_sampler
from hornbeam.nn import gelu as gelu
from hornbeam.nn import isotonic_regression as isotonic_regression
from hornbeam.nn import l2_loss as l2_loss
from hornbeam.nn import leaky_relu as leaky_relu
from hornbeam.nn import learned_unigram_candidate_sampler as learned_unigram_candidate_sampler
from hornbeam.nn import local_response_normalization as _lrn
from hornbeam.nn import local_response_normalization as local_response_normalization
from hornbeam.nn import log_poisson_loss as log_poisson_loss
from hornbeam.nn import max_pool as _max_pool_v2
from hornbeam.nn import max_pool1d as max_pool1d
from hornbeam.nn import max_pool2d as max_pool2d
from hornbeam.nn import max_pool3d as max_pool3d
from hornbeam.nn import normalize_moments as normalize_moments
from hornbeam.nn import relu as relu
from hornbeam.nn import relu6 as relu6
from hornbeam.nn import scale_regularization_loss as scale_regularization_loss
from hornbeam.nn import selu as selu
from hornbeam.nn import sigmoid_cross_entropy_with_logits as sigmoid_cross_entropy_with_logits
from hornbeam.nn import silu as _swish
from hornbeam.nn import silu as silu
from hornbeam.nn import with_space_to_batch as with_space_to_batch
from hornbeam.ops.ctc import ctc_loss_v1 as _ctc_loss
from hornbeam.ops.ctc_decoders import ctc_beam_search_decoder_v1 as _ctc_beam_search_decoder
from hornbeam.ops.embedding_sparse import embedding_lookup_sparse_v1 as _embedding_lookup_sparse
from hornbeam.ops.embedding_sparse import safe_embedding_lookup_sparse_v1 as _safe_embedding_lookup_sparse
from hornbeam.ops.nn import relu_layer as relu_layer
from hornbeam.ops.nn import xw_plus_b as xw_plus_b
from hornbeam.ops.sampled_losses import nce_loss_v1 as _nce_loss
from hornbeam.ops.sampled_losses import sampled_softmax_loss_v1 as _sampled_softmax_loss
from hornbeam.random import log_uniform_candidate_sampler as log_uniform_candidate_sampler
from hornbeam.random import uniform_candidate_sampler as uniform_candidate_sampler
from hornbeam.v1 import depth_to_space as depth_to_space
from hornbeam.v1 import space_to_batch as space_to_batch
from hornbeam.v1 import space_to_depth as space_to_depth
from hornbeam.v1.adapters.networks import avg_pool as avg_pool
from hornbeam.v1.adapters.networks import batch_norm_with_global_normalization as batch_norm_with_global_normalization
from hornbeam.v1.adapters.networks import conv1d as conv1d
from hornbeam.v1.adapters.networks import conv2d as conv2d
from hornbeam.v1.adapters.networks import conv2d_backprop_filter as conv2d_backprop_filter
from hornbeam.v1.adapters.networks import conv2d_backprop_input as conv2d_backprop_input
from hornbeam.v1.adapters.networks import conv2d_transpose as conv2d_transpose
from hornbeam.v1.adapters.networks import conv3d as conv3d
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
from hornbeam.v1.contrib.rnn import static_bidirectional_rnn as _bidirectional_rnn
from hornbeam.v1.contrib.rnn import static_bidirectional_rnn as static_bidirectional_rnn
from hornbeam.v1.contrib.rnn import static_rnn as _rnn
from hornbeam.v1.contrib.rnn import static_rnn as static_rnn
from hornbeam.v1.contrib.rnn import static_state_saving_rnn as _state_saving_rnn
from hornbeam.v1.contrib.rnn import static_state_saving_rnn as static_state_saving_rnn
from hornbeam.v1.math import in_top_k as in_top_k
from hornbeam.v1.math import log_softmax as log_softmax
from hornbeam.v1.math import softmax as softmax
from hornbeam.v1.nn import experimental as experimental
from hornbeam.v1.nn import rnn_cell as rnn_cell
from hornbeam.v1.nn import seq2seq as seq2seq
from hornbeam.v1.rnn.dynamic import bidirectional_dynamic_rnn as bidirectional_dynamic_rnn
from hornbeam.v1.rnn.dynamic import dynamic_rnn as dynamic_rnn
from hornbeam.v1.rnn.dynamic import raw_rnn as raw_rnn
from typing import Any

avg_pool2d = avg_pool
avg_pool_v2 = _avg_pool_v2
bidirectional_rnn = _bidirectional_rnn
conv3d_backprop_filter_v2 = conv3d_backprop_filter
convolution = _convolution
ctc_beam_search_decoder = _ctc_beam_search_decoder
ctc_beam_search_decoder_v2 = _ctc_beam_search_decoder_v2
ctc_loss = _ctc_loss
ctc_loss_v2 = _ctc_loss_v2
depthwise_conv2d_native_backprop_filter = _depthwise_conv2d_native_backprop_filter
depthwise_conv2d_native_backprop_input = _depthwise_conv2d_native_backprop_input
embedding_lookup_sparse = _embedding_lookup_sparse
def fractional_avg_pool(value: Any, pooling_ratio: Any, pseudo_random: bool = False, overlapping: bool = False, deterministic: bool = False, seed: int = 0, seed2: int = 0, name: str | None = None) -> Any:
    r"""The means of windows that shrink height and width by any ratio. Graham 2015."""
def fractional_max_pool(value: Any, pooling_ratio: Any, pseudo_random: bool = False, overlapping: bool = False, deterministic: bool = False, seed: int = 0, seed2: int = 0, name: str | None = None) -> Any:
    r"""The largest elements of windows that shrink height and width by any ratio. Graham 2015."""
lrn = _lrn
max_pool_v2 = _max_pool_v2
nce_loss = _nce_loss
rnn = _rnn
safe_embedding_lookup_sparse = _safe_embedding_lookup_sparse
sampled_softmax_loss = _sampled_softmax_loss
state_saving_rnn = _state_saving_rnn
swish = _swish
