"""Dilated windows by rearranging: elements `rate` apart become neighbours in images of a larger batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.graph.names import public
from hornbeam.ops import array, blocks, math


@public("nn.with_space_to_batch")
def with_space_to_batch(input: Any, dilation_rate: Any, padding: str, op: Callable[..., Any],
                        filter_shape: Any = None, spatial_dims: Sequence[int] | None = None,
                        data_format: str | None = None) -> Any:
    """`op`, which slides windows, as if the elements of its windows stood `dilation_rate` apart.

    input: rank above the number of rates. dilation_rate: one integer a spatial dimension. padding: "VALID", or "SAME",
    which needs `filter_shape`, the window's size. op: called as op(tensor, number of spatial dimensions, padding).
    spatial_dims: which dimensions slide, ascending and from 1; by default those after the batch, or after the
    channels where `data_format` starts with "NC". Raises ValueError for rates below 1 and other paddings.
    """
    x = array.convert(input)
    rates = [int(r) for r in np.reshape(np.asarray(dilation_rate), -1)]
    if any(r < 1 for r in rates):
        raise ValueError(f"`dilation_rate` must be positive. Received: dilation_rate={rates}")
    first = 2 if data_format is not None and data_format.startswith("NC") else 1
    dims = sorted(spatial_dims if spatial_dims is not None else range(first, first + len(rates)))
    if not dims or dims[0] < 1 or len(set(dims)) != len(rates):
        raise ValueError(f"`spatial_dims` must be positive and one a rate. Received: spatial_dims={list(dims)}")
    if all(r == 1 for r in rates):
        return op(x, len(rates), padding)
    base = _base_paddings(padding, filter_shape, rates)
    extra = [_extra(x, d, sum(pair), rate) for d, pair, rate in zip(dims, base, rates, strict=True)]
    block, pads, crops = [], [], []
    for d in range(1, dims[-1] + 1):
        at = dims.index(d) if d in dims else None
        block.append(1 if at is None else rates[at])
        pads.append([0, 0] if at is None else [base[at][0], _plus(base[at][1], extra[at])])
        crops.append([0, 0] if at is None else [0, extra[at]])
    apart = blocks.space_to_batch_nd(x, np.array(block, np.int32), _table(pads))
    return blocks.batch_to_space_op(op(apart, len(rates), "VALID"), np.array(block, np.int32), _table(crops))


def _base_paddings(padding: str, filter_shape: Any, rates: Sequence[int]) -> list[tuple[int, int]]:
    if padding == "VALID":
        return [(0, 0)] * len(rates)
    if padding != "SAME":
        raise ValueError(f"`padding` must be one of 'SAME' or 'VALID'. Received: padding={padding}")
    if filter_shape is None:
        raise ValueError("`filter_shape` must be specified for `padding='SAME'`. Received: filter_shape=None")
    sizes = [int(s) for s in np.reshape(np.asarray(filter_shape), -1)][:len(rates)]
    wide = [(s - 1) * r for s, r in zip(sizes, rates, strict=True)]
    return [(w // 2, w - w // 2) for w in wide]


def _extra(x: Any, dim: int, added: int, rate: int) -> Any:
    """What is missing at the end for the rate to divide the size: a number, or a tensor where only a run tells."""
    known = x.dims[dim] if x.dims is not None else None
    if known is not None:
        return -(known + added) % rate
    return math.floormod(math.negative(math.add_v2(array.shape_op(x)[dim], added)), rate)


def _plus(number: int, extra: Any) -> Any:
    return number + extra if isinstance(extra, int) else math.add_v2(extra, number)


def _table(rows: list[list[Any]]) -> Any:
    if all(isinstance(v, int) for row in rows for v in row):
        return np.array(rows, np.int32)
    return array.convert(rows)
