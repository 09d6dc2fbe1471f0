"""The public names of `hornbeam.v1.contrib.slim`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.v1.contrib.framework import VariableDeviceChooser as VariableDeviceChooser
from hornbeam.v1.contrib.framework import add_arg_scope as add_arg_scope
from hornbeam.v1.contrib.framework import add_model_variable as add_model_variable
from hornbeam.v1.contrib.framework import arg_scope as arg_scope
from hornbeam.v1.contrib.framework import arg_scope_func_key as arg_scope_func_key
from hornbeam.v1.contrib.framework import arg_scoped_arguments as arg_scoped_arguments
from hornbeam.v1.contrib.framework import assert_global_step as assert_global_step
from hornbeam.v1.contrib.framework import assert_or_get_global_step as assert_or_get_global_step
from hornbeam.v1.contrib.framework import assign_from_checkpoint as assign_from_checkpoint
from hornbeam.v1.contrib.framework import assign_from_checkpoint_fn as assign_from_checkpoint_fn
from hornbeam.v1.contrib.framework import assign_from_values as assign_from_values
from hornbeam.v1.contrib.framework import assign_from_values_fn as assign_from_values_fn
from hornbeam.v1.contrib.framework import create_global_step as create_global_step
from hornbeam.v1.contrib.framework import current_arg_scope as current_arg_scope
from hornbeam.v1.contrib.framework import deprecated as deprecated
from hornbeam.v1.contrib.framework import filter_variables as filter_variables
from hornbeam.v1.contrib.framework import get_global_step as get_global_step
from hornbeam.v1.contrib.framework import get_local_variables as get_local_variables
from hornbeam.v1.contrib.framework import get_model_variables as get_model_variables
from hornbeam.v1.contrib.framework import get_or_create_global_step as get_or_create_global_step
from hornbeam.v1.contrib.framework import get_trainable_variables as get_trainable_variables
from hornbeam.v1.contrib.framework import get_unique_variable as get_unique_variable
from hornbeam.v1.contrib.framework import get_variable_full_name as get_variable_full_name
from hornbeam.v1.contrib.framework import get_variables as get_variables
from hornbeam.v1.contrib.framework import get_variables_by_name as get_variables_by_name
from hornbeam.v1.contrib.framework import get_variables_by_suffix as get_variables_by_suffix
from hornbeam.v1.contrib.framework import get_variables_to_restore as get_variables_to_restore
from hornbeam.v1.contrib.framework import global_variable as global_variable
from hornbeam.v1.contrib.framework import has_arg_scope as has_arg_scope
from hornbeam.v1.contrib.framework import local_variable as local_variable
from hornbeam.v1.contrib.framework import model_variable as model_variable
from hornbeam.v1.contrib.framework import variable as variable
from hornbeam.v1.contrib.framework import zero_initializer as zero_initializer
from hornbeam.v1.contrib.layers import OPTIMIZER_CLS_NAMES as OPTIMIZER_CLS_NAMES
from hornbeam.v1.contrib.layers import OPTIMIZER_SUMMARIES as OPTIMIZER_SUMMARIES
from hornbeam.v1.contrib.layers import adaptive_clipping_fn as adaptive_clipping_fn
from hornbeam.v1.contrib.layers import apply_regularization as apply_regularization
from hornbeam.v1.contrib.layers import avg_pool2d as avg_pool2d
from hornbeam.v1.contrib.layers import avg_pool3d as avg_pool3d
from hornbeam.v1.contrib.layers import batch_norm as batch_norm
from hornbeam.v1.contrib.layers import bias_add as bias_add
from hornbeam.v1.contrib.layers import bow_encoder as bow_encoder
from hornbeam.v1.contrib.layers import conv1d as _convolution1d
from hornbeam.v1.contrib.layers import conv1d as conv1d
from hornbeam.v1.contrib.layers import conv2d as _convolution2d
from hornbeam.v1.contrib.layers import conv2d as conv2d
from hornbeam.v1.contrib.layers import conv2d_in_plane as _convolution2d_in_plane
from hornbeam.v1.contrib.layers import conv2d_in_plane as conv2d_in_plane
from hornbeam.v1.contrib.layers import conv2d_transpose as _convolution2d_transpose
from hornbeam.v1.contrib.layers import conv2d_transpose as conv2d_transpose
from hornbeam.v1.contrib.layers import conv3d as _convolution3d
from hornbeam.v1.contrib.layers import conv3d as conv3d
from hornbeam.v1.contrib.layers import conv3d_transpose as _convolution3d_transpose
from hornbeam.v1.contrib.layers import conv3d_transpose as conv3d_transpose
from hornbeam.v1.contrib.layers import convolution as convolution
from hornbeam.v1.contrib.layers import dense_to_sparse as dense_to_sparse
from hornbeam.v1.contrib.layers import dropout as dropout
from hornbeam.v1.contrib.layers import elu as elu
from hornbeam.v1.contrib.layers import embed_sequence as embed_sequence
from hornbeam.v1.contrib.layers import embedding_lookup_unique as embedding_lookup_unique
from hornbeam.v1.contrib.layers import flatten as flatten
from hornbeam.v1.contrib.layers import fully_connected as fully_connected
from hornbeam.v1.contrib.layers import group_norm as group_norm
from hornbeam.v1.contrib.layers import images_to_sequence as images_to_sequence
from hornbeam.v1.contrib.layers import instance_norm as instance_norm
from hornbeam.v1.contrib.layers import l1_l2_regularizer as l1_l2_regularizer
from hornbeam.v1.contrib.layers import l1_regularizer as l1_regularizer
from hornbeam.v1.contrib.layers import l2_regularizer as l2_regularizer
from hornbeam.v1.contrib.layers import layer_norm as layer_norm
from hornbeam.v1.contrib.layers import linear as linear
from hornbeam.v1.contrib.layers import max_pool2d as max_pool2d
from hornbeam.v1.contrib.layers import max_pool3d as max_pool3d
from hornbeam.v1.contrib.layers import maxout as maxout
from hornbeam.v1.contrib.layers import one_hot_encoding as one_hot_encoding
from hornbeam.v1.contrib.layers import optimize_loss as optimize_loss
from hornbeam.v1.contrib.layers import pool as pool
from hornbeam.v1.contrib.layers import relu as relu
from hornbeam.v1.contrib.layers import relu6 as relu6
from hornbeam.v1.contrib.layers import repeat as repeat
from hornbeam.v1.contrib.layers import safe_embedding_lookup_sparse as safe_embedding_lookup_sparse
from hornbeam.v1.contrib.layers import separable_conv2d as _separable_convolution2d
from hornbeam.v1.contrib.layers import separable_conv2d as separable_conv2d
from hornbeam.v1.contrib.layers import sequence_to_images as sequence_to_images
from hornbeam.v1.contrib.layers import softmax as softmax
from hornbeam.v1.contrib.layers import spatial_softmax as spatial_softmax
from hornbeam.v1.contrib.layers import stack as stack
from hornbeam.v1.contrib.layers import sum_regularizer as sum_regularizer
from hornbeam.v1.contrib.layers import summarize_activation as summarize_activation
from hornbeam.v1.contrib.layers import summarize_activations as summarize_activations
from hornbeam.v1.contrib.layers import summarize_collection as summarize_collection
from hornbeam.v1.contrib.layers import summarize_tensor as summarize_tensor
from hornbeam.v1.contrib.layers import summarize_tensors as summarize_tensors
from hornbeam.v1.contrib.layers import summarize_variables as summarize_variables
from hornbeam.v1.contrib.layers import unit_norm as unit_norm
from hornbeam.v1.contrib.layers import variance_scaling_initializer as variance_scaling_initializer
from hornbeam.v1.contrib.layers import xavier_initializer as _xavier_initializer_conv2d
from hornbeam.v1.contrib.layers import xavier_initializer as xavier_initializer
from hornbeam.v1.contrib.slim import evaluation as evaluation
from hornbeam.v1.contrib.slim import learning as learning
from hornbeam.v1.contrib.slim import losses as losses
from hornbeam.v1.contrib.slim import metrics as metrics
from hornbeam.v1.contrib.slim import model_analyzer as model_analyzer
from hornbeam.v1.contrib.slim import nets as nets
from hornbeam.v1.contrib.slim import utils as utils

convolution1d = _convolution1d
convolution2d = _convolution2d
convolution2d_in_plane = _convolution2d_in_plane
convolution2d_transpose = _convolution2d_transpose
convolution3d = _convolution3d
convolution3d_transpose = _convolution3d_transpose
separable_convolution2d = _separable_convolution2d
xavier_initializer_conv2d = _xavier_initializer_conv2d
