"""NumPy's ways to arrange and choose elements that TensorFlow has no op for."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import INDEX, op
from hornbeam.ops import rules


@op("NumPyPad", inputs="x: T, widths: W static", W=INDEX, samples=lambda rng: [
    ((rng.normal(size=(2, 3)), np.array([[1, 0], [2, 4]], np.int32)), {"mode": m})
    for m in ("edge", "wrap", "reflect", "symmetric")])
def pad(x, widths, *, mode: str = "edge"):
    """More elements around, made from those at the edges as `mode` says."""
    pairs = [tuple(int(w) for w in pair) for pair in widths]
    for axis, (size, pair) in enumerate(zip(x.shape, pairs, strict=False)):
        if mode in ("wrap", "reflect", "symmetric") and size and min(pair) >= 0 and max(pair) > _PIECES * size:
            x = jnp.take(x, _repeated(size, pair[0], pair[1], mode), axis)  # JAX would join the copies one by one
            pairs[axis] = (0, 0)
    return jnp.pad(x, pairs, mode=mode)


_PIECES = 32


def _repeated(size: int, before: int, after: int, mode: str) -> np.ndarray:
    """The places along one axis that stand in its padded form."""
    places = np.arange(-before, size + after)
    if mode == "wrap":
        return places % size
    turn = size if mode == "symmetric" else max(size - 1, 1)
    there = places % (2 * turn)
    return np.where(there < size, there, 2 * turn - (mode == "symmetric") - there) % size


def _matrices(rng: np.random.Generator) -> Any:
    x = rng.normal(size=(2, 3, 4))
    return [((x,), {}), ((x,), {"offset": 1, "axis1": 0, "axis2": 2}), ((x[0],), {"offset": -1})]


@op("NumPyDiagonal", inputs="x: T", samples=_matrices)
def diagonal(x, *, offset: int = 0, axis1: int = 0, axis2: int = 1):
    """The diagonals of the matrices in two dimensions, along a new last one."""
    return jnp.diagonal(x, offset, axis1, axis2)


@op("NumPyDiag", inputs="x: T", samples=lambda rng: [((rng.normal(size=(3,)),), {"k": 1}), ((rng.normal(size=3),), {})])
def diag(x, *, k: int = 0):
    """A matrix with a vector on its diagonal k."""
    return jnp.diag(x, k)


@diag.shape
def _(inputs, attrs):
    (dims, dtype), k = inputs[0][:2], abs(attrs["k"])
    if dims is None:
        return [(None, dtype)]
    if len(dims) != 1:
        raise ShapeFault(f"Shape must be rank 1 but is rank {len(dims)}")
    size = None if dims[0] is None else dims[0] + k
    return [((size, size), dtype)]


@op("NumPyTril", inputs="x: T", samples=lambda rng: [((rng.normal(size=(2, 3, 3)),), {"k": k}) for k in (0, 1, -1)])
def tril(x, *, k: int = 0):
    """Zeros above the diagonal k."""
    return jnp.tril(x, k)


@op("NumPyTriu", inputs="x: T", samples=lambda rng: [((rng.normal(size=(2, 3, 3)),), {"k": k}) for k in (0, 1, -1)])
def triu(x, *, k: int = 0):
    """Zeros below the diagonal k."""
    return jnp.triu(x, k)


@op("NumPyCross", inputs="x: T, y: T", samples=lambda rng: [
    ((rng.normal(size=(2, 3)), rng.normal(size=(2, 3))), {}), ((rng.normal(size=(3, 2)), rng.normal(size=(3, 2))), {})])
def cross(x, y, *, axisa: int = -1, axisb: int = -1, axisc: int = -1):
    """The cross product of vectors of two or three elements; of two of two elements a number each."""
    return jnp.cross(x, y, axisa, axisb, axisc)


@cross.shape
def _(inputs, attrs):
    rest, sizes = [], []
    for described, axis in zip(inputs, (attrs["axisa"], attrs["axisb"]), strict=True):
        dims = described.dims
        if dims is None:
            return [(None, inputs[0].dtype)]
        if not -len(dims) <= axis < len(dims):
            raise ShapeFault(f"axis {axis} is out of bounds for array of dimension {len(dims)}")
        sizes.append(dims[axis])
        rest.append(tuple(d for i, d in enumerate(dims) if i != axis % len(dims)))
    if any(s not in (2, 3, None) for s in sizes):
        raise ShapeFault(f"Dimension must be either 2 or 3 for cross product, got {sizes}")
    if None in sizes and 3 not in sizes:
        return [(None, inputs[0].dtype)]
    both = rules.broadcast_dims(rest)
    if both is None or sizes == [2, 2]:
        return [(both, inputs[0].dtype)]
    at = attrs["axisc"] % (len(both) + 1)
    return [((*both[:at], 3, *both[at:]), inputs[0].dtype)]


@op("NumPyKron", inputs="x: T, y: T", samples=lambda rng: [((rng.normal(size=(2, 2)), rng.normal(size=(1, 3))), {})])
def kron(x, y):
    """The Kronecker product: every element of x times the whole of y."""
    return jnp.kron(x, y)


@op("NumPyVander", inputs="x: T", samples=lambda rng: [((rng.uniform(1, 2, (3,)),), {"columns": 4})])
def vander(x, *, columns: Any = None, increasing: bool = False):
    """The powers of each element of a vector, as the rows of a matrix."""
    return jnp.vander(x, columns, increasing)


@vander.shape
def _(inputs, attrs):
    dims, columns = inputs[0].dims, attrs["columns"]
    if dims is not None and len(dims) != 1:
        raise ShapeFault(f"x must be a vector, not of shape {rules.text(dims)}")
    if columns is not None and not 0 <= columns < 2**31:
        raise ShapeFault(f"there cannot be {columns} columns")
    size = None if dims is None else dims[0]
    return [((size, size if columns is None else columns), inputs[0].dtype)]


@op("NumPyTakeAlongAxis", inputs="x: T, places: I", I=INDEX, samples=lambda rng: [
    ((rng.normal(size=(3, 4)), rng.integers(0, 3, (2, 4)).astype(np.int32)), {"axis": 0}),
    ((rng.normal(size=(3, 1)), rng.integers(-1, 1, (3, 2)).astype(np.int32)), {"axis": 1})])
def take_along_axis(x, places, *, axis: int = 0):
    """The elements at places along one dimension; the others broadcast. Negative places count from the end."""
    return jnp.take_along_axis(x, places, axis)
