"""Slots: variables beside a variable, that an optimizer or an average keeps for it.

They are named `variable/name`, in the open variable scope, and start as the caller says.
"""

from __future__ import annotations

from typing import Any

from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import initializers
from hornbeam.runtime.variable import Variable, VariableV1
from hornbeam.runtime.variable_scope import get_variable, variable_scope


def create_slot(primary: Any, val: Any, name: str) -> Variable:
    """A slot of `primary` that starts from the value `val`."""
    return _slot(primary, name, val, None, None)


def create_slot_with_initializer(primary: Any, initializer: Any, shape: Any, dtype: Any, name: str) -> Variable:
    """A slot of `primary` that starts from what `initializer` gives for `shape` and `dtype`."""
    return _slot(primary, name, initializer, shape, dtype)


def create_zeros_slot(primary: Any, name: str, dtype: Any = None) -> Variable:
    """A slot of `primary` that starts from zeros."""
    wanted = (primary.dtype if dtype is None else dtype).base_dtype
    if TensorShape(primary.shape).is_fully_defined():
        return create_slot_with_initializer(primary, initializers.Zeros(), primary.shape, wanted, name)
    from hornbeam.ops import array
    return _slot(primary, name, array.zeros_like_op(primary.initial_value), None, None)


def _slot(primary: Any, name: str, initializer: Any, shape: Any, dtype: Any) -> Variable:
    if getattr(primary, "_graph", None) is None and isinstance(primary, Variable):
        value = (lambda: initializer(shape, dtype=dtype)) if callable(initializer) else initializer
        return VariableV1(value, trainable=False, name=f"{primary.name.split(':')[0]}/{name}")
    known = initializer if shape is None else TensorShape(shape)
    with variable_scope(None, f"{primary.op.name}/{name}") as scope:
        scope.set_partitioner(None)
        made = get_variable("", shape=None if shape is None else known, dtype=dtype, initializer=initializer,
                            trainable=False, validate_shape=TensorShape(primary.shape).is_fully_defined())
    part = getattr(primary, "_save_slice_info", None)
    if part is not None:
        made._save_slice_info = part.beside(made.op.name[len(primary.op.name) + 1:])
    return made
