"""Tensors from shapes, ranges and formulas."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.tensor import Tensor
from hornbeam.keras.config.settings import floatx
from hornbeam.keras.dtypes import is_int_dtype, kind_of, promoted, result_type, standardize_dtype
from hornbeam.keras.ops.declare import numpy_op
from hornbeam.keras.ops.tensors import cast, dtype_of, np_dtype, promote_inexact, rank, shape_vector, sizes, tensor
from hornbeam.ops import arithmetic, numpy_creation
from hornbeam.ops.constants import fill, range_op
from hornbeam.ops.identity import identity as same
from hornbeam.ops.shaping import broadcast_to, reshape

_PLAIN = (bool, int, float, np.number, np.bool_)


@numpy_op
def array(x: Any, dtype: Any = None) -> Any:
    """`x` as a tensor, of `dtype` where one is given."""
    return same(tensor(x, dtype))


# Filled -------------------------------------------------------------------------------------------------


def _entries(shape: Any) -> Any:
    """A shape argument as sizes: a number, a sequence of numbers and scalar tensors, or a vector."""
    if isinstance(shape, (int, np.integer)):
        return shape_vector([shape])
    if isinstance(shape, Tensor):
        return shape if rank(shape) else reshape(shape, [1])
    return shape_vector(list(shape))


def filled(shape: Any, value: Any, dtype: Any) -> Any:
    """A tensor of one value."""
    return fill(_entries(shape), np.array(value, np_dtype(dtype)))


@numpy_op(symbolic=False)
def zeros(shape: Any, dtype: Any = None) -> Any:
    """Zeros, of `floatx()` by default."""
    return filled(shape, 0, dtype)


@numpy_op(symbolic=False)
def ones(shape: Any, dtype: Any = None) -> Any:
    """Ones, of `floatx()` by default."""
    return filled(shape, 1, dtype)


@numpy_op(symbolic=False)
def empty(shape: Any, dtype: Any = None) -> Any:
    """A tensor whose values nobody should read: zeros."""
    return filled(shape, 0, dtype)


@numpy_op(config="shape dtype")
def full(shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    """`fill_value`, broadcast to `shape`; of `floatx()` by default."""
    value = tensor(fill_value, standardize_dtype(dtype))
    return fill(_entries(shape), value) if rank(value) == 0 else broadcast_to(value, _entries(shape))


def _like(x: Any, value: Any, dtype: Any) -> Any:
    x = tensor(x)
    kind = dtype_of(x) if dtype is None else standardize_dtype(dtype)
    return full(sizes(x), value, kind)


@numpy_op
def zeros_like(x: Any, dtype: Any = None) -> Any:
    """Zeros in the shape of `x`, and in its dtype unless another is given."""
    return _like(x, 0, dtype)


@numpy_op
def ones_like(x: Any, dtype: Any = None) -> Any:
    """Ones in the shape of `x`, and in its dtype unless another is given."""
    return _like(x, 1, dtype)


@numpy_op
def empty_like(x: Any, dtype: Any = None) -> Any:
    """A tensor in the shape of `x` whose values nobody should read: zeros."""
    return _like(x, 0, dtype)


@numpy_op
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Any:
    """`fill_value` in the shape of `x`, and in its dtype unless another is given."""
    return _like(x, fill_value, dtype)


# Matrices -----------------------------------------------------------------------------------------------


def _whole(size: Any, name: str) -> int:
    if isinstance(size, float) or not is_int_dtype(getattr(size, "dtype", "int32")):
        raise TypeError(f"Argument `{name}` must be an integer. Received: {name}={size}")
    return int(size)


@numpy_op(symbolic=False)
def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """N × M (or N × N) with ones on the diagonal k, above the main one where k is positive.

    Raises TypeError for sizes that are no integers.
    """
    N, M = _whole(N, "N"), M if M is None else _whole(M, "M")
    return tensor(np.eye(int(N), None if M is None else int(M), int(k), np.int8).astype(np_dtype(dtype)))


@numpy_op(symbolic=False)
def identity(n: int, dtype: Any = None) -> Any:
    """n × n with ones on the diagonal."""
    return eye(n, dtype=dtype)


@numpy_op(symbolic=False)
def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """N × M (or N × N) with ones at and below the diagonal k."""
    return tensor(np.tri(int(N), None if M is None else int(M), int(k), np.int8).astype(np_dtype(dtype)))


# Ranges -------------------------------------------------------------------------------------------------


@numpy_op(config="dtype")
def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Any:
    """Numbers from `start` (0 where only one argument is given), `step` apart, up to `stop` exclusively.

    >>> arange(3).numpy().tolist()
    [0, 1, 2]
    """
    given = [a for a in (start, stop, step) if a is not None]
    kind = promoted(tuple(map(kind_of, given)), floatx()) if dtype is None else standardize_dtype(dtype)
    if stop is None:
        start, stop = 0, start
    step = 1 if step is None else step
    if all(isinstance(a, _PLAIN) for a in (start, stop, step)):
        return tensor(np.arange(start, stop, step).astype(np_dtype(kind)))
    wide = kind if kind in ("int32", "int64", "float32", "float64") else "int32" if is_int_dtype(kind) else "float32"
    return cast(range_op(*(tensor(a, wide) for a in (start, stop, step))), kind)


def _spaced(op: Any, start: Any, stop: Any, dtype: Any, **attrs: Any) -> Any:
    first, last = promote_inexact(start, stop)
    kind = dtype_of(first) if dtype is None else standardize_dtype(dtype)
    if not is_int_dtype(kind) and kind != "bool":
        first, last = cast(first, result_type(dtype_of(first), kind)), cast(last, result_type(dtype_of(last), kind))
    return cast(op(first, last, **attrs), kind)


@numpy_op
def linspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None,
             axis: int = 0) -> Any:
    """`num` evenly spaced numbers from `start` to `stop`, the last one where `endpoint` says so.

    axis: where the new dimension goes if the ends are arrays. retstep: returns the distance of neighbours too.

    >>> linspace(0, 1, 3).numpy().tolist()
    [0.0, 0.5, 1.0]
    """
    first, last = promote_inexact(start, stop)
    kind = dtype_of(first) if dtype is None else standardize_dtype(dtype)
    num = int(num)
    attrs = {"num": num, "endpoint": endpoint, "axis": axis}
    if is_int_dtype(kind):
        values = numpy_creation.integer_linspace(first, last, dtype=dtypes.as_dtype(kind), **attrs)
    else:
        values = _spaced(numpy_creation.linspace, first, last, kind, **attrs)
    if not retstep:
        return values
    gaps = num - 1 if endpoint else num
    distance = arithmetic.multiply(arithmetic.subtract(last, first), tensor(1 / gaps if gaps > 0 else np.nan,
                                                                             dtype_of(first)))
    return values, cast(distance, "float32" if is_int_dtype(kind) else kind)


@numpy_op
def logspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: float = 10, dtype: Any = None,
             axis: int = 0) -> Any:
    """`base` to the powers of `num` evenly spaced numbers from `start` to `stop`."""
    return _spaced(numpy_creation.logspace, start, stop, dtype, num=num, endpoint=endpoint, base=float(base),
                   axis=axis)


@numpy_op
def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    """`num` numbers from `start` to `stop`, each the same multiple of the one before."""
    return _spaced(numpy_creation.geomspace, start, stop, dtype, num=num, endpoint=endpoint, axis=axis)


@numpy_op
def meshgrid(*x: Any, indexing: str = "xy") -> Any:
    """A list of coordinate grids from vectors, in Cartesian ("xy") or matrix ("ij") order.

    Raises ValueError for another order.
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"Valid values for indexing are 'xy' and 'ij'. Received: indexing={indexing}")
    vectors = [tensor(v) for v in x]
    vectors = [reshape(v, [-1]) if rank(v) != 1 else v for v in vectors]
    places = list(range(len(vectors)))
    if indexing == "xy" and len(vectors) > 1:
        places[0], places[1] = 1, 0
    lengths: list[Any] = [0] * len(vectors)
    for place, v in zip(places, vectors, strict=True):
        lengths[place] = sizes(v)[0]
    shape = shape_vector(lengths)
    return [broadcast_to(reshape(v, [-1 if i == place else 1 for i in range(len(vectors))]), shape)
            for place, v in zip(places, vectors, strict=True)]


# Windows ------------------------------------------------------------------------------------------------


def _window(values: np.ndarray) -> Any:
    return tensor(values.astype(np_dtype(floatx())))


def _count(x: Any) -> int:
    return int(np.asarray(x))


@numpy_op(symbolic=False)
def bartlett(x: Any) -> Any:
    """A triangular window of `x` points."""
    return _window(np.bartlett(_count(x)))


@numpy_op(symbolic=False)
def blackman(x: Any) -> Any:
    """Blackman's window of `x` points."""
    return _window(np.blackman(_count(x)))


@numpy_op(symbolic=False)
def hamming(x: Any) -> Any:
    """Hamming's window of `x` points."""
    return _window(np.hamming(_count(x)))


@numpy_op(symbolic=False)
def hanning(x: Any) -> Any:
    """Hann's window of `x` points."""
    return _window(np.hanning(_count(x)))


@numpy_op(symbolic=False)
def kaiser(x: Any, beta: Any) -> Any:
    """Kaiser's window of `x` points and shape `beta`."""
    return _window(np.kaiser(_count(x), float(np.asarray(beta))))
