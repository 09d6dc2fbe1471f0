"""Variables in graphs: the node that holds one, and the ops that assign to it.

The functions are pure: an op that writes takes the old value and gives the new one; the runtime keeps it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes
from hornbeam.graph.errors import OutOfRangeError
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import INDEX, NUMERIC, never, op
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


@op("CountUpTo", inputs="ref: T ref", writes=("ref",), host=True, outputs=("ref", "output"), differentiable=_UPDATE,
    T=INDEX)
def count_up_to_op(ref, *, limit: int):
    """One is added to the variable, up to `limit`; gives the variable and the value before."""
    if int(ref) >= limit:
        raise OutOfRangeError(None, None, f"Reached limit of {limit}")
    return np.asarray(ref + 1, ref.dtype), np.array(ref)


@count_up_to_op.shape
def _(inputs, attrs):
    return [(inputs[0].dims, inputs[0].dtype)] * 2


def count_up_to(ref: Any, limit: int, name: str | None = None) -> Any:
    """Add one to the scalar variable `ref`, up to `limit`; the result is the value before."""
    return count_up_to_op(ref, limit=int(limit), name=name).output


@op("IsVariableInitialized", inputs="ref: D ref", stateful=True, gives_strings=False,
    differentiable=never("boolean result"))
def is_variable_initialized_op(ref):
    """Whether the variable has a value. The runtime answers where it has none."""
    return jnp.ones((), jnp.bool_)


@is_variable_initialized_op.shape
def _(inputs, attrs):
    return [((), dtypes.bool)]


@op("NoOp", inputs="", stateful=True, differentiable=never("no outputs"))
def no_op_op():
    """Nothing; other operations can wait for it."""
    return ()


@no_op_op.shape
def _(inputs, attrs):
    return []

