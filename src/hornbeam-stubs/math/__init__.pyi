"""The public names of `hornbeam.math`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import abs as abs
from hornbeam import acos as acos
from hornbeam import acosh as acosh
from hornbeam import add as add
from hornbeam import add_n as add_n
from hornbeam import argmax as argmax
from hornbeam import argmin as argmin
from hornbeam import asin as asin
from hornbeam import asinh as asinh
from hornbeam import atan as atan
from hornbeam import atan2 as atan2
from hornbeam import atanh as atanh
from hornbeam import cos as cos
from hornbeam import cosh as cosh
from hornbeam import cumsum as cumsum
from hornbeam import divide as divide
from hornbeam import equal as equal
from hornbeam import exp as exp
from hornbeam import floor as floor
from hornbeam import greater as greater
from hornbeam import greater_equal as greater_equal
from hornbeam import less as less
from hornbeam import less_equal as less_equal
from hornbeam import logical_and as logical_and
from hornbeam import logical_not as logical_not
from hornbeam import logical_or as logical_or
from hornbeam import maximum as maximum
from hornbeam import minimum as minimum
from hornbeam import multiply as multiply
from hornbeam import negative as negative
from hornbeam import not_equal as not_equal
from hornbeam import pow as pow
from hornbeam import reduce_all as reduce_all
from hornbeam import reduce_any as reduce_any
from hornbeam import reduce_logsumexp as reduce_logsumexp
from hornbeam import reduce_max as reduce_max
from hornbeam import reduce_mean as reduce_mean
from hornbeam import reduce_min as reduce_min
from hornbeam import reduce_prod as reduce_prod
from hornbeam import reduce_sum as reduce_sum
from hornbeam import round as round
from hornbeam import scalar_mul as scalar_mul
from hornbeam import sigmoid as sigmoid
from hornbeam import sign as sign
from hornbeam import sin as sin
from hornbeam import sinh as sinh
from hornbeam import sqrt as sqrt
from hornbeam import square as square
from hornbeam import subtract as subtract
from hornbeam import tan as tan
from hornbeam import tanh as tanh
from hornbeam import truediv as truediv
from hornbeam.linalg import l2_normalize as l2_normalize
from hornbeam.math import special as special
from hornbeam.ops.activations import log_softmax as log_softmax
from hornbeam.ops.activations import softmax as softmax
from hornbeam.ops.arithmetic import accumulate_n as accumulate_n
from hornbeam.ops.arithmetic import multiply_no_nan as multiply_no_nan
from hornbeam.ops.casts import angle as angle
from hornbeam.ops.casts import conj as conj
from hornbeam.ops.casts import imag as imag
from hornbeam.ops.casts import real as real
from hornbeam.ops.compare import is_non_decreasing as is_non_decreasing
from hornbeam.ops.compare import is_strictly_increasing as is_strictly_increasing
from hornbeam.ops.compare import logical_xor as logical_xor
from hornbeam.ops.counting import approx_max_k as approx_max_k
from hornbeam.ops.counting import approx_min_k as approx_min_k
from hornbeam.ops.counting import bincount as bincount
from hornbeam.ops.counting import confusion_matrix as confusion_matrix
from hornbeam.ops.counting import count_nonzero as count_nonzero
from hornbeam.ops.counting import in_top_k as in_top_k
from hornbeam.ops.counting import top_k as top_k
from hornbeam.ops.counting import zero_fraction as zero_fraction
from hornbeam.ops.cumulative import cumprod as cumprod
from hornbeam.ops.cumulative import cumulative_logsumexp as cumulative_logsumexp
from hornbeam.ops.division import divide_no_nan as divide_no_nan
from hornbeam.ops.division import floordiv as floordiv
from hornbeam.ops.division import reciprocal_no_nan as reciprocal_no_nan
from hornbeam.ops.elementary import log_sigmoid as log_sigmoid
from hornbeam.ops.elementary import xdivy as xdivy
from hornbeam.ops.elementary import xlog1py as xlog1py
from hornbeam.ops.isotonic import sobol_sample as sobol_sample
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
from typing import Any

def betainc(a: Any, b: Any, x: Any, name: str | None = None) -> Any:
    r"""The regularised incomplete beta function I_x(a, b); one shape, or scalars."""
def ceil(x: Any, name: str | None = None) -> Any:
    r"""The smallest integer not below x, as a float."""
def digamma(x: Any, name: str | None = None) -> Any:
    r"""The derivative of `lgamma`."""
def erf(x: Any, name: str | None = None) -> Any:
    r"""2/√π · the integral of exp(-t²) from 0 to x."""
def erfc(x: Any, name: str | None = None) -> Any:
    r"""1 - erf(x), exact for large x."""
def expm1(x: Any, name: str | None = None) -> Any:
    r"""exp(x) - 1, exact near 0."""
def floormod(x: Any, y: Any, name: str | None = None) -> Any:
    r"""What is left of x over y, with the sign of y; shapes broadcast."""
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
def lgamma(x: Any, name: str | None = None) -> Any:
    r"""log |Γ(x)|."""
def log(x: Any, name: str | None = None) -> Any:
    r"""The natural logarithm: -inf at 0, NaN below."""
def log1p(x: Any, name: str | None = None) -> Any:
    r"""log(1 + x), exact near 0."""
mod = floormod
def nextafter(x1: Any, x2: Any, name: str | None = None) -> Any:
    r"""The next float after x1 in the direction of x2; shapes broadcast."""
def polygamma(a: Any, x: Any, name: str | None = None) -> Any:
    r"""The derivative of order a of `digamma` at x; shapes broadcast."""
def reciprocal(x: Any, name: str | None = None) -> Any:
    r"""1 / x, element by element."""
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
def softplus(features: Any, name: str | None = None) -> Any:
    r"""log(1 + exp(x)), without overflow. Dugas et al. 2000."""
def softsign(features: Any, name: str | None = None) -> Any:
    r"""x / (1 + |x|). Bergstra et al. 2009."""
def squared_difference(x: Any, y: Any, name: str | None = None) -> Any:
    r"""conj(x - y) * (x - y), element by element; shapes broadcast."""
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
