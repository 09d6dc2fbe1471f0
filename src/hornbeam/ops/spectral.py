"""Discrete Fourier transforms over the last dimensions of a tensor, of complex and of real signals."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import COMPLEX, Op, op
from hornbeam.ops import array, rules
from hornbeam.ops.casts import cast
from hornbeam.ops.samples import Sample

WIDE = (dtypes.float32, dtypes.float64)

# Complex signals -----------------------------------------------------------------------------------


def _signal(rng: np.random.Generator) -> list[Sample]:
    x = rng.normal(size=(2, 3, 4, 5)) + 1j * rng.normal(size=(2, 3, 4, 5))
    return [((x,), {})]


def _at_least(rank: int) -> Any:
    def rule(inputs: Any, attrs: dict[str, Any]) -> Any:
        dims = inputs[0].dims
        if dims is not None and len(dims) < rank:
            raise ShapeFault(f"Shape must be at least rank {rank} but is rank {len(dims)}",
                             f"Input must have rank of at least {rank} but got: {rules.text(dims)}")
        return [(dims, inputs[0].dtype)]

    return rule


@op("FFT", inputs="input: Tcomplex", names=("signal.fft",), v1=("fft", "spectral.fft"), Tcomplex=COMPLEX,
    samples=_signal)
def fft(input):
    """The discrete Fourier transform over the last dimension: Σ x[t] · exp(-2πi · k · t / n)."""
    return jnp.fft.fft(input).astype(input.dtype)


@op("IFFT", inputs="input: Tcomplex", names=("signal.ifft",), v1=("ifft", "spectral.ifft"), Tcomplex=COMPLEX,
    samples=_signal)
def ifft(input):
    """The inverse discrete Fourier transform over the last dimension."""
    return jnp.fft.ifft(input).astype(input.dtype)


@op("FFT2D", inputs="input: Tcomplex", names=("signal.fft2d",), v1=("fft2d", "spectral.fft2d"), Tcomplex=COMPLEX,
    samples=_signal)
def fft2d(input):
    """The discrete Fourier transform over the last two dimensions."""
    return jnp.fft.fftn(input, axes=(-2, -1)).astype(input.dtype)


@op("IFFT2D", inputs="input: Tcomplex", names=("signal.ifft2d",), v1=("ifft2d", "spectral.ifft2d"),
    Tcomplex=COMPLEX, samples=_signal)
def ifft2d(input):
    """The inverse discrete Fourier transform over the last two dimensions."""
    return jnp.fft.ifftn(input, axes=(-2, -1)).astype(input.dtype)


@op("FFT3D", inputs="input: Tcomplex", names=("signal.fft3d",), v1=("fft3d", "spectral.fft3d"), Tcomplex=COMPLEX,
    samples=_signal)
def fft3d(input):
    """The discrete Fourier transform over the last three dimensions."""
    return jnp.fft.fftn(input, axes=(-3, -2, -1)).astype(input.dtype)


@op("IFFT3D", inputs="input: Tcomplex", names=("signal.ifft3d",), v1=("ifft3d", "spectral.ifft3d"),
    Tcomplex=COMPLEX, samples=_signal)
def ifft3d(input):
    """The inverse discrete Fourier transform over the last three dimensions."""
    return jnp.fft.ifftn(input, axes=(-3, -2, -1)).astype(input.dtype)


for _forward, _backward, _rank in ((fft, ifft, 1), (fft2d, ifft2d, 2), (fft3d, ifft3d, 3)):
    _forward.shape(_at_least(_rank))
    _backward.shape(_at_least(_rank))


# Real signals --------------------------------------------------------------------------------------


def _lengths(given: Any, rank: int) -> list[int]:
    lengths = [int(n) for n in np.reshape(given, -1)]
    if len(lengths) != rank:
        raise ShapeFault(f"Dimension must be {rank} but is {len(lengths)}", f"fft_length must have shape [{rank}]")
    if any(n < 0 for n in lengths):
        raise ShapeFault(f"fft_length must be >= 0, but got: {min(lengths)}")
    return lengths


def _real_shape(rank: int, inverse: bool) -> Any:
    def rule(inputs: Any, attrs: dict[str, Any]) -> Any:
        dims = _at_least(rank)(inputs, attrs)[0][0]
        dtype = attrs["Treal"] if inverse else attrs["Tcomplex"]
        if dims is None:
            return [(None, dtype)]
        if inputs[1].value is None:
            return [((*dims[:-rank], *(None,) * rank), dtype)]
        lengths: list[int] = _lengths(inputs[1].value, rank)
        if not inverse:
            lengths[-1] = 0 if lengths[-1] == 0 else lengths[-1] // 2 + 1
        return [((*dims[:-rank], *lengths), dtype)]

    return rule


def _real_samples(rank: int, inverse: bool) -> Any:
    def make(rng: np.random.Generator) -> list[Sample]:
        x: Any = rng.normal(size=(2, 3, 4, 5))
        if inverse:
            x = x + 1j * rng.normal(size=(2, 3, 4, 5))
        lengths = np.array([3, 4, 8][-rank:], np.int32)
        return [((x, lengths), {"Treal" if inverse else "Tcomplex": "float64" if inverse else "complex128"})]

    return make


def _declare_real(rank: int, suffix: str) -> tuple[Op, Op]:
    axes = tuple(range(-rank, 0))

    @op(f"RFFT{suffix}", inputs="input: Treal, fft_length: int32 static", Treal=WIDE,
        attr_types={"Tcomplex": "type"}, samples=_real_samples(rank, False))
    def forward(input, fft_length, *, Tcomplex: Any = dtypes.complex64):
        """The Fourier transform of real signals: the half that is not the mirror of the other."""
        lengths = _lengths(fft_length, rank)
        return jnp.fft.rfftn(input, s=lengths, axes=axes).astype(Tcomplex.np_dtype)

    @op(f"IRFFT{suffix}", inputs="input: Tcomplex, fft_length: int32 static", Tcomplex=COMPLEX,
        attr_types={"Treal": "type"}, samples=_real_samples(rank, True))
    def backward(input, fft_length, *, Treal: Any = dtypes.float32):
        """The real signals whose transform's half is given."""
        lengths = _lengths(fft_length, rank)
        return jnp.fft.irfftn(input, s=lengths, axes=axes).astype(Treal.np_dtype)

    forward.shape(_real_shape(rank, False))
    backward.shape(_real_shape(rank, True))
    return forward, backward


rfft_op, irfft_op = _declare_real(1, "")
rfft2d_op, irfft2d_op = _declare_real(2, "2D")
rfft3d_op, irfft3d_op = _declare_real(3, "3D")


def _real_to_complex(kind: Op, rank: int, input_tensor: Any, fft_length: Any, name: str | None) -> Any:
    x = array.convert(input_tensor)
    if x.dtype.base_dtype not in WIDE:
        x = cast(x, dtypes.float32)
    wide = dtypes.complex128 if x.dtype.base_dtype is dtypes.float64 else dtypes.complex64
    lengths = _inner_sizes(x, rank) if fft_length is None else fft_length
    return kind(x, lengths, Tcomplex=wide, name=name)


def _complex_to_real(kind: Op, rank: int, input_tensor: Any, fft_length: Any, name: str | None) -> Any:
    x = array.convert(input_tensor)
    if x.dtype.base_dtype not in COMPLEX:
        x = cast(x, dtypes.complex64)
    lengths = _doubled(_inner_sizes(x, rank)) if fft_length is None else fft_length
    return kind(x, lengths, Treal=x.dtype.base_dtype.real_dtype, name=name)


def _inner_sizes(x: Any, rank: int) -> Any:
    """The sizes of the last dimensions: a constant where they are known."""
    if x.dims is not None and None not in x.dims[-rank:]:
        if len(x.dims) < rank:
            raise ValueError(f"Shape must be at least rank {rank} but is rank {len(x.dims)}")
        return np.array(x.dims[-rank:], np.int32)
    return array.shape(x)[-rank:]


def _doubled(sizes: Any) -> Any:
    """The sizes of real signals of whose transforms the halves are given."""
    if isinstance(sizes, np.ndarray):
        return np.array([*sizes[:-1], max(0, 2 * (int(sizes[-1]) - 1))], np.int32)
    last = 2 * (sizes[-1:] - 1)
    return array.concat([sizes[:-1], last], 0)


@public("signal.rfft", v1=("spectral.rfft",))
def rfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Any:
    """The Fourier transform of real signals over the last dimension: n // 2 + 1 complex numbers, the rest mirrors.

    input_tensor: float32 or float64 [..., n]. fft_length: [length], to which the signals are cut or padded with
    zeros; n by default.
    """
    return _real_to_complex(rfft_op, 1, input_tensor, fft_length, name or "rfft")


@public("signal.rfft2d", v1=("spectral.rfft2d",))
def rfft2d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Any:
    """The Fourier transform of real signals over the last two dimensions; see `rfft`."""
    return _real_to_complex(rfft2d_op, 2, input_tensor, fft_length, name or "rfft2d")


@public("signal.rfft3d", v1=("spectral.rfft3d",))
def rfft3d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Any:
    """The Fourier transform of real signals over the last three dimensions; see `rfft`."""
    return _real_to_complex(rfft3d_op, 3, input_tensor, fft_length, name or "rfft3d")


@public("signal.irfft", v1=("spectral.irfft",))
def irfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Any:
    """The real signals of whose Fourier transform over the last dimension `rfft` gives the half.

    input_tensor: complex [..., n]. fft_length: [length] of the signals; 2 · (n - 1) by default.
    """
    return _complex_to_real(irfft_op, 1, input_tensor, fft_length, name or "irfft")


@public("signal.irfft2d", v1=("spectral.irfft2d",))
def irfft2d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Any:
    """The real signals of whose Fourier transform over the last two dimensions `rfft2d` gives the half."""
    return _complex_to_real(irfft2d_op, 2, input_tensor, fft_length, name or "irfft2d")


@public("signal.irfft3d", v1=("spectral.irfft3d",))
def irfft3d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Any:
    """The real signals of whose Fourier transform over the last three dimensions `rfft3d` gives the half."""
    return _complex_to_real(irfft3d_op, 3, input_tensor, fft_length, name or "irfft3d")


# Zero in the middle --------------------------------------------------------------------------------


def _shift_axes(x: Any, axes: Any) -> list[int]:
    rank = len(x.dims)
    return list(range(rank)) if axes is None else [int(a) for a in np.reshape(axes, -1)]


@public("signal.fftshift")
@composite("fftshift")
def fftshift(x: Any, axes: Any = None, name: str | None = None) -> Any:
    """The zero frequency moved to the middle: each dimension rolled by half its size.

    axes: the dimensions, all by default.

    >>> fftshift([0, 1, 2, 3, 4]).numpy().tolist()
    [3, 4, 0, 1, 2]
    """
    x = array.convert(x)
    picked = _shift_axes(x, axes)
    return rolled(x, axes=tuple(picked), inverse=False)


@public("signal.ifftshift")
@composite("ifftshift")
def ifftshift(x: Any, axes: Any = None, name: str | None = None) -> Any:
    """What `fftshift` moved, moved back: they differ for odd sizes. axes: the dimensions, all by default."""
    x = array.convert(x)
    return rolled(x, axes=tuple(_shift_axes(x, axes)), inverse=True)


@op("RolledByHalf", inputs="x: T", samples=lambda rng: [((rng.normal(size=(3, 5)),), {"axes": (1,), "inverse": True})])
def rolled(x, *, axes: Any, inverse: bool):
    """Dimensions rolled by half their size, forwards or backwards."""
    return jnp.fft.ifftshift(x, axes) if inverse else jnp.fft.fftshift(x, axes)


rolled.shape(rules.as_first)
