"""Running sums, products and log-sums of exponentials along an axis, forwards or backwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import FLOATS, INDEX, NUMERIC, op
from hornbeam.ops import rules
from hornbeam.ops.samples import Sample


def _samples(rng: np.random.Generator) -> list[Sample]:
    x = rng.uniform(0.5, 2, (3, 4))
    return [((x, np.asarray(axis, np.int32)), {"exclusive": exclusive, "reverse": reverse})
            for axis, exclusive, reverse in ((0, False, False), (1, True, False), (-1, False, True), (0, True, True))]


def _running(x: Any, axis: Any, exclusive: bool, reverse: bool, first: Any,
             scan: Callable[[Any, int], Any]) -> Any:
    """`scan` along an axis; where `exclusive`, each place holds what came before it, and the first place `first`."""
    rank, at = jnp.ndim(x), int(axis)
    if not -rank <= at < rank:
        raise ShapeFault(f"scan: Expected scan axis in the range [{-rank}, {rank}), but got {at}")
    at %= rank
    if reverse:
        x = jnp.flip(x, at)
    result = scan(x, at)
    if exclusive and x.shape[at]:
        start = jnp.full((*x.shape[:at], 1, *x.shape[at + 1:]), first, x.dtype)
        result = jnp.concatenate([start, jax.lax.slice_in_dim(result, 0, x.shape[at] - 1, axis=at)], at)
    return jnp.flip(result, at) if reverse else result


@op("Cumsum", inputs="x: T, axis: Tidx static", T=NUMERIC, Tidx=INDEX, samples=_samples)
def cumsum_op(x, axis, *, exclusive: bool = False, reverse: bool = False):
    """The running sum along an axis."""
    return _running(x, axis, exclusive, reverse, 0, lambda v, a: jnp.cumsum(v, a, dtype=v.dtype))


@cumsum_op.grad
def _(call, dy):
    exclusive, reverse = call.attrs["exclusive"], call.attrs["reverse"]
    return cumsum_op(dy, call.inputs[1], exclusive=exclusive, reverse=not reverse), None


@op("Cumprod", inputs="x: T, axis: Tidx static", T=NUMERIC, Tidx=INDEX, samples=_samples)
def cumprod_op(x, axis, *, exclusive: bool = False, reverse: bool = False):
    """The running product along an axis. Its gradient is exact where factors are 0."""
    return _running(x, axis, exclusive, reverse, 1, lambda v, a: jnp.cumprod(v, a, dtype=v.dtype))


def _inclusive(rng: np.random.Generator) -> list[Sample]:
    return [(inputs, {**attrs, "exclusive": False}) for inputs, attrs in _samples(rng)]


@op("CumulativeLogsumexp", inputs="x: T, axis: Tidx static", T=FLOATS, Tidx=INDEX, samples=_inclusive)
def cumulative_logsumexp_op(x, axis, *, exclusive: bool = False, reverse: bool = False):
    """The running log(Σ exp(x)) along an axis."""
    return _running(x, axis, exclusive, reverse, -jnp.inf, lambda v, a: jax.lax.cumlogsumexp(v, a))


for _scan in (cumsum_op, cumprod_op, cumulative_logsumexp_op):
    _scan.shape(rules.as_first)


@public("cumsum", "math.cumsum")
def cumsum(x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None) -> Any:
    """The running sum along an axis: [a, a + b, a + b + c].

    exclusive: without the element itself: [0, a, a + b]. reverse: from the end. Raises InvalidArgumentError where
    the tensor has no such axis.

    >>> cumsum([1, 2, 3], exclusive=True, reverse=True).numpy().tolist()
    [5, 3, 0]
    """
    return cumsum_op(x, axis, exclusive=exclusive, reverse=reverse, name=name)


@public("math.cumprod", v1=("cumprod",))
def cumprod(x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None) -> Any:
    """The running product along an axis: [a, a · b, a · b · c].

    exclusive: without the element itself: [1, a, a · b]. reverse: from the end. Raises InvalidArgumentError where
    the tensor has no such axis.
    """
    return cumprod_op(x, axis, exclusive=exclusive, reverse=reverse, name=name)


@public("math.cumulative_logsumexp")
def cumulative_logsumexp(x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False,
                         name: str | None = None) -> Any:
    """The running log(Σ exp(x)) along an axis, without overflow.

    x: floats. exclusive: without the element itself; the first place holds -inf. reverse: from
    the end. Raises InvalidArgumentError where the tensor has no such axis.
    """
    return cumulative_logsumexp_op(x, axis, exclusive=exclusive, reverse=reverse,
                                   name=name or "CumulativeLogsumexp")
