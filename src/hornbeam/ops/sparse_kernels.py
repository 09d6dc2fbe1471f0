"""The ops on the three tensors that a `SparseTensor` is made of: places, elements and the dense shape.

Those whose results have a known number of elements compile; the others run on the host.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import dtypes
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import FLOATS, INDEX, NUMERIC, REALS, never, op
from hornbeam.ops import array, dims
from hornbeam.ops.gathering import gather_nd_op
from hornbeam.ops.reduce import reduce_sum
from hornbeam.ops.samples import Sample

_PLACES = never("places are integers")
ORDER_HINT = "Many sparse ops require sorted indices.\n    Use `tf.sparse.reorder` to create a correctly ordered copy."
_MESSAGE_RANK = 3
"""How many dimensions of a place fit into the numbers of a check."""


def _places(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.array([[0, 1], [1, 0], [1, 2]]), rng.normal(size=3), np.array([2, 3])


def _order(indices: Any) -> Any:
    """The permutation that sorts places row by row, equal ones as they came."""
    return jnp.lexsort(tuple(indices[:, i] for i in reversed(range(indices.shape[1])))) if indices.shape[1] else \
        jnp.arange(indices.shape[0])


def flat_places(indices: Any, shape: Any) -> Any:
    """Each place as one number, counted row by row; `shape` is a tuple."""
    flat = jnp.zeros(indices.shape[:1], np.int64)
    for i, size in enumerate(shape):
        flat = flat * size + indices[:, i]
    return flat


def static_sizes(shape: Any) -> tuple[int, ...]:
    """A dense shape as integers. Raises ShapeFault for negative ones."""
    if np.ndim(shape) != 1:
        raise ShapeFault(f"Shape must be rank 1 but is rank {np.ndim(shape)}")
    if (np.asarray(shape) < 0).any():
        raise ShapeFault(f"Dimension {int(np.min(shape))} must be >= 0")
    return tuple(int(d) for d in shape)


# To dense -------------------------------------------------------------------------------------------


def _as_rows(indices: Any) -> Any:
    return jnp.reshape(indices, (-1, 1)) if indices.ndim < 2 else indices


def _to_dense_samples(rng: np.random.Generator) -> list[Sample]:
    places, values, shape = _places(rng)
    return [((places, shape, values, np.float64(0.5)), {}),
            ((np.array([2, 0]), np.array([4]), np.float64(3), np.float64(0)), {"validate_indices": False}),
            ((np.int64(2), np.array([4]), np.float64(3), np.float64(0)), {})]


@op("SparseToDense", inputs="sparse_indices: Tindices, output_shape: Tindices static, sparse_values: T, "
    "default_value: T", Tindices=INDEX, samples=_to_dense_samples)
def sparse_to_dense_op(sparse_indices, output_shape, sparse_values, default_value, *, validate_indices: bool = True):
    """A tensor of the given shape that holds the elements at their places, and `default_value` elsewhere."""
    shape = static_sizes(output_shape)
    places = _as_rows(sparse_indices)
    if places.shape[1] != len(shape):
        raise ShapeFault(f"output_shape has incorrect number of elements: {len(shape)} should be: {places.shape[1]}")
    if sparse_values.ndim and sparse_values.shape[0] != places.shape[0]:
        raise ShapeFault(f"sparse_values has incorrect shape [{sparse_values.shape[0]}], should be [] or "
                         f"[{places.shape[0]}]")
    base = jnp.broadcast_to(default_value, shape)
    return base.at[tuple(places[:, i] for i in range(len(shape)))].set(sparse_values, mode="drop")


@sparse_to_dense_op.check
def _(sparse_indices, output_shape, sparse_values, default_value, *, validate_indices=True):
    places, sizes = jnp.asarray(_as_rows(sparse_indices)), jnp.asarray(output_shape)
    if not places.shape[0]:
        return jnp.zeros((), bool), []
    outside = jnp.any((places < 0) | (places >= sizes), 1)
    kind = jnp.where(outside, 1, 0)
    if validate_indices and places.shape[0] > 1:
        # The first dimension in which neighbours differ decides their order.
        step = places[1:] - places[:-1]
        first = jnp.argmax(step != 0, 1)
        lead = jnp.take_along_axis(step, first[:, None], 1)[:, 0] if places.shape[1] else step.sum(1)
        wrong = jnp.where(lead < 0, 2, jnp.where(lead == 0, 3, 0))
        kind = kind.at[1:].set(jnp.where(kind[1:] > 0, kind[1:], wrong))
    at = jnp.argmax(kind > 0)
    shown = min(places.shape[1], _MESSAGE_RANK)
    return jnp.any(kind > 0), [kind[at], at, *(places[at, i] for i in range(shown)), *(sizes[i] for i in range(shown))]


@sparse_to_dense_op.message
def _(numbers, inputs, attrs):
    kind, at = int(numbers[0]), int(numbers[1])
    rank = min(len(np.reshape(inputs[1].shape, -1)) and int(inputs[1].shape[0]), _MESSAGE_RANK)
    place = ",".join(str(int(n)) for n in numbers[2:2 + rank])
    if kind == 1:
        sizes = ",".join(str(int(n)) for n in numbers[2 + rank:2 + 2 * rank])
        return f"indices[{at}] = [{place}] is out of bounds: need 0 <= index < [{sizes}]"
    if kind == 2:
        return f"indices[{at}] = [{place}] is out of order. {ORDER_HINT}"
    return f"indices[{at}] = [{place}] is repeated"


@sparse_to_dense_op.shape
def _(inputs, attrs):
    return [(dims.wanted_shape(inputs[1]), inputs[2].dtype)]


@sparse_to_dense_op.grad
def _(call, dy):
    indices, _, values, _ = call.inputs
    rows = indices if indices.dims is not None and len(indices.dims) == 2 else array.reshape(indices, [-1, 1])
    taken = gather_nd_op(dy, rows)
    from_values = taken if values.dims is None or len(values.dims) else reduce_sum(taken)
    return None, None, from_values, reduce_sum(dy) - reduce_sum(taken)


# Order and shape -------------------------------------------------------------------------------------


@op("SparseOrder", inputs="indices: int64", differentiable=_PLACES,
    samples=lambda rng: [((np.array([[1, 2], [0, 5], [1, 0]]),), {}), ((np.zeros((0, 2), np.int64),), {})])
def sparse_order(indices):
    """The permutation that puts places into row-major order; equal places stay in theirs."""
    return _order(indices)


@op("SparseReorder", inputs="input_indices: int64, input_values: T, input_shape: int64", T=(*NUMERIC, dtypes.bool),
    outputs=("output_indices", "output_values"),
    samples=lambda rng: [((np.array([[1, 2], [0, 2], [1, 0]]), rng.normal(size=3), np.array([2, 3])), {})])
def sparse_reorder_op(input_indices, input_values, input_shape):
    """Places and elements in row-major order."""
    order = _order(input_indices)
    return jnp.asarray(input_indices)[order], jnp.asarray(input_values)[order]


@op("SparseReshape", inputs="input_indices: int64, input_shape: int64, new_shape: int64", differentiable=_PLACES,
    outputs=("output_indices", "output_shape"),
    samples=lambda rng: [((_places(rng)[0], np.array([2, 3]), np.array([3, -1])), {})])
def sparse_reshape_op(input_indices, input_shape, new_shape):
    """The places in a tensor of another shape that holds the same elements row by row."""
    shape = _completed(input_shape, new_shape)
    flat = flat_places(input_indices, [input_shape[i] for i in range(input_indices.shape[1])])
    columns = []
    for i in reversed(range(new_shape.shape[0])):
        size = jnp.maximum(shape[i], 1)
        columns.append(flat % size)
        flat = flat // size
    stacked = jnp.stack(columns[::-1], 1) if columns else jnp.zeros((input_indices.shape[0], 0), np.int64)
    return stacked, shape


@sparse_reshape_op.shape
def _(inputs, attrs):
    indices, old, new = (i.dims for i in inputs)
    for given, rank, name in ((indices, 2, "input_indices"), (old, 1, "input_shape"), (new, 1, "new_shape")):
        dims.want_rank(given, rank, f"Input {name} should be of rank {rank} but received shape {given}")
    if indices and old and None not in (indices[1], old[0]) and indices[1] != old[0]:
        raise ShapeFault(f"Input tensor rank must match input shape: places of {indices[1]} numbers, {old[0]} sizes")
    count = new[0] if new else None
    return [((indices[0] if indices else None, count), dtypes.int64), ((count,), dtypes.int64)]


def _completed(old: Any, new: Any) -> Any:
    """A new shape with -1 replaced by what remains."""
    rest = jnp.prod(jnp.where(new == -1, 1, new))
    return jnp.where(new == -1, jnp.prod(old) // jnp.maximum(rest, 1), new)


@sparse_reshape_op.check
def _(input_indices, input_shape, new_shape):
    have, want = jnp.prod(input_shape), jnp.prod(_completed(input_shape, new_shape))
    return have != want, [have, want, *(input_shape[i] for i in range(min(3, input_shape.shape[0]))),
                          *(new_shape[i] for i in range(min(3, new_shape.shape[0])))]


@sparse_reshape_op.message
def _(numbers, inputs, attrs):
    return (f"Input to reshape is a tensor with {int(numbers[0])} dense values, but the requested shape has "
            f"{int(numbers[1])}.")


# Products and sums with dense tensors ----------------------------------------------------------------


def _matmul_samples(rng: np.random.Generator) -> list[Sample]:
    places, values, shape = _places(rng)
    return [((places, values, shape, rng.normal(size=(3, 2))), {}),
            ((places, values, shape, rng.normal(size=(2, 4))), {"adjoint_a": True}),
            ((places, values, shape, rng.normal(size=(4, 3))), {"adjoint_b": True})]


@op("SparseTensorDenseMatMul", inputs="a_indices: Tindices, a_values: T, a_shape: int64 static, b: T", T=NUMERIC,
    Tindices=INDEX, samples=_matmul_samples)
def sparse_dense_matmul_op(a_indices, a_values, a_shape, b, *, adjoint_a: bool = False, adjoint_b: bool = False):
    """The product of a sparse matrix with a dense one."""
    rows, columns, height = a_indices[:, 0], a_indices[:, 1], int(a_shape[0])
    if adjoint_a:
        rows, columns, height = columns, rows, int(a_shape[1])
        a_values = jnp.conj(a_values).astype(a_values.dtype)
    if adjoint_b:
        b = jnp.conj(b).T.astype(b.dtype)
    parts = a_values[:, None] * jnp.take(b, columns, axis=0, mode="clip")
    return jnp.zeros((height, b.shape[1]), b.dtype).at[rows].add(parts, mode="drop")


@sparse_dense_matmul_op.shape
def _(inputs, attrs):
    shape, b = dims.wanted_shape(inputs[2]), inputs[3].dims
    dims.want_rank(inputs[0].dims, 2, "Tensor 'a_indices' is not a matrix")
    dims.want_rank(b, 2, "Tensor 'b' is not a matrix")
    if shape is not None and len(shape) != 2:
        raise ShapeFault("Tensor 'a_shape' must have 2 elements")
    a = (None, None) if shape is None else shape[::-1] if attrs["adjoint_a"] else shape
    b = (None, None) if b is None else b[::-1] if attrs["adjoint_b"] else b
    if None not in (a[1], b[0]) and a[1] != b[0]:
        raise ShapeFault(f"Dimensions must be equal, but are {a[1]} and {b[0]}",
                         f"Cannot multiply A and B because inner dimension does not match: {a[1]} vs. {b[0]}.  Did "
                         "you forget a transpose?")
    return [((a[0], b[1]), inputs[1].dtype)]


@sparse_dense_matmul_op.check
def _(a_indices, a_values, a_shape, b, *, adjoint_a=False, adjoint_b=False):
    outside = jnp.any((a_indices < 0) | (a_indices >= jnp.asarray(a_shape)), 1)
    if not outside.shape[0]:
        return jnp.zeros((), bool), []
    at = jnp.argmax(outside)
    return jnp.any(outside), [at, a_indices[at, 0], a_indices[at, 1], int(a_shape[0]), int(a_shape[1])]


@sparse_dense_matmul_op.message
def _(numbers, inputs, attrs):
    _, row, column, height, width = (int(n) for n in numbers[:5])
    if not 0 <= row < height:
        return f"row index {row} out of bounds (>={height})"
    return f"k ({column}) from index[{int(numbers[0])},1] out of bounds (>={width})"


def _dense_samples(rng: np.random.Generator) -> list[Sample]:
    return [((*_places(rng), rng.uniform(1, 2, (2, 3))), {}), ((*_places(rng), rng.uniform(1, 2, 3)), {}),
            ((*_places(rng), np.float64(2)), {})]


def _at_places(indices: Any, shape: Any, dense: Any) -> Any:
    """The elements of `dense`, broadcast to `shape`, at the places."""
    lead = indices.shape[1] - dense.ndim
    if lead < 0:
        raise ShapeFault(f"SparseDenseBinaryOpShared broadcasts dense to sparse only; got incompatible shapes: dense "
                         f"of rank {dense.ndim}, sparse of rank {indices.shape[1]}")
    return jnp.asarray(dense)[tuple(jnp.where(d == 1, 0, indices[:, lead + i]) for i, d in enumerate(dense.shape))] \
        if dense.ndim else jnp.broadcast_to(dense, indices.shape[:1])


_WITH_DENSE = "sp_indices: int64, sp_values: T, sp_shape: int64, dense: T"


@op("SparseDenseCwiseMul", inputs=_WITH_DENSE, T=NUMERIC, samples=_dense_samples)
def sparse_dense_multiply(sp_indices, sp_values, sp_shape, dense):
    """The elements of a sparse tensor times those of a dense one at the same places."""
    return sp_values * _at_places(sp_indices, sp_shape, dense)


@op("SparseDenseCwiseDiv", inputs=_WITH_DENSE, T=NUMERIC, samples=_dense_samples)
def sparse_dense_divide(sp_indices, sp_values, sp_shape, dense):
    """The elements of a sparse tensor divided by those of a dense one at the same places."""
    found = _at_places(sp_indices, sp_shape, dense)
    return jax.lax.div(sp_values, found) if jnp.issubdtype(sp_values.dtype, jnp.integer) else sp_values / found


@sparse_dense_divide.check
def _(sp_indices, sp_values, sp_shape, dense):
    return jnp.any(_at_places(sp_indices, sp_shape, dense) == 0), []


@sparse_dense_divide.message
def _(numbers, inputs, attrs):
    return "SparseDenseCwiseDiv cannot divide by zero,but input dense tensor contains zero "


@op("SparseDenseCwiseAdd", inputs=_WITH_DENSE, T=NUMERIC, samples=_dense_samples)
def sparse_dense_plus(sp_indices, sp_values, sp_shape, dense):
    """The elements of a sparse tensor plus those of a dense one at the same places."""
    return sp_values + _at_places(sp_indices, sp_shape, dense)


for _op in (sparse_dense_multiply, sparse_dense_divide, sparse_dense_plus):
    _op.shape(lambda inputs, attrs: [(inputs[1].dims, inputs[1].dtype)])


@op("SparseTensorDenseAdd", inputs="a_indices: Tindices, a_values: T, a_shape: Tindices, b: T", T=NUMERIC,
    Tindices=INDEX, samples=lambda rng: [((*_places(rng), rng.normal(size=(2, 3))), {})])
def sparse_dense_add_op(a_indices, a_values, a_shape, b):
    """A dense tensor with the elements of a sparse one added at their places."""
    if a_indices.shape[1] != b.ndim:
        raise ShapeFault(f"Two operands have different ranks; received: {a_indices.shape[1]} and {b.ndim}")
    return jnp.asarray(b).at[tuple(a_indices[:, i] for i in range(b.ndim))].add(a_values)


sparse_dense_add_op.shape(lambda inputs, attrs: [(inputs[3].dims, inputs[3].dtype)])


@op("SparseSoftmax", inputs="sp_indices: int64, sp_values: T, sp_shape: int64", T=FLOATS,
    samples=lambda rng: [(_places(rng), {})])
def sparse_softmax_op(sp_indices, sp_values, sp_shape):
    """The softmax over the elements of each row that are there; places in row-major order."""
    if not sp_values.shape[0]:
        return sp_values
    rows = sp_indices[:, :-1]
    fresh = jnp.concatenate([jnp.zeros(1, bool), jnp.any(rows[1:] != rows[:-1], 1)])
    row, count = jnp.cumsum(fresh), sp_values.shape[0]
    top = jnp.full(count, -jnp.inf, sp_values.dtype).at[row].max(sp_values)
    powers = jnp.exp(sp_values - top[row])
    return powers / jnp.zeros(count, sp_values.dtype).at[row].add(powers)[row]


sparse_softmax_op.shape(lambda inputs, attrs: [(inputs[1].dims, inputs[1].dtype)])


# Reductions ------------------------------------------------------------------------------------------


def _reduced_axes(axes: Any, rank: int) -> tuple[int, ...]:
    found = {int(a) + rank * (a < 0) for a in np.reshape(axes, -1)}
    if any(not 0 <= a < rank for a in found):
        raise ShapeFault(f"Invalid reduction dimension {[int(a) for a in np.reshape(axes, -1)]} for input with "
                         f"{rank} dimension(s)")
    return tuple(sorted(found))


def _reduce(indices: Any, values: Any, shape: Any, axes: Any, keep_dims: bool, largest: bool) -> Any:
    sizes = static_sizes(shape)
    over = _reduced_axes(axes, len(sizes))
    kept = [i for i in range(len(sizes)) if i not in over]
    place = flat_places(indices[:, np.array(kept, np.int64)], [sizes[i] for i in kept])
    count = int(np.prod([sizes[i] for i in kept], dtype=np.int64))
    if largest:
        low = -np.inf if jnp.issubdtype(values.dtype, jnp.floating) else jnp.iinfo(values.dtype).min
        top = jnp.full(count, low, values.dtype).at[place].max(values)
        out = jnp.where(jnp.zeros(count, bool).at[place].set(True), top, jnp.zeros((), values.dtype))
    else:
        out = jnp.zeros(count, values.dtype).at[place].add(values)
    return jnp.reshape(out, tuple(1 if i in over else d for i, d in enumerate(sizes) if keep_dims or i not in over))


def _reduced_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    sizes, axes = dims.wanted_shape(inputs[2]), inputs[3].value
    if sizes is None or axes is None:
        return [(None, inputs[1].dtype)]
    over = _reduced_axes(axes, len(sizes))
    if attrs["keep_dims"]:
        return [(tuple(1 if i in over else d for i, d in enumerate(sizes)), inputs[1].dtype)]
    return [(tuple(d for i, d in enumerate(sizes) if i not in over), inputs[1].dtype)]


_REDUCED = "input_indices: int64, input_values: T, input_shape: int64 static, reduction_axes: int32 static"


def _reduce_samples(rng: np.random.Generator) -> list[Sample]:
    return [((*_places(rng), np.array([1], np.int32)), {}), ((*_places(rng), np.array([0], np.int32)),
            {"keep_dims": True}), ((*_places(rng), np.array([], np.int32)), {})]


@op("SparseReduceSum", inputs=_REDUCED, T=NUMERIC, samples=_reduce_samples)
def sparse_reduce_sum_op(input_indices, input_values, input_shape, reduction_axes, *, keep_dims: bool = False):
    """Sums of a sparse tensor over dimensions, as a dense tensor."""
    return _reduce(input_indices, input_values, input_shape, reduction_axes, keep_dims, False)


@op("SparseReduceMax", inputs=_REDUCED, T=REALS, samples=_reduce_samples,
    differentiable=never("TensorFlow has no gradient of it"))
def sparse_reduce_max_op(input_indices, input_values, input_shape, reduction_axes, *, keep_dims: bool = False):
    """The largest elements of a sparse tensor over dimensions, as a dense tensor; 0 where there is none."""
    return _reduce(input_indices, input_values, input_shape, reduction_axes, keep_dims, True)


for _op in (sparse_reduce_sum_op, sparse_reduce_max_op):
    _op.shape(_reduced_shape)


__all__ = ["flat_places", "sparse_dense_add_op", "sparse_dense_divide", "sparse_dense_matmul_op",
           "sparse_dense_multiply", "sparse_dense_plus", "sparse_order", "sparse_reduce_max_op",
           "sparse_reduce_sum_op", "sparse_reorder_op", "sparse_reshape_op", "sparse_softmax_op",
           "sparse_to_dense_op", "static_sizes"]
