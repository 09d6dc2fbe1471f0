"""Giving variables values: from arrays, and from checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from hornbeam.v1.api import tf
from hornbeam.v1.contrib.framework.variables import get_unique_variable
from hornbeam.v1.contrib.names import of_framework


@of_framework("assign_from_values")
def assign_from_values(var_names_to_values: Mapping[str, Any]) -> tuple[Any, dict[Any, Any]]:
    """(operation, feed): running the one with the other gives the variables of these names these values.

    Raises ValueError for a name that no single variable has.
    """
    feed: dict[Any, Any] = {}
    assignments = []
    for name, value in var_names_to_values.items():
        var = get_unique_variable(name)
        fed = tf.placeholder(var.dtype.base_dtype, var.shape, name=f"placeholder/{var.op.name}")
        assignments.append(tf.assign(var, fed))
        feed[fed] = np.reshape(value, var.shape.as_list())
    return tf.group(*assignments), feed


@of_framework("assign_from_values_fn")
def assign_from_values_fn(var_names_to_values: Mapping[str, Any]) -> Callable[[Any], None]:
    """A function of a session that gives the variables of these names these values."""
    operation, feed = assign_from_values(var_names_to_values)

    def assign(session: Any) -> None:
        session.run(operation, feed)

    return assign


def _by_name(var_list: Any) -> dict[str, list[Any]]:
    """Variables by their names in the checkpoint."""
    if isinstance(var_list, Mapping):
        return {k: list(v) if isinstance(v, (list, tuple)) else [v] for k, v in var_list.items()}
    found: dict[str, list[Any]] = {}
    for var in var_list:
        info = getattr(var, "_save_slice_info", None)
        found.setdefault(info.full_name if info is not None else var.op.name, []).append(var)
    return found


@of_framework("assign_from_checkpoint")
def assign_from_checkpoint(model_path: str, var_list: Any,
                           ignore_missing_vars: bool = False) -> tuple[Any, dict[Any, Any]]:
    """(operation, feed): running the one with the other gives the variables their values of a checkpoint.

    var_list: variables, or a dictionary of them (or lists of their parts) by their names there. ignore_missing_vars:
    leave out those that the checkpoint has not. Raises ValueError for missing ones, and for other shapes.
    """
    reader = tf.train.NewCheckpointReader(model_path)
    feed: dict[Any, Any] = {}
    assignments = []
    for name, parts in _by_name(var_list).items():
        if not reader.has_tensor(name):
            if ignore_missing_vars:
                tf.logging.warning("Checkpoint is missing variable [%s]", name)
                continue
            raise ValueError(f"Checkpoint is missing variable [{name}]")
        value = np.asarray(reader.get_tensor(name))
        for var in parts:
            fed = tf.placeholder(var.dtype.base_dtype, var.shape, name=f"placeholder/{var.op.name}")
            assignments.append(tf.assign(var, fed))
            info = getattr(var, "_save_slice_info", None)
            own = value if info is None else value[tuple(
                slice(o, o + n) for o, n in zip(info.var_offset, info.var_shape, strict=True))]
            shape = tuple(var.shape.as_list())
            if own.size != np.prod(shape, dtype=int):
                raise ValueError(f"Total size of new array must be unchanged for {name} lh_shape: "
                                 f"[{tuple(own.shape)}], rh_shape: [{shape}]")
            feed[fed] = own.reshape(shape)
    return tf.group(*assignments), feed


@of_framework("assign_from_checkpoint_fn")
def assign_from_checkpoint_fn(model_path: str, var_list: Any, ignore_missing_vars: bool = False,
                              reshape_variables: bool = False) -> Callable[[Any], None] | None:
    """A function of a session that gives the variables their values of a checkpoint; None where none is left.

    var_list: variables, or a dictionary of them by their names there. ignore_missing_vars: leave out those that the
    checkpoint has not. reshape_variables: take values of another shape with as many elements.
    Raises ValueError for an empty list.
    """
    if not var_list:
        raise ValueError("var_list cannot be empty")
    wanted = _by_name(var_list)
    if ignore_missing_vars:
        reader = tf.train.NewCheckpointReader(model_path)
        missing = [name for name in wanted if not reader.has_tensor(name)]
        for name in missing:
            tf.logging.warning("Variable %s missing in checkpoint %s", name, model_path)
            del wanted[name]
        if not wanted:
            tf.logging.warning("No Variables to restore")
            return None
    if reshape_variables:
        operation, feed = assign_from_checkpoint(model_path, wanted)
        return lambda session: session.run(operation, feed)
    saver = tf.train.Saver({k: v[0] if len(v) == 1 else v for k, v in wanted.items()})
    return lambda session: saver.restore(session, model_path)
