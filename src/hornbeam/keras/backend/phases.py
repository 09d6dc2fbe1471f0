"""Keras 2's learning phase: 1 while training, 0 else, and what follows from it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import hornbeam as tf
from hornbeam.graph.tensor import GraphTensor
from hornbeam.keras import ops
from hornbeam.keras.backend.old import old
from hornbeam.keras.learning_phase import LearningPhase, phase_of
from hornbeam.keras.state import thread

_NOW = "the argument `training` of `call"


@old(_NOW)
def learning_phase() -> Any:
    """1 while training, 0 else: as the call says that runs, or as `set_learning_phase` did."""
    context = thread.call_context
    training = None if context is None else context.training
    if training is None:
        training = thread.learning_phase
    return training if tf.is_tensor(training) else LearningPhase(bool(training))


@old(_NOW)
def set_learning_phase(value: Any) -> None:
    """Say whether calls train that do not say so themselves. Raises ValueError for anything but 0 and 1."""
    if value not in (0, 1):
        raise ValueError("Expected learning phase to be 0 or 1.")
    thread.learning_phase = bool(value)


@old(_NOW)
@contextlib.contextmanager
def learning_phase_scope(value: Any) -> Iterator[None]:
    """Within the block, as after `set_learning_phase(value)`."""
    before = thread.learning_phase
    set_learning_phase(value)
    try:
        yield
    finally:
        thread.learning_phase = before


def _value(x: Any) -> Any:
    return x() if callable(x) else x


@old(_NOW)
def in_train_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """x while training, `alt` else; both may be functions without arguments."""
    if training is None:
        training = learning_phase()
        graphs = [value.graph for value in (x, alt) if isinstance(value, GraphTensor) and value.graph.v1]
        if graphs and thread.learning_phase is None and not tf.is_tensor(training):
            training = phase_of(graphs[0])
    if not tf.is_tensor(training):
        return _value(x if training else alt)
    return ops.cond(training, lambda: _value(x), lambda: _value(alt))


@old(_NOW)
def in_test_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """x while not training, `alt` else."""
    return in_train_phase(alt, x, training)


@old("keras.ops.where` or `keras.ops.cond")
def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """One or the other by a scalar condition; by a tensor of them, row by row. Both may be functions."""
    if len(condition.shape) == 0 if hasattr(condition, "shape") else True:
        return ops.cond(ops.cast(condition, "bool"), lambda: _value(then_expression), lambda: _value(else_expression))
    one, other = _value(then_expression), _value(else_expression)
    missing = max(len(one.shape), len(other.shape)) - len(condition.shape)
    if missing < 0:
        raise ValueError("Rank of `condition` should be less than or equal to rank of `then_expression` and "
                         f"`else_expression`. ndim(condition)={len(condition.shape)}, "
                         f"ndim(then_expression)={len(one.shape)}")
    for _ in range(missing):
        condition = ops.expand_dims(condition, -1)
    return ops.where(ops.cast(condition, "bool"), one, other)


@old("keras.ops.map")
def map_fn(fn: Callable[[Any], Any], elems: Any, name: str | None = None, dtype: Any = None) -> Any:
    """`fn` of each slice of `elems`, stacked. dtype: of the results, where it is another than that of `elems`."""
    return tf.map_fn(fn, elems, name=name, dtype=dtype)


@old("keras.ops.scan")
def foldl(fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """`fn(…fn(fn(initializer, elems[0]), elems[1])…)`; the initializer is the first element by default."""
    return tf.foldl(fn, elems, initializer=initializer, name=name)


@old("keras.ops.scan")
def foldr(fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """As `foldl`, from the last element to the first."""
    return tf.foldr(fn, elems, initializer=initializer, name=name)
