"""Pooling whose windows have two sizes that differ by one, placed at random, so that sizes shrink by any ratio."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.backend import threefry
from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import dtypes, seeds
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.ops import dims
from hornbeam.ops.samples import Sample
from hornbeam.ops.shaping import shape_of

_TYPES = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64)
_OUTPUTS = ("output", "row_pooling_sequence", "col_pooling_sequence")
_ONCE = never("no second derivative of fractional pooling")


def _edges(key: Any, size: int, count: int, pseudo_random: bool) -> Any:
    """Where `count` windows on `size` places begin, and the end."""
    least, more = divmod(size, count)
    if not more:
        return jnp.arange(count + 1, dtype=np.int64) * least
    if pseudo_random:
        ratio = size / count
        largest = min((least + 2) / ratio - 1, (size + 1 - least) / ratio - (count - 1))
        shift = jax.random.uniform(key, (), np.float64) * largest
        inner = jnp.floor(ratio * (jnp.arange(1, count) + shift)) - jnp.floor(ratio * shift)
        return jnp.concatenate([jnp.zeros(1, np.int64), inner.astype(np.int64), jnp.full(1, size, np.int64)])
    widths = jax.random.permutation(key, jnp.arange(count) < more) + least
    return jnp.concatenate([jnp.zeros(1, np.int64), jnp.cumsum(widths)]).astype(np.int64)


def _places(edges: Any, size: int, overlapping: bool) -> tuple[Any, Any]:
    """The places that each window covers [windows, widest], and which of them count."""
    count = edges.shape[0] - 1
    widest = -(-size // count) + 1 + overlapping
    last = jnp.minimum(edges[1:] - (0 if overlapping else 1), size - 1)
    places = edges[:-1, None] + jnp.arange(widest)
    return jnp.minimum(places, size - 1), places <= last[:, None]


def _windows(x: Any, rows: Any, columns: Any, overlapping: bool) -> tuple[Any, Any]:
    """The elements of each window [batch, height, width, channels, elements], and which of them count."""
    down, held_down = _places(rows, x.shape[1], overlapping)
    across, held_across = _places(columns, x.shape[2], overlapping)
    parts = x[:, down][:, :, :, across]  # [batch, height, tall, width, wide, channels]
    parts = jnp.transpose(parts, (0, 1, 3, 5, 2, 4))
    held = held_down[:, None, :, None] & held_across[None, :, None, :]
    return (jnp.reshape(parts, (*parts.shape[:4], -1)),
            jnp.reshape(held, (held.shape[0], held.shape[1], 1, -1)))


def _maximum(x: Any, rows: Any, columns: Any, overlapping: bool) -> Any:
    parts, held = _windows(x, rows, columns, overlapping)
    lowest = -np.inf if jnp.issubdtype(x.dtype, jnp.floating) else jnp.iinfo(x.dtype).min
    first = jnp.argmax(jnp.where(held, jax.lax.stop_gradient(parts), lowest), -1)
    return jnp.take_along_axis(parts, first[..., None], -1)[..., 0]


def _mean(x: Any, rows: Any, columns: Any, overlapping: bool) -> Any:
    parts, held = _windows(x, rows, columns, overlapping)
    total, count = jnp.sum(jnp.where(held, parts, 0), -1), jnp.sum(held, -1)
    return (total / count).astype(x.dtype) if jnp.issubdtype(x.dtype, jnp.floating) else \
        (total // count).astype(x.dtype)


def _drawn(key: Any, x: Any, ratio: Any, pseudo_random: bool, deterministic: bool,
           words: tuple[int, int]) -> tuple[Any, Any]:
    """Where the windows begin, in height and width; `words`: two numbers that fix them."""
    if deterministic:  # a draw's key tells the runs of an operation apart; these windows are the same in all of them
        key = threefry.key(jnp.asarray([word % 2**32 for word in words], np.uint32))
    elif any(words):
        raise ShapeFault("Both seed and seed2 should be 0 if deterministic is false.")
    sizes = _output_sizes(x.shape, ratio)
    edges = [_edges(k, x.shape[i], sizes[i], pseudo_random)
             for k, i in zip(jax.random.split(key), (1, 2), strict=True)]
    return edges[0], edges[1]


def _output_sizes(shape: Any, ratio: Any) -> list[Any]:
    ratios = tuple(float(r) for r in ratio)
    if len(ratios) != 4:
        raise ShapeFault(f"pooling_ratio field must specify 4 dimensions, not {len(ratios)}")
    if ratios[0] != 1 or ratios[3] != 1:
        raise ShapeFault("Fractional max pooling is not yet supported on the batch nor channel dimension.")
    if any(r < 1 for r in ratios):
        raise ShapeFault(f"pooling_ratio cannot be smaller than 1, got: {min(ratios)}")
    return [None if d is None else int(d / r) for d, r in zip(shape, ratios, strict=True)]


def _shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    x = inputs[0].dims
    dims.want_rank(x, 4, "value must be 4-dimensional")
    found = _output_sizes((None,) * 4 if x is None else x, attrs["pooling_ratio"])
    if x is not None and any(f is not None and f < 1 for f in found[1:3]):
        raise ShapeFault(f"pooling_ratio {attrs['pooling_ratio']} is larger than the input {dims.text(x)}")
    return [(tuple(found), inputs[0].dtype),
            *(((None if found[i] is None else found[i] + 1,), dtypes.int64) for i in (1, 2))]


def _samples(rng: np.random.Generator) -> list[Sample]:
    ratio = (1.0, 1.5, 1.4, 1.0)
    return [((rng.normal(size=(2, 7, 6, 2)),), {"pooling_ratio": ratio, "overlapping": o, "pseudo_random": p,
                                                "deterministic": True, "seed": 3}) for o, p in ((True, False),
                                                                                              (False, True))]


@op("FractionalMaxPool", inputs="value: T", T=_TYPES, random=True, outputs=_OUTPUTS, samples=_samples,
    waive={"gradient": "tested with the windows that were drawn"})
def max_pool_op(key, value, *, pooling_ratio: Any, pseudo_random: bool = False, overlapping: bool = False,
                deterministic: bool = False, seed: int = 0, seed2: int = 0):
    """The largest elements of windows of two sizes, and where the windows begin."""
    rows, columns = _drawn(key, value, pooling_ratio, pseudo_random, deterministic, (seed, seed2))
    return _maximum(value, rows, columns, overlapping), rows, columns


@op("FractionalAvgPool", inputs="value: T", T=_TYPES, random=True, outputs=_OUTPUTS, samples=_samples,
    waive={"gradient": "tested with the windows that were drawn"})
def avg_pool_op(key, value, *, pooling_ratio: Any, pseudo_random: bool = False, overlapping: bool = False,
                deterministic: bool = False, seed: int = 0, seed2: int = 0):
    """The means of windows of two sizes, and where the windows begin."""
    rows, columns = _drawn(key, value, pooling_ratio, pseudo_random, deterministic, (seed, seed2))
    return _mean(value, rows, columns, overlapping), rows, columns


max_pool_op.shape(_shape)
avg_pool_op.shape(_shape)


# Gradients -------------------------------------------------------------------------------------------


def _windows_sample(rng: np.random.Generator) -> tuple[Any, ...]:
    return np.array([0, 2, 3, 5]), np.array([0, 1, 4])


def _max_grad_sample(rng: np.random.Generator) -> list[Sample]:
    x, (rows, columns) = rng.normal(size=(1, 5, 4, 2)), _windows_sample(rng)
    y = np.array([[[x[0, a:b, c:d].max((0, 1)) for c, d in itertools.pairwise(columns)]
                   for a, b in itertools.pairwise(rows)]])
    return [((x, y, rng.normal(size=(1, 3, 2, 2)), rows, columns), {})]


@op("FractionalMaxPoolGrad", inputs="orig_input: T, orig_output: T, out_backprop: T, row_pooling_sequence: int64, "
    "col_pooling_sequence: int64", T=_TYPES, differentiable=_ONCE, samples=_max_grad_sample)
def max_pool_grad(orig_input, orig_output, out_backprop, row_pooling_sequence, col_pooling_sequence, *,
                  overlapping: bool = False):
    """What a window's gradient sends to its first largest element."""
    down, _ = _places(row_pooling_sequence, orig_input.shape[1], overlapping)
    across, _ = _places(col_pooling_sequence, orig_input.shape[2], overlapping)
    parts, held = _windows(jnp.asarray(orig_input), row_pooling_sequence, col_pooling_sequence, overlapping)
    lowest = -np.inf if jnp.issubdtype(parts.dtype, jnp.floating) else jnp.iinfo(parts.dtype).min
    first = jnp.argmax(jnp.where(held, parts, lowest), -1)  # [batch, height, width, channels]
    row = jnp.asarray(down)[jnp.arange(down.shape[0])[None, :, None, None], first // across.shape[1]]
    column = jnp.asarray(across)[jnp.arange(across.shape[0])[None, None, :, None], first % across.shape[1]]
    image = jnp.arange(first.shape[0])[:, None, None, None]
    channel = jnp.arange(first.shape[3])[None, None, None, :]
    return jnp.zeros_like(orig_input).at[image, row, column, channel].add(out_backprop)


@max_pool_grad.shape
def _(inputs, attrs):
    found = inputs[0].dims
    return [((None,) * 4 if found is None else found, inputs[0].dtype)]


@max_pool_grad.check
def _(orig_input, orig_output, out_backprop, row_pooling_sequence, col_pooling_sequence, *, overlapping):
    found = _maximum(jnp.asarray(orig_input), row_pooling_sequence, col_pooling_sequence, overlapping)
    return jnp.any(found != orig_output), []


@max_pool_grad.message
def _(numbers, inputs, attrs):
    return "tensor_out_dup is not the same as tensor_out"


@op("FractionalAvgPoolGrad", inputs="orig_input_tensor_shape: int64 static, out_backprop: T, row_pooling_sequence: "
    "int64, col_pooling_sequence: int64", T=_TYPES, differentiable=_ONCE,
    samples=lambda rng: [((np.array([1, 5, 4, 2]), rng.normal(size=(1, 3, 2, 2)), *_windows_sample(rng)), {})])
def avg_pool_grad(orig_input_tensor_shape, out_backprop, row_pooling_sequence, col_pooling_sequence, *,
                  overlapping: bool = False):
    """What a window's gradient sends to each of its elements, an equal share."""
    shape = tuple(int(d) for d in orig_input_tensor_shape)
    down, held_down = _places(row_pooling_sequence, shape[1], overlapping)
    across, held_across = _places(col_pooling_sequence, shape[2], overlapping)
    share = out_backprop.astype(np.float64) / (held_down.sum(1)[:, None, None] * held_across.sum(1)[None, :, None])
    held = held_down[:, :, None, None] & held_across[None, None]  # [height, tall, width, wide]
    spread = jnp.where(held[None, ..., None], share[:, :, None, :, None], 0)
    total = jnp.zeros(shape, np.float64).at[:, down[:, :, None, None], across[None, None]].add(spread)
    return total.astype(out_backprop.dtype)


@avg_pool_grad.shape
def _(inputs, attrs):
    return [(dims.wanted_shape(inputs[0]), inputs[1].dtype)]


@max_pool_op.grad
def _(call, dy, d_rows, d_columns):
    y, rows, columns = call.outputs
    return max_pool_grad(call.inputs[0], y, dy, rows, columns, overlapping=call.attrs["overlapping"])


@avg_pool_op.grad
def _(call, dy, d_rows, d_columns):
    _, rows, columns = call.outputs
    return avg_pool_grad(shape_of(call.inputs[0], dtypes.int64), dy, rows, columns,
                         overlapping=call.attrs["overlapping"])


# What users call -------------------------------------------------------------------------------------


def _ratio(given: Any) -> tuple[float, ...]:
    """A number, or 1, 2 or 4 of them, as one for each dimension. Raises ValueError for another count."""
    values = [float(given)] if isinstance(given, (int, float)) else [float(v) for v in given]
    if len(values) == 1:
        values = values * 2
    if len(values) == 2:
        values = [1.0, *values, 1.0]
    if len(values) != 4:
        raise ValueError(f"pooling_ratio should be of length 1, 2 or 4 but was {len(values)}")
    return tuple(values)


def _call(pool: Any, value: Any, ratio: Any, pseudo_random: bool, overlapping: bool, seed: int,
          name: str | None) -> Any:
    ratios = _ratio(ratio)
    if any(r < 1 for r in ratios):
        raise ValueError(f"`pooling_ratio` elements should be >= 1.0. Received: pooling_ratio={ratio}")
    if ratios[0] != 1 or ratios[3] != 1:
        raise ValueError("`pooling_ratio` should have first and last elements with value 1.0. Received: "
                         f"pooling_ratio={ratio}")
    found = seeds.attributes(seed) if seed else {"seed": 0, "seed2": 0}
    return _pooled(pool, value, ratios, pseudo_random, overlapping, seed != 0, found["seed"], found["seed2"], name)


def _pooled(pool: Any, value: Any, ratio: Any, pseudo_random: bool, overlapping: bool, deterministic: bool, seed: int,
            seed2: int, name: str | None) -> Any:
    return pool(value, pooling_ratio=tuple(ratio), pseudo_random=pseudo_random, overlapping=overlapping,
                deterministic=deterministic, seed=seed, seed2=seed2, name=name)


_TEXT = """The {what} of windows that shrink height and width by any ratio. Graham 2015.

    value: [batch, height, width, channels]. pooling_ratio: by how much each dimension shrinks, at least 1: a number, or
    a list of 1, 2 or 4 of them. pseudo_random: windows from one random shift, else in random order. overlapping:
    windows share their borders. seed: the same windows each time, unless it is 0.
    Returns (output, row_pooling_sequence, col_pooling_sequence): where the windows begin, int64.
    Raises ValueError or InvalidArgumentError for ratios below 1.
    """


def fractional_max_pool(value: Any, pooling_ratio: Sequence[float], pseudo_random: bool = False,
                        overlapping: bool = False, seed: int = 0, name: str | None = None) -> Any:
    return _call(max_pool_op, value, pooling_ratio, pseudo_random, overlapping, seed, name)


def fractional_avg_pool(value: Any, pooling_ratio: Sequence[float], pseudo_random: bool = False,
                        overlapping: bool = False, seed: int = 0, name: str | None = None) -> Any:
    return _call(avg_pool_op, value, pooling_ratio, pseudo_random, overlapping, seed, name)


def fractional_max_pool_v1(value: Any, pooling_ratio: Sequence[float], pseudo_random: bool = False,
                           overlapping: bool = False, deterministic: bool = False, seed: int = 0, seed2: int = 0,
                           name: str | None = None) -> Any:
    return _pooled(max_pool_op, value, pooling_ratio, pseudo_random, overlapping, deterministic, seed, seed2, name)


def fractional_avg_pool_v1(value: Any, pooling_ratio: Sequence[float], pseudo_random: bool = False,
                           overlapping: bool = False, deterministic: bool = False, seed: int = 0, seed2: int = 0,
                           name: str | None = None) -> Any:
    return _pooled(avg_pool_op, value, pooling_ratio, pseudo_random, overlapping, deterministic, seed, seed2, name)


for _function, _v1, _v2, _what in (
        (fractional_max_pool, (), ("nn.fractional_max_pool",), "largest elements"),
        (fractional_avg_pool, (), ("nn.fractional_avg_pool",), "means"),
        (fractional_max_pool_v1, ("nn.fractional_max_pool",), (), "largest elements"),
        (fractional_avg_pool_v1, ("nn.fractional_avg_pool",), (), "means")):
    _function.__doc__ = _TEXT.format(what=_what)
    _function.__name__ = _function.__qualname__ = _function.__name__.removesuffix("_v1")
    public(v1=_v1, v2=_v2)(_function)
