"""Updates of parts of a variable: rows by number, or slices by index vectors.

Rows that occur several times are updated once for each time, except by `ScatterUpdate`, where one of them wins.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import INDEX, NUMERIC, Op, never, op, registry
from hornbeam.graph.shapes import Dims, TensorShape
from hornbeam.ops import rules
from hornbeam.ops.bounds import first_outside
from hornbeam.ops.training import UPDATE

_ROWS = "ref: T ref, indices: Tindices, updates: T"


def outside(indices: Any, size: int) -> tuple[Any, list[Any]]:
    """Whether an index is not in [0, size), with the first such, its place and the size."""
    failed, value, place = first_outside(indices, size)
    return failed, [value, place, size]


def _text(numbers: Any, inputs: Any, attrs: dict[str, Any]) -> str:
    index, at, size = (int(n) for n in numbers[:3])
    return f"indices[{at}] = {index} is not in [0, {size})"


def _rows_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    ref, indices, updates = (i.dims for i in inputs)
    if ref is not None and indices is not None and updates not in (None, ()):
        wanted = TensorShape((*indices, *ref[1:]))
        if not wanted.is_compatible_with(TensorShape(updates)):
            raise ShapeFault(f"Dimensions must be equal: updates have shape {rules.text(updates)}, indices and "
                             f"variable ask for {rules.text(wanted._dims)}",
                             "Must have updates.shape = indices.shape + params.shape[1:] or updates.shape = [], got "
                             f"updates.shape {rules.text(updates)}, indices.shape {rules.text(indices)}, params.shape "
                             f"{rules.text(ref)}")
    return [(ref, inputs[0].dtype)]


def _samples(rng: Any) -> Any:
    ref = rng.uniform(1, 2, (4, 2)).astype(np.float32)
    return [((ref, np.array([2, 0]), rng.uniform(1, 2, (2, 2)).astype(np.float32)), {}),
            ((ref, np.array(1), rng.uniform(1, 2, 2).astype(np.float32)), {}),
            ((ref, np.array([1, 1]), np.float32(3)), {}),
            ((ref, np.zeros(0, np.int64), np.zeros((0, 2), np.float32)), {})]


def _rows(type: str, method: str, doc: str, locking: bool = False, allowed: Any = NUMERIC) -> Op:
    """A row update by a method of `jax.numpy`'s `array.at`."""
    def update(ref: Any, indices: Any, updates: Any, *, use_locking: bool = locking) -> Any:
        shape = (*jnp.shape(indices), *ref.shape[1:])
        rows = jnp.broadcast_to(updates, shape).astype(ref.dtype)
        if method == "divide" and jnp.issubdtype(ref.dtype, jnp.integer):  # as C divides, towards zero
            return jax.lax.div(ref, jnp.ones_like(ref).at[indices].multiply(rows))
        return getattr(ref.at[indices], method)(rows)

    update.__name__, update.__doc__ = type, doc
    types: dict[str, Any] = {"Tindices": INDEX} | ({"T": allowed} if allowed else {})
    made = op(type, inputs=_ROWS, writes=("ref",), differentiable=UPDATE, samples=_samples, **types)(update)
    made.shape(_rows_shape)
    made.check(lambda ref, indices, updates, **attrs: outside(indices, ref.shape[0]))
    made.message(_text)
    return made


scatter_update_op = _rows("ScatterUpdate", "set", "Rows take new values.", True, None)
scatter_add_op = _rows("ScatterAdd", "add", "Values are added to rows.")
scatter_sub_op = _rows("ScatterSub", "subtract", "Values are subtracted from rows.")
scatter_mul_op = _rows("ScatterMul", "multiply", "Rows are multiplied by values.")
scatter_div_op = _rows("ScatterDiv", "divide", "Rows are divided by values.")
scatter_max_op = _rows("ScatterMax", "max", "Rows take the larger of what they hold and values.")
scatter_min_op = _rows("ScatterMin", "min", "Rows take the smaller of what they hold and values.")


# Slices by index vectors -----------------------------------------------------------------------------


def _nd_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    ref, indices, updates = (i.dims for i in inputs)
    if ref is not None and indices and indices[-1] is not None and updates is not None:
        if indices[-1] > len(ref):
            raise ShapeFault(f"The last dimension of indices must be at most the rank of the variable, "
                             f"got {indices[-1]} > {len(ref)}")
        wanted: Dims = (*indices[:-1], *ref[indices[-1]:])
        if not TensorShape(wanted).is_compatible_with(TensorShape(updates)):
            raise ShapeFault(f"Dimensions must be equal: updates have shape {rules.text(updates)}, indices and "
                             f"variable ask for {rules.text(wanted)}")
    return [(ref, inputs[0].dtype)]


def _outside_nd(ref: Any, indices: Any, updates: Any, **attrs: Any) -> Any:
    depth = indices.shape[-1]
    if not indices.size:
        return jnp.zeros((), jnp.bool_), [0, 0, 0]
    wrong = jnp.any((indices < 0) | (indices >= jnp.array(ref.shape[:depth])), -1).reshape(-1)
    at = jnp.argmax(wrong)
    return jnp.any(wrong), [at, depth, *jnp.take(jnp.asarray(indices).reshape(-1, depth), at, 0)[:5]]


def _nd_text(numbers: Any, inputs: Any, attrs: dict[str, Any]) -> str:
    at, depth = int(numbers[0]), int(numbers[1])
    index = ", ".join(str(int(n)) for n in numbers[2:2 + min(depth, 5)])
    dims = getattr(inputs[0], "dims", None) or np.shape(inputs[0])
    return f"indices[{at}] = [{index}] does not index into shape {rules.text(tuple(dims))}"


def _slices(type: str, method: str, doc: str, locking: bool = False, allowed: Any = NUMERIC) -> Op:
    def update(ref: Any, indices: Any, updates: Any, *, use_locking: bool = locking) -> Any:
        at = tuple(jnp.moveaxis(jnp.asarray(indices), -1, 0))
        return getattr(ref.at[at], method)(updates) if at else getattr(ref.at[...], method)(updates)

    update.__name__, update.__doc__ = type, doc
    types: dict[str, Any] = {"Tindices": INDEX} | ({"T": allowed} if allowed else {})
    made = op(type, inputs=_ROWS, writes=("ref",), differentiable=UPDATE, samples=lambda rng: [
        ((rng.normal(size=(4, 2)), np.array([[2], [0]]), rng.normal(size=(2, 2))), {}),
        ((rng.normal(size=(4, 2)), np.array([[2, 1]]), rng.normal(size=1)), {})], **types)(update)
    made.shape(_nd_shape)
    made.check(_outside_nd)
    made.message(_nd_text)
    return made


scatter_nd_update_op = _slices("ScatterNdUpdate", "set", "Slices take new values.", True, None)
scatter_nd_add_op = _slices("ScatterNdAdd", "add", "Values are added to slices.")
scatter_nd_sub_op = _slices("ScatterNdSub", "subtract", "Values are subtracted from slices.")
scatter_nd_max_op = _slices("ScatterNdMax", "max", "Slices take the larger of what they hold and values.")
scatter_nd_min_op = _slices("ScatterNdMin", "min", "Slices take the smaller of what they hold and values.")


# Public functions ------------------------------------------------------------------------------------


def _public(name: str, made: Op, default: bool, doc: str) -> Callable[..., Any]:
    def function(ref: Any, indices: Any, updates: Any, use_locking: bool = default, name: str | None = None) -> Any:
        return made(ref, indices, updates, use_locking=use_locking, name=name)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return public(v1=(name,))(function)


_ROW_DOC = """{0}

    ref: a variable. indices: row numbers. updates: indices.shape + ref.shape[1:], or a number. Returns the variable's
    new value. Raises InvalidArgumentError for a row that is not there.
    """
_SLICE_DOC = """{0}

    ref: a variable. indices: [..., k], each an index of the first k dimensions. updates: indices.shape[:-1] +
    ref.shape[k:]. Returns the variable's new value. Raises InvalidArgumentError for an index that is not there.
    """
for _name, _op in (("update", scatter_update_op), ("add", scatter_add_op), ("sub", scatter_sub_op),
                   ("mul", scatter_mul_op), ("div", scatter_div_op), ("max", scatter_max_op),
                   ("min", scatter_min_op)):
    _public(f"scatter_{_name}", _op, _name == "update", _ROW_DOC.format(_op.__doc__))
for _name, _op in (("update", scatter_nd_update_op), ("add", scatter_nd_add_op), ("sub", scatter_nd_sub_op)):
    _public(f"scatter_nd_{_name}", _op, _name == "update", _SLICE_DOC.format(_op.__doc__))


@op("BatchedIndices", inputs="indices: Tindices", differentiable=never("integer result"), Tindices=INDEX,
    samples=lambda rng: [((np.array([[1, 0], [2, 2]]),), {}), ((np.zeros((2, 0), np.int32),), {})])
def batched_indices(indices):
    """Row numbers of batches as index vectors: [..., n] → [..., n, dimensions of the batch and the row]."""
    places = jnp.indices(indices.shape[:-1], indices.dtype)
    parts = [jnp.broadcast_to(p[..., None], indices.shape) for p in places]
    return jnp.stack([*parts, indices], -1)


@public(v1=("batch_scatter_update",))
def batch_scatter_update(ref: Any, indices: Any, updates: Any, use_locking: bool = True,
                         name: str | None = None) -> Any:
    """Rows of each batch take new values.

    ref: a variable [batch…, rows, …]. indices: [batch…, n]. updates: [batch…, n, …]. Returns the new value.
    """
    return scatter_nd_update_op(ref, batched_indices(indices), updates, use_locking=use_locking, name=name)


def sum_duplicates(values: Any, indices: Any) -> tuple[Any, Any]:
    """Rows whose index occurs several times, added up: (sums, indices), each index once."""
    unique, positions = registry["Unique"](indices)
    count = registry["Shape"](unique)[0]
    return registry["UnsortedSegmentSum"](values, positions, count), unique
