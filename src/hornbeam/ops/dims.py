"""What the shape rules of arrays share: axes, shapes given as tensors, shapes put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.graph import infer
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.infer import Input
from hornbeam.graph.op import INDEX
from hornbeam.graph.shapes import Dims
from hornbeam.graph.tensor import EagerTensor, GraphTensor
from hornbeam.ops import rules

text = rules.text


def product(dims: Sequence[int | None]) -> int | None:
    """The number of elements, or None where a dimension is unknown (and none is 0)."""
    if 0 in dims:
        return 0
    total = 1
    for d in dims:
        if d is None:
            return None
        total *= d
    return total


def normal_axis(axis: int, rank: int, build: str, run: str | None = None) -> int:
    """`axis` counted from the front. Raises ShapeFault with the given words where it is out of range."""
    if not -rank <= axis < rank:
        raise ShapeFault(build, run)
    return axis + rank if axis < 0 else axis


def known_axis(axis: Input) -> int | None:
    """The value of a scalar (or one-element) axis input, None where only a run tells it."""
    return None if axis.value is None else int(np.reshape(axis.value, -1)[0])


def held_shape(shape: Input) -> Dims:
    """The shape that a tensor holds, as far as it is known; negative entries are unknown."""
    if shape.value is not None:
        return tuple(int(d) if d >= 0 else None for d in np.reshape(shape.value, -1))
    if shape.partial is not None:
        return shape.partial
    if shape.dims is not None and len(shape.dims) == 1 and shape.dims[0] is not None:
        return (None,) * shape.dims[0]
    return None


_MOST_OUTPUTS = 2**16


def output_count(count: Any, what: str) -> int:
    """How many tensors an op gives, as an attribute says it. Raises ShapeFault for what no op gives."""
    if not isinstance(count, (int, np.integer)) or isinstance(count, bool) or not 1 <= count <= _MOST_OUTPUTS:
        raise ShapeFault(f"{what} must be an integer from 1 to {_MOST_OUTPUTS}, not {count!r}")
    return int(count)


def index_type(dtype: Any, what: str) -> Any:
    """A dtype attribute that is int32 or int64. Raises ShapeFault for another."""
    if dtype not in INDEX:
        raise ShapeFault(f"Value for attr '{what}' of {getattr(dtype, 'name', dtype)} is not in the list of allowed "
                         "values: int32, int64")
    return dtype


def integers(values: Any, what: str) -> tuple[int, ...]:
    """An attribute that lists integers. Raises ShapeFault for another."""
    if not isinstance(values, (tuple, list)) or not all(isinstance(v, (int, np.integer)) for v in values):
        raise ShapeFault(f"{what} must list integers, not {values!r}")
    return tuple(int(v) for v in values)


def wanted_shape(shape: Input) -> Dims:
    """As `held_shape`, of a shape that is asked for. Raises ShapeFault for negative sizes."""
    if shape.value is not None and (shape.value < 0).any():
        raise ShapeFault(f"Dimension {shape.value.min()} must be >= 0")
    return held_shape(shape)


def want_rank(dims: Dims, rank: int, run: str | None = None) -> None:
    """Raise ShapeFault where a known rank is another one."""
    if dims is not None and len(dims) != rank:
        raise ShapeFault(f"Shape must be rank {rank} but is rank {len(dims)}", run)


def merged(x: Dims, y: Dims, run: str | None = None) -> Dims:
    """What two shapes of one tensor say together. Raises ShapeFault where they contradict each other."""
    if x is None or y is None:
        return y if x is None else x
    if len(x) != len(y):
        raise ShapeFault(f"Shapes must be equal rank, but are {len(x)} and {len(y)}", run)
    out: list[int | None] = []
    for i, (a, b) in enumerate(zip(x, y, strict=True)):
        if a is not None and b is not None and a != b:
            raise ShapeFault(f"Dimension {i} in both shapes must be equal, but are {a} and {b}. "
                             f"Shapes are {text(x)} and {text(y)}.", run)
        out.append(b if a is None else a)
    return tuple(out)


def static_value(tensor: Any) -> np.ndarray | None:
    """The value of a tensor where it is known without running a graph, else None."""
    if type(tensor) is EagerTensor:
        return np.asarray(tensor._value)
    return infer.constant_value(tensor) if type(tensor) is GraphTensor else None


def static_dims(tensor: Any) -> tuple[int, ...] | None:
    """The shape of a tensor where all of it is known, else None."""
    dims = tensor.dims
    return None if dims is None or None in dims else dims


def refused(operation: Any, text: str) -> InvalidArgumentError:
    """The error of an operation whose values do not fit, for what is found while it is lowered."""
    return InvalidArgumentError(None, operation, f"{text}\n\t [[{{{{node {operation.name}}}}}]]")


def with_dims(tensor: Any, dims: Dims) -> Any:
    """`tensor`, whose static shape learns what is known besides."""
    if type(tensor) is GraphTensor and dims is not None and tensor._dims != dims:
        tensor.set_shape(dims)
    return tensor


__all__ = ["Input", "ShapeFault", "held_shape", "index_type", "integers", "known_axis", "merged", "normal_axis",
           "output_count", "product", "refused", "static_dims", "static_value", "text", "want_rank", "wanted_shape",
           "with_dims"]
