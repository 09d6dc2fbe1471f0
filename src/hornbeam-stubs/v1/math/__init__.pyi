"""The public names of `hornbeam.v1.math`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.arithmetic import abs as abs
from hornbeam.ops.arithmetic import accumulate_n as accumulate_n
from hornbeam.ops.arithmetic import add as add
from hornbeam.ops.arithmetic import add_n as add_n
from hornbeam.ops.arithmetic import multiply_no_nan as multiply_no_nan
from hornbeam.ops.arithmetic import pow as pow
from hornbeam.ops.arithmetic import round as round
from hornbeam.ops.arithmetic import scalar_mul as scalar_mul
from hornbeam.ops.casts import angle as angle
from hornbeam.ops.casts import conj as conj
from hornbeam.ops.casts import imag as imag
from hornbeam.ops.casts import real as real
from hornbeam.ops.compare import equal as equal
from hornbeam.ops.compare import is_non_decreasing as is_non_decreasing
from hornbeam.ops.compare import is_strictly_increasing as is_strictly_increasing
from hornbeam.ops.compare import logical_xor as logical_xor
from hornbeam.ops.compare import not_equal as not_equal
from hornbeam.ops.counting import approx_max_k as approx_max_k
from hornbeam.ops.counting import approx_min_k as approx_min_k
from hornbeam.ops.counting import top_k as top_k
from hornbeam.ops.counting import zero_fraction as zero_fraction
from hornbeam.ops.cumulative import cumprod as cumprod
from hornbeam.ops.cumulative import cumsum as cumsum
from hornbeam.ops.cumulative import cumulative_logsumexp as cumulative_logsumexp
from hornbeam.ops.division import divide as divide
from hornbeam.ops.division import divide_no_nan as divide_no_nan
from hornbeam.ops.division import floordiv as floordiv
from hornbeam.ops.division import reciprocal_no_nan as reciprocal_no_nan
from hornbeam.ops.division import truediv as truediv
from hornbeam.ops.elementary import log_sigmoid as log_sigmoid
from hornbeam.ops.elementary import xdivy as xdivy
from hornbeam.ops.elementary import xlog1py as xlog1py
from hornbeam.ops.norms import l2_normalize as l2_normalize
from hornbeam.ops.reduce import reduce_euclidean_norm as reduce_euclidean_norm
from hornbeam.ops.reduce import reduce_std as reduce_std
from hornbeam.ops.reduce import reduce_variance as reduce_variance
from hornbeam.ops.segment import unsorted_segment_mean as unsorted_segment_mean
from hornbeam.ops.segment import unsorted_segment_sqrt_n as unsorted_segment_sqrt_n
from hornbeam.ops.special import bessel_i0 as bessel_i0
from hornbeam.ops.special import bessel_i0e as bessel_i0e
from hornbeam.ops.special import bessel_i1 as bessel_i1
from hornbeam.ops.special import bessel_i1e as bessel_i1e
from hornbeam.ops.special import erfcinv as erfcinv
from hornbeam.ops.special import erfinv as erfinv
from hornbeam.ops.special import lbeta as lbeta
from hornbeam.ops.special import ndtri as ndtri
from hornbeam.ops.special import polyval as polyval
from hornbeam.v1.adapters.counting import bincount as bincount
from hornbeam.v1.adapters.counting import confusion_matrix as confusion_matrix
from hornbeam.v1.adapters.counting import count_nonzero as count_nonzero
from hornbeam.v1.adapters.counting import in_top_k as in_top_k
from hornbeam.v1.adapters.math import argmax as argmax
from hornbeam.v1.adapters.math import argmin as argmin
from hornbeam.v1.math import special as special
from typing import Any

def acos(x: Any, name: str | None = None) -> Any:
    r"""The angle in [0, π] whose cosine is x; NaN outside [-1, 1]."""
def acosh(x: Any, name: str | None = None) -> Any:
    r"""The inverse of the hyperbolic cosine; NaN below 1."""
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
def betainc(a: Any, b: Any, x: Any, name: str | None = None) -> Any:
    r"""The regularised incomplete beta function I_x(a, b); one shape, or scalars."""
def ceil(x: Any, name: str | None = None) -> Any:
    r"""The smallest integer not below x, as a float."""
def cos(x: Any, name: str | None = None) -> Any:
    r"""The cosine of angles in radians."""
def cosh(x: Any, name: str | None = None) -> Any:
    r"""The hyperbolic cosine."""
def digamma(x: Any, name: str | None = None) -> Any:
    r"""The derivative of `lgamma`."""
def erf(x: Any, name: str | None = None) -> Any:
    r"""2/√π · the integral of exp(-t²) from 0 to x."""
def erfc(x: Any, name: str | None = None) -> Any:
    r"""1 - erf(x), exact for large x."""
def exp(x: Any, name: str | None = None) -> Any:
    r"""e to the power x."""
def expm1(x: Any, name: str | None = None) -> Any:
    r"""exp(x) - 1, exact near 0."""
def floor(x: Any, name: str | None = None) -> Any:
    r"""The largest integer not above x, as a float."""
def floormod(x: Any, y: Any, name: str | None = None) -> Any:
    r"""What is left of x over y, with the sign of y; shapes broadcast."""
def greater(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x > y, element by element; shapes broadcast."""
def greater_equal(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x >= y, element by element; shapes broadcast."""
def igamma(a: Any, x: Any, name: str | None = None) -> Any:
    r"""The lower regularised incomplete gamma function P(a, x); shapes broadcast."""
def igammac(a: Any, x: Any, name: str | None = None) -> Any:
    r"""The upper regularised incomplete gamma function Q(a, x) = 1 - P(a, x); shapes broadcast."""
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
def log(x: Any, name: str | None = None) -> Any:
    r"""The natural logarithm: -inf at 0, NaN below."""
def log1p(x: Any, name: str | None = None) -> Any:
    r"""log(1 + x), exact near 0."""
def log_softmax(logits: Any, axis: int | None = None, name: str | None = None, dim: Any = None) -> Any:
    r"""log(softmax(x)) along `axis`, without the loss of digits of taking the logarithm afterwards."""
def logical_and(x: Any, y: Any, name: str | None = None) -> Any:
    r"""Both true, element by element; shapes broadcast."""
def logical_not(x: Any, name: str | None = None) -> Any:
    r"""The opposite truth value of each element."""
def logical_or(x: Any, y: Any, name: str | None = None) -> Any:
    r"""One true or both, element by element; shapes broadcast."""
def maximum(x: Any, y: Any, name: str | None = None) -> Any:
    r"""The larger of x and y, element by element; NaN where one is NaN. Shapes broadcast."""
def minimum(x: Any, y: Any, name: str | None = None) -> Any:
    r"""The smaller of x and y, element by element; NaN where one is NaN. Shapes broadcast."""
def mod(x: Any, y: Any, name: str | None = None) -> Any:
    r"""What is left of x over y, with the sign of y; shapes broadcast."""
def multiply(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x * y, element by element; shapes broadcast."""
def negative(x: Any, name: str | None = None) -> Any:
    r"""-x, element by element."""
def nextafter(x1: Any, x2: Any, name: str | None = None) -> Any:
    r"""The next float after x1 in the direction of x2; shapes broadcast."""
def polygamma(a: Any, x: Any, name: str | None = None) -> Any:
    r"""The derivative of order a of `digamma` at x; shapes broadcast."""
def reciprocal(x: Any, name: str | None = None) -> Any:
    r"""1 / x, element by element."""
def reduce_all(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None, reduction_indices: Any = None, keep_dims: Any = None) -> Any:
    r"""Whether all elements over dimensions are true."""
def reduce_any(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None, reduction_indices: Any = None, keep_dims: Any = None) -> Any:
    r"""Whether some element over dimensions is true."""
def reduce_logsumexp(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None, reduction_indices: Any = None, keep_dims: Any = None) -> Any:
    r"""log(sum(exp(x))) over dimensions, without overflow."""
def reduce_max(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None, reduction_indices: Any = None, keep_dims: Any = None) -> Any:
    r"""The largest element over dimensions. Equal largest elements share the gradient."""
def reduce_mean(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None, reduction_indices: Any = None, keep_dims: Any = None) -> Any:
    r"""The mean over dimensions, in the dtype of the input: of integers rounded towards zero."""
def reduce_min(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None, reduction_indices: Any = None, keep_dims: Any = None) -> Any:
    r"""The smallest element over dimensions. Equal smallest elements share the gradient."""
def reduce_prod(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None, reduction_indices: Any = None, keep_dims: Any = None) -> Any:
    r"""The product over dimensions, in the dtype of the input."""
def reduce_sum(input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None, reduction_indices: Any = None, keep_dims: Any = None) -> Any:
    r"""The sum over dimensions, in the dtype of the input."""
def rint(x: Any, name: str | None = None) -> Any:
    r"""The nearest integer, as a float; halves go to the even one."""
def rsqrt(x: Any, name: str | None = None) -> Any:
    r"""1 / √x."""
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
def sigmoid(x: Any, name: str | None = None) -> Any:
    r"""1 / (1 + exp(-x)): between 0 and 1."""
def sign(x: Any, name: str | None = None) -> Any:
    r"""-1, 0 or 1 as x is below, at or above 0; x / |x| of complex numbers, 0 at 0."""
def sin(x: Any, name: str | None = None) -> Any:
    r"""The sine of angles in radians."""
def sinh(x: Any, name: str | None = None) -> Any:
    r"""The hyperbolic sine."""
def softmax(logits: Any, axis: int | None = None, name: str | None = None, dim: Any = None) -> Any:
    r"""exp(x) over its sum along `axis`: positive numbers that sum to 1."""
def softplus(features: Any, name: str | None = None) -> Any:
    r"""log(1 + exp(x)), without overflow. Dugas et al. 2000."""
def sqrt(x: Any, name: str | None = None) -> Any:
    r"""The square root: NaN below 0. The gradient at 0 is infinite."""
def square(x: Any, name: str | None = None) -> Any:
    r"""x², element by element."""
def squared_difference(x: Any, y: Any, name: str | None = None) -> Any:
    r"""conj(x - y) * (x - y), element by element; shapes broadcast."""
def subtract(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x - y, element by element; shapes broadcast."""
def tan(x: Any, name: str | None = None) -> Any:
    r"""The tangent of angles in radians."""
def tanh(x: Any, name: str | None = None) -> Any:
    r"""The hyperbolic tangent: between -1 and 1."""
def unsorted_segment_max(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Any:
    r"""The largest of the rows with each id; the lowest number for an id without rows. See `unsorted_segment_sum`."""
def unsorted_segment_min(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Any:
    r"""The smallest of the rows with each id; the highest number for an id without rows. See `unsorted_segment_sum`."""
def unsorted_segment_prod(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Any:
    r"""The product of the rows with each id; 1 for an id without rows. See `unsorted_segment_sum`."""
def unsorted_segment_sum(data: Any, segment_ids: Any, num_segments: Any, name: str | None = None) -> Any:
    r"""The sum of the rows with each id 0 … num_segments - 1; 0 for an id without rows."""
def xlogy(x: Any, y: Any, name: str | None = None) -> Any:
    r"""x · log(y), and 0 where x is 0, whatever y; shapes broadcast."""
def zeta(x: Any, q: Any, name: str | None = None) -> Any:
    r"""Hurwitz's zeta function: the sum of (q + n) to the power -x over n = 0, 1, …; shapes broadcast."""
