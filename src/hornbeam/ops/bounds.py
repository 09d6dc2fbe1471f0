"""For checks: the first index that is out of range.

Written on lax alone, with few operations: these run beside every gather, scatter and sparse label, and are traced at
each new shape.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp, lax


def first_outside(indices: Any, size: int) -> tuple[Any, Any, Any]:
    """Whether an index is not in [0, size); the first such, and its place in row order: each of shape [1]."""
    count = prod(jnp.shape(indices))
    if not count:
        return np.False_, 0, 0
    row = lax.reshape(indices, (1, count))
    unsigned = np.dtype(f"u{row.dtype}" if row.dtype.kind == "i" else row.dtype)
    limit = min(size, int(np.iinfo(row.dtype).max) + 1) if row.dtype.kind == "i" else size
    if limit > np.iinfo(unsigned).max:
        return np.False_, 0, 0
    # As unsigned numbers, negative ones are larger than any size: one comparison finds both.
    bad = lax.ge(lax.bitcast_convert_type(row, unsigned), np.full((1, count), limit, unsigned))
    place = lax.argmax(bad, 1, np.int64)
    value = lax.dynamic_slice(row, (np.int64(0), lax.squeeze(place, (0,))), (1, 1), allow_negative_indices=False)
    return lax.reduce_or(bad, (1,)), value, place
