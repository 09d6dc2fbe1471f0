"""The public names of `hornbeam`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import audio as audio
from hornbeam import autodiff as autodiff
from hornbeam import autograph as autograph
from hornbeam import bitwise as bitwise
from hornbeam import compat as compat
from hornbeam import config as config
from hornbeam import data as data
from hornbeam import debugging as debugging
from hornbeam import distribute as distribute
from hornbeam import dtypes as dtypes
from hornbeam import errors as errors
from hornbeam import experimental as experimental
from hornbeam import feature_column as feature_column
from hornbeam import graph_util as graph_util
from hornbeam import image as image
from hornbeam import io as io
from hornbeam import keras as keras
from hornbeam import linalg as linalg
from hornbeam import lookup as lookup
from hornbeam import math as math
from hornbeam import nest as nest
from hornbeam import nn as nn
from hornbeam import quantization as quantization
from hornbeam import queue as queue
from hornbeam import ragged as ragged
from hornbeam import random as random
from hornbeam import saved_model as saved_model
from hornbeam import sets as sets
from hornbeam import signal as signal
from hornbeam import sparse as sparse
from hornbeam import strings as strings
from hornbeam import summary as summary
from hornbeam import sysconfig as sysconfig
from hornbeam import test as test
from hornbeam import train as train
from hornbeam import types as types
from hornbeam import version as version
from hornbeam.autodiff.custom import RegisterGradient as RegisterGradient
from hornbeam.autodiff.custom import custom_gradient as custom_gradient
from hornbeam.autodiff.custom import grad_pass_through as grad_pass_through
from hornbeam.autodiff.custom import no_gradient as no_gradient
from hornbeam.autodiff.custom import recompute_grad as recompute_grad
from hornbeam.autodiff.gradients import AggregationMethod as AggregationMethod
from hornbeam.autodiff.gradients import UnconnectedGradients as UnconnectedGradients
from hornbeam.autodiff.gradients import gradients as gradients
from hornbeam.autodiff.gradients import hessians as hessians
from hornbeam.autodiff.tape import GradientTape as GradientTape
from hornbeam.data.api.optional import OptionalSpec as OptionalSpec
from hornbeam.data.structure import NoneTensorSpec as NoneTensorSpec
from hornbeam.graph.convert import register_tensor_conversion_function as register_tensor_conversion_function
from hornbeam.graph.dtypes import DType as DType
from hornbeam.graph.dtypes import DType as _DType
from hornbeam.graph.dtypes import as_dtype as as_dtype
from hornbeam.graph.graph import Graph as Graph
from hornbeam.graph.graph_def import make_ndarray as make_ndarray
from hornbeam.graph.graph_def import make_tensor_proto as make_tensor_proto
from hornbeam.graph.indexed_slices import IndexedSlices as IndexedSlices
from hornbeam.graph.indexed_slices import IndexedSlicesSpec as IndexedSlicesSpec
from hornbeam.graph.operation import Operation as Operation
from hornbeam.graph.shapes import TensorShape as TensorShape
from hornbeam.graph.sparse_tensor import SparseTensor as SparseTensor
from hornbeam.graph.sparse_tensor import SparseTensorSpec as SparseTensorSpec
from hornbeam.graph.tensor import Tensor as Tensor
from hornbeam.graph.tensor_spec import TensorSpec as TensorSpec
from hornbeam.graph.tensor_spec import TypeSpec as TypeSpec
from hornbeam.graph.tensor_spec import type_spec_from_value as type_spec_from_value
from hornbeam.ops.arithmetic import abs as abs
from hornbeam.ops.arithmetic import add as add
from hornbeam.ops.arithmetic import add_n as add_n
from hornbeam.ops.arithmetic import pow as pow
from hornbeam.ops.arithmetic import round as round
from hornbeam.ops.arithmetic import scalar_mul as scalar_mul
from hornbeam.ops.blocks import batch_to_space as batch_to_space
from hornbeam.ops.blocks import extract_volume_patches as extract_volume_patches
from hornbeam.ops.blocks import required_space_to_batch_paddings as required_space_to_batch_paddings
from hornbeam.ops.blocks import space_to_batch as space_to_batch
from hornbeam.ops.casts import cast as cast
from hornbeam.ops.casts import complex as complex
from hornbeam.ops.checks import assert_ as _Assert
from hornbeam.ops.clip import clip_by_global_norm as clip_by_global_norm
from hornbeam.ops.clip import clip_by_norm as clip_by_norm
from hornbeam.ops.clip import clip_by_value as clip_by_value
from hornbeam.ops.clip import saturate_cast as saturate_cast
from hornbeam.ops.compare import equal as equal
from hornbeam.ops.compare import not_equal as not_equal
from hornbeam.ops.constants import constant as constant
from hornbeam.ops.constants import fill as fill
from hornbeam.ops.constants import one_hot as one_hot
from hornbeam.ops.constants import ones as ones
from hornbeam.ops.constants import ones_like as ones_like
from hornbeam.ops.constants import range as range
from hornbeam.ops.constants import zeros as zeros
from hornbeam.ops.constants import zeros_like as zeros_like
from hornbeam.ops.control_flow import case as case
from hornbeam.ops.control_flow import cond as cond
from hornbeam.ops.control_flow import switch_case as switch_case
from hornbeam.ops.control_flow import while_loop as while_loop
from hornbeam.ops.conversion import convert_to_tensor as convert_to_tensor
from hornbeam.ops.conversion import get_static_value as get_static_value
from hornbeam.ops.conversion import is_symbolic_tensor as is_symbolic_tensor
from hornbeam.ops.conversion import is_tensor as is_tensor
from hornbeam.ops.counting import histogram_fixed_width as histogram_fixed_width
from hornbeam.ops.counting import histogram_fixed_width_bins as histogram_fixed_width_bins
from hornbeam.ops.counting import linspace as linspace
from hornbeam.ops.cumulative import cumsum as cumsum
from hornbeam.ops.decompositions import eig as eig
from hornbeam.ops.decompositions import eigvals as eigvals
from hornbeam.ops.diagonals import eye as eye
from hornbeam.ops.division import divide as divide
from hornbeam.ops.division import truediv as truediv
from hornbeam.ops.eager_initializers import ConstantInitializer as _constant_initializer
from hornbeam.ops.eager_initializers import OnesInitializer as _ones_initializer
from hornbeam.ops.eager_initializers import RandomNormalInitializer as _random_normal_initializer
from hornbeam.ops.eager_initializers import RandomUniformInitializer as _random_uniform_initializer
from hornbeam.ops.eager_initializers import ZerosInitializer as _zeros_initializer
from hornbeam.ops.edit_distance import edit_distance as edit_distance
from hornbeam.ops.fingerprint import fingerprint as fingerprint
from hornbeam.ops.functional import foldl as foldl
from hornbeam.ops.functional import foldr as foldr
from hornbeam.ops.functional import map_fn as map_fn
from hornbeam.ops.functional import scan as scan
from hornbeam.ops.gathering import gather as gather
from hornbeam.ops.gathering import gather_nd as gather_nd
from hornbeam.ops.gathering import tensor_scatter_nd_update as tensor_scatter_nd_update
from hornbeam.ops.host import numpy_function as numpy_function
from hornbeam.ops.host import print_v2 as _print
from hornbeam.ops.host import py_function as py_function
from hornbeam.ops.identity import ensure_shape as ensure_shape
from hornbeam.ops.identity import identity as identity
from hornbeam.ops.identity import identity_n as identity_n
from hornbeam.ops.joining import concat as concat
from hornbeam.ops.joining import parallel_stack as parallel_stack
from hornbeam.ops.joining import repeat as repeat
from hornbeam.ops.joining import split as split
from hornbeam.ops.joining import stack as stack
from hornbeam.ops.joining import unstack as unstack
from hornbeam.ops.matmul import einsum as einsum
from hornbeam.ops.matmul import matmul as matmul
from hornbeam.ops.matmul import tensordot as tensordot
from hornbeam.ops.moving import pad as pad
from hornbeam.ops.moving import reverse_sequence as reverse_sequence
from hornbeam.ops.moving import roll as roll
from hornbeam.ops.moving import slice as slice
from hornbeam.ops.moving import transpose as transpose
from hornbeam.ops.norms import norm as norm
from hornbeam.ops.permutations import random_index_shuffle as random_index_shuffle
from hornbeam.ops.ragged_tensor import RaggedTensor as RaggedTensor
from hornbeam.ops.ragged_tensor import RaggedTensorSpec as RaggedTensorSpec
from hornbeam.ops.reduce import argmax as argmax
from hornbeam.ops.reduce import argmin as argmin
from hornbeam.ops.reduce import reduce_all as reduce_all
from hornbeam.ops.reduce import reduce_any as reduce_any
from hornbeam.ops.reduce import reduce_logsumexp as reduce_logsumexp
from hornbeam.ops.reduce import reduce_max as reduce_max
from hornbeam.ops.reduce import reduce_mean as reduce_mean
from hornbeam.ops.reduce import reduce_min as reduce_min
from hornbeam.ops.reduce import reduce_prod as reduce_prod
from hornbeam.ops.reduce import reduce_sum as reduce_sum
from hornbeam.ops.selecting import boolean_mask as boolean_mask
from hornbeam.ops.selecting import sequence_mask as sequence_mask
from hornbeam.ops.selecting import where as where
from hornbeam.ops.sets import dynamic_stitch as dynamic_stitch
from hornbeam.ops.sets import unique as unique
from hornbeam.ops.sets import unique_with_counts as unique_with_counts
from hornbeam.ops.shape_assertions import assert_rank as assert_rank
from hornbeam.ops.shaping import bitcast as bitcast
from hornbeam.ops.shaping import broadcast_dynamic_shape as broadcast_dynamic_shape
from hornbeam.ops.shaping import broadcast_static_shape as broadcast_static_shape
from hornbeam.ops.shaping import expand_dims as expand_dims
from hornbeam.ops.shaping import meshgrid as meshgrid
from hornbeam.ops.shaping import rank as rank
from hornbeam.ops.shaping import reshape as reshape
from hornbeam.ops.shaping import shape as shape
from hornbeam.ops.shaping import shape_n as shape_n
from hornbeam.ops.shaping import size as size
from hornbeam.ops.shaping import squeeze as squeeze
from hornbeam.ops.slicing import strided_slice as strided_slice
from hornbeam.ops.sorting import argsort as argsort
from hornbeam.ops.sorting import searchsorted as searchsorted
from hornbeam.ops.sorting import sort as sort
from hornbeam.ops.tensor_array import TensorArray as TensorArray
from hornbeam.ops.tensor_array_spec import TensorArraySpec as TensorArraySpec
from hornbeam.runtime.critical_section import CriticalSection as CriticalSection
from hornbeam.runtime.device_spec import DeviceSpec as DeviceSpec
from hornbeam.runtime.function import function as function
from hornbeam.runtime.graph_functions import control_dependencies as control_dependencies
from hornbeam.runtime.graph_functions import device as device
from hornbeam.runtime.graph_functions import executing_eagerly as executing_eagerly
from hornbeam.runtime.graph_functions import get_current_name_scope as get_current_name_scope
from hornbeam.runtime.graph_functions import group as group
from hornbeam.runtime.graph_functions import init_scope as init_scope
from hornbeam.runtime.graph_functions import inside_function as inside_function
from hornbeam.runtime.graph_functions import name_scope as name_scope
from hornbeam.runtime.graph_functions import no_op as no_op
from hornbeam.runtime.graph_functions import tuple_ as _tuple
from hornbeam.runtime.import_graph_def import import_graph_def as import_graph_def
from hornbeam.runtime.logs import get_logger as get_logger
from hornbeam.runtime.module import Module as Module
from hornbeam.runtime.variable import Variable as Variable
from hornbeam.runtime.variable import VariableAggregation as VariableAggregation
from hornbeam.runtime.variable import VariableSynchronization as VariableSynchronization
from hornbeam.runtime.variable import variable_creator_scope as variable_creator_scope
from hornbeam.runtime.vectorized_map import vectorized_map as vectorized_map
from typing import Any
import builtins

Assert = _Assert
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
def assert_equal(x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None) -> Any:
    r"""The check that x == y, elementwise."""
def assert_greater(x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None) -> Any:
    r"""The check that x > y, elementwise."""
def assert_less(x: Any, y: Any, message: str | None = None, summarize: int | None = None, name: str | None = None) -> Any:
    r"""The check that x < y, elementwise."""
def atan(x: Any, name: str | None = None) -> Any:
    r"""The angle in (-π/2, π/2) whose tangent is x."""
def atan2(y: Any, x: Any, name: str | None = None) -> Any:
    r"""The angle of the point (x, y), between -π and π; shapes broadcast."""
def atanh(x: Any, name: str | None = None) -> Any:
    r"""The inverse of the hyperbolic tangent; NaN outside [-1, 1]."""
bfloat16: _DType
bool: _DType
def broadcast_to(input: Any, shape: Any, name: str | None = None) -> Any:
    r"""`input` repeated to a larger shape, as arithmetic broadcasts it."""
complex128: _DType
complex64: _DType
constant_initializer = _constant_initializer
def cos(x: Any, name: str | None = None) -> Any:
    r"""The cosine of angles in radians."""
def cosh(x: Any, name: str | None = None) -> Any:
    r"""The hyperbolic cosine."""
double: _DType
def dynamic_partition(data: Any, partitions: Any, num_partitions: int, name: str | None = None) -> Any:
    r"""The elements (or slices) of `data` sorted into `num_partitions` tensors by the number that `partitions` gives."""
def exp(x: Any, name: str | None = None) -> Any:
    r"""e to the power x."""
float16: _DType
float32: _DType
float64 = double
float8_e4m3fn: _DType
float8_e5m2: _DType
def floor(x: Any, name: str | None = None) -> Any:
    r"""The largest integer not above x, as a float."""
def greater(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x > y, element by element; shapes broadcast."""
def greater_equal(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x >= y, element by element; shapes broadcast."""
def guarantee_const(input: Any, name: str | None = None) -> Any:
    r"""`input`, with the promise that it never changes."""
half = float16
int16: _DType
int32: _DType
int4: _DType
int64: _DType
int8: _DType
def less(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x < y, element by element; shapes broadcast."""
def less_equal(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x <= y, element by element; shapes broadcast."""
def logical_and(x: Any, y: Any, name: str | None = None) -> Any:
    r"""Both true, element by element; shapes broadcast."""
def logical_not(x: Any, name: str | None = None) -> Any:
    r"""The opposite truth value of each element."""
def logical_or(x: Any, y: Any, name: str | None = None) -> Any:
    r"""One true or both, element by element; shapes broadcast."""
def matrix_square_root(input: Any, name: str | None = None) -> Any:
    r"""The principal square roots of matrices: the result times itself is the input. Higham 1987."""
def maximum(x: Any, y: Any, name: str | None = None) -> Any:
    r"""The larger of x and y, element by element; NaN where one is NaN. Shapes broadcast."""
def minimum(x: Any, y: Any, name: str | None = None) -> Any:
    r"""The smaller of x and y, element by element; NaN where one is NaN. Shapes broadcast."""
def multiply(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x * y, element by element; shapes broadcast."""
def negative(x: Any, name: str | None = None) -> Any:
    r"""-x, element by element."""
newaxis: None
ones_initializer = _ones_initializer
print = _print
qint16: _DType
qint32: _DType
qint8: _DType
quint16: _DType
quint8: _DType
random_normal_initializer = _random_normal_initializer
random_uniform_initializer = _random_uniform_initializer
def realdiv(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x / y of floats or complex numbers, element by element; shapes broadcast."""
resource: _DType
def reverse(tensor: Any, axis: Any, name: str | None = None) -> Any:
    r"""The elements in reverse order along each of the dimensions that `axis` lists."""
def scatter_nd(indices: Any, updates: Any, shape: Any, bad_indices_policy: str = '', name: str | None = None) -> Any:
    r"""Zeros of the given shape, to which the updates are added at their places; repeated places add up."""
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
def stop_gradient(input: Any, name: str | None = None) -> Any:
    r"""`input`, taken as a constant by gradients: nothing flows back through it."""
string: _DType
def subtract(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x - y, element by element; shapes broadcast."""
def tan(x: Any, name: str | None = None) -> Any:
    r"""The tangent of angles in radians."""
def tanh(x: Any, name: str | None = None) -> Any:
    r"""The hyperbolic tangent: between -1 and 1."""
def tensor_scatter_nd_add(tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = '', name: str | None = None) -> Any:
    r"""The tensor with `updates` added at the places `indices`; repeated places add up."""
def tensor_scatter_nd_max(tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = '', name: str | None = None) -> Any:
    r"""The tensor with the larger of its value and `updates` at the places `indices`."""
def tensor_scatter_nd_min(tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = '', name: str | None = None) -> Any:
    r"""The tensor with the smaller of its value and `updates` at the places `indices`."""
def tensor_scatter_nd_sub(tensor: Any, indices: Any, updates: Any, bad_indices_policy: str = '', name: str | None = None) -> Any:
    r"""The tensor with `updates` subtracted at the places `indices`."""
def tile(input: Any, multiples: Any, name: str | None = None) -> Any:
    r"""`input` repeated `multiples[i]` times along each dimension i."""
def timestamp(name: str | None = None) -> Any:
    r"""Seconds since 1970, as a scalar float64, when it runs."""
def truncatediv(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x / y rounded towards zero; shapes broadcast. Raises InvalidArgumentError for an integer over zero."""
def truncatemod(x: Any, y: Any, name: str | None = None) -> Any:
    r"""What is left of x over y, with the sign of x; shapes broadcast."""
tuple = _tuple
uint16: _DType
uint32: _DType
uint4: _DType
uint64: _DType
uint8: _DType
def unravel_index(indices: Any, dims: Any, name: str | None = None) -> Any:
    r"""The coordinates of elements that are counted row by row in a tensor of shape `dims`."""
variant: _DType
zeros_initializer = _zeros_initializer
raw_ops: Any
__version__: str
