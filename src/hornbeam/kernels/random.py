"""Random bits for large draws: the same numbers, computed once. XLA draws them anew for each of their uses."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.backend import threefry
from hornbeam.backend.lazy import jax
from hornbeam.graph.op import Op
from hornbeam.kernels.selection import Kernel, call, forced, kernel, known_dims
from hornbeam.ops import keyed_random, random

SMALL = 1 << 13
"""Numbers up to which XLA's own loops are taken: they fuse with what is around them."""


def hornbeam_threefry(key: Any, count: int) -> Any:
    """The first words of a key."""
    return call("hornbeam_threefry", (count,), np.uint32, key)


def _drawn(op: Op, count: Callable[..., int]) -> None:
    """Declares the kernel of an op that draws as many numbers as `count(*args)` says."""
    def rule(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
        numbers = count(*args)
        return run if numbers and (forced() or numbers > SMALL) else None

    def run(*args: Any, **attrs: Any) -> Any:
        with threefry.drawing(hornbeam_threefry):
            if op.random:
                args = (threefry.key(jax.random.key_data(args[0])), *args[1:])
            return op.function(*args, **attrs)

    kernel(op)(rule)


for _op in (random.random_uniform_op, random.random_standard_normal, random.truncated_normal_op,
            keyed_random.keyed_uniform, keyed_random.keyed_normal, keyed_random.keyed_truncated_normal,
            keyed_random.keyed_uniform_between):
    _drawn(_op, lambda shape, *_: math.prod(known_dims(shape)))
_drawn(keyed_random.keyed_dropout, lambda x, key: math.prod(x.shape))
