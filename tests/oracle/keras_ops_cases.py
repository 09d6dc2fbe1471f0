"""What of keras.ops is compared with Keras: expressions, evaluated there once (`keras_ops_record.py`) and here.

Most are lines of `keras_ops_cases.txt`; those of functions of one or two tensors of any dtype are made below.
`x("float32", 2, 3)` is an array of that dtype and shape, the same everywhere; `p` one of numbers between 0 and 1,
`z` one of normal numbers, `holes` one with NaN in it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

DTYPES = ("float32", "float16", "bfloat16", "int32", "int8", "uint8", "uint32", "bool")
WIDE = ("float64", "int64")


def x(dtype: str, *shape: int, low: float = -3, high: float = 3, seed: int = 0) -> Any:
    """Numbers between `low` and `high`: quarters for floats, whole numbers for integers."""
    rng = np.random.default_rng(zlib.crc32(repr((shape, seed)).encode()))
    values = rng.uniform(low, high, shape)
    if dtype == "bool":
        return np.asarray(values > 0)
    if "int" in dtype:
        return np.abs(values).astype(dtype) if dtype.startswith("u") else np.round(values).astype(dtype)
    if dtype.startswith("complex"):
        return (np.round(values * 4) / 4 + 1j * np.round(rng.uniform(low, high, shape) * 4) / 4).astype(dtype)
    return np.asarray(np.round(values * 4) / 4).astype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)


def p(dtype: str, *shape: int, seed: int = 0) -> Any:
    """Numbers between 0 and 1, both left out."""
    return x(dtype, *shape, low=0.3, high=0.9, seed=seed)


def z(*shape: int, seed: int = 0) -> Any:
    """float32 numbers that are no round ones, from the standard normal distribution."""
    rng = np.random.default_rng(zlib.crc32(repr((shape, seed, "z")).encode()))
    return np.round(rng.normal(size=shape), 3).astype("float32")


def holes(*shape: int, seed: int = 0) -> Any:
    """As `z`, about a third of it NaN."""
    values = z(*shape, seed=seed)
    values[z(*shape, seed=seed + 1) > 0.4] = np.nan
    return values


NAMES: dict[str, Any] = {"x": x, "p": p, "z": z, "holes": holes, "np": np, "inf": np.inf, "nan": np.nan}

AS_TENSORFLOW = ("ops.relu6(x('int", "ops.relu6(x('uint", "ops.depth_to_space(z(1, 8,", "ops.space_to_depth(z(1, 2,")
"""Beginnings of the expressions whose answer on TensorFlow is ours: integers stay integers, channels first means that
blocks vary before channels."""

_UNARY = """abs absolute negative sign signbit real imag conj conjugate angle isreal square sqrt cbrt reciprocal exp
exp2 expm1 log log10 log1p log2 sin cos tan arctan sinh cosh tanh arcsinh sinc deg2rad rad2deg i0 floor ceil trunc round
isfinite isinf isnan isneginf isposinf nan_to_num logical_not fabs copy rsqrt erf erfc relu relu6 sigmoid
sparse_sigmoid softplus softsign soft_shrink sparse_plus silu squareplus log_sigmoid leaky_relu hard_sigmoid hard_silu
hard_swish swish elu selu gelu celu hard_tanh tanh_shrink hard_shrink softmax log_softmax sparsemax""".split()
_WITHIN = ("arcsin", "arccos", "arctanh", "erfinv")
_POSITIVE = ("sqrt", "log", "log10", "log1p", "log2", "rsqrt", "reciprocal")
_COMPLEX = """abs absolute angle real imag conj exp sqrt square isnan isfinite isreal negative sin cosh tanh reciprocal
sign sum prod mean std var""".split()
_BINARY = """add subtract multiply divide true_divide divide_no_nan floor_divide mod fmod power maximum minimum fmax
fmin arctan2 hypot heaviside logaddexp logaddexp2 equal not_equal less less_equal greater greater_equal
logical_and logical_or logical_xor""".split()
_INTEGER = """bitwise_and bitwise_or bitwise_xor gcd lcm bitwise_left_shift bitwise_right_shift left_shift
right_shift""".split()
_REDUCTIONS = "all any sum prod mean std var max min amax amin ptp median".split()
_NAN = "nansum nanprod nanmean nanstd nanvar nanmax nanmin nanmedian".split()
_NO_BOOL = {"negative", "sign", "i0", "reciprocal", "subtract", "fmod", "mod", "floor_divide", "power", "square",
            "signbit", "relu", "relu6", "heaviside", "ptp", "cbrt", "round"}
_FLOATS = {"soft_shrink", "sparse_plus", "squareplus", "hard_shrink", "sparsemax", "leaky_relu", "selu", "celu", "elu",
           "hard_tanh", "tanh_shrink", "silu", "swish", "gelu", "hard_silu", "hard_swish", "hard_sigmoid",
           "sparse_sigmoid", "softsign", "log_sigmoid", "softplus", "sigmoid", "rsqrt", "erf", "erfc", "softmax",
           "log_softmax", "i0", "median", "logaddexp2"}
_NO_SUM_OF_TRUTHS = ("add", "multiply", "maximum", "minimum", "fmax", "fmin")
_ONE_RANK = ("softmax", "log_softmax", "sparsemax")


def _takes(name: str, dtype: str) -> bool:
    return not (dtype == "bool" and name in _NO_BOOL) and not (name in _FLOATS and "float" not in dtype)


def unary() -> Iterator[str]:
    """Functions of one tensor, of every dtype."""
    for name in _UNARY:
        maker = "p" if name in _POSITIVE else "x"
        for dtype in filter(lambda d, n=name: _takes(n, d), DTYPES):
            yield f"ops.{name}({'x' if 'int' in dtype else maker}('{dtype}', 3))"
        yield f"ops.{name}({maker}('float32', 2, 3, seed=1))"
        if name not in _ONE_RANK:
            yield f"ops.{name}({maker}('float32'))"
            yield f"ops.{name}(np.zeros((0, 2), 'float32'))"
    for name in _WITHIN:
        yield from (f"ops.{name}(p('{d}', 3))" for d in ("float32", "float16", "bfloat16"))
    yield from (f"ops.{name}(x('complex64', 3))" for name in _COMPLEX)


def binary() -> Iterator[str]:
    """Functions of two tensors, of every pair of dtypes and with Python's numbers."""
    kinds = ("float32", "float16", "bfloat16", "int32", "int8", "uint8", "bool")
    for name in (*_BINARY, *_INTEGER):
        for i, a in enumerate(kinds):
            for b in kinds[i:]:
                both = a == b == "bool" and name in _NO_SUM_OF_TRUTHS
                bits = name in _INTEGER and ("float" in a + b or "bool" in a + b)
                if not (both or bits or ("bool" in (a, b) and name in _NO_BOOL)):
                    yield f"ops.{name}(x('{a}', 2), x('{b}', 2, low=1, high=4))"
        if name not in _INTEGER:
            yield f"ops.{name}(x('float32', 2, 1), x('float32', 3, low=1, high=4))"
            yield f"ops.{name}(x('float32', 2), 2)"
            yield f"ops.{name}(x('bfloat16', 2), 1.5)"
            yield f"ops.{name}(3, x('int8', 2, low=1, high=4))"
            yield f"ops.{name}(x('int32', 2), 1.5)"
            yield f"ops.{name}(np.zeros((0, 3), 'float32'), x('float32', 3))"
            yield f"ops.{name}([1, 2], [2.0, 1.0])"


def reductions() -> Iterator[str]:
    """Reductions of every dtype, over some, all and no dimensions."""
    for name in _REDUCTIONS:
        yield from (f"ops.{name}(x('{d}', 2, 3))" for d in DTYPES if _takes(name, d))
        yield f"ops.{name}(x('float32', 2, 3, 2), axis=1, keepdims=True)"
        yield f"ops.{name}(x('float32', 2, 3, 2), axis=(0, -1))"
        yield f"ops.{name}(x('float32', 2, 3), axis=None, keepdims=True)"
        yield f"ops.{name}(x('float32'))"
    for name in _NAN:
        yield f"ops.{name}(holes(3, 4))"
        yield f"ops.{name}(holes(3, 4, 2, seed=2), axis=(0, 1), keepdims=True)"
        yield f"ops.{name}(holes(3, 4), axis=-1)"
    for name in ("argmax", "argmin"):
        yield from (f"ops.{name}(x('{d}', 2, 3))" for d in DTYPES if d != "bool")
        yield from (f"ops.{name}(z(2, 3), axis=0)", f"ops.{name}(z(2, 3), axis=-1, keepdims=True)",
                    f"ops.{name}(z(2, 3), keepdims=True)", f"ops.nan{name}(holes(3, 4))",
                    f"ops.nan{name}(holes(3, 4), axis=0)")
    for name in ("cumsum", "cumprod", "nancumsum", "nancumprod"):
        yield from (f"ops.{name}(x('{d}', 2, 3), axis=1)" for d in DTYPES)
        yield from (f"ops.{name}(x('float32', 2, 3))", f"ops.{name}(x('int32', 3), dtype='float32')",
                    f"ops.{name}({'holes' if name.startswith('nan') else 'z'}(3, 2), axis=-2)")


def wide() -> Iterator[str]:
    """64-bit numbers, which Keras keeps on TensorFlow."""
    for dtype in WIDE:
        for name in "abs negative sign square exp log sqrt sin floor round relu sum mean max prod std".split():
            yield f"ops.{name}({'x' if dtype == 'int64' or name not in _POSITIVE else 'p'}('{dtype}', 3))"
        for name in "add multiply divide floor_divide power maximum less".split():
            for other in ("float32", "int32", "int64", "float64", "bfloat16"):
                yield f"ops.{name}(x('{dtype}', 2), x('{other}', 2, low=1, high=4))"
            yield f"ops.{name}(x('{dtype}', 2), 2)"
            yield f"ops.{name}(x('{dtype}', 2), 1.5)"
        yield f"ops.matmul(x('{dtype}', 2, 3), x('{dtype}', 3, 2))"


def listed() -> Iterator[str]:
    """The lines of `keras_ops_cases.txt`."""
    yield from filter(None, Path(__file__).with_name("keras_ops_cases.txt").read_text().splitlines())


FAMILIES: dict[str, Callable[[], Iterator[str]]] = {"unary": unary, "binary": binary, "reductions": reductions,
                                                     "wide": wide, "listed": listed}


def answer(expression: str, ops: Any) -> Any:
    """What an expression gives: nested lists of [dtype, shape, values]."""
    return _plain(eval(expression, {**NAMES, "ops": ops}))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if value is None or isinstance(value, (bool, int)):
        return value
    array = np.asarray(value)
    flat = array.reshape(-1)
    if array.dtype.kind == "c":
        flat = np.stack([flat.real, flat.imag], -1).reshape(-1)
    return {"dtype": array.dtype.name, "shape": list(array.shape), "values": [_number(v) for v in flat]}


def _number(value: Any) -> Any:
    if np.asarray(value).dtype.kind in "biu":
        return int(value)
    number = float(value)
    return str(number) if number != number or number in (np.inf, -np.inf) else float(f"{number:.7g}")
