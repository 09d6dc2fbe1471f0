"""The public names of `hornbeam.v1.contrib.layers`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.adapters.initializers import variance_scaling_initializer as variance_scaling_initializer
from hornbeam.v1.adapters.initializers import xavier_initializer as xavier_initializer
from hornbeam.v1.contrib.layers import utils as utils
from hornbeam.v1.contrib.layers.batch_norms import batch_norm as batch_norm
from hornbeam.v1.contrib.layers.convolutions import convolution as convolution
from hornbeam.v1.contrib.layers.convolutions import convolution2d_in_plane as _conv2d_in_plane
from hornbeam.v1.contrib.layers.convolutions import convolution2d_transpose as _conv2d_transpose
from hornbeam.v1.contrib.layers.convolutions import convolution3d_transpose as _conv3d_transpose
from hornbeam.v1.contrib.layers.convolutions import separable_convolution2d as _separable_conv2d
from hornbeam.v1.contrib.layers.embeddings import bow_encoder as bow_encoder
from hornbeam.v1.contrib.layers.embeddings import dense_to_sparse as dense_to_sparse
from hornbeam.v1.contrib.layers.embeddings import embed_sequence as embed_sequence
from hornbeam.v1.contrib.layers.embeddings import embedding_lookup_unique as embedding_lookup_unique
from hornbeam.v1.contrib.layers.embeddings import safe_embedding_lookup_sparse as safe_embedding_lookup_sparse
from hornbeam.v1.contrib.layers.feature_columns import bucketized_column as bucketized_column
from hornbeam.v1.contrib.layers.feature_columns import create_feature_spec_for_parsing as create_feature_spec_for_parsing
from hornbeam.v1.contrib.layers.feature_columns import crossed_column as crossed_column
from hornbeam.v1.contrib.layers.feature_columns import embedding_column as embedding_column
from hornbeam.v1.contrib.layers.feature_columns import input_from_feature_columns as input_from_feature_columns
from hornbeam.v1.contrib.layers.feature_columns import one_hot_column as one_hot_column
from hornbeam.v1.contrib.layers.feature_columns import parse_feature_columns_from_examples as parse_feature_columns_from_examples
from hornbeam.v1.contrib.layers.feature_columns import real_valued_column as real_valued_column
from hornbeam.v1.contrib.layers.feature_columns import shared_embedding_columns as shared_embedding_columns
from hornbeam.v1.contrib.layers.feature_columns import sparse_column_with_hash_bucket as sparse_column_with_hash_bucket
from hornbeam.v1.contrib.layers.feature_columns import sparse_column_with_integerized_feature as sparse_column_with_integerized_feature
from hornbeam.v1.contrib.layers.feature_columns import sparse_column_with_keys as sparse_column_with_keys
from hornbeam.v1.contrib.layers.feature_columns import sparse_column_with_vocabulary_file as sparse_column_with_vocabulary_file
from hornbeam.v1.contrib.layers.feature_columns import weighted_sparse_column as weighted_sparse_column
from hornbeam.v1.contrib.layers.feature_columns import weighted_sum_from_feature_columns as weighted_sum_from_feature_columns
from hornbeam.v1.contrib.layers.fully import fully_connected as fully_connected
from hornbeam.v1.contrib.layers.normalizations import group_norm as group_norm
from hornbeam.v1.contrib.layers.normalizations import instance_norm as instance_norm
from hornbeam.v1.contrib.layers.normalizations import layer_norm as layer_norm
from hornbeam.v1.contrib.layers.optimizers import adaptive_clipping_fn as adaptive_clipping_fn
from hornbeam.v1.contrib.layers.optimizers import optimize_loss as optimize_loss
from hornbeam.v1.contrib.layers.poolings import avg_pool2d as avg_pool2d
from hornbeam.v1.contrib.layers.poolings import avg_pool3d as avg_pool3d
from hornbeam.v1.contrib.layers.poolings import max_pool2d as max_pool2d
from hornbeam.v1.contrib.layers.poolings import max_pool3d as max_pool3d
from hornbeam.v1.contrib.layers.poolings import pool as pool
from hornbeam.v1.contrib.layers.regularizers import apply_regularization as apply_regularization
from hornbeam.v1.contrib.layers.regularizers import l1_l2_regularizer as l1_l2_regularizer
from hornbeam.v1.contrib.layers.regularizers import l1_regularizer as l1_regularizer
from hornbeam.v1.contrib.layers.regularizers import l2_regularizer as l2_regularizer
from hornbeam.v1.contrib.layers.regularizers import sum_regularizer as sum_regularizer
from hornbeam.v1.contrib.layers.reshaping import bias_add as bias_add
from hornbeam.v1.contrib.layers.reshaping import dropout as dropout
from hornbeam.v1.contrib.layers.reshaping import flatten as flatten
from hornbeam.v1.contrib.layers.reshaping import images_to_sequence as images_to_sequence
from hornbeam.v1.contrib.layers.reshaping import maxout as maxout
from hornbeam.v1.contrib.layers.reshaping import one_hot_encoding as one_hot_encoding
from hornbeam.v1.contrib.layers.reshaping import repeat as repeat
from hornbeam.v1.contrib.layers.reshaping import sequence_to_images as sequence_to_images
from hornbeam.v1.contrib.layers.reshaping import softmax as softmax
from hornbeam.v1.contrib.layers.reshaping import spatial_softmax as spatial_softmax
from hornbeam.v1.contrib.layers.reshaping import stack as stack
from hornbeam.v1.contrib.layers.reshaping import unit_norm as unit_norm
from hornbeam.v1.contrib.layers.summaries import summarize_activation as summarize_activation
from hornbeam.v1.contrib.layers.summaries import summarize_activations as summarize_activations
from hornbeam.v1.contrib.layers.summaries import summarize_collection as summarize_collection
from hornbeam.v1.contrib.layers.summaries import summarize_tensor as summarize_tensor
from hornbeam.v1.contrib.layers.summaries import summarize_tensors as summarize_tensors
from hornbeam.v1.contrib.layers.summaries import summarize_variables as summarize_variables
from typing import Any

OPTIMIZER_CLS_NAMES: Any
OPTIMIZER_SUMMARIES: list
def conv1d(inputs: Any, num_outputs: int | None, kernel_size: Any, stride: Any = 1, padding: str = 'SAME', data_format: str | None = None, rate: Any = 1, activation_fn: Any = ..., normalizer_fn: Any = None, normalizer_params: Any = None, weights_initializer: Any = ..., weights_regularizer: Any = None, biases_initializer: Any = ..., biases_regularizer: Any = None, reuse: Any = None, variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True, scope: Any = None) -> Any:
    r"""`convolution` in 1 dimension: inputs of rank 3 (ValueError for others)."""
def conv2d(inputs: Any, num_outputs: int | None, kernel_size: Any, stride: Any = 1, padding: str = 'SAME', data_format: str | None = None, rate: Any = 1, activation_fn: Any = ..., normalizer_fn: Any = None, normalizer_params: Any = None, weights_initializer: Any = ..., weights_regularizer: Any = None, biases_initializer: Any = ..., biases_regularizer: Any = None, reuse: Any = None, variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True, scope: Any = None) -> Any:
    r"""`convolution` in 2 dimensions: inputs of rank 4 (ValueError for others)."""
conv2d_in_plane = _conv2d_in_plane
conv2d_transpose = _conv2d_transpose
def conv3d(inputs: Any, num_outputs: int | None, kernel_size: Any, stride: Any = 1, padding: str = 'SAME', data_format: str | None = None, rate: Any = 1, activation_fn: Any = ..., normalizer_fn: Any = None, normalizer_params: Any = None, weights_initializer: Any = ..., weights_regularizer: Any = None, biases_initializer: Any = ..., biases_regularizer: Any = None, reuse: Any = None, variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True, scope: Any = None) -> Any:
    r"""`convolution` in 3 dimensions: inputs of rank 5 (ValueError for others)."""
conv3d_transpose = _conv3d_transpose
convolution1d = conv1d
convolution2d = conv2d
convolution2d_in_plane = conv2d_in_plane
convolution2d_transpose = conv2d_transpose
convolution3d = conv3d
convolution3d_transpose = conv3d_transpose
def elu(inputs: Any, num_outputs: Any, **kwargs: Any) -> Any:
    r"""`fully_connected` with the activation elu."""
def linear(inputs: Any, num_outputs: Any, **kwargs: Any) -> Any:
    r"""`fully_connected` with no activation."""
def relu(inputs: Any, num_outputs: Any, **kwargs: Any) -> Any:
    r"""`fully_connected` with the activation relu."""
def relu6(inputs: Any, num_outputs: Any, **kwargs: Any) -> Any:
    r"""`fully_connected` with the activation relu6."""
separable_conv2d = _separable_conv2d
separable_convolution2d = separable_conv2d
xavier_initializer_conv2d = xavier_initializer
