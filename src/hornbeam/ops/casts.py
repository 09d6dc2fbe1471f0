"""Casts between dtypes, and complex numbers made of and taken apart into their parts."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import dtypes
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import COMPLEX, op, registry
from hornbeam.ops import array, rules
from hornbeam.ops.array import unbroadcast
from hornbeam.ops.compare import less, select

WIDE = (dtypes.float32, dtypes.float64)


def conjugate(x: Any) -> Any:
    """The conjugate of a complex tensor; a real one as it is."""
    return conj_op(x) if x.dtype.base_dtype.is_complex else x


# Casts ---------------------------------------------------------------------------------------------


@op("Cast", inputs="x: SrcT", attr_types={"DstT": "type"},
    samples=lambda rng: [((rng.normal(size=(2, 3)),), {"DstT": "float32"}),
                         ((rng.normal(size=(2, 3)) * 9,), {"DstT": "int32"}),
                         ((np.asarray(3, np.int32),), {"DstT": "bool"})],
    waive={"gradient": "float64 through float32 keeps too few digits for differences"})
def cast_op(x, *, DstT: Any, Truncate: bool = False):
    """The values in another dtype: fractions are cut, everything but 0 is true, imaginary parts are dropped."""
    wanted = DstT.np_dtype
    if jnp.iscomplexobj(x) and not np.issubdtype(wanted, np.complexfloating):
        x = (x != 0) if wanted == np.dtype(bool) else jnp.real(x)
    return jnp.asarray(x).astype(wanted)


@cast_op.shape
def _(inputs, attrs):
    given, wanted = inputs[0].dtype.base_dtype, attrs["DstT"]
    if given is not wanted and dtypes.string in (given, wanted):
        raise ShapeFault(f"Cast {given.name} to {wanted.name} is not supported")
    return [(inputs[0].dims, wanted)]


@cast_op.grad
def _(call, dy):
    given, made = call.inputs[0].dtype.base_dtype, dy.dtype.base_dtype
    if not (made.is_floating or made.is_complex):
        return None
    return cast_op(dy, DstT=given)


@public("cast", "dtypes.cast")
def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    """The values of `x` in another dtype; where it has that already, `x` itself.

    x: a tensor, `IndexedSlices` or a `SparseTensor`. Fractions are cut, everything but 0 is true, imaginary parts are
    dropped.

    >>> cast([1.7, -1.7], "int32").numpy().tolist()
    [1, -1]
    """
    wanted = dtypes.as_dtype(dtype).base_dtype
    if hasattr(x, "dense_shape") and hasattr(x, "indices"):
        values = cast(x.values, wanted, name)
        return x.with_values(values) if hasattr(x, "with_values") else type(x)(values, x.indices, x.dense_shape)
    x = array.convert(x, name="x")
    if x.dtype.base_dtype is wanted:
        return x
    if wanted is dtypes.string or x.dtype.base_dtype is dtypes.string:
        raise TypeError(f"Cast string to number or number to string is not supported: {x.dtype.name} to "
                        f"{wanted.name}; use strings.to_number or strings.as_string")
    return cast_op(x, DstT=wanted, name=name)


# Complex numbers -----------------------------------------------------------------------------------


def _complex_sample(rng: np.random.Generator) -> Any:
    return rng.normal(size=(2, 3)) + 1j * rng.normal(size=(2, 3))


def _part_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    return [(inputs[0].dims, attrs["Tout"])]


@op("Complex", inputs="real: T, imag: T", T=WIDE, attr_types={"Tout": "type"},
    samples=lambda rng: [((rng.normal(size=(2, 3)), rng.normal(size=3)), {"Tout": "complex128"})])
def complex_op(real, imag, *, Tout: Any = dtypes.complex64):
    """real + i · imag; shapes broadcast."""
    return jax.lax.complex(*jnp.broadcast_arrays(real, imag)).astype(Tout.np_dtype)


@complex_op.shape
def _(inputs, attrs):
    return [(rules.broadcast_dims([i.dims for i in inputs]), attrs["Tout"])]


@complex_op.grad
def _(call, dy):
    x, y = call.inputs
    part = x.dtype.base_dtype
    return unbroadcast(real_op(dy, Tout=part), x), unbroadcast(imag_op(dy, Tout=part), y)


@op("Real", inputs="input: T", T=COMPLEX, attr_types={"Tout": "type"},
    samples=lambda rng: [((_complex_sample(rng),), {"Tout": "float64"})])
def real_op(input, *, Tout: Any = dtypes.float32):
    """The real part of complex numbers."""
    return jnp.real(input).astype(Tout.np_dtype)


@real_op.grad
def _(call, dy):
    return complex_op(dy, array.zeros_like(dy), Tout=call.inputs[0].dtype.base_dtype)


@op("Imag", inputs="input: T", T=COMPLEX, attr_types={"Tout": "type"},
    samples=lambda rng: [((_complex_sample(rng),), {"Tout": "float64"})])
def imag_op(input, *, Tout: Any = dtypes.float32):
    """The imaginary part of complex numbers."""
    return jnp.imag(input).astype(Tout.np_dtype)


@imag_op.grad
def _(call, dy):
    return complex_op(array.zeros_like(dy), dy, Tout=call.inputs[0].dtype.base_dtype)


@op("Angle", inputs="input: T", T=COMPLEX, attr_types={"Tout": "type"},
    samples=lambda rng: [((_complex_sample(rng),), {"Tout": "float64"})])
def angle_op(input, *, Tout: Any = dtypes.float32):
    """The angle of complex numbers, between -π and π."""
    return jnp.angle(input).astype(Tout.np_dtype)


for _part in (real_op, imag_op, angle_op):
    _part.shape(_part_shape)


@angle_op.grad
def _(call, dy):
    x = call.inputs[0]
    kind = x.dtype.base_dtype
    zero = array.zeros_like(dy)
    turned = complex_op(imag_op(x, Tout=kind.real_dtype), real_op(x, Tout=kind.real_dtype), Tout=kind)
    return registry["RealDiv"](registry["Neg"](complex_op(dy, zero, Tout=kind)), turned)


@op("Conj", inputs="input: T", T=COMPLEX, samples=lambda rng: [((_complex_sample(rng),), {})])
def conj_op(input):
    """re - i · im of complex numbers."""
    return jnp.conj(input)


conj_op.shape(rules.as_first)


@conj_op.grad
def _(call, dy):
    return conj_op(dy)


@public("complex", "dtypes.complex")
def complex(real: Any, imag: Any, name: str | None = None) -> Any:
    """real + i · imag: complex64 of float32 parts, complex128 of float64; shapes broadcast.

    Raises TypeError for other dtypes, or two different ones.
    """
    real = array.convert(real, name="real")
    imag = array.convert(imag, name="imag")
    kinds = (real.dtype.base_dtype, imag.dtype.base_dtype)
    wide = {(dtypes.float32, dtypes.float32): dtypes.complex64,
            (dtypes.float64, dtypes.float64): dtypes.complex128}.get(kinds)
    if wide is None:
        raise TypeError(f"The `real` and `imag` components have incorrect types: {kinds[0].name} {kinds[1].name}. "
                        f"They must be consistent, and one of {[dtypes.float32, dtypes.float64]}")
    return complex_op(real, imag, Tout=wide, name=name or "Complex")


@public("math.real", v1=("real",))
def real(input: Any, name: str | None = None) -> Any:
    """The real part, as floats of half the width; a real tensor comes back as it is."""
    x = array.convert(input)
    if not x.dtype.base_dtype.is_complex:
        return x
    return real_op(x, Tout=x.dtype.base_dtype.real_dtype, name=name)


@public("math.imag", v1=("imag",))
def imag(input: Any, name: str | None = None) -> Any:
    """The imaginary part, as floats of half the width; zeros of a real tensor."""
    x = array.convert(input)
    if not x.dtype.base_dtype.is_complex:
        return array.zeros_like(x)
    return imag_op(x, Tout=x.dtype.base_dtype.real_dtype, name=name)


@public("math.conj", v1=("conj",))
def conj(x: Any, name: str | None = None) -> Any:
    """The complex conjugate; a real tensor comes back as it is. Raises TypeError for what are not numbers."""
    x = array.convert(x)
    kind = x.dtype.base_dtype
    if kind.is_complex:
        return conj_op(x, name=name)
    if not (kind.is_floating or kind.is_integer):
        raise TypeError(f"Expected numeric or variant tensor, got dtype {kind!r}.")
    return x


@public("math.angle", v1=("angle",))
def angle(input: Any, name: str | None = None) -> Any:
    """The angle of each number in the plane, between -π and π; of real numbers 0 or π."""
    x = array.convert(input)
    if x.dtype.base_dtype.is_complex:
        return angle_op(x, Tout=x.dtype.base_dtype.real_dtype, name=name)
    zero = array.zeros_like(x)
    return select(less(x, zero), registry["Mul"](array.ones_like_op(x), np.pi), zero)
