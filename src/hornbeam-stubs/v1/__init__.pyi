"""The public names of `hornbeam.v1`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.autodiff.custom import RegisterGradient as RegisterGradient
from hornbeam.autodiff.custom import custom_gradient as custom_gradient
from hornbeam.autodiff.custom import grad_pass_through as grad_pass_through
from hornbeam.autodiff.custom import no_gradient as _NoGradient
from hornbeam.autodiff.custom import no_gradient as _NotDifferentiable
from hornbeam.autodiff.custom import no_gradient as no_gradient
from hornbeam.autodiff.custom import recompute_grad as recompute_grad
from hornbeam.autodiff.gradients import AggregationMethod as AggregationMethod
from hornbeam.autodiff.gradients import UnconnectedGradients as UnconnectedGradients
from hornbeam.graph.convert import register_tensor_conversion_function as register_tensor_conversion_function
from hornbeam.graph.dimension import Dimension as Dimension
from hornbeam.graph.dtypes import DType as DType
from hornbeam.graph.dtypes import DType as _DType
from hornbeam.graph.dtypes import as_dtype as as_dtype
from hornbeam.graph.errors import OpError as OpError
from hornbeam.graph.graph import GraphV1 as _Graph
from hornbeam.graph.graph_def import import_graph_def as import_graph_def
from hornbeam.graph.graph_def import make_ndarray as make_ndarray
from hornbeam.graph.graph_def import make_tensor_proto as make_tensor_proto
from hornbeam.graph.indexed_slices import IndexedSlices as IndexedSlices
from hornbeam.graph.operation import Operation as Operation
from hornbeam.graph.shapes import TensorShapeV1 as _TensorShape
from hornbeam.graph.tensor import Tensor as Tensor
from hornbeam.ops.arithmetic import abs as _complex_abs
from hornbeam.ops.arithmetic import abs as abs
from hornbeam.ops.arithmetic import accumulate_n as accumulate_n
from hornbeam.ops.arithmetic import add as add
from hornbeam.ops.arithmetic import add_n as add_n
from hornbeam.ops.arithmetic import pow as pow
from hornbeam.ops.arithmetic import round as round
from hornbeam.ops.arithmetic import scalar_mul as scalar_mul
from hornbeam.ops.blocks import extract_volume_patches as extract_volume_patches
from hornbeam.ops.blocks import required_space_to_batch_paddings as required_space_to_batch_paddings
from hornbeam.ops.casts import angle as angle
from hornbeam.ops.casts import cast as cast
from hornbeam.ops.casts import complex as complex
from hornbeam.ops.casts import conj as conj
from hornbeam.ops.casts import imag as imag
from hornbeam.ops.casts import real as real
from hornbeam.ops.checks import add_check_numerics_ops as add_check_numerics_ops
from hornbeam.ops.checks import assert_ as _Assert
from hornbeam.ops.clip import clip_by_average_norm as clip_by_average_norm
from hornbeam.ops.clip import clip_by_global_norm as clip_by_global_norm
from hornbeam.ops.clip import clip_by_norm as clip_by_norm
from hornbeam.ops.clip import clip_by_value as clip_by_value
from hornbeam.ops.clip import global_norm as global_norm
from hornbeam.ops.clip import saturate_cast as saturate_cast
from hornbeam.ops.compare import equal as equal
from hornbeam.ops.compare import is_non_decreasing as is_non_decreasing
from hornbeam.ops.compare import is_strictly_increasing as is_strictly_increasing
from hornbeam.ops.compare import logical_xor as logical_xor
from hornbeam.ops.compare import not_equal as not_equal
from hornbeam.ops.constants import fill as fill
from hornbeam.ops.constants import one_hot as one_hot
from hornbeam.ops.constants import ones as ones
from hornbeam.ops.constants import range as range
from hornbeam.ops.constants import zeros as zeros
from hornbeam.ops.control_flow import case as case
from hornbeam.ops.control_flow import switch_case as switch_case
from hornbeam.ops.conversion import get_static_value as get_static_value
from hornbeam.ops.conversion import is_symbolic_tensor as is_symbolic_tensor
from hornbeam.ops.conversion import is_tensor as is_tensor
from hornbeam.ops.counting import histogram_fixed_width as histogram_fixed_width
from hornbeam.ops.counting import histogram_fixed_width_bins as histogram_fixed_width_bins
from hornbeam.ops.counting import linspace as _lin_space
from hornbeam.ops.counting import linspace as linspace
from hornbeam.ops.cumulative import cumprod as cumprod
from hornbeam.ops.cumulative import cumsum as cumsum
from hornbeam.ops.decompositions import eigh as _self_adjoint_eig
from hornbeam.ops.decompositions import eigvalsh as _self_adjoint_eigvals
from hornbeam.ops.decompositions import lstsq as _matrix_solve_ls
from hornbeam.ops.decompositions import svd as svd
from hornbeam.ops.decompositions import triangular_solve as _matrix_triangular_solve
from hornbeam.ops.diagonals import diag as _batch_matrix_diag
from hornbeam.ops.diagonals import diag as _matrix_diag
from hornbeam.ops.diagonals import diag_part as _batch_matrix_diag_part
from hornbeam.ops.diagonals import diag_part as _matrix_diag_part
from hornbeam.ops.diagonals import eye as eye
from hornbeam.ops.diagonals import set_diag as _matrix_set_diag
from hornbeam.ops.diagonals import trace as trace
from hornbeam.ops.division import divide as divide
from hornbeam.ops.division import divide_no_nan as _div_no_nan
from hornbeam.ops.division import floordiv as floordiv
from hornbeam.ops.division import truediv as truediv
from hornbeam.ops.elementary import log_sigmoid as log_sigmoid
from hornbeam.ops.functional import foldl as foldl
from hornbeam.ops.functional import foldr as foldr
from hornbeam.ops.functional import map_fn as map_fn
from hornbeam.ops.functional import scan as scan
from hornbeam.ops.gathering import tensor_scatter_nd_update as _tensor_scatter_update
from hornbeam.ops.gathering import tensor_scatter_nd_update as tensor_scatter_nd_update
from hornbeam.ops.host import numpy_function as numpy_function
from hornbeam.ops.host import print_v1 as _Print
from hornbeam.ops.host import print_v2 as _print
from hornbeam.ops.host import py_func as py_func
from hornbeam.ops.host import py_function as py_function
from hornbeam.ops.identity import ensure_shape as ensure_shape
from hornbeam.ops.identity import identity as identity
from hornbeam.ops.identity import identity_n as identity_n
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
from hornbeam.ops.joining import concat as concat
from hornbeam.ops.joining import parallel_stack as parallel_stack
from hornbeam.ops.joining import repeat as repeat
from hornbeam.ops.joining import split as split
from hornbeam.ops.joining import stack as stack
from hornbeam.ops.joining import unstack as unstack
from hornbeam.ops.linalg import cholesky_solve as cholesky_solve
from hornbeam.ops.linalg import matrix_transpose as matrix_transpose
from hornbeam.ops.matmul import batch_matmul_function as _batch_matmul
from hornbeam.ops.matmul import einsum as einsum
from hornbeam.ops.matmul import matmul as matmul
from hornbeam.ops.matmul import sparse_matmul as sparse_matmul
from hornbeam.ops.matmul import tensordot as tensordot
from hornbeam.ops.moving import roll as roll
from hornbeam.ops.moving import slice as slice
from hornbeam.ops.random import get_seed as get_seed
from hornbeam.ops.random import multinomial as multinomial
from hornbeam.ops.random import random_crop as random_crop
from hornbeam.ops.random import random_gamma as random_gamma
from hornbeam.ops.random import random_normal as random_normal
from hornbeam.ops.random import random_poisson_v1 as _random_poisson
from hornbeam.ops.random import random_shuffle as random_shuffle
from hornbeam.ops.random import random_uniform as random_uniform
from hornbeam.ops.random import set_random_seed as set_random_seed
from hornbeam.ops.random import truncated_normal as truncated_normal
from hornbeam.ops.scatter import batch_scatter_update as batch_scatter_update
from hornbeam.ops.segment import unsorted_segment_mean as unsorted_segment_mean
from hornbeam.ops.segment import unsorted_segment_sqrt_n as unsorted_segment_sqrt_n
from hornbeam.ops.selecting import sequence_mask as sequence_mask
from hornbeam.ops.selecting import where as _where_v2
from hornbeam.ops.sets import dynamic_stitch as dynamic_stitch
from hornbeam.ops.sets import setdiff1d as _list_diff
from hornbeam.ops.sets import setdiff1d as _listdiff
from hornbeam.ops.sets import setdiff1d as setdiff1d
from hornbeam.ops.sets import unique as unique
from hornbeam.ops.sets import unique_with_counts as unique_with_counts
from hornbeam.ops.shaping import bitcast as bitcast
from hornbeam.ops.shaping import broadcast_dynamic_shape as broadcast_dynamic_shape
from hornbeam.ops.shaping import broadcast_static_shape as broadcast_static_shape
from hornbeam.ops.shaping import meshgrid as meshgrid
from hornbeam.ops.shaping import rank as rank
from hornbeam.ops.shaping import reshape as reshape
from hornbeam.ops.shaping import shape_n as shape_n
from hornbeam.ops.slicing import strided_slice as strided_slice
from hornbeam.ops.sorting import argsort as argsort
from hornbeam.ops.sorting import searchsorted as searchsorted
from hornbeam.ops.sorting import sort as sort
from hornbeam.ops.special import lbeta as lbeta
from hornbeam.ops.strings import join as _string_join
from hornbeam.ops.tensor_array import TensorArray as TensorArray
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
from hornbeam.runtime.config import RunMetadata as RunMetadata
from hornbeam.runtime.config import RunOptions as RunOptions
from hornbeam.runtime.graph_functions import colocate_with as colocate_with
from hornbeam.runtime.graph_functions import container as container
from hornbeam.runtime.graph_functions import control_dependencies as control_dependencies
from hornbeam.runtime.graph_functions import device_v1 as _device
from hornbeam.runtime.graph_functions import executing_eagerly_v1 as _executing_eagerly
from hornbeam.runtime.graph_functions import get_default_graph as get_default_graph
from hornbeam.runtime.graph_functions import group as group
from hornbeam.runtime.graph_functions import init_scope as init_scope
from hornbeam.runtime.graph_functions import name_scope_v1 as _name_scope
from hornbeam.runtime.graph_functions import no_op as no_op
from hornbeam.runtime.graph_functions import op_scope as op_scope
from hornbeam.runtime.graph_functions import reset_default_graph as reset_default_graph
from hornbeam.runtime.graph_functions import tuple_v1 as _tuple
from hornbeam.runtime.logs import get_logger as get_logger
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
from hornbeam.runtime.variable import VariableAggregation as VariableAggregation
from hornbeam.runtime.variable import VariableSynchronization as VariableSynchronization
from hornbeam.runtime.variable import VariableV1 as _Variable
from hornbeam.runtime.variable import variable_creator_scope as variable_creator_scope
from hornbeam.runtime.variable_scope import VariableScope as VariableScope
from hornbeam.runtime.variable_scope import _ReuseMode as __ReuseMode
from hornbeam.runtime.variable_scope import create_partitioned_variables as create_partitioned_variables
from hornbeam.runtime.variable_scope import get_local_variable as get_local_variable
from hornbeam.runtime.variable_scope import get_variable as get_variable
from hornbeam.runtime.variable_scope import get_variable_scope as get_variable_scope
from hornbeam.runtime.variable_scope import no_regularizer as no_regularizer
from hornbeam.runtime.variable_scope import variable_op_scope as variable_op_scope
from hornbeam.runtime.variable_scope import variable_scope as variable_scope
from hornbeam.v1 import app as app
from hornbeam.v1 import bitwise as bitwise
from hornbeam.v1 import compat as compat
from hornbeam.v1 import contrib as contrib
from hornbeam.v1 import debugging as debugging
from hornbeam.v1 import dtypes as dtypes
from hornbeam.v1 import errors as errors
from hornbeam.v1 import flags as flags
from hornbeam.v1 import gfile as gfile
from hornbeam.v1 import graph_util as graph_util
from hornbeam.v1 import image as image
from hornbeam.v1 import initializers as initializers
from hornbeam.v1 import io as io
from hornbeam.v1 import linalg as linalg
from hornbeam.v1 import logging as logging
from hornbeam.v1 import manip as manip
from hornbeam.v1 import math as math
from hornbeam.v1 import nest as nest
from hornbeam.v1 import nn as nn
from hornbeam.v1 import random as random
from hornbeam.v1 import signal as signal
from hornbeam.v1 import spectral as spectral
from hornbeam.v1 import strings as strings
from hornbeam.v1 import test as test
from hornbeam.v1 import train as train
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
Assert = _Assert
class AttrValue(Any): ...
Graph = _Graph
class GraphDef(Any): ...
class MetaGraphDef(Any): ...
class NameAttrList(Any): ...
NoGradient = _NoGradient
class NodeDef(Any): ...
NotDifferentiable = _NotDifferentiable
Print = _Print
TensorShape = _TensorShape
VERSION: str
Variable = _Variable
__version__: str
def acos(x: Any, name: str | None = None) -> Any:
    r"""The angle in [0, π] whose cosine is x; NaN outside [-1, 1]."""
def acosh(x: Any, name: str | None = None) -> Any:
    r"""The inverse of the hyperbolic cosine; NaN below 1."""
def approx_top_k(input: Any, k: int, reduction_dimension: int = -1, recall_target: float = 0.95, is_max_k: builtins.bool = True, reduction_input_size_override: int = -1, aggregate_to_topk: builtins.bool = True, name: str | None = None) -> Any:
    r"""The k largest or smallest elements along a dimension, and where they stand."""
def as_string(input: Any, precision: int = -1, scientific: builtins.bool = False, shortest: builtins.bool = False, width: int = -1, fill: str = '', name: str | None = None) -> Any:
    r"""Numbers and truth values as strings, written as C's printf does."""
def asin(x: Any, name: str | None = None) -> Any:
    r"""The angle in [-π/2, π/2] whose sine is x; NaN outside [-1, 1]."""
def asinh(x: Any, name: str | None = None) -> Any:
    r"""The inverse of the hyperbolic sine."""
def atan(x: Any, name: str | None = None) -> Any:
    r"""The angle in (-π/2, π/2) whose tangent is x."""
def atan2(y: Any, x: Any, name: str | None = None) -> Any:
    r"""The angle of the point (x, y), between -π and π; shapes broadcast."""
def atanh(x: Any, name: str | None = None) -> Any:
    r"""The inverse of the hyperbolic tangent; NaN outside [-1, 1]."""
def batch_cholesky(input: Any, name: str | None = None) -> Any:
    r"""The lower triangle L with positive diagonal for which L · Lᴴ is the input."""
def batch_fft(input: Any, name: str | None = None) -> Any:
    r"""The discrete Fourier transform over the last dimension: Σ x[t] · exp(-2πi · k · t / n)."""
def batch_ifft(input: Any, name: str | None = None) -> Any:
    r"""The inverse discrete Fourier transform over the last dimension."""
batch_matmul = _batch_matmul
def batch_matrix_band_part(input: Any, num_lower: Any, num_upper: Any, name: str | None = None) -> Any:
    r"""The matrices in the last two dimensions with zeros outside a band."""
def batch_matrix_determinant(input: Any, name: str | None = None) -> Any:
    r"""The determinants of square matrices: [..., n, n] gives [...]; of no rows 1."""
batch_matrix_diag = _batch_matrix_diag
batch_matrix_diag_part = _batch_matrix_diag_part
def batch_matrix_inverse(input: Any, adjoint: builtins.bool = False, name: str | None = None) -> Any:
    r"""The inverses of square matrices, or with `adjoint` of their conjugate transposes: [..., n, n]."""
def batch_matrix_solve(matrix: Any, rhs: Any, adjoint: builtins.bool = False, name: str | None = None) -> Any:
    r"""The solutions x of matrix · x = rhs, or of matrixᴴ · x = rhs with `adjoint`."""
def batch_to_space_nd(input: Any, block_shape: Any, crops: Any, name: str | None = None) -> Any:
    r"""The inverse of `space_to_batch_nd`: batch entries put back into blocks, then cropped."""
def betainc(a: Any, b: Any, x: Any, name: str | None = None) -> Any:
    r"""The regularised incomplete beta function I_x(a, b); one shape, or scalars."""
bfloat16: _DType
bfloat16_ref: _DType
bool: _DType
bool_ref: _DType
def broadcast_to(input: Any, shape: Any, name: str | None = None) -> Any:
    r"""`input` repeated to a larger shape, as arithmetic broadcasts it."""
def ceil(x: Any, name: str | None = None) -> Any:
    r"""The smallest integer not below x, as a float."""
def check_numerics(tensor: Any, message: str, name: str | None = None) -> Any:
    r"""`tensor`, once it is known that it holds neither NaN nor infinity; else InvalidArgumentError with `message`."""
def cholesky(input: Any, name: str | None = None) -> Any:
    r"""The lower triangle L with positive diagonal for which L · Lᴴ is the input."""
complex128: _DType
complex128_ref: _DType
complex64: _DType
complex64_ref: _DType
complex_abs = _complex_abs
constant_initializer = _constant_initializer
def cos(x: Any, name: str | None = None) -> Any:
    r"""The cosine of angles in radians."""
def cosh(x: Any, name: str | None = None) -> Any:
    r"""The hyperbolic cosine."""
def cross(a: Any, b: Any, name: str | None = None) -> Any:
    r"""The cross products of vectors of three numbers: [..., 3] and [..., 3], of one shape."""
device = _device
def diag(diagonal: Any, name: str | None = None) -> Any:
    r"""A tensor of twice the rank that holds the elements where both halves of the index agree, and zeros."""
def diag_part(input: Any, name: str | None = None) -> Any:
    r"""The elements where both halves of the index agree."""
def digamma(x: Any, name: str | None = None) -> Any:
    r"""The derivative of `lgamma`."""
div_no_nan = _div_no_nan
double: _DType
def dynamic_partition(data: Any, partitions: Any, num_partitions: int, name: str | None = None) -> Any:
    r"""The elements (or slices) of `data` sorted into `num_partitions` tensors by the number that `partitions` gives."""
def erf(x: Any, name: str | None = None) -> Any:
    r"""2/√π · the integral of exp(-t²) from 0 to x."""
def erfc(x: Any, name: str | None = None) -> Any:
    r"""1 - erf(x), exact for large x."""
executing_eagerly = _executing_eagerly
def exp(x: Any, name: str | None = None) -> Any:
    r"""e to the power x."""
def expm1(x: Any, name: str | None = None) -> Any:
    r"""exp(x) - 1, exact near 0."""
def fft(input: Any, name: str | None = None) -> Any:
    r"""The discrete Fourier transform over the last dimension: Σ x[t] · exp(-2πi · k · t / n)."""
def fft2d(input: Any, name: str | None = None) -> Any:
    r"""The discrete Fourier transform over the last two dimensions."""
def fft3d(input: Any, name: str | None = None) -> Any:
    r"""The discrete Fourier transform over the last three dimensions."""
float16: _DType
float16_ref: _DType
float32: _DType
float32_ref: _DType
float64: _DType
float64_ref: _DType
float8_e4m3fn: _DType
float8_e4m3fn_ref: _DType
float8_e5m2: _DType
float8_e5m2_ref: _DType
def floor(x: Any, name: str | None = None) -> Any:
    r"""The largest integer not above x, as a float."""
def floor_div(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x / y rounded down to an integer; shapes broadcast. Raises InvalidArgumentError for an integer over zero."""
def floormod(x: Any, y: Any, name: str | None = None) -> Any:
    r"""What is left of x over y, with the sign of y; shapes broadcast."""
glorot_normal_initializer = _glorot_normal_initializer
glorot_uniform_initializer = _glorot_uniform_initializer
def greater(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x > y, element by element; shapes broadcast."""
def greater_equal(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x >= y, element by element; shapes broadcast."""
def guarantee_const(input: Any, name: str | None = None) -> Any:
    r"""`input`, with the promise that it never changes."""
half: _DType
def ifft(input: Any, name: str | None = None) -> Any:
    r"""The inverse discrete Fourier transform over the last dimension."""
def ifft2d(input: Any, name: str | None = None) -> Any:
    r"""The inverse discrete Fourier transform over the last two dimensions."""
def ifft3d(input: Any, name: str | None = None) -> Any:
    r"""The inverse discrete Fourier transform over the last three dimensions."""
def igamma(a: Any, x: Any, name: str | None = None) -> Any:
    r"""The lower regularised incomplete gamma function P(a, x); shapes broadcast."""
def igammac(a: Any, x: Any, name: str | None = None) -> Any:
    r"""The upper regularised incomplete gamma function Q(a, x) = 1 - P(a, x); shapes broadcast."""
int16: _DType
int16_ref: _DType
int32: _DType
int32_ref: _DType
int4: _DType
int4_ref: _DType
int64: _DType
int64_ref: _DType
int8: _DType
int8_ref: _DType
def inv(x: Any, name: str | None = None) -> Any:
    r"""1 / x, element by element."""
def invert_permutation(x: Any, name: str | None = None) -> Any:
    r"""The permutation that undoes `x`: y[x[i]] = i."""
def is_finite(x: Any, name: str | None = None) -> Any:
    r"""Whether each element is neither infinite nor NaN."""
def is_inf(x: Any, name: str | None = None) -> Any:
    r"""Whether each element is infinite, of either sign."""
def is_nan(x: Any, name: str | None = None) -> Any:
    r"""Whether each element is NaN."""
def less(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x < y, element by element; shapes broadcast."""
def less_equal(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x <= y, element by element; shapes broadcast."""
def lgamma(x: Any, name: str | None = None) -> Any:
    r"""log |Γ(x)|."""
lin_space = _lin_space
list_diff = _list_diff
listdiff = _listdiff
def log(x: Any, name: str | None = None) -> Any:
    r"""The natural logarithm: -inf at 0, NaN below."""
def log1p(x: Any, name: str | None = None) -> Any:
    r"""log(1 + x), exact near 0."""
def logical_and(x: Any, y: Any, name: str | None = None) -> Any:
    r"""Both true, element by element; shapes broadcast."""
def logical_not(x: Any, name: str | None = None) -> Any:
    r"""The opposite truth value of each element."""
def logical_or(x: Any, y: Any, name: str | None = None) -> Any:
    r"""One true or both, element by element; shapes broadcast."""
def matrix_band_part(input: Any, num_lower: Any, num_upper: Any, name: str | None = None) -> Any:
    r"""The matrices in the last two dimensions with zeros outside a band."""
def matrix_determinant(input: Any, name: str | None = None) -> Any:
    r"""The determinants of square matrices: [..., n, n] gives [...]; of no rows 1."""
matrix_diag = _matrix_diag
matrix_diag_part = _matrix_diag_part
def matrix_inverse(input: Any, adjoint: builtins.bool = False, name: str | None = None) -> Any:
    r"""The inverses of square matrices, or with `adjoint` of their conjugate transposes: [..., n, n]."""
matrix_set_diag = _matrix_set_diag
def matrix_solve(matrix: Any, rhs: Any, adjoint: builtins.bool = False, name: str | None = None) -> Any:
    r"""The solutions x of matrix · x = rhs, or of matrixᴴ · x = rhs with `adjoint`."""
matrix_solve_ls = _matrix_solve_ls
def matrix_square_root(input: Any, name: str | None = None) -> Any:
    r"""The principal square roots of matrices: the result times itself is the input. Higham 1987."""
matrix_triangular_solve = _matrix_triangular_solve
def maximum(x: Any, y: Any, name: str | None = None) -> Any:
    r"""The larger of x and y, element by element; NaN where one is NaN. Shapes broadcast."""
def minimum(x: Any, y: Any, name: str | None = None) -> Any:
    r"""The smaller of x and y, element by element; NaN where one is NaN. Shapes broadcast."""
def mod(x: Any, y: Any, name: str | None = None) -> Any:
    r"""What is left of x over y, with the sign of y; shapes broadcast."""
def mul(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x * y, element by element; shapes broadcast."""
def multiply(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x * y, element by element; shapes broadcast."""
name_scope = _name_scope
def neg(x: Any, name: str | None = None) -> Any:
    r"""-x, element by element."""
def negative(x: Any, name: str | None = None) -> Any:
    r"""-x, element by element."""
newaxis: None
def nextafter(x1: Any, x2: Any, name: str | None = None) -> Any:
    r"""The next float after x1 in the direction of x2; shapes broadcast."""
ones_initializer = _ones_initializer
orthogonal_initializer = _orthogonal_initializer
def polygamma(a: Any, x: Any, name: str | None = None) -> Any:
    r"""The derivative of order a of `digamma` at x; shapes broadcast."""
print = _print
qint16: _DType
qint16_ref: _DType
qint32: _DType
qint32_ref: _DType
qint8: _DType
qint8_ref: _DType
def qr(input: Any, full_matrices: builtins.bool = False, name: str | None = None) -> Any:
    r"""Matrices with orthonormal columns times upper triangles: (q, r) with q · r the input."""
quint16: _DType
quint16_ref: _DType
quint8: _DType
quint8_ref: _DType
random_normal_initializer = _random_normal_initializer
random_poisson = _random_poisson
random_uniform_initializer = _random_uniform_initializer
def realdiv(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x / y of floats or complex numbers, element by element; shapes broadcast."""
def reciprocal(x: Any, name: str | None = None) -> Any:
    r"""1 / x, element by element."""
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
resource: _DType
resource_ref: _DType
def reverse(tensor: Any, axis: Any, name: str | None = None) -> Any:
    r"""The elements in reverse order along each of the dimensions that `axis` lists."""
def reverse_v2(tensor: Any, axis: Any, name: str | None = None) -> Any:
    r"""The elements in reverse order along each of the dimensions that `axis` lists."""
def rint(x: Any, name: str | None = None) -> Any:
    r"""The nearest integer, as a float; halves go to the even one."""
def rsqrt(x: Any, name: str | None = None) -> Any:
    r"""1 / √x."""
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
def scatter_nd(indices: Any, updates: Any, shape: Any, bad_indices_policy: str = '', name: str | None = None) -> Any:
    r"""Zeros of the given shape, to which the updates are added at their places; repeated places add up."""
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
def segment_max(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    r"""The largest of the rows with each id; 0 for an id without rows. See `segment_sum`."""
def segment_mean(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    r"""The mean of the rows with each id; 0 for an id without rows. See `segment_sum`."""
def segment_min(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    r"""The smallest of the rows with each id; 0 for an id without rows. See `segment_sum`."""
def segment_prod(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    r"""The product of the rows with each id; 1 for an id without rows. See `segment_sum`."""
def segment_sum(data: Any, segment_ids: Any, name: str | None = None) -> Any:
    r"""The sum of the rows with each id 0, 1, … up to the last; 0 for an id without rows."""
self_adjoint_eig = _self_adjoint_eig
self_adjoint_eigvals = _self_adjoint_eigvals
def sigmoid(x: Any, name: str | None = None) -> Any:
    r"""1 / (1 + exp(-x)): between 0 and 1."""
def sign(x: Any, name: str | None = None) -> Any:
    r"""-1, 0 or 1 as x is below, at or above 0; x / |x| of complex numbers, 0 at 0."""
def sin(x: Any, name: str | None = None) -> Any:
    r"""The sine of angles in radians."""
def sinh(x: Any, name: str | None = None) -> Any:
    r"""The hyperbolic sine."""
def space_to_batch_nd(input: Any, block_shape: Any, paddings: Any, name: str | None = None) -> Any:
    r"""The elements of each block of the padded spatial dimensions spread over as many batch entries."""
def sqrt(x: Any, name: str | None = None) -> Any:
    r"""The square root: NaN below 0. The gradient at 0 is infinite."""
def square(x: Any, name: str | None = None) -> Any:
    r"""x², element by element."""
def squared_difference(x: Any, y: Any, name: str | None = None) -> Any:
    r"""conj(x - y) * (x - y), element by element; shapes broadcast."""
def stop_gradient(input: Any, name: str | None = None) -> Any:
    r"""`input`, taken as a constant by gradients: nothing flows back through it."""
string: _DType
string_join = _string_join
string_ref: _DType
def string_strip(input: Any, name: str | None = None) -> Any:
    r"""Strings without white space at their ends."""
def sub(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x - y, element by element; shapes broadcast."""
def subtract(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x - y, element by element; shapes broadcast."""
def tan(x: Any, name: str | None = None) -> Any:
    r"""The tangent of angles in radians."""
def tanh(x: Any, name: str | None = None) -> Any:
    r"""The hyperbolic tangent: between -1 and 1."""
def tensor_scatter_add(tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = '', name: str | None = None) -> Any:
    r"""The tensor with `updates` added at the places `indices`; repeated places add up."""
def tensor_scatter_nd_add(tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = '', name: str | None = None) -> Any:
    r"""The tensor with `updates` added at the places `indices`; repeated places add up."""
def tensor_scatter_nd_max(tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = '', name: str | None = None) -> Any:
    r"""The tensor with the larger of its value and `updates` at the places `indices`."""
def tensor_scatter_nd_min(tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = '', name: str | None = None) -> Any:
    r"""The tensor with the smaller of its value and `updates` at the places `indices`."""
def tensor_scatter_nd_sub(tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = '', name: str | None = None) -> Any:
    r"""The tensor with `updates` subtracted at the places `indices`."""
def tensor_scatter_sub(tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = '', name: str | None = None) -> Any:
    r"""The tensor with `updates` subtracted at the places `indices`."""
tensor_scatter_update = _tensor_scatter_update
def tile(input: Any, multiples: Any, name: str | None = None) -> Any:
    r"""`input` repeated `multiples[i]` times along each dimension i."""
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
def truncatediv(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x / y rounded towards zero; shapes broadcast. Raises InvalidArgumentError for an integer over zero."""
def truncatemod(x: Any, y: Any, name: str | None = None) -> Any:
    r"""What is left of x over y, with the sign of x; shapes broadcast."""
tuple = _tuple
uint16: _DType
uint16_ref: _DType
uint32: _DType
uint32_ref: _DType
uint4: _DType
uint4_ref: _DType
uint64: _DType
uint64_ref: _DType
uint8: _DType
uint8_ref: _DType
uniform_unit_scaling_initializer = _uniform_unit_scaling_initializer
def unravel_index(indices: Any, dims: Any, name: str | None = None) -> Any:
    r"""The coordinates of elements that are counted row by row in a tensor of shape `dims`."""
def unsorted_segment_max(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Any:
    r"""The largest of the rows with each id; the lowest number for an id without rows. See `unsorted_segment_sum`."""
def unsorted_segment_min(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Any:
    r"""The smallest of the rows with each id; the highest number for an id without rows. See `unsorted_segment_sum`."""
def unsorted_segment_prod(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Any:
    r"""The product of the rows with each id; 1 for an id without rows. See `unsorted_segment_sum`."""
def unsorted_segment_sum(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Any:
    r"""The sum of the rows with each id 0 … num_segments - 1; 0 for an id without rows."""
variance_scaling_initializer = _variance_scaling_initializer
variant: _DType
variant_ref: _DType
where_v2 = _where_v2
zeros_initializer = _zeros_initializer
def zeta(x: Any, q: Any, name: str | None = None) -> Any:
    r"""Hurwitz's zeta function: the sum of (q + n) to the power -x over n = 0, 1, …; shapes broadcast."""
raw_ops: Any
