"""Segments, ranks, Fourier transforms and special functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.keras.ops.declare import math_op
from hornbeam.keras.ops.linalg.factorizations import slogdet
from hornbeam.keras.ops.numpy.reductions import max_
from hornbeam.keras.ops.numpy.selecting import take_along_axis
from hornbeam.keras.ops.numpy.shaping import broadcast_to, pad
from hornbeam.keras.ops.tensors import (
    axes_of,
    cast,
    dims,
    dtype_of,
    inexact,
    is_complex,
    is_float,
    promote_inexact,
    rank,
    shape_vector,
    sizes,
    tensor,
)
from hornbeam.ops import arithmetic, casts, compare, counting, elementary, reduce, segment, special, spectral
from hornbeam.ops.division import real_div
from hornbeam.ops.joining import pack
from hornbeam.ops.selecting import select_v2_op
from hornbeam.ops.shaping import expand_dims_op, reshape
from hornbeam.ops.signal import frame, overlap_and_add

# Segments -----------------------------------------------------------------------------------------------


def _by_segment(op: Callable[..., Any], data: Any, segment_ids: Any, num_segments: Any) -> Any:
    data, ids = tensor(data), tensor(segment_ids)
    if rank(ids) != 1:
        raise ValueError(f"Argument `segment_ids` should be an 1-D vector, got shape: {dims(ids)}.")
    if rank(data) and None not in (dims(data)[0], dims(ids)[0]) and dims(data)[0] != dims(ids)[0]:
        raise ValueError("Argument `segment_ids` and `data` should have same leading dimension. Got "
                         f"{dims(ids)} v.s. {dims(data)}.")
    ids = ids if dtype_of(ids) in ("int32", "int64") else cast(ids, "int32")
    if num_segments is None:
        count = arithmetic.add_v2(cast(max_(ids), "int32"), np.int32(1))
    else:
        count = tensor(num_segments, "int32")
    return op(data, ids, count)


@math_op
def segment_sum(data: Any, segment_ids: Any, num_segments: Any = None, sorted: bool = False) -> Any:
    """The sums of the rows with the same number in `segment_ids`; 0 for a number that none has.

    num_segments: how many sums; by default one more than the largest number. sorted: whether the numbers ascend.
    """
    return _by_segment(segment.unsorted_segment_sum, data, segment_ids, num_segments)


@math_op
def segment_max(data: Any, segment_ids: Any, num_segments: Any = None, sorted: bool = False) -> Any:
    """The largest elements of the rows with the same number in `segment_ids`. Arguments as of `segment_sum`."""
    return _by_segment(segment.unsorted_segment_max, data, segment_ids, num_segments)


@math_op
def segment_min(data: Any, segment_ids: Any, num_segments: Any = None, sorted: bool = False) -> Any:
    """The smallest elements of the rows with the same number in `segment_ids`. Arguments as of `segment_sum`."""
    return _by_segment(segment.unsorted_segment_min, data, segment_ids, num_segments)


@math_op
def segment_prod(data: Any, segment_ids: Any, num_segments: Any = None, sorted: bool = False) -> Any:
    """The products of the rows with the same number in `segment_ids`. Arguments as of `segment_sum`."""
    return _by_segment(segment.unsorted_segment_prod, data, segment_ids, num_segments)


# Ranks --------------------------------------------------------------------------------------------------


@math_op(config="k sorted")
def top_k(x: Any, k: int, sorted: bool = True) -> Any:
    """The k largest elements along the last dimension, falling, and where they stand: (values, indices)."""
    return counting.top_k(tensor(x), int(k), bool(sorted))


@math_op(config="k")
def in_top_k(targets: Any, predictions: Any, k: int) -> Any:
    """Whether each target's prediction is among the k largest of its row; ties are."""
    at, scores = tensor(targets), inexact(predictions)
    own = take_along_axis(scores, expand_dims_op(at, np.int32(-1)), -1)
    own = select_v2_op(compare.is_nan(own), tensor(-math.inf, dtype_of(scores)), own)
    above = reduce.sum_op(cast(compare.greater(scores, own), "int32"), np.array([-1], np.int32))
    return compare.less(above, tensor(int(k), "int32"))


@math_op
def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """log Σ exp(x) over dimensions, without overflow."""
    x = inexact(x)
    return reduce.reduce_logsumexp(x, list(axes_of(axis, rank(x))), bool(keepdims))


@math_op(type="CDist")
def cdist(x: Any, y: Any) -> Any:
    """The distance of each row of `x` from each row of `y`, in batches. Raises ValueError for unlike rows."""
    a, b = promote_inexact(x, y)
    if rank(a) < 2 or rank(b) < 2:
        raise ValueError("`cdist` inputs must have rank >= 2")
    if dims(a)[-1] != dims(b)[-1] and None not in (dims(a)[-1], dims(b)[-1]):
        raise ValueError("Last dimension of inputs to `cdist` must match")
    apart = arithmetic.subtract(expand_dims_op(a, np.int32(-2)), expand_dims_op(b, np.int32(-3)))
    return elementary.sqrt(reduce.sum_op(arithmetic.square(apart), np.array([-1], np.int32)))


# Special functions --------------------------------------------------------------------------------------


@math_op
def rsqrt(x: Any) -> Any:
    """1 / √x."""
    return elementary.rsqrt(inexact(x))


@math_op
def erf(x: Any) -> Any:
    """The error function."""
    return special.erf(inexact(x))


@math_op
def erfc(x: Any) -> Any:
    """1 less the error function, exact where that is near 1."""
    return special.erfc(inexact(x))


@math_op
def erfinv(x: Any) -> Any:
    """The inverse of the error function."""
    return special.erfinv(inexact(x))


@math_op
def logdet(x: Any) -> Any:
    """The logarithm of the absolute value of the determinant."""
    return slogdet(x)[1]


# Complex numbers as pairs -------------------------------------------------------------------------------


def _joined(x: Any) -> Any:
    """A pair of real and imaginary parts as complex numbers. Raises ValueError for what is none."""
    if not isinstance(x, (tuple, list)) or len(x) != 2:
        raise ValueError("Input `x` should be a tuple of two tensors - real and imaginary."
                         f"Received: x={x}")
    real, imag = (tensor(part) for part in x)
    if rank(real) != rank(imag) or any(a != b for a, b in zip(dims(real), dims(imag), strict=True)
                                       if None not in (a, b)):
        raise ValueError("Input `x` should be a tuple of two tensors - real and imaginary. Both the real and imaginary "
                         f"parts should have the same shape. Received: x[0].shape = {dims(real)}, "
                         f"x[1].shape = {dims(imag)}")
    if not is_float(real) or not is_float(imag):
        raise ValueError(f"At least one tensor in input `x` is not of type float. Received: x={x}.")
    return casts.complex(real, imag)


def _of_rank(x: Any, least: int) -> Any:
    if rank(x) < least:
        raise ValueError(f"Input should have rank >= {least}. Received: input.shape = {dims(x)}")
    return x


def _parted(x: Any) -> tuple[Any, Any]:
    return casts.real(x), casts.imag(x)


@math_op
def view_as_complex(x: Any) -> Any:
    """Pairs in the last dimension, of size 2, as complex numbers. Raises ValueError for another size."""
    x = tensor(x)
    if not rank(x) or dims(x)[-1] != 2:
        raise ValueError(f"Last dimension of input must be size 2 (real and imaginary). Received shape: {dims(x)}")
    return casts.complex(x[..., 0], x[..., 1])


@math_op
def view_as_real(x: Any) -> Any:
    """Complex numbers as pairs in a new last dimension of size 2."""
    x = tensor(x)
    parts = _parted(x) if is_complex(x) else (x, arithmetic.multiply(x, 0))
    return pack(list(parts), axis=rank(x))


# Fourier transforms -------------------------------------------------------------------------------------


@math_op(type="FFT")
def fft(x: Any) -> Any:
    """The Fourier transform of a pair (real, imaginary) along the last dimension, as a pair."""
    return _parted(spectral.fft(_of_rank(_joined(x), 1)))


@math_op(type="FFT2")
def fft2(x: Any) -> Any:
    """The Fourier transform of a pair (real, imaginary) along the last two dimensions, as a pair."""
    return _parted(spectral.fft2d(_of_rank(_joined(x), 2)))


@math_op(type="IFFT2")
def ifft2(x: Any) -> Any:
    """The inverse Fourier transform of a pair (real, imaginary) along the last two dimensions, as a pair."""
    return _parted(spectral.ifft2d(_of_rank(_joined(x), 2)))


@math_op(type="RFFT")
def rfft(x: Any, fft_length: int | None = None) -> Any:
    """The Fourier transform of real numbers along the last dimension: the frequencies that are not negative, as a pair.

    fft_length: the input is cut or filled up with zeros to this length.
    """
    return _parted(spectral.rfft(_of_rank(inexact(x), 1), None if fft_length is None else [int(fft_length)]))


@math_op(type="IRFFT")
def irfft(x: Any, fft_length: int | None = None) -> Any:
    """Real numbers from a pair (real, imaginary) that `rfft` gives."""
    return spectral.irfft(_of_rank(_joined(x), 1), None if fft_length is None else [int(fft_length)])


@math_op(config="sequence_length sequence_stride")
def extract_sequences(x: Any, sequence_length: int, sequence_stride: int) -> Any:
    """The stretches of a length along the last dimension, each `sequence_stride` after the one before."""
    _check_stride(sequence_stride)
    x = tensor(x)
    if rank(x) < 1:
        raise ValueError(f"Input should have rank >= 1. Received: input.shape = {dims(x)}")
    return frame(x, int(sequence_length), int(sequence_stride))


def _check_stride(stride: Any) -> None:
    if not isinstance(stride, (int, np.integer)) or stride <= 0:
        raise ValueError(f"`sequence_stride` must be a positive integer. Received: sequence_stride={stride}")


def _window(window: Any, length: int, whole: int, dtype: str) -> Any:
    """The window of `length` in the middle of `whole` points. Raises ValueError for another length."""
    before = (whole - length) // 2
    if window is None:
        return tensor(np.ones(whole), dtype)
    if isinstance(window, str):
        if window not in ("hann", "hamming"):
            raise ValueError("If a string is passed to `window`, it must be one of "
                             f"`\"hann\"`, `\"hamming\"`. Received: window={window}")
        a = 0.5 if window == "hann" else 0.54
        values = tensor(a - (1 - a) * np.cos(2 * np.pi * np.arange(length) / length), dtype)
    else:
        values = tensor(window, dtype)
    if rank(values) != 1 or dims(values)[-1] != length:
        raise ValueError("The shape of `window` must be equal to [sequence_length]."
                         f"Received: window shape={dims(values)}")
    return pad(values, [[before, whole - length - before]])


@math_op(type="STFT", config="sequence_length sequence_stride fft_length window center")
def stft(x: Any, sequence_length: int, sequence_stride: int, fft_length: int, window: Any = "hann",
         center: bool = True) -> Any:
    """The short-time Fourier transform of real signals, as a pair: [..., sequences, frequencies].

    window: "hann", "hamming", a vector of `sequence_length`, or None. center: the signal is mirrored at its ends, so
    that sequence t is centred at t · sequence_stride. Raises TypeError for inputs that are no float32 or float64.
    """
    x = tensor(x)
    if dtype_of(x) not in ("float32", "float64"):
        raise TypeError(f"Invalid input type. Expected `float32` or `float64`. Received: input type={dtype_of(x)}")
    if fft_length < sequence_length:
        raise ValueError("`fft_length` must equal or larger than `sequence_length`. Received: "
                         f"sequence_length={sequence_length}, fft_length={fft_length}")
    _check_stride(sequence_stride)
    shape = _window(window, sequence_length, fft_length, dtype_of(x))
    if center:
        x = pad(x, [(0, 0)] * (rank(x) - 1) + [(fft_length // 2, fft_length // 2)], "reflect")
    frames = frame(x, int(fft_length), int(sequence_stride))
    return _parted(spectral.rfft(arithmetic.multiply(frames, shape), [int(fft_length)]))


@math_op(type="ISTFT", config="sequence_length sequence_stride fft_length length window center")
def istft(x: Any, sequence_length: int, sequence_stride: int, fft_length: int, length: int | None = None,
          window: Any = "hann", center: bool = True) -> Any:
    """Signals from a pair that `stft` gives with the same arguments. length: of the signals, where it is known.

    With `window=None` frames are added as they are: the signal comes `fft_length / sequence_stride` times as large.
    """
    values = _joined(x)
    _check_stride(sequence_stride)
    if rank(values) < 2:
        raise ValueError(f"Input should have rank >= 2: it must have at least 2 dimensions. Received: "
                         f"input.shape = {dims(values)}")
    part = dtype_of(casts.real(values))
    shape = _window(window, sequence_length, fft_length, part)
    frames = arithmetic.multiply(spectral.irfft(values, [int(fft_length)]), shape)
    total = overlap_and_add(frames, int(sequence_stride))
    count = sizes(values)[-2]
    weights = reshape(arithmetic.square(shape), [1, -1])
    covered = overlap_and_add(broadcast_to(weights, shape_vector([count, int(fft_length)])), int(sequence_stride))
    one = tensor(1, part)
    whole = real_div(total, select_v2_op(compare.greater(covered, tensor(1e-10, part)), covered, one))
    if window is None:
        whole = arithmetic.multiply(whole, tensor(fft_length / sequence_stride, part))
    start = fft_length // 2 if center else 0
    if length is not None:
        return whole[..., start:start + length]
    return whole[..., start:-(fft_length // 2)] if center else whole

