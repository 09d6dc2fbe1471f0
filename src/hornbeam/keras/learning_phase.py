"""Keras 2's learning phase: 1 while training, 0 else; in a graph of TensorFlow 1 a tensor that a session feeds."""

from __future__ import annotations

import dis
import functools
import weakref
from collections.abc import Callable
from typing import Any

import hornbeam as tf
from hornbeam.graph import mode
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops.constants import placeholder_with_default_op
from hornbeam.runtime import session as sessions

_of_graphs: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()


class LearningPhase(int):
    """0 or 1. As an input of `K.function`, or as what a session feeds, it stands for an argument."""

    def _as_graph_element(self) -> Any:
        session = sessions.get_default_session()
        return phase_of(mode.default_graph() if session is None else session.graph)


def phase_of(graph: Any) -> Any:
    """The tensor of a graph that says whether layers train which were called without saying so: False if not fed."""
    found = _of_graphs.get(graph)
    if found is None:
        with mode.opened(graph), graph.control_dependencies(None), graph.name_scope(None):
            found = placeholder_with_default_op(tf.constant(False, name="keras_learning_phase/input"),
                                                shape=tf.TensorShape([]), name="keras_learning_phase")
        _of_graphs[graph] = found
    return found


def phase_for(layer: Any, graph: Any) -> Any:
    """What a call of a layer in `graph` begins with; None where no layer asks, or the graph is not TensorFlow 1's."""
    if graph is None or not graph.v1 or not any(
            inner._call_has_training_arg and _reads_training(type(inner).call) for inner in layer._flatten_layers()):
        return None
    return phase_of(graph)


def asks_a_tensor(layer: Any, arguments: dict[str, Any]) -> bool:
    """Whether a layer's own code is told by a tensor of a graph whether it trains."""
    return (isinstance(arguments.get("training"), GraphTensor) and not getattr(layer, "_passes_training_on", False)
            and _reads_training(getattr(type(layer).call, "__wrapped__", type(layer).call)))


@functools.cache
def _reads_training(call: Callable[..., Any]) -> bool:
    """Whether a function does anything with its argument `training`: `Dense` takes it and does not look."""
    if not hasattr(call, "__code__"):
        return True
    return any(step.opname.startswith("LOAD") and "training" in (step.argval if isinstance(step.argval, tuple)
                                                                 else (step.argval,))
               for step in dis.get_instructions(call))


def by_phase(layer: Any, context: Any, args: tuple[Any, ...], arguments: dict[str, Any]) -> Any:
    """The layer's outputs while training and while not, of which the tensor `training` chooses when the graph runs."""
    phase = arguments["training"]

    def outputs(training: bool) -> Any:
        context.set_value("training", training)
        return layer._computed(args, {**arguments, "training": training})

    return tf.cond(tf.cast(phase, "bool"), lambda: outputs(True), lambda: outputs(False))
