"""The public names of `hornbeam.v1`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import AggregationMethod as AggregationMethod
from hornbeam import Assert as Assert
from hornbeam import CriticalSection as CriticalSection
from hornbeam import DType as DType
from hornbeam import GradientTape as GradientTape
from hornbeam import IndexedSlices as IndexedSlices
from hornbeam import IndexedSlicesSpec as IndexedSlicesSpec
from hornbeam import Module as Module
from hornbeam import NoneTensorSpec as NoneTensorSpec
from hornbeam import Operation as Operation
from hornbeam import OptionalSpec as OptionalSpec
from hornbeam import RegisterGradient as RegisterGradient
from hornbeam import SparseTensorSpec as SparseTensorSpec
from hornbeam import Tensor as Tensor
from hornbeam import TensorArraySpec as TensorArraySpec
from hornbeam import TensorSpec as TensorSpec
from hornbeam import TypeSpec as TypeSpec
from hornbeam import UnconnectedGradients as UnconnectedGradients
from hornbeam import VariableAggregation as VariableAggregation
from hornbeam import VariableSynchronization as VariableSynchronization
from hornbeam import abs as _complex_abs
from hornbeam import abs as abs
from hornbeam import acos as acos
from hornbeam import acosh as acosh
from hornbeam import add as add
from hornbeam import add_n as add_n
from hornbeam import approx_top_k as approx_top_k
from hornbeam import argsort as argsort
from hornbeam import as_dtype as as_dtype
from hornbeam import as_string as as_string
from hornbeam import asin as asin
from hornbeam import asinh as asinh
from hornbeam import atan as atan
from hornbeam import atan2 as atan2
from hornbeam import atanh as atanh
from hornbeam import bfloat16 as bfloat16
from hornbeam import bitcast as bitcast
from hornbeam import bool as bool
from hornbeam import broadcast_dynamic_shape as broadcast_dynamic_shape
from hornbeam import broadcast_static_shape as broadcast_static_shape
from hornbeam import broadcast_to as broadcast_to
from hornbeam import case as case
from hornbeam import cast as cast
from hornbeam import clip_by_global_norm as clip_by_global_norm
from hornbeam import clip_by_norm as clip_by_norm
from hornbeam import clip_by_value as clip_by_value
from hornbeam import complex as complex
from hornbeam import complex128 as complex128
from hornbeam import complex64 as complex64
from hornbeam import concat as concat
from hornbeam import control_dependencies as control_dependencies
from hornbeam import cos as cos
from hornbeam import cosh as cosh
from hornbeam import cumsum as cumsum
from hornbeam import custom_gradient as custom_gradient
from hornbeam import divide as divide
from hornbeam import double as _float64
from hornbeam import double as double
from hornbeam import dynamic_partition as dynamic_partition
from hornbeam import dynamic_stitch as dynamic_stitch
from hornbeam import edit_distance as edit_distance
from hornbeam import einsum as einsum
from hornbeam import ensure_shape as ensure_shape
from hornbeam import equal as equal
from hornbeam import exp as exp
from hornbeam import extract_volume_patches as extract_volume_patches
from hornbeam import eye as eye
from hornbeam import fill as fill
from hornbeam import fingerprint as fingerprint
from hornbeam import float16 as _half
from hornbeam import float16 as float16
from hornbeam import float32 as float32
from hornbeam import float8_e4m3fn as float8_e4m3fn
from hornbeam import float8_e5m2 as float8_e5m2
from hornbeam import floor as floor
from hornbeam import foldl as foldl
from hornbeam import foldr as foldr
from hornbeam import function as function
from hornbeam import get_logger as get_logger
from hornbeam import get_static_value as get_static_value
from hornbeam import grad_pass_through as grad_pass_through
from hornbeam import greater as greater
from hornbeam import greater_equal as greater_equal
from hornbeam import group as group
from hornbeam import guarantee_const as guarantee_const
from hornbeam import histogram_fixed_width as histogram_fixed_width
from hornbeam import histogram_fixed_width_bins as histogram_fixed_width_bins
from hornbeam import identity as identity
from hornbeam import identity_n as identity_n
from hornbeam import import_graph_def as import_graph_def
from hornbeam import init_scope as init_scope
from hornbeam import int16 as int16
from hornbeam import int32 as int32
from hornbeam import int4 as int4
from hornbeam import int64 as int64
from hornbeam import int8 as int8
from hornbeam import is_symbolic_tensor as is_symbolic_tensor
from hornbeam import is_tensor as is_tensor
from hornbeam import less as less
from hornbeam import less_equal as less_equal
from hornbeam import linspace as _lin_space
from hornbeam import linspace as linspace
from hornbeam import logical_and as logical_and
from hornbeam import logical_not as logical_not
from hornbeam import logical_or as logical_or
from hornbeam import make_ndarray as make_ndarray
from hornbeam import make_tensor_proto as make_tensor_proto
from hornbeam import map_fn as map_fn
from hornbeam import matmul as matmul
from hornbeam import matrix_square_root as matrix_square_root
from hornbeam import maximum as maximum
from hornbeam import meshgrid as meshgrid
from hornbeam import minimum as minimum
from hornbeam import multiply as _mul
from hornbeam import multiply as multiply
from hornbeam import negative as _neg
from hornbeam import negative as negative
from hornbeam import newaxis as newaxis
from hornbeam import no_gradient as _NoGradient
from hornbeam import no_gradient as _NotDifferentiable
from hornbeam import no_gradient as no_gradient
from hornbeam import no_op as no_op
from hornbeam import not_equal as not_equal
from hornbeam import numpy_function as numpy_function
from hornbeam import one_hot as one_hot
from hornbeam import ones as ones
from hornbeam import parallel_stack as parallel_stack
from hornbeam import pow as pow
from hornbeam import print as print
from hornbeam import py_function as py_function
from hornbeam import qint16 as qint16
from hornbeam import qint32 as qint32
from hornbeam import qint8 as qint8
from hornbeam import quint16 as quint16
from hornbeam import quint8 as quint8
from hornbeam import random_index_shuffle as random_index_shuffle
from hornbeam import range as range
from hornbeam import rank as rank
from hornbeam import realdiv as realdiv
from hornbeam import recompute_grad as recompute_grad
from hornbeam import register_tensor_conversion_function as register_tensor_conversion_function
from hornbeam import repeat as repeat
from hornbeam import required_space_to_batch_paddings as required_space_to_batch_paddings
from hornbeam import reshape as reshape
from hornbeam import resource as resource
from hornbeam import reverse as _reverse_v2
from hornbeam import reverse as reverse
from hornbeam import roll as roll
from hornbeam import round as round
from hornbeam import saturate_cast as saturate_cast
from hornbeam import scalar_mul as scalar_mul
from hornbeam import scan as scan
from hornbeam import scatter_nd as scatter_nd
from hornbeam import searchsorted as searchsorted
from hornbeam import sequence_mask as sequence_mask
from hornbeam import shape_n as shape_n
from hornbeam import sigmoid as sigmoid
from hornbeam import sign as sign
from hornbeam import sin as sin
from hornbeam import sinh as sinh
from hornbeam import slice as slice
from hornbeam import sort as sort
from hornbeam import space_to_batch_nd as space_to_batch_nd
from hornbeam import split as split
from hornbeam import sqrt as sqrt
from hornbeam import square as square
from hornbeam import stack as stack
from hornbeam import stop_gradient as stop_gradient
from hornbeam import strided_slice as strided_slice
from hornbeam import string as string
from hornbeam import subtract as _sub
from hornbeam import subtract as subtract
from hornbeam import switch_case as switch_case
from hornbeam import tan as tan
from hornbeam import tanh as tanh
from hornbeam import tensor_scatter_nd_add as _tensor_scatter_add
from hornbeam import tensor_scatter_nd_add as tensor_scatter_nd_add
from hornbeam import tensor_scatter_nd_max as tensor_scatter_nd_max
from hornbeam import tensor_scatter_nd_min as tensor_scatter_nd_min
from hornbeam import tensor_scatter_nd_sub as _tensor_scatter_sub
from hornbeam import tensor_scatter_nd_sub as tensor_scatter_nd_sub
from hornbeam import tensor_scatter_nd_update as _tensor_scatter_update
from hornbeam import tensor_scatter_nd_update as tensor_scatter_nd_update
from hornbeam import tensordot as tensordot
from hornbeam import tile as tile
from hornbeam import timestamp as timestamp
from hornbeam import truediv as truediv
from hornbeam import truncatediv as truncatediv
from hornbeam import truncatemod as truncatemod
from hornbeam import type_spec_from_value as type_spec_from_value
from hornbeam import uint16 as uint16
from hornbeam import uint32 as uint32
from hornbeam import uint4 as uint4
from hornbeam import uint64 as uint64
from hornbeam import uint8 as uint8
from hornbeam import unique as unique
from hornbeam import unique_with_counts as unique_with_counts
from hornbeam import unravel_index as unravel_index
from hornbeam import unstack as unstack
from hornbeam import variable_creator_scope as variable_creator_scope
from hornbeam import variant as variant
from hornbeam import vectorized_map as vectorized_map
from hornbeam import where as _where_v2
from hornbeam import zeros as zeros
from hornbeam.compat import dimension_at_index as dimension_at_index
from hornbeam.compat import dimension_value as dimension_value
from hornbeam.debugging import assert_proper_iterable as assert_proper_iterable
from hornbeam.debugging import assert_same_float_dtype as assert_same_float_dtype
from hornbeam.debugging import check_numerics as check_numerics
from hornbeam.debugging import is_numeric_tensor as is_numeric_tensor
from hornbeam.errors import OpError as OpError
from hornbeam.graph.dimension import Dimension as Dimension
from hornbeam.graph.dtypes import DType as _DType
from hornbeam.graph.graph import GraphV1 as _Graph
from hornbeam.graph.messages.attr_value_pb2 import AttrValue as AttrValue
from hornbeam.graph.messages.attr_value_pb2 import NameAttrList as NameAttrList
from hornbeam.graph.messages.config_pb2 import RunMetadata as RunMetadata
from hornbeam.graph.messages.event_pb2 import Event as Event
from hornbeam.graph.messages.event_pb2 import LogMessage as LogMessage
from hornbeam.graph.messages.event_pb2 import SessionLog as SessionLog
from hornbeam.graph.messages.graph_pb2 import GraphDef as GraphDef
from hornbeam.graph.messages.histogram_pb2 import HistogramProto as HistogramProto
from hornbeam.graph.messages.meta_graph_pb2 import MetaGraphDef as MetaGraphDef
from hornbeam.graph.messages.meta_graph_pb2 import TensorInfo as TensorInfo
from hornbeam.graph.messages.node_def_pb2 import NodeDef as NodeDef
from hornbeam.graph.messages.summary_pb2 import Summary as Summary
from hornbeam.graph.messages.summary_pb2 import SummaryMetadata as SummaryMetadata
from hornbeam.graph.shapes import TensorShapeV1 as _TensorShape
from hornbeam.graph.sparse_tensor import SparseTensor as SparseTensor
from hornbeam.graph.sparse_tensor import SparseTensorValue as SparseTensorValue
from hornbeam.image import random_crop as random_crop
from hornbeam.io import FixedLenFeature as FixedLenFeature
from hornbeam.io import FixedLenSequenceFeature as FixedLenSequenceFeature
from hornbeam.io import SparseFeature as SparseFeature
from hornbeam.io import VarLenFeature as VarLenFeature
from hornbeam.io import decode_base64 as decode_base64
from hornbeam.io import decode_compressed as decode_compressed
from hornbeam.io import decode_json_example as decode_json_example
from hornbeam.io import deserialize_many_sparse as deserialize_many_sparse
from hornbeam.io import encode_base64 as encode_base64
from hornbeam.io import matching_files as matching_files
from hornbeam.io import parse_single_sequence_example as parse_single_sequence_example
from hornbeam.io import parse_tensor as parse_tensor
from hornbeam.io import read_file as read_file
from hornbeam.io import serialize_tensor as serialize_tensor
from hornbeam.io import write_file as write_file
from hornbeam.linalg import band_part as _batch_matrix_band_part
from hornbeam.linalg import band_part as _matrix_band_part
from hornbeam.linalg import cholesky as _batch_cholesky
from hornbeam.linalg import cholesky as cholesky
from hornbeam.linalg import cholesky_solve as cholesky_solve
from hornbeam.linalg import cross as cross
from hornbeam.linalg import det as _batch_matrix_determinant
from hornbeam.linalg import det as _matrix_determinant
from hornbeam.linalg import diag as _batch_matrix_diag
from hornbeam.linalg import diag as _matrix_diag
from hornbeam.linalg import diag_part as _batch_matrix_diag_part
from hornbeam.linalg import diag_part as _matrix_diag_part
from hornbeam.linalg import eigh as _self_adjoint_eig
from hornbeam.linalg import eigvalsh as _self_adjoint_eigvals
from hornbeam.linalg import global_norm as global_norm
from hornbeam.linalg import inv as _batch_matrix_inverse
from hornbeam.linalg import inv as _matrix_inverse
from hornbeam.linalg import lstsq as _matrix_solve_ls
from hornbeam.linalg import matrix_transpose as matrix_transpose
from hornbeam.linalg import qr as qr
from hornbeam.linalg import set_diag as _matrix_set_diag
from hornbeam.linalg import solve as _batch_matrix_solve
from hornbeam.linalg import solve as _matrix_solve
from hornbeam.linalg import svd as svd
from hornbeam.linalg import tensor_diag as _diag
from hornbeam.linalg import tensor_diag_part as _diag_part
from hornbeam.linalg import trace as trace
from hornbeam.linalg import triangular_solve as _matrix_triangular_solve
from hornbeam.math import accumulate_n as accumulate_n
from hornbeam.math import angle as angle
from hornbeam.math import betainc as betainc
from hornbeam.math import ceil as ceil
from hornbeam.math import conj as conj
from hornbeam.math import cumprod as cumprod
from hornbeam.math import digamma as digamma
from hornbeam.math import divide_no_nan as _div_no_nan
from hornbeam.math import erf as erf
from hornbeam.math import erfc as erfc
from hornbeam.math import expm1 as expm1
from hornbeam.math import floordiv as floordiv
from hornbeam.math import floormod as _mod
from hornbeam.math import floormod as floormod
from hornbeam.math import igamma as igamma
from hornbeam.math import igammac as igammac
from hornbeam.math import imag as imag
from hornbeam.math import invert_permutation as invert_permutation
from hornbeam.math import is_finite as is_finite
from hornbeam.math import is_inf as is_inf
from hornbeam.math import is_nan as is_nan
from hornbeam.math import is_non_decreasing as is_non_decreasing
from hornbeam.math import is_strictly_increasing as is_strictly_increasing
from hornbeam.math import lbeta as lbeta
from hornbeam.math import lgamma as lgamma
from hornbeam.math import log as log
from hornbeam.math import log1p as log1p
from hornbeam.math import log_sigmoid as log_sigmoid
from hornbeam.math import logical_xor as logical_xor
from hornbeam.math import nextafter as nextafter
from hornbeam.math import polygamma as polygamma
from hornbeam.math import real as real
from hornbeam.math import reciprocal as _inv
from hornbeam.math import reciprocal as reciprocal
from hornbeam.math import rint as rint
from hornbeam.math import rsqrt as rsqrt
from hornbeam.math import segment_max as segment_max
from hornbeam.math import segment_mean as segment_mean
from hornbeam.math import segment_min as segment_min
from hornbeam.math import segment_prod as segment_prod
from hornbeam.math import segment_sum as segment_sum
from hornbeam.math import squared_difference as squared_difference
from hornbeam.math import unsorted_segment_max as unsorted_segment_max
from hornbeam.math import unsorted_segment_mean as unsorted_segment_mean
from hornbeam.math import unsorted_segment_min as unsorted_segment_min
from hornbeam.math import unsorted_segment_prod as unsorted_segment_prod
from hornbeam.math import unsorted_segment_sqrt_n as unsorted_segment_sqrt_n
from hornbeam.math import unsorted_segment_sum as unsorted_segment_sum
from hornbeam.math import zeta as zeta
from hornbeam.ops.accumulators import ConditionalAccumulator as ConditionalAccumulator
from hornbeam.ops.accumulators import ConditionalAccumulatorBase as ConditionalAccumulatorBase
from hornbeam.ops.accumulators import SparseConditionalAccumulator as SparseConditionalAccumulator
from hornbeam.ops.checks import add_check_numerics_ops as add_check_numerics_ops
from hornbeam.ops.clip import clip_by_average_norm as clip_by_average_norm
from hornbeam.ops.csv_parsing import decode_csv_v1 as _decode_csv
from hornbeam.ops.features import parse_example_v1 as _parse_example
from hornbeam.ops.features import parse_single_example_v1 as _parse_single_example
from hornbeam.ops.host import print_v1 as _Print
from hornbeam.ops.host import py_func as py_func
from hornbeam.ops.initializers import Constant as _constant_initializer
from hornbeam.ops.initializers import GlorotNormal as _glorot_normal_initializer
from hornbeam.ops.initializers import GlorotUniform as _glorot_uniform_initializer
from hornbeam.ops.initializers import Ones as _ones_initializer
from hornbeam.ops.initializers import Orthogonal as _orthogonal_initializer
from hornbeam.ops.initializers import RandomNormal as _random_normal_initializer
from hornbeam.ops.initializers import RandomUniform as _random_uniform_initializer
from hornbeam.ops.initializers import TruncatedNormal as _truncated_normal_initializer
from hornbeam.ops.initializers import UniformUnitScaling as _uniform_unit_scaling_initializer
from hornbeam.ops.initializers import VarianceScaling as _variance_scaling_initializer
from hornbeam.ops.initializers import Zeros as _zeros_initializer
from hornbeam.ops.matmul import batch_matmul_function as _batch_matmul
from hornbeam.ops.matmul import sparse_matmul as sparse_matmul
from hornbeam.ops.queues import FIFOQueue as FIFOQueue
from hornbeam.ops.queues import PaddingFIFOQueue as PaddingFIFOQueue
from hornbeam.ops.queues import PriorityQueue as PriorityQueue
from hornbeam.ops.queues import RandomShuffleQueue as RandomShuffleQueue
from hornbeam.ops.random import get_seed as get_seed
from hornbeam.ops.random import multinomial as multinomial
from hornbeam.ops.random import random_poisson_v1 as _random_poisson
from hornbeam.ops.random import set_random_seed as set_random_seed
from hornbeam.ops.readers import FixedLengthRecordReader as FixedLengthRecordReader
from hornbeam.ops.readers import IdentityReader as IdentityReader
from hornbeam.ops.readers import ReaderBase as ReaderBase
from hornbeam.ops.readers import TFRecordReader as TFRecordReader
from hornbeam.ops.readers import TextLineReader as TextLineReader
from hornbeam.ops.readers import WholeFileReader as WholeFileReader
from hornbeam.ops.scatter import batch_scatter_update as batch_scatter_update
from hornbeam.ops.serialization import serialize_many_sparse as serialize_many_sparse
from hornbeam.ops.serialization import serialize_sparse as serialize_sparse
from hornbeam.ops.sets import setdiff1d as _list_diff
from hornbeam.ops.sparse import convert_to_tensor_or_sparse_tensor as convert_to_tensor_or_sparse_tensor
from hornbeam.ops.sparse import sparse_placeholder as sparse_placeholder
from hornbeam.ops.sparse import sparse_to_dense as sparse_to_dense
from hornbeam.ops.sparse_math import add_v1 as _sparse_add
from hornbeam.ops.sparse_math import sparse_merge as sparse_merge
from hornbeam.ops.tensor_array import TensorArrayV1 as _TensorArray
from hornbeam.quantization import fake_quant_with_min_max_args as fake_quant_with_min_max_args
from hornbeam.quantization import fake_quant_with_min_max_args_gradient as fake_quant_with_min_max_args_gradient
from hornbeam.quantization import fake_quant_with_min_max_vars as fake_quant_with_min_max_vars
from hornbeam.quantization import fake_quant_with_min_max_vars_gradient as fake_quant_with_min_max_vars_gradient
from hornbeam.quantization import fake_quant_with_min_max_vars_per_channel as fake_quant_with_min_max_vars_per_channel
from hornbeam.quantization import fake_quant_with_min_max_vars_per_channel_gradient as fake_quant_with_min_max_vars_per_channel_gradient
from hornbeam.queue import QueueBase as QueueBase
from hornbeam.random import gamma as _random_gamma
from hornbeam.random import normal as _random_normal
from hornbeam.random import shuffle as _random_shuffle
from hornbeam.random import truncated_normal as truncated_normal
from hornbeam.random import uniform as _random_uniform
from hornbeam.runtime.collections import GraphKeys as GraphKeys
from hornbeam.runtime.collections import add_to_collection as add_to_collection
from hornbeam.runtime.collections import add_to_collections as add_to_collections
from hornbeam.runtime.collections import all_variables as all_variables
from hornbeam.runtime.collections import get_collection as get_collection
from hornbeam.runtime.collections import get_collection_ref as get_collection_ref
from hornbeam.runtime.collections import global_variables as global_variables
from hornbeam.runtime.collections import global_variables_initializer as global_variables_initializer
from hornbeam.runtime.collections import initialize_all_tables as initialize_all_tables
from hornbeam.runtime.collections import initialize_all_variables as initialize_all_variables
from hornbeam.runtime.collections import initialize_local_variables as initialize_local_variables
from hornbeam.runtime.collections import initialize_variables as initialize_variables
from hornbeam.runtime.collections import local_variables as local_variables
from hornbeam.runtime.collections import local_variables_initializer as local_variables_initializer
from hornbeam.runtime.collections import model_variables as model_variables
from hornbeam.runtime.collections import moving_average_variables as moving_average_variables
from hornbeam.runtime.collections import tables_initializer as tables_initializer
from hornbeam.runtime.collections import trainable_variables as trainable_variables
from hornbeam.runtime.collections import variables_initializer as variables_initializer
from hornbeam.runtime.config import ConfigProto as ConfigProto
from hornbeam.runtime.config import GPUOptions as GPUOptions
from hornbeam.runtime.config import GraphOptions as GraphOptions
from hornbeam.runtime.config import OptimizerOptions as OptimizerOptions
from hornbeam.runtime.config import RunOptions as RunOptions
from hornbeam.runtime.device_spec import DeviceSpecV1 as _DeviceSpec
from hornbeam.runtime.graph_functions import colocate_with as colocate_with
from hornbeam.runtime.graph_functions import container as container
from hornbeam.runtime.graph_functions import device_v1 as _device
from hornbeam.runtime.graph_functions import executing_eagerly_v1 as _executing_eagerly
from hornbeam.runtime.graph_functions import get_default_graph as get_default_graph
from hornbeam.runtime.graph_functions import name_scope_v1 as _name_scope
from hornbeam.runtime.graph_functions import op_scope as op_scope
from hornbeam.runtime.graph_functions import reset_default_graph as reset_default_graph
from hornbeam.runtime.graph_functions import tuple_v1 as _tuple
from hornbeam.runtime.partitions import fixed_size_partitioner as fixed_size_partitioner
from hornbeam.runtime.partitions import min_max_variable_partitioner as min_max_variable_partitioner
from hornbeam.runtime.partitions import variable_axis_size_partitioner as variable_axis_size_partitioner
from hornbeam.runtime.session import InteractiveSession as InteractiveSession
from hornbeam.runtime.session import Session as Session
from hornbeam.runtime.session import get_default_session as get_default_session
from hornbeam.runtime.switches import control_flow_v2_enabled as control_flow_v2_enabled
from hornbeam.runtime.switches import disable_control_flow_v2 as disable_control_flow_v2
from hornbeam.runtime.switches import disable_eager_execution as disable_eager_execution
from hornbeam.runtime.switches import disable_resource_variables as disable_resource_variables
from hornbeam.runtime.switches import disable_tensor_equality as disable_tensor_equality
from hornbeam.runtime.switches import disable_v2_behavior as disable_v2_behavior
from hornbeam.runtime.switches import disable_v2_tensorshape as disable_v2_tensorshape
from hornbeam.runtime.switches import enable_control_flow_v2 as enable_control_flow_v2
from hornbeam.runtime.switches import enable_eager_execution as enable_eager_execution
from hornbeam.runtime.switches import enable_resource_variables as enable_resource_variables
from hornbeam.runtime.switches import enable_v2_behavior as enable_v2_behavior
from hornbeam.runtime.switches import executing_eagerly_outside_functions as executing_eagerly_outside_functions
from hornbeam.runtime.switches import resource_variables_enabled as resource_variables_enabled
from hornbeam.runtime.template import make_template as make_template
from hornbeam.runtime.variable import VariableV1 as _Variable
from hornbeam.runtime.variable_scope import VariableScope as VariableScope
from hornbeam.runtime.variable_scope import _ReuseMode as __ReuseMode
from hornbeam.runtime.variable_scope import create_partitioned_variables as create_partitioned_variables
from hornbeam.runtime.variable_scope import get_local_variable as get_local_variable
from hornbeam.runtime.variable_scope import get_variable as get_variable
from hornbeam.runtime.variable_scope import get_variable_scope as get_variable_scope
from hornbeam.runtime.variable_scope import no_regularizer as no_regularizer
from hornbeam.runtime.variable_scope import variable_op_scope as variable_op_scope
from hornbeam.runtime.variable_scope import variable_scope as variable_scope
from hornbeam.signal import fft as _batch_fft
from hornbeam.signal import fft as fft
from hornbeam.signal import fft2d as fft2d
from hornbeam.signal import fft3d as fft3d
from hornbeam.signal import ifft as _batch_ifft
from hornbeam.signal import ifft as ifft
from hornbeam.signal import ifft2d as ifft2d
from hornbeam.signal import ifft3d as ifft3d
from hornbeam.sparse import fill_empty_rows as _sparse_fill_empty_rows
from hornbeam.sparse import mask as _sparse_mask
from hornbeam.sparse import maximum as _sparse_maximum
from hornbeam.sparse import minimum as _sparse_minimum
from hornbeam.sparse import reorder as _sparse_reorder
from hornbeam.sparse import reset_shape as _sparse_reset_shape
from hornbeam.sparse import reshape as _sparse_reshape
from hornbeam.sparse import retain as _sparse_retain
from hornbeam.sparse import slice as _sparse_slice
from hornbeam.sparse import softmax as _sparse_softmax
from hornbeam.sparse import sparse_dense_matmul as _sparse_tensor_dense_matmul
from hornbeam.sparse import to_dense as _sparse_tensor_to_dense
from hornbeam.sparse import to_indicator as _sparse_to_indicator
from hornbeam.sparse import transpose as _sparse_transpose
from hornbeam.strings import join as _string_join
from hornbeam.strings import regex_replace as regex_replace
from hornbeam.strings import strip as _string_strip
from hornbeam.strings import to_hash_bucket_fast as _string_to_hash_bucket_fast
from hornbeam.strings import to_hash_bucket_strong as _string_to_hash_bucket_strong
from hornbeam.v1 import app as app
from hornbeam.v1 import audio as audio
from hornbeam.v1 import autodiff as autodiff
from hornbeam.v1 import autograph as autograph
from hornbeam.v1 import bitwise as bitwise
from hornbeam.v1 import compat as compat
from hornbeam.v1 import config as config
from hornbeam.v1 import contrib as contrib
from hornbeam.v1 import data as data
from hornbeam.v1 import debugging as debugging
from hornbeam.v1 import distribute as distribute
from hornbeam.v1 import distributions as distributions
from hornbeam.v1 import dtypes as dtypes
from hornbeam.v1 import errors as errors
from hornbeam.v1 import estimator as estimator
from hornbeam.v1 import experimental as experimental
from hornbeam.v1 import feature_column as feature_column
from hornbeam.v1 import flags as flags
from hornbeam.v1 import gfile as gfile
from hornbeam.v1 import graph_util as graph_util
from hornbeam.v1 import image as image
from hornbeam.v1 import initializers as initializers
from hornbeam.v1 import io as io
from hornbeam.v1 import layers as layers
from hornbeam.v1 import linalg as linalg
from hornbeam.v1 import logging as logging
from hornbeam.v1 import lookup as lookup
from hornbeam.v1 import losses as losses
from hornbeam.v1 import manip as manip
from hornbeam.v1 import math as math
from hornbeam.v1 import metrics as metrics
from hornbeam.v1 import nest as nest
from hornbeam.v1 import nn as nn
from hornbeam.v1 import profiler as profiler
from hornbeam.v1 import python_io as python_io
from hornbeam.v1 import quantization as quantization
from hornbeam.v1 import queue as queue
from hornbeam.v1 import random as random
from hornbeam.v1 import resource_loader as resource_loader
from hornbeam.v1 import saved_model as saved_model
from hornbeam.v1 import sets as sets
from hornbeam.v1 import signal as signal
from hornbeam.v1 import sparse as sparse
from hornbeam.v1 import spectral as spectral
from hornbeam.v1 import strings as strings
from hornbeam.v1 import summary as summary
from hornbeam.v1 import sysconfig as sysconfig
from hornbeam.v1 import test as test
from hornbeam.v1 import train as train
from hornbeam.v1 import types as types
from hornbeam.v1 import version as version
from hornbeam.v1.adapters.array import batch_gather as batch_gather
from hornbeam.v1.adapters.array import batch_to_space as batch_to_space
from hornbeam.v1.adapters.array import boolean_mask as boolean_mask
from hornbeam.v1.adapters.array import concat_v2 as concat_v2
from hornbeam.v1.adapters.array import constant as constant
from hornbeam.v1.adapters.array import convert_to_tensor as convert_to_tensor
from hornbeam.v1.adapters.array import convert_to_tensor_or_indexed_slices as convert_to_tensor_or_indexed_slices
from hornbeam.v1.adapters.array import depth_to_space as depth_to_space
from hornbeam.v1.adapters.array import expand_dims as expand_dims
from hornbeam.v1.adapters.array import extract_image_patches as extract_image_patches
from hornbeam.v1.adapters.array import gather as gather
from hornbeam.v1.adapters.array import gather_nd as gather_nd
from hornbeam.v1.adapters.array import ones_like as ones_like
from hornbeam.v1.adapters.array import pack as pack
from hornbeam.v1.adapters.array import pad as pad
from hornbeam.v1.adapters.array import placeholder as placeholder
from hornbeam.v1.adapters.array import placeholder_with_default as placeholder_with_default
from hornbeam.v1.adapters.array import reverse_sequence as reverse_sequence
from hornbeam.v1.adapters.array import select as select
from hornbeam.v1.adapters.array import shape as shape
from hornbeam.v1.adapters.array import size as size
from hornbeam.v1.adapters.array import space_to_batch as space_to_batch
from hornbeam.v1.adapters.array import space_to_depth as space_to_depth
from hornbeam.v1.adapters.array import squeeze as squeeze
from hornbeam.v1.adapters.array import substr as substr
from hornbeam.v1.adapters.array import transpose as transpose
from hornbeam.v1.adapters.array import unpack as unpack
from hornbeam.v1.adapters.array import where as where
from hornbeam.v1.adapters.array import zeros_like as zeros_like
from hornbeam.v1.adapters.assertions import assert_integer as assert_integer
from hornbeam.v1.adapters.assertions import assert_near as assert_near
from hornbeam.v1.adapters.assertions import assert_rank as assert_rank
from hornbeam.v1.adapters.assertions import assert_rank_at_least as assert_rank_at_least
from hornbeam.v1.adapters.assertions import assert_rank_in as assert_rank_in
from hornbeam.v1.adapters.assertions import assert_scalar as assert_scalar
from hornbeam.v1.adapters.assertions import assert_type as assert_type
from hornbeam.v1.adapters.assertions import verify_tensor_all_finite as verify_tensor_all_finite
from hornbeam.v1.adapters.control_flow import cond as cond
from hornbeam.v1.adapters.control_flow import gradients as gradients
from hornbeam.v1.adapters.control_flow import hessians as hessians
from hornbeam.v1.adapters.control_flow import while_loop as while_loop
from hornbeam.v1.adapters.counting import bincount as bincount
from hornbeam.v1.adapters.counting import confusion_matrix as confusion_matrix
from hornbeam.v1.adapters.counting import count_nonzero as count_nonzero
from hornbeam.v1.adapters.linalg import norm as norm
from hornbeam.v1.adapters.math import arg_max as arg_max
from hornbeam.v1.adapters.math import arg_min as arg_min
from hornbeam.v1.adapters.math import argmax as argmax
from hornbeam.v1.adapters.math import argmin as argmin
from hornbeam.v1.adapters.math import div as div
from hornbeam.v1.adapters.shapes import enable_tensor_equality as enable_tensor_equality
from hornbeam.v1.adapters.shapes import enable_v2_tensorshape as enable_v2_tensorshape
from hornbeam.v1.adapters.sparse import sparse_concat as sparse_concat
from hornbeam.v1.adapters.sparse import sparse_split as sparse_split
from hornbeam.v1.adapters.strings import decode_raw as decode_raw
from hornbeam.v1.adapters.strings import reduce_join as reduce_join
from hornbeam.v1.adapters.strings import string_split as string_split
from hornbeam.v1.adapters.strings import to_hash_bucket as _string_to_hash_bucket
from hornbeam.v1.adapters.strings import to_number as _string_to_number
from hornbeam.v1.adapters.summary import audio_summary as audio_summary
from hornbeam.v1.adapters.summary import histogram_summary as histogram_summary
from hornbeam.v1.adapters.summary import image_summary as image_summary
from hornbeam.v1.adapters.summary import merge_all_summaries as merge_all_summaries
from hornbeam.v1.adapters.summary import merge_summary as merge_summary
from hornbeam.v1.adapters.summary import scalar_summary as scalar_summary
from hornbeam.v1.adapters.variables import assert_variables_initialized as assert_variables_initialized
from hornbeam.v1.adapters.variables import assign as assign
from hornbeam.v1.adapters.variables import assign_add as assign_add
from hornbeam.v1.adapters.variables import assign_sub as assign_sub
from hornbeam.v1.adapters.variables import count_up_to as count_up_to
from hornbeam.v1.adapters.variables import is_variable_initialized as is_variable_initialized
from hornbeam.v1.adapters.variables import report_uninitialized_variables as report_uninitialized_variables
from typing import Any
import builtins

AUTO_REUSE: __ReuseMode
COMPILER_VERSION: str
CXX11_ABI_FLAG: int
CXX_VERSION: int
DeviceSpec = _DeviceSpec
GIT_VERSION: str
GRAPH_DEF_VERSION: int
GRAPH_DEF_VERSION_MIN_CONSUMER: int
GRAPH_DEF_VERSION_MIN_PRODUCER: int
Graph = _Graph
NoGradient = _NoGradient
NotDifferentiable = _NotDifferentiable
Print = _Print
TensorArray = _TensorArray
TensorShape = _TensorShape
VERSION: str
Variable = _Variable
__compiler_version__: str
__git_version__: str
__version__: str
def assert_equal(x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None) -> Any:
    r"""The check that x == y, elementwise."""
def assert_greater(x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None) -> Any:
    r"""The check that x > y, elementwise."""
def assert_greater_equal(x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None) -> Any:
    r"""The check that x >= y, elementwise."""
def assert_less(x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None) -> Any:
    r"""The check that x < y, elementwise."""
def assert_less_equal(x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None) -> Any:
    r"""The check that x <= y, elementwise."""
def assert_negative(x: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None) -> Any:
    r"""The check that x < 0, elementwise."""
def assert_non_negative(x: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None) -> Any:
    r"""The check that x >= 0, elementwise."""
def assert_non_positive(x: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None) -> Any:
    r"""The check that x <= 0, elementwise."""
def assert_none_equal(x: Any, y: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None) -> Any:
    r"""The check that x != y, elementwise."""
def assert_positive(x: Any, data: Any = None, summarize: int | None = None, message: str | None = None, name: str | None = None) -> Any:
    r"""The check that x > 0, elementwise."""
batch_cholesky = _batch_cholesky
batch_fft = _batch_fft
batch_ifft = _batch_ifft
batch_matmul = _batch_matmul
batch_matrix_band_part = _batch_matrix_band_part
batch_matrix_determinant = _batch_matrix_determinant
batch_matrix_diag = _batch_matrix_diag
batch_matrix_diag_part = _batch_matrix_diag_part
batch_matrix_inverse = _batch_matrix_inverse
batch_matrix_solve = _batch_matrix_solve
def batch_to_space_nd(input: Any, block_shape: Any, crops: Any, name: str | None = None) -> Any:
    r"""The inverse of `space_to_batch_nd`: batch entries put back into blocks, then cropped."""
bfloat16_ref: _DType
bool_ref: _DType
complex128_ref: _DType
complex64_ref: _DType
complex_abs = _complex_abs
constant_initializer = _constant_initializer
decode_csv = _decode_csv
device = _device
diag = _diag
diag_part = _diag_part
div_no_nan = _div_no_nan
executing_eagerly = _executing_eagerly
def fftnd(input: Any, fft_length: Any, axes: Any, name: str | None = None) -> Any:
    r"""The discrete Fourier transform over the given axes, cut or padded to the given lengths."""
float16_ref: _DType
float32_ref: _DType
float64 = _float64
float64_ref: _DType
float8_e4m3fn_ref: _DType
float8_e5m2_ref: _DType
def floor_div(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x / y rounded down to an integer; shapes broadcast. Raises InvalidArgumentError for an integer over zero."""
glorot_normal_initializer = _glorot_normal_initializer
glorot_uniform_initializer = _glorot_uniform_initializer
half = _half
def ifftnd(input: Any, fft_length: Any, axes: Any, name: str | None = None) -> Any:
    r"""The inverse discrete Fourier transform over the given axes, cut or padded to the given lengths."""
int16_ref: _DType
int32_ref: _DType
int4_ref: _DType
int64_ref: _DType
int8_ref: _DType
inv = _inv
def irfftnd(input: Any, fft_length: Any, axes: Any, Treal: Any = ..., name: str | None = None) -> Any:
    r"""The real signals whose transform's half is given."""
lin_space = _lin_space
list_diff = _list_diff
listdiff = list_diff
matrix_band_part = _matrix_band_part
matrix_determinant = _matrix_determinant
matrix_diag = _matrix_diag
matrix_diag_part = _matrix_diag_part
matrix_inverse = _matrix_inverse
matrix_set_diag = _matrix_set_diag
matrix_solve = _matrix_solve
matrix_solve_ls = _matrix_solve_ls
matrix_triangular_solve = _matrix_triangular_solve
mod = _mod
mul = _mul
name_scope = _name_scope
neg = _neg
ones_initializer = _ones_initializer
orthogonal_initializer = _orthogonal_initializer
parse_example = _parse_example
parse_single_example = _parse_single_example
qint16_ref: _DType
qint32_ref: _DType
qint8_ref: _DType
quint16_ref: _DType
quint8_ref: _DType
random_gamma = _random_gamma
random_normal = _random_normal
random_normal_initializer = _random_normal_initializer
random_poisson = _random_poisson
random_shuffle = _random_shuffle
random_uniform = _random_uniform
random_uniform_initializer = _random_uniform_initializer
def reduce_all(input_tensor: Any, axis: Any = None, keepdims: builtins.bool = False, name: str | None = None, reduction_indices: Any = None, keep_dims: Any = None) -> Any:
    r"""Whether all elements over dimensions are true."""
def reduce_any(input_tensor: Any, axis: Any = None, keepdims: builtins.bool = False, name: str | None = None, reduction_indices: Any = None, keep_dims: Any = None) -> Any:
    r"""Whether some element over dimensions is true."""
def reduce_logsumexp(input_tensor: Any, axis: Any = None, keepdims: builtins.bool = False, name: str | None = None, reduction_indices: Any = None, keep_dims: Any = None) -> Any:
    r"""log(sum(exp(x))) over dimensions, without overflow."""
def reduce_max(input_tensor: Any, axis: Any = None, keepdims: builtins.bool = False, name: str | None = None, reduction_indices: Any = None, keep_dims: Any = None) -> Any:
    r"""The largest element over dimensions. Equal largest elements share the gradient."""
def reduce_mean(input_tensor: Any, axis: Any = None, keepdims: builtins.bool = False, name: str | None = None, reduction_indices: Any = None, keep_dims: Any = None) -> Any:
    r"""The mean over dimensions, in the dtype of the input: of integers rounded towards zero."""
def reduce_min(input_tensor: Any, axis: Any = None, keepdims: builtins.bool = False, name: str | None = None, reduction_indices: Any = None, keep_dims: Any = None) -> Any:
    r"""The smallest element over dimensions. Equal smallest elements share the gradient."""
def reduce_prod(input_tensor: Any, axis: Any = None, keepdims: builtins.bool = False, name: str | None = None, reduction_indices: Any = None, keep_dims: Any = None) -> Any:
    r"""The product over dimensions, in the dtype of the input."""
def reduce_sum(input_tensor: Any, axis: Any = None, keepdims: builtins.bool = False, name: str | None = None, reduction_indices: Any = None, keep_dims: Any = None) -> Any:
    r"""The sum over dimensions, in the dtype of the input."""
resource_ref: _DType
reverse_v2 = _reverse_v2
def rfftnd(input: Any, fft_length: Any, axes: Any, Tcomplex: Any = ..., name: str | None = None) -> Any:
    r"""The Fourier transform of real signals over the given axes: of the last, the half that is no mirror."""
def scatter_add(ref: Any, indices: Any, updates: Any, use_locking: builtins.bool = False, name: str | None = None) -> Any:
    r"""Values are added to rows."""
def scatter_div(ref: Any, indices: Any, updates: Any, use_locking: builtins.bool = False, name: str | None = None) -> Any:
    r"""Rows are divided by values."""
def scatter_max(ref: Any, indices: Any, updates: Any, use_locking: builtins.bool = False, name: str | None = None) -> Any:
    r"""Rows take the larger of what they hold and values."""
def scatter_min(ref: Any, indices: Any, updates: Any, use_locking: builtins.bool = False, name: str | None = None) -> Any:
    r"""Rows take the smaller of what they hold and values."""
def scatter_mul(ref: Any, indices: Any, updates: Any, use_locking: builtins.bool = False, name: str | None = None) -> Any:
    r"""Rows are multiplied by values."""
def scatter_nd_add(ref: Any, indices: Any, updates: Any, use_locking: builtins.bool = False, name: str | None = None) -> Any:
    r"""Values are added to slices."""
def scatter_nd_sub(ref: Any, indices: Any, updates: Any, use_locking: builtins.bool = False, name: str | None = None) -> Any:
    r"""Values are subtracted from slices."""
def scatter_nd_update(ref: Any, indices: Any, updates: Any, use_locking: builtins.bool = True, name: str | None = None) -> Any:
    r"""Slices take new values."""
def scatter_sub(ref: Any, indices: Any, updates: Any, use_locking: builtins.bool = False, name: str | None = None) -> Any:
    r"""Values are subtracted from rows."""
def scatter_update(ref: Any, indices: Any, updates: Any, use_locking: builtins.bool = True, name: str | None = None) -> Any:
    r"""Rows take new values."""
self_adjoint_eig = _self_adjoint_eig
self_adjoint_eigvals = _self_adjoint_eigvals
setdiff1d = list_diff
sparse_add = _sparse_add
sparse_fill_empty_rows = _sparse_fill_empty_rows
sparse_mask = _sparse_mask
sparse_maximum = _sparse_maximum
sparse_minimum = _sparse_minimum
def sparse_reduce_max(sp_input: Any, axis: Any = None, keepdims: Any = None, reduction_axes: Any = None, keep_dims: Any = None) -> Any:
    r"""The largest of the elements over dimensions, as a dense tensor."""
def sparse_reduce_max_sparse(sp_input: Any, axis: Any = None, keepdims: Any = None, reduction_axes: Any = None, keep_dims: Any = None) -> Any:
    r"""The largest of the elements over dimensions, as a sparse tensor."""
def sparse_reduce_sum(sp_input: Any, axis: Any = None, keepdims: Any = None, reduction_axes: Any = None, keep_dims: Any = None) -> Any:
    r"""The sums of the elements over dimensions, as a dense tensor."""
def sparse_reduce_sum_sparse(sp_input: Any, axis: Any = None, keepdims: Any = None, reduction_axes: Any = None, keep_dims: Any = None) -> Any:
    r"""The sums of the elements over dimensions, as a sparse tensor."""
sparse_reorder = _sparse_reorder
sparse_reset_shape = _sparse_reset_shape
sparse_reshape = _sparse_reshape
sparse_retain = _sparse_retain
def sparse_segment_mean(data: Any, indices: Any, segment_ids: Any, name: str | None = None, num_segments: Any = None, sparse_gradient: builtins.bool = False) -> Any:
    r"""The means of the rows of `data` that `indices` names, by segment."""
def sparse_segment_sqrt_n(data: Any, indices: Any, segment_ids: Any, name: str | None = None, num_segments: Any = None, sparse_gradient: builtins.bool = False) -> Any:
    r"""The sums, divided by the square root of how many there are, of the rows of `data` that `indices` names, by segment."""
def sparse_segment_sum(data: Any, indices: Any, segment_ids: Any, name: str | None = None, num_segments: Any = None, sparse_gradient: builtins.bool = False) -> Any:
    r"""The sums of the rows of `data` that `indices` names, by segment."""
sparse_slice = _sparse_slice
sparse_softmax = _sparse_softmax
sparse_tensor_dense_matmul = _sparse_tensor_dense_matmul
sparse_tensor_to_dense = _sparse_tensor_to_dense
sparse_to_indicator = _sparse_to_indicator
sparse_transpose = _sparse_transpose
string_join = _string_join
string_ref: _DType
string_strip = _string_strip
string_to_hash_bucket = _string_to_hash_bucket
string_to_hash_bucket_fast = _string_to_hash_bucket_fast
string_to_hash_bucket_strong = _string_to_hash_bucket_strong
string_to_number = _string_to_number
sub = _sub
tensor_scatter_add = _tensor_scatter_add
tensor_scatter_sub = _tensor_scatter_sub
tensor_scatter_update = _tensor_scatter_update
def to_bfloat16(x: Any, name: str | None = 'ToBFloat16') -> Any:
    r"""The values of `x` as bfloat16: `cast(x, bfloat16)` by its older name."""
def to_complex128(x: Any, name: str | None = 'ToComplex128') -> Any:
    r"""The values of `x` as complex128: `cast(x, complex128)` by its older name."""
def to_complex64(x: Any, name: str | None = 'ToComplex64') -> Any:
    r"""The values of `x` as complex64: `cast(x, complex64)` by its older name."""
def to_double(x: Any, name: str | None = 'ToDouble') -> Any:
    r"""The values of `x` as float64: `cast(x, float64)` by its older name."""
def to_float(x: Any, name: str | None = 'ToFloat') -> Any:
    r"""The values of `x` as float32: `cast(x, float32)` by its older name."""
def to_int32(x: Any, name: str | None = 'ToInt32') -> Any:
    r"""The values of `x` as int32: `cast(x, int32)` by its older name."""
def to_int64(x: Any, name: str | None = 'ToInt64') -> Any:
    r"""The values of `x` as int64: `cast(x, int64)` by its older name."""
truncated_normal_initializer = _truncated_normal_initializer
tuple = _tuple
uint16_ref: _DType
uint32_ref: _DType
uint4_ref: _DType
uint64_ref: _DType
uint8_ref: _DType
uniform_unit_scaling_initializer = _uniform_unit_scaling_initializer
variance_scaling_initializer = _variance_scaling_initializer
variant_ref: _DType
where_v2 = _where_v2
zeros_initializer = _zeros_initializer
raw_ops: Any
