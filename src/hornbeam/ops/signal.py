"""Signals in frames: windows, short-time Fourier transforms, cosine transforms, mel scale and cepstrum."""

from __future__ import annotations

import math as python_math
from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes, infer
from hornbeam.graph.call import composite
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import FLOATS, NUMERIC, op
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import arithmetic, array, dims
from hornbeam.ops.arithmetic import multiply, square, subtract
from hornbeam.ops.casts import cast
from hornbeam.ops.cumulative import cumsum_op
from hornbeam.ops.division import real_div
from hornbeam.ops.elementary import log, sqrt
from hornbeam.ops.reduce import reduce_sum
from hornbeam.ops.special import bessel_i0_op
from hornbeam.ops.spectral import irfft, rfft

Window = Callable[..., Any]

# Windows -------------------------------------------------------------------------------------------


def _length(value: Any, name: str) -> int:
    """A size that must be known when the graph is built. Raises ValueError otherwise."""
    if isinstance(value, (int, np.integer)):
        return int(value)
    tensor = array.convert(value)
    known = infer.constant_value(tensor) if type(tensor) is GraphTensor else tensor.numpy()
    if known is None:
        raise ValueError(f"{name} must be known while the graph is built")
    return int(known)


def _raised_cosine(length: Any, periodic: Any, dtype: Any, a: float, b: float) -> Any:
    n = _length(length, "window_length")
    kind = dtypes.as_dtype(dtype)
    if not kind.is_floating:
        raise ValueError(f"dtype must be a floating point type. Found {kind.name}")
    if n == 1:
        return array.constant(np.ones(1), kind)
    even = 1 - n % 2
    span = n + (1 if periodic else 0) * even - 1
    return array.constant(a - b * np.cos(2 * np.pi * np.arange(n) / span), kind)


@public("signal.hann_window")
@composite("hann_window")
def hann_window(window_length: Any, periodic: Any = True, dtype: Any = dtypes.float32,
                name: str | None = None) -> Any:
    """Hann's window: ½ - ½ cos(2πt / n).

    periodic: of a length one longer, without its last element, for even lengths. Raises ValueError for a dtype that
    is no float.
    """
    return _raised_cosine(window_length, periodic, dtype, 0.5, 0.5)


@public("signal.hamming_window")
@composite("hamming_window")
def hamming_window(window_length: Any, periodic: Any = True, dtype: Any = dtypes.float32,
                   name: str | None = None) -> Any:
    """Hamming's window: 0.54 - 0.46 cos(2πt / n). See `hann_window` for the arguments."""
    return _raised_cosine(window_length, periodic, dtype, 0.54, 0.46)


@public("signal.kaiser_window")
@composite("kaiser_window")
def kaiser_window(window_length: Any, beta: Any = 12.0, dtype: Any = dtypes.float32, name: str | None = None) -> Any:
    """Kaiser's window: I₀(β √(1 - (2t / (n - 1) - 1)²)) / I₀(β)."""
    n = _length(window_length, "window_length")
    kind = dtypes.as_dtype(dtype)
    if n == 1:
        return array.constant(np.ones(1), kind)
    place = np.sqrt(np.maximum(1 - (2 * np.arange(n) / (n - 1) - 1) ** 2, 0))
    shape = cast(array.convert(beta, None if hasattr(beta, "dtype") else kind), kind)
    return real_div(bessel_i0_op(multiply(shape, array.constant(place, kind))), bessel_i0_op(shape))


@public("signal.kaiser_bessel_derived_window")
@composite("kaiser_bessel_derived_window")
def kaiser_bessel_derived_window(window_length: Any, beta: Any = 12.0, dtype: Any = dtypes.float32,
                                 name: str | None = None) -> Any:
    """The window whose squares are running sums of Kaiser's window: its halves' squares add up to one."""
    half = _length(window_length, "window_length") // 2
    window = kaiser_window(half + 1, beta, dtype)
    sums = cumsum_op(window, 0)
    rising = sqrt(real_div(sums[:-1], sums[-1]))
    return array.concat([rising, array.reverse(rising, [0])], 0)


@public("signal.vorbis_window")
@composite("vorbis_window")
def vorbis_window(window_length: Any, dtype: Any = dtypes.float32, name: str | None = None) -> Any:
    """Vorbis's window: sin(π/2 · sin²(π (t + ½) / n))."""
    n = _length(window_length, "window_length")
    place = np.sin(np.pi / n * (np.arange(n) + 0.5)) ** 2
    return array.constant(np.sin(np.pi / 2 * place), dtypes.as_dtype(dtype))


# Frames --------------------------------------------------------------------------------------------


@op("Frame", inputs="signal: T, frame_length: int32 static, frame_step: int32 static, pad_value: T",
    T=NUMERIC, samples=lambda rng: [((rng.normal(size=(2, 9)), np.asarray(4, np.int32), np.asarray(2, np.int32),
                                      np.asarray(0.0)), {"pad_end": True}),
                                    ((rng.normal(size=(9, 2)), np.asarray(4, np.int32), np.asarray(3, np.int32),
                                      np.asarray(0.0)), {"axis": 0})])
def frame_op(signal, frame_length, frame_step, pad_value, *, pad_end: bool = False, axis: int = -1):
    """Pieces of `frame_length` elements along an axis, one every `frame_step`."""
    size, step = int(frame_length), int(frame_step)
    at = axis % signal.ndim
    n = signal.shape[at]
    if pad_end:
        count = -(-n // step)
        missing = max(0, size + step * (count - 1) - n)
        widths = [(0, missing if i == at else 0) for i in range(signal.ndim)]
        signal = jnp.pad(signal, widths, constant_values=pad_value)
    else:
        count = max(0, 1 + (n - size) // step)
    places = np.arange(count)[:, None] * step + np.arange(size)[None, :]
    return jnp.take(signal, places, axis=at)


@public("signal.frame")
@composite("frame")
def frame(signal: Any, frame_length: Any, frame_step: Any, pad_end: bool = False, pad_value: Any = 0, axis: Any = -1,
          name: str | None = None) -> Any:
    """Overlapping pieces of a signal along an axis: [..., n, ...] gives [..., frames, frame_length, ...].

    frame_step: how far one frame starts after the one before. pad_end: the last frames are filled with `pad_value`
    instead of left out.

    >>> frame([1, 2, 3, 4, 5], 3, 2).numpy().tolist()
    [[1, 2, 3], [3, 4, 5]]
    """
    x = array.convert(signal)
    return frame_op(x, frame_length, frame_step, cast(pad_value, x.dtype.base_dtype), pad_end=pad_end, axis=int(axis))


@op("OverlapAndAdd", inputs="signal: T, frame_step: int32 static", T=NUMERIC,
    samples=lambda rng: [((rng.normal(size=(2, 3, 4)), np.asarray(2, np.int32)), {}),
                         ((rng.normal(size=(3, 4)), np.asarray(5, np.int32)), {})])
def overlap_op(signal, frame_step):
    """Frames laid `frame_step` apart and added."""
    if signal.ndim < 2:
        raise ShapeFault(f"signal must have at least two dimensions, not {signal.ndim}")
    step = int(frame_step)
    frames, size = signal.shape[-2:]
    length = size + step * max(frames - 1, 0) if frames else 0
    places = np.arange(frames)[:, None] * step + np.arange(size)[None, :]
    return jnp.zeros((*signal.shape[:-2], length), signal.dtype).at[..., places].add(signal)


@public("signal.overlap_and_add")
def overlap_and_add(signal: Any, frame_step: Any, name: str | None = None) -> Any:
    """Frames laid `frame_step` apart and added: [..., frames, size] gives [..., (frames - 1) · step + size].

    >>> overlap_and_add([[1, 2, 3], [10, 20, 30]], 2).numpy().tolist()
    [1, 2, 13, 20, 30]
    """
    x = array.convert(signal)
    if x.dims is not None and len(x.dims) < 2:
        raise ValueError(f"Shape {x.shape} must have rank at least 2")
    return overlap_op(x, frame_step, name=name or "overlap_and_add")


def _enclosing_power(value: int) -> int:
    return 1 if value <= 1 else 2 ** python_math.ceil(python_math.log2(value))


@public("signal.stft")
@composite("stft")
def stft(signals: Any, frame_length: Any, frame_step: Any, fft_length: Any = None,
         window_fn: Window | None = hann_window, pad_end: bool = False, name: str | None = None) -> Any:
    """The short-time Fourier transform: [..., samples] gives complex [..., frames, fft_length // 2 + 1].

    signals: float32 or float64. fft_length: by default the power of 2 that holds a frame. window_fn: called with the
    frame's length and `dtype`; None for none. pad_end: the end is filled with zeros to make full frames.
    """
    x = array.convert(signals)
    size = _length(frame_length, "frame_length")
    length = _enclosing_power(size) if fft_length is None else _length(fft_length, "fft_length")
    pieces = frame(x, size, frame_step, pad_end=pad_end)
    if window_fn is not None:
        pieces = multiply(pieces, window_fn(size, dtype=x.dtype.base_dtype))
    return rfft(pieces, [length])


@public("signal.inverse_stft_window_fn")
def inverse_stft_window_fn(frame_step: Any, forward_window_fn: Window = hann_window, name: str | None = None) -> Window:
    """The window for `inverse_stft` that gives back what `stft` with `forward_window_fn` took.

    frame_step: the step of both. Returns a function of (frame_length, dtype). Griffin and Lim 1984.
    """
    def window(frame_length: Any, dtype: Any) -> Any:
        size, step = _length(frame_length, "frame_length"), _length(frame_step, "frame_step")
        forward = forward_window_fn(size, dtype=dtype)
        squares = square(forward)
        overlaps = -(-size // step)
        padded = array.pad(squares, [[0, overlaps * step - size]])
        total = reduce_sum(array.reshape(padded, [overlaps, step]), 0, keepdims=True)
        return real_div(forward, array.reshape(array.tile(total, [overlaps, 1]), [-1])[:size])

    return window


@public("signal.inverse_stft")
@composite("inverse_stft")
def inverse_stft(stfts: Any, frame_length: Any, frame_step: Any, fft_length: Any = None,
                 window_fn: Window | None = hann_window, name: str | None = None) -> Any:
    """Signals from their short-time Fourier transforms: [..., frames, bins] gives [..., samples].

    The arguments are those of `stft`; `inverse_stft_window_fn` gives the window that undoes its window.
    """
    x = array.convert(stfts)
    size = _length(frame_length, "frame_length")
    length = _enclosing_power(size) if fft_length is None else _length(fft_length, "fft_length")
    pieces = irfft(x, [length])
    if length > size:
        pieces = pieces[..., :size]
    elif length < size:
        pieces = array.pad(pieces, [[0, 0]] * (len(x.dims) - 1) + [[0, size - length]])
    if window_fn is not None:
        pieces = multiply(pieces, window_fn(size, dtype=x.dtype.base_dtype.real_dtype))
    return overlap_op(pieces, frame_step)


# Cosine transforms ---------------------------------------------------------------------------------


@op("CosineTransform", inputs="input: T", T=FLOATS,
    samples=lambda rng: [((rng.normal(size=(2, 5)),), {"type": t}) for t in (1, 2, 3, 4)])
def dct_op(input, *, type: int = 2, ortho: bool = False):
    """The discrete cosine transform of one of four types over the last dimension."""
    kind = input.dtype if input.dtype.itemsize >= 4 else jnp.float32
    return (input.astype(kind) @ jnp.asarray(_cosines(input.shape[-1], type, ortho), kind)).astype(input.dtype)


def _cosines(n: int, type: int, ortho: bool) -> np.ndarray:
    """The matrix that transforms rows of n numbers."""
    t, k = np.arange(n)[:, None], np.arange(n)[None, :]
    if type == 1:
        ends = np.where((t == 0) | (t == n - 1), 1.0, 2.0)
        return ends * np.cos(np.pi * t * k / (n - 1))
    if type == 2:
        found = 2 * np.cos(np.pi * (t + 0.5) * k / n)
        return found * np.sqrt(0.5 / n) * np.where(k == 0, np.sqrt(0.5), 1) if ortho else found
    if type == 3:
        found = np.where(t == 0, 1.0, 2.0) * np.cos(np.pi * t * (k + 0.5) / n)
        return np.where(t == 0, np.sqrt(1 / n), np.sqrt(2 / n)) * np.cos(np.pi * t * (k + 0.5) / n) if ortho else found
    found = 2 * np.cos(np.pi * (t + 0.5) * (k + 0.5) / n)
    return found * np.sqrt(0.5 / n) if ortho else found


@public("signal.dct", v1=("spectral.dct",))
@composite("dct")
def dct(input: Any, type: int = 2, n: int | None = None, axis: int = -1, norm: str | None = None,
        name: str | None = None) -> Any:
    """The discrete cosine transform over the last dimension, without scaling unless `norm="ortho"`.

    type: 1, 2, 3 or 4. n: the length to which the input is cut or padded with zeros first. axis: -1. Raises
    ValueError for other types and axes, and for type 1 with "ortho".
    """
    if axis != -1:
        raise NotImplementedError(f"axis must be -1. Got: {axis}")
    if n is not None and n < 1:
        raise ValueError("n should be a positive integer or None")
    if type not in (1, 2, 3, 4):
        raise ValueError(f"Types I, II, III and IV (I)DCT are supported. Got type {type}")
    if norm not in (None, "ortho"):
        raise ValueError(f"Unknown normalization. Expected None or 'ortho', got: {norm}")
    if type == 1 and norm == "ortho":
        raise ValueError("Normalization is not supported for the Type-I DCT.")
    x = array.convert(input)
    if not x.dims:
        raise ValueError(f"dct needs a signal of at least one dimension and of known rank, not {x.shape}")
    size = x.dims[-1]
    if n is not None and size is not None and n != size:
        x = x[..., :n] if n < size else array.pad(x, [[0, 0]] * (len(x.dims) - 1) + [[0, n - size]])
    if type == 1 and x.dims[-1] is not None and x.dims[-1] < 2:
        raise ValueError("Type-I DCT requires a dimension of at least 2")
    return dct_op(x, type=type, ortho=norm == "ortho")


@public("signal.idct", v1=("spectral.idct",))
def idct(input: Any, type: int = 2, n: int | None = None, axis: int = -1, norm: str | None = None,
         name: str | None = None) -> Any:
    """The inverse cosine transform up to scale: `dct` of the inverse type (3 for 2, 2 for 3, the same for 1 and 4).

    Without `norm="ortho"`, `idct(dct(x))` is 2n · x (for type 1: 2(n - 1) · x).
    """
    if type not in (1, 2, 3, 4):
        raise ValueError(f"Types I, II, III and IV (I)DCT are supported. Got type {type}")
    return dct(input, {1: 1, 2: 3, 3: 2, 4: 4}[type], n, axis, norm, name or "idct")


@public("signal.mdct")
@composite("mdct")
def mdct(signals: Any, frame_length: Any, window_fn: Window | None = vorbis_window, pad_end: bool = False,
         norm: str | None = None, name: str | None = None) -> Any:
    """The modified cosine transform: [..., samples] gives [..., frames, frame_length / 2].

    frame_length: a multiple of 4; frames overlap by half. window_fn: called with the frame's length and `dtype`;
    None for a constant 1/√2. Princen and Bradley 1986.
    """
    x = array.convert(signals)
    size = _length(frame_length, "frame_length")
    if size % 4:
        raise ValueError("The frame length must be a multiple of 4.")
    half, quarter = size // 2, size // 4
    pieces = frame(x, size, half, pad_end=pad_end)
    kind = x.dtype.base_dtype
    pieces = multiply(pieces, window_fn(size, dtype=kind) if window_fn is not None else
                      array.constant(np.full(size, np.sqrt(0.5)), kind))
    a, b, c, d = (pieces[..., i * quarter:(i + 1) * quarter] for i in range(4))
    last = [-1]
    first = subtract(-array.reverse(c, last), d)
    second = subtract(a, array.reverse(b, last))
    return dct(array.concat([first, second], -1), 4, norm=norm)


@public("signal.inverse_mdct")
@composite("inverse_mdct")
def inverse_mdct(mdcts: Any, window_fn: Window | None = vorbis_window, norm: str | None = None,
                 name: str | None = None) -> Any:
    """Signals from their modified cosine transforms: [..., frames, n] gives [..., (frames + 1) · n]."""
    x = array.convert(mdcts)
    half = x.dims[-1]
    folded = multiply(dct(x, 4, norm=norm), 1.0 if norm == "ortho" else 0.5 / half)
    first, second = folded[..., :half // 2], folded[..., half // 2:]
    last = [-1]
    full = array.concat([second, -array.reverse(second, last), -array.reverse(first, last), -first], -1)
    kind = x.dtype.base_dtype
    full = multiply(full, window_fn(2 * half, dtype=kind) if window_fn is not None else
                    array.constant(np.full(2 * half, np.sqrt(0.5)), kind))
    return overlap_op(full, half)


# Mel scale -----------------------------------------------------------------------------------------


def mel(hertz: Any) -> Any:
    return 1127.0 * np.log1p(np.asarray(hertz) / 700.0)


@public("signal.linear_to_mel_weight_matrix")
@composite("linear_to_mel_weight_matrix")
def linear_to_mel_weight_matrix(num_mel_bins: int = 20, num_spectrogram_bins: int = 129, sample_rate: Any = 8000,
                                lower_edge_hertz: Any = 125.0, upper_edge_hertz: Any = 3800.0,
                                dtype: Any = dtypes.float32, name: str | None = None) -> Any:
    """The matrix [num_spectrogram_bins, num_mel_bins] of triangular bands, evenly spaced on the mel scale.

    A spectrogram times this matrix is a mel spectrogram. Raises ValueError for bins or edges that are not positive
    and in order, or beyond half the sample rate. sample_rate: a number, or a scalar tensor that only a run tells.
    """
    kind = dtypes.as_dtype(dtype)
    rate = sample_rate
    if hasattr(sample_rate, "dims"):
        known = dims.static_value(sample_rate)
        rate = None if known is None else known.item()
    if num_mel_bins <= 0:
        raise ValueError(f"num_mel_bins must be positive. Got: {num_mel_bins}")
    if lower_edge_hertz < 0 or lower_edge_hertz >= upper_edge_hertz:
        raise ValueError(f"lower_edge_hertz {lower_edge_hertz} must be at least 0 and below upper_edge_hertz "
                         f"{upper_edge_hertz}")
    if rate is not None and (rate <= 0 or upper_edge_hertz > rate / 2):
        raise ValueError(f"upper_edge_hertz must not be larger than the Nyquist frequency (sample_rate / 2). Got "
                         f"{upper_edge_hertz} for sample_rate: {rate}")
    edges = np.linspace(mel(lower_edge_hertz), mel(upper_edge_hertz), num_mel_bins + 2)
    part = np.linspace(0.0, 0.5, num_spectrogram_bins)[1:, None]
    if rate is not None:
        weights = mel_triangles(mel(part * rate), edges, np)
        return array.constant(np.pad(weights, [[1, 0], [0, 0]]), kind)
    hertz = multiply(array.constant(part, kind), cast(sample_rate, kind))
    weights = mel_triangles(log(1.0 + hertz / 700.0) * 1127.0, edges.astype(kind.np_dtype), arithmetic)
    return array.pad(weights, [[1, 0], [0, 0]])


def mel_triangles(mels: Any, edges: np.ndarray, by: Any) -> Any:
    """How far each frequency lies within each of the overlapping bands. by: NumPy, or the ops."""
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    return by.maximum(by.minimum((mels - low) / (middle - low), (high - mels) / (high - middle)), edges.dtype.type(0))


@public("signal.mfccs_from_log_mel_spectrograms")
@composite("mfccs_from_log_mel_spectrograms")
def mfccs_from_log_mel_spectrograms(log_mel_spectrograms: Any, name: str | None = None) -> Any:
    """Mel-frequency cepstral coefficients: the scaled cosine transform of log mel spectrograms [..., bins]."""
    x = array.convert(log_mel_spectrograms)
    bins = x.dims[-1]
    if bins == 0:
        raise ValueError(f"num_mel_bins must be positive. Got: {x.shape}")
    return multiply(dct(x, 2), 1.0 / python_math.sqrt(2.0 * bins))
