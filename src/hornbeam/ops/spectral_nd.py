"""Discrete Fourier transforms over any dimensions of a tensor, with a choice of scaling."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes
from hornbeam.graph.call import composite, own_name
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import COMPLEX, Op, op
from hornbeam.ops import array, dims, math
from hornbeam.ops.casts import cast
from hornbeam.ops.spectral import WIDE

_SIZES = "fft_length: int32 static, axes: int32 static"


def _picked(fft_length: Any, axes: Any, rank: int | None) -> tuple[list[int], list[int]]:
    """The lengths and the axes, counted from the front where the rank is known. Raises ShapeFault."""
    lengths, places = ([int(v) for v in np.reshape(given, -1)] for given in (fft_length, axes))
    if len(lengths) != len(places):
        raise ShapeFault(f"fft_length and axes must be of one length, not {len(lengths)} and {len(places)}")
    if any(n < 0 for n in lengths):
        raise ShapeFault(f"fft_length must be >= 0, but got: {min(lengths)}")
    if rank is not None:
        places = [dims.normal_axis(a, rank, f"axes must lie in [{-rank}, {rank}), got {a}") for a in places]
    if len(set(places)) != len(places):
        raise ShapeFault(f"axes must be distinct, got {places}")
    return lengths, places


def _sizes(inputs: Any, dtype: Any, last: Any) -> Any:
    """Shape rule: the lengths along the axes, of which `last` makes the last one's size."""
    x = inputs[0].dims
    if x is None:
        return [(None, dtype)]
    if any(i.value is None for i in inputs[1:3]):
        return [((None,) * len(x), dtype)]
    lengths, places = _picked(inputs[1].value, inputs[2].value, len(x))
    found = list(x)
    for n, a in zip(lengths, places, strict=True):
        found[a] = n
    if places:
        found[places[-1]] = last(lengths[-1])
    return [(tuple(found), dtype)]


def _signals(real: bool, **attrs: str) -> Any:
    def make(rng: np.random.Generator) -> Any:
        x: Any = rng.normal(size=(2, 3, 4))
        if not real:
            x = x + 1j * rng.normal(size=(2, 3, 4))
        ints = [np.array(v, np.int32) for v in ([3, 4], [0, 2], [5, 2], [-1, -3])]
        return [((x, ints[0], ints[1]), attrs), ((x, ints[2], ints[3]), attrs)]

    return make


def _transformed(function: str, x: Any, fft_length: Any, axes: Any) -> Any:
    lengths, places = _picked(fft_length, axes, x.ndim)
    return getattr(jnp.fft, function)(x, s=lengths, axes=places) if places else x


@op("FFTND", v1=("fftnd",), inputs=f"input: Tcomplex, {_SIZES}", Tcomplex=COMPLEX, samples=_signals(False))
def fftnd_op(input, fft_length, axes):
    """The discrete Fourier transform over the given axes, cut or padded to the given lengths."""
    return _transformed("fftn", input, fft_length, axes).astype(input.dtype)


@op("IFFTND", v1=("ifftnd",), inputs=f"input: Tcomplex, {_SIZES}", Tcomplex=COMPLEX, samples=_signals(False))
def ifftnd_op(input, fft_length, axes):
    """The inverse discrete Fourier transform over the given axes, cut or padded to the given lengths."""
    return _transformed("ifftn", input, fft_length, axes).astype(input.dtype)


@op("RFFTND", v1=("rfftnd",), inputs=f"input: Treal, {_SIZES}", Treal=WIDE, attr_types={"Tcomplex": "type"},
    samples=_signals(True, Tcomplex="complex128"))
def rfftnd_op(input, fft_length, axes, *, Tcomplex: Any = dtypes.complex64):
    """The Fourier transform of real signals over the given axes: of the last, the half that is no mirror."""
    return _transformed("rfftn", input, fft_length, axes).astype(Tcomplex.np_dtype)


@op("IRFFTND", v1=("irfftnd",), inputs=f"input: Tcomplex, {_SIZES}", Tcomplex=COMPLEX, attr_types={"Treal": "type"},
    samples=_signals(False, Treal="float64"))
def irfftnd_op(input, fft_length, axes, *, Treal: Any = dtypes.float32):
    """The real signals whose transform's half is given."""
    found = _transformed("irfftn", input, fft_length, axes)
    return (found.real if jnp.iscomplexobj(found) else found).astype(Treal.np_dtype)


for _op in (fftnd_op, ifftnd_op):
    _op.shape(lambda inputs, attrs: _sizes(inputs, inputs[0].dtype, lambda n: n))
rfftnd_op.shape(lambda inputs, attrs: _sizes(inputs, attrs["Tcomplex"], lambda n: n // 2 + 1 if n else 0))
irfftnd_op.shape(lambda inputs, attrs: _sizes(inputs, attrs["Treal"], lambda n: n))


def _over(transform: Op, x: Any, fft_length: Any, axes: Any, norm: str | None, inverse: bool, half: bool = False,
          **attrs: Any) -> Any:
    """The four functions: lengths and axes filled in, and the result scaled as `norm` says."""
    if norm not in (None, "backward", "ortho", "forward"):
        raise ValueError(f"norm must be None, 'backward', 'ortho' or 'forward', not {norm!r}")
    if x.dims is None:
        raise ValueError("the rank of input_tensor must be known")
    places = list(range(len(x.dims))) if axes is None else [int(a) for a in np.reshape(axes, -1)]
    lengths = _lengths(x, places, half) if fft_length is None else array.convert(fft_length, dtypes.int32)
    found = transform(x, lengths, np.array(places, np.int32), **attrs, name=own_name() if norm in (None, "backward")
                      else None)
    if norm in (None, "backward"):
        return found
    count = cast(math.reduce_prod(lengths), found.dtype.base_dtype)
    factor = count if norm == "forward" else math.sqrt(count)
    return math.multiply(found, factor) if inverse else math.divide(found, factor)


def _lengths(x: Any, places: list[int], half: bool) -> Any:
    """The sizes along the axes; of a halved transform the last one's is that of the whole signal."""
    rank = len(x.dims)
    for a in places:
        if not -rank <= a < rank:
            raise ValueError(f"axes must lie in [{-rank}, {rank}), got {a}")
    known = [x.dims[a] for a in places]
    sizes: list[Any] = known if None not in known else [array.shape(x)[a] for a in places]
    if half and sizes:
        sizes = [*sizes[:-1], math.maximum(2 * (sizes[-1] - 1), 0) if None in known else max(0, 2 * (sizes[-1] - 1))]
    return array.convert(sizes, dtypes.int32)


def _complex(input_tensor: Any) -> Any:
    x = array.convert(input_tensor)
    return x if x.dtype.base_dtype in COMPLEX else cast(x, dtypes.complex64)


@public("signal.fftnd")
@composite("fftnd")
def fftnd(input_tensor: Any, fft_length: Any = None, axes: Any = None, norm: str | None = None,
          name: str | None = None) -> Any:
    """The discrete Fourier transform over any axes: Σ x[t] · exp(-2πi Σ k · t / n).

    input_tensor: complex64 or complex128. fft_length: one integer an axis, to which the signals are cut or padded with
    zeros; their sizes by default. axes: integers, all axes by default. norm: "backward" (the default) divides by the
    number of elements in the inverse, "forward" here, "ortho" by its square root in both. Raises ValueError for
    others, and for axes that are not there.
    """
    return _over(fftnd_op, _complex(input_tensor), fft_length, axes, norm, inverse=False)


@public("signal.ifftnd")
@composite("ifftnd")
def ifftnd(input_tensor: Any, fft_length: Any = None, axes: Any = None, norm: str | None = None,
           name: str | None = None) -> Any:
    """The inverse of `fftnd`, whose arguments it takes."""
    return _over(ifftnd_op, _complex(input_tensor), fft_length, axes, norm, inverse=True)


@public("signal.rfftnd")
@composite("rfftnd")
def rfftnd(input_tensor: Any, fft_length: Any = None, axes: Any = None, norm: str | None = None,
           name: str | None = None) -> Any:
    """The transform of real signals over any axes: of the last axis n // 2 + 1 complex numbers, the rest mirrors.

    input_tensor: float32 or float64. The other arguments are those of `fftnd`.
    """
    x = array.convert(input_tensor)
    x = x if x.dtype.base_dtype in WIDE else cast(x, dtypes.float32)
    wide = dtypes.complex128 if x.dtype.base_dtype is dtypes.float64 else dtypes.complex64
    return _over(rfftnd_op, x, fft_length, axes, norm, inverse=False, Tcomplex=wide)


@public("signal.irfftnd")
@composite("irfftnd")
def irfftnd(input_tensor: Any, fft_length: Any = None, axes: Any = None, norm: str | None = None,
            name: str | None = None) -> Any:
    """The real signals of whose transform over the axes `rfftnd` gives the half.

    fft_length: the signals' sizes; 2 · (n - 1) for the last axis by default. The other arguments are those of `fftnd`.
    """
    x = _complex(input_tensor)
    return _over(irfftnd_op, x, fft_length, axes, norm, inverse=True, half=True, Treal=x.dtype.base_dtype.real_dtype)
