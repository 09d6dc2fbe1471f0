"""TensorFlow 1's switches between the shapes and the equality of its two generations."""

from __future__ import annotations

from hornbeam.graph.names import public


@public(v1=("enable_v2_tensorshape",))
def enable_v2_tensorshape() -> None:
    """Accepted: shapes of graphs of `hornbeam.v1` hold `Dimension`s; those of `hornbeam` hold integers."""


@public(v1=("enable_tensor_equality",))
def enable_tensor_equality() -> None:
    """Accepted: `==` between tensors compares elements in eager code, identity in graphs of `hornbeam.v1`."""
