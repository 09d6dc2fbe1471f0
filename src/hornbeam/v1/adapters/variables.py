"""TF1's functions on variables: assignments, and asking what is initialized."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.graph import names
from hornbeam.graph.names import public
from hornbeam.ops import array, state
from hornbeam.runtime.collections import global_variables, home, local_variables
from hornbeam.runtime.variable import Variable


@public(v1=("assign",))
def assign(ref: Any, value: Any, validate_shape: bool | None = None, use_locking: bool | None = None,
           name: str | None = None) -> Any:
    """The variable takes `value`. Returns its new value.

    validate_shape: False lets the shape change. Raises ValueError where the shapes do not fit.
    """
    if isinstance(ref, Variable) and ref._graph is None:
        return ref.assign(value)
    return state.assign_op(_variable(ref, "assign"), value,
                           validate_shape=validate_shape is None or bool(validate_shape),
                           use_locking=use_locking is None or bool(use_locking), name=name)


@public(v1=("assign_add",))
def assign_add(ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None) -> Any:
    """Add `value` to the variable. Returns its new value."""
    if isinstance(ref, Variable) and ref._graph is None:
        return ref.assign_add(value)
    return state.assign_add_op(_variable(ref, "assign_add"), value, use_locking=bool(use_locking), name=name)


@public(v1=("assign_sub",))
def assign_sub(ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None) -> Any:
    """Subtract `value` from the variable. Returns its new value."""
    if isinstance(ref, Variable) and ref._graph is None:
        return ref.assign_sub(value)
    return state.assign_sub_op(_variable(ref, "assign_sub"), value, use_locking=bool(use_locking), name=name)


def _variable(ref: Any, method: str) -> Any:
    """A variable or its reference. Raises AttributeError for a tensor that is neither."""
    if not isinstance(ref, Variable) and not getattr(getattr(ref, "dtype", None), "_is_ref_dtype", False):
        raise AttributeError(f"{type(ref).__name__!r} object has no attribute {method!r}: {ref!r} is not a variable")
    return ref


@public(v1=("count_up_to",))
def count_up_to(ref: Any, limit: int, name: str | None = None) -> Any:
    """Add one to the scalar variable `ref`, up to `limit`; the result is the value before.

    Raises OutOfRangeError once it is reached.
    """
    return state.count_up_to(ref, limit, name)


# What is initialized ---------------------------------------------------------------------------------


@public(v1=("is_variable_initialized",))
def is_variable_initialized(variable: Any) -> Any:
    """A boolean tensor: whether the variable has a value in the session."""
    return state.is_variable_initialized_op(variable)


@public(v1=("report_uninitialized_variables",))
def report_uninitialized_variables(var_list: Sequence[Any] | None = None,
                                   name: str = "report_uninitialized_variables") -> Any:
    """The names of the variables that have no value yet, as a vector of strings.

    var_list: by default all global and local variables.
    """
    variables = list(global_variables() + local_variables() if var_list is None else var_list)
    graph = home()
    with graph.as_default(), graph.name_scope(name):
        if not variables:
            return array.constant(np.array([], object), name="Const")
        known = array.pack([state.is_variable_initialized_op(v) for v in variables], name="stack")
        missing = names.names_v1["logical_not"].target(known)
        written = array.constant([v.op.name for v in variables], name="Const")
        return names.names_v1["boolean_mask"].target(written, missing)


@public(v1=("assert_variables_initialized",))
def assert_variables_initialized(var_list: Sequence[Any] | None = None) -> Any:
    """A tensor that fails with FailedPreconditionError where a variable has no value; None without variables."""
    variables = list(global_variables() + local_variables() if var_list is None else var_list)
    if not variables:
        return None
    graph = variables[0].graph
    with graph.as_default(), graph.control_dependencies([array.identity_op(v) for v in variables]):
        return array.constant(np.array([len(v.shape) for v in variables], np.int32), name="stack")


