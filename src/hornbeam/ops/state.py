"""Variables in graphs: the node that holds one, and the ops that assign to it.

The functions are pure: an op that writes takes the old value and gives the new one; the runtime keeps it.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import NUMERIC, never, op
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import rules

_UPDATE = never("a variable is updated in place")


@op("VariableV2", inputs="", stateful=True, attr_types={"dtype": "type"},
    differentiable=never("a variable has no inputs"))
def variable_v2(*, shape: Any, dtype: Any, container: str = "", shared_name: str = "") -> Any:
    """Holds a value from run to run; a session has its own."""
    raise ShapeFault("a variable has no value of its own")


@variable_v2.shape
def _(inputs, attrs):
    return [(TensorShape(attrs["shape"])._dims, attrs["dtype"]._as_ref)]


@op("Assign", inputs="ref: T ref, value: T", writes=("ref",), differentiable=_UPDATE)
def assign_op(ref, value, *, validate_shape: bool = True, use_locking: bool = True):
    """The variable takes `value`."""
    return jnp.asarray(value)


@assign_op.shape
def _(inputs, attrs):
    (ref, dtype), value = inputs[0][:2], inputs[1].dims
    if not attrs["validate_shape"]:
        return [(value, dtype)]
    if not TensorShape(ref).is_compatible_with(TensorShape(value)):
        raise ShapeFault(f"Shapes {rules.text(ref)} and {rules.text(value)} are not compatible: Assign requires "
                         "shapes of both tensors to match",
                         f"Assign requires shapes of both tensors to match. lhs shape= {rules.text(ref)} "
                         f"rhs shape= {rules.text(value)}")
    return [(TensorShape(ref).merge_with(TensorShape(value))._dims, dtype)]


def _updated(inputs, attrs):
    ref, value = inputs[0].dims, inputs[1].dims
    if not TensorShape(ref).is_compatible_with(TensorShape(value)):
        raise ShapeFault(f"Shapes {rules.text(ref)} and {rules.text(value)} are not compatible")
    return [(ref, inputs[0].dtype)]


@op("AssignAdd", inputs="ref: T ref, value: T", writes=("ref",), differentiable=_UPDATE, T=NUMERIC)
def assign_add_op(ref, value, *, use_locking: bool = False):
    """`value` is added to the variable."""
    return jnp.add(ref, value)


@op("AssignSub", inputs="ref: T ref, value: T", writes=("ref",), differentiable=_UPDATE, T=NUMERIC)
def assign_sub_op(ref, value, *, use_locking: bool = False):
    """`value` is subtracted from the variable."""
    return jnp.subtract(ref, value)


assign_add_op.shape(_updated)
assign_sub_op.shape(_updated)


@op("NoOp", inputs="", stateful=True, differentiable=never("no outputs"))
def no_op_op():
    """Nothing; other operations can wait for it."""
    return ()


@no_op_op.shape
def _(inputs, attrs):
    return []


__all__ = ["assign_op", "np"]
