"""What TensorFlow 1 has to read dimensions of either generation, and its switches between them."""

from __future__ import annotations

from hornbeam.graph.names import public, register
from hornbeam.graph.shapes import dimension_at_index, dimension_value

register(dimension_value, v1=("dimension_value", "compat.dimension_value"))
register(dimension_at_index, v1=("dimension_at_index", "compat.dimension_at_index"))


@public(v1=("enable_v2_tensorshape",))
def enable_v2_tensorshape() -> None:
    """Accepted: shapes of graphs of `hornbeam.v1` hold `Dimension`s; those of `hornbeam` hold integers."""


@public(v1=("enable_tensor_equality",))
def enable_tensor_equality() -> None:
    """Accepted: `==` between tensors compares elements in eager code, identity in graphs of `hornbeam.v1`."""
