"""Keras 2's functions of graphs: `K.function`, `K.gradients`, sessions. In models they work on symbolic tensors."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import hornbeam as tf
from hornbeam.graph import mode
from hornbeam.graph.operation import Operation as GraphOperation
from hornbeam.graph.tensor import GraphTensor
from hornbeam.keras.backend.old import old
from hornbeam.keras.functions import Function
from hornbeam.keras.graph_map import nodes_between
from hornbeam.keras.graph_places import here, tensor_of
from hornbeam.keras.graph_scopes import at_once
from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.layers.core.input_layer import origins_of_inputs
from hornbeam.keras.learning_phase import LearningPhase
from hornbeam.keras.models.functional import call_operation
from hornbeam.keras.operations import Operation
from hornbeam.keras.state import on_clear_session
from hornbeam.keras.tree import structures as tree
from hornbeam.keras.variables import to_tensor
from hornbeam.runtime import session as sessions


@old("a GradientTape")
def gradients(loss: Any, variables: Any) -> Any:
    """The gradients of a loss in variables and tensors, one each; None where it does not depend on one.

    Of a model's symbolic loss they are symbolic, for `K.function` or another model; of a graph's, graph tensors.
    """
    alone = not isinstance(variables, (list, tuple))
    wanted = [here(x) for x in ([variables] if alone else variables)]
    loss = here(loss)
    if any(isinstance(x, GraphTensor) for x in wanted) and isinstance(loss, KerasTensor):
        loss = tensor_of(loss)
    found = _symbolic_gradients(loss, wanted) if isinstance(loss, KerasTensor) else tf.gradients(loss, wanted)
    return [found[0]] if alone else found


def _symbolic_gradients(loss: KerasTensor, wanted: list[Any]) -> list[Any]:
    variables = [x for x in wanted if not isinstance(x, KerasTensor)]
    of_variables = iter(_gradients_where_cut(loss, None, variables) if variables else ())
    return [_gradients_where_cut(loss, x, [])[0] if isinstance(x, KerasTensor) else next(of_variables) for x in wanted]


def _gradients_where_cut(loss: KerasTensor, at: KerasTensor | None, variables: list[Any]) -> list[Any]:
    """Gradients in `at`, with the model cut there, then those in variables."""
    tensors = [] if at is None else [at]
    with origins_of_inputs(tensors):
        return _gradients_between(loss, at, tensors, variables)


def _gradients_between(loss: KerasTensor, at: KerasTensor | None, tensors: list[KerasTensor],
                       variables: list[Any]) -> list[Any]:
    ordered, _ = nodes_between(tensors, [loss])
    if at is not None and not any(x is at for node in ordered for x in node.input_tensors):
        return [None]
    sources = [x for node in ordered if node.is_input for x in node.outputs if x is not at]
    return Gradients(loss, tensors, variables, sources)(tensors, sources)


class Gradients(Operation):
    """The gradients of a symbolic loss in symbolic tensors and in variables, where all else is as in the model."""

    _call_context_args = ("training",)

    def __init__(self, loss: KerasTensor, tensors: list[KerasTensor], variables: list[Any],
                 sources: list[KerasTensor]) -> None:
        super().__init__()
        self._loss, self._tensors, self._variables_of, self._sources = loss, tensors, variables, sources
        self._model = Function([*tensors, *sources], loss)

    def call(self, tensors: Any, sources: Any, training: bool | None = None) -> list[Any]:
        with tf.GradientTape() as tape:
            for x in tensors:
                tape.watch(x)
            loss = _values(self._model, [*tensors, *sources], [self._loss], training)[0]
        return tape.gradient(loss, [*tensors, *self._variables_of],
                             unconnected_gradients=tf.UnconnectedGradients.ZERO)

    def compute_output_spec(self, tensors: Any, sources: Any) -> list[KerasTensor]:
        return [KerasTensor(x.shape, dtype=x.dtype) for x in (*self._tensors, *self._variables_of)]

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError("Gradients inside a model cannot be written to a file.")


def _values(model: Function, inputs: Sequence[Any], outputs: Sequence[Any], training: bool | None) -> list[Any]:
    values = model._values_for(inputs, lambda node, args, kwargs: call_operation(node, args, kwargs,
                                                                                 {"training": training}))
    return [values[id(x)] if isinstance(x, KerasTensor) else tf.convert_to_tensor(x) for x in outputs]


@old("keras.Model` or `tf.function")
def function(inputs: Any, outputs: Any, updates: Any = None, name: str | None = None, **kwargs: Any) -> Any:
    """A function of arrays for `inputs` that gives `outputs` as arrays.

    inputs, outputs: symbolic tensors of models, or a graph's tensors; `K.learning_phase()` among the inputs makes an
    argument of 0 or 1 of it. updates: pairs (variable, new value), or a graph's operations. kwargs: those of a session
    (`feed_dict`, `fetches`). Called with a list of arrays, it returns a list of arrays.
    """
    alone = not isinstance(outputs, (list, tuple, dict))
    places, wanted = tree.flatten(inputs), tree.flatten(outputs)
    if any(isinstance(x, (GraphTensor, GraphOperation)) for x in (*places, *wanted, *(updates or ()))) or (
            _uses_a_graph([*places, *wanted])):
        run: Callable[[list[Any]], list[Any]] = _in_session([_in_graph(x) for x in places],
                                                            [_in_graph(x) for x in wanted], list(updates or ()), kwargs)
    else:
        run = at_once(_of_model(tree.flatten(inputs), tree.flatten(outputs), list(updates or ())))

    def call(values: Any = ()) -> Any:
        given = list(values) if isinstance(values, (list, tuple)) else [values]
        if len(given) != len(tree.flatten(inputs)):
            raise ValueError(f"This function has {len(tree.flatten(inputs))} inputs, {len(given)} were given.")
        found = [np.array(x) if not np.isscalar(x) else x for x in run(given)]
        return found[0] if alone else tree.pack_sequence_as(outputs, found)

    call.__name__ = name or "function"
    return call


def _in_graph(x: Any) -> Any:
    return tensor_of(x) if isinstance(x, KerasTensor) else x


def _uses_a_graph(tensors: list[Any]) -> bool:
    """Whether what symbolic tensors follow from has tensors of a graph among its arguments."""
    nodes, _ = nodes_between([], [x for x in tensors if isinstance(x, KerasTensor)])
    return any(isinstance(x, GraphTensor) for node in nodes
               for x in tree.leaves((node.arguments.args, node.arguments.kwargs)))


def _of_model(inputs: list[Any], outputs: list[Any], updates: list[Any]) -> Callable[[list[Any]], list[Any]]:
    wanted = [*outputs, *(new for _, new in updates)]
    symbolic = [x for x in wanted if isinstance(x, KerasTensor)]
    places = [i for i, x in enumerate(inputs) if isinstance(x, KerasTensor)]
    refs = [inputs[i] for i in places]
    phase_at = next((i for i, x in enumerate(inputs) if isinstance(x, LearningPhase)), None)
    with origins_of_inputs(refs):
        model = Function(refs, symbolic) if symbolic else None

    def step(values: list[Any], training: bool | None) -> list[Any]:
        found = [tf.convert_to_tensor(x) for x in wanted] if model is None else _values(model, values, wanted, training)
        for (variable, _), new in zip(updates, found[len(outputs):], strict=True):
            variable.assign(new)
        return found[:len(outputs)]

    traced = tf.function(step, autograph=False, reduce_retracing=True)

    def run(given: list[Any]) -> list[Any]:
        training = None if phase_at is None else bool(given[phase_at])
        return traced([to_tensor(given[i], ref.dtype) for i, ref in zip(places, refs, strict=True)], training)

    return run


def _in_session(inputs: list[Any], outputs: list[Any], updates: list[Any],
                options: dict[str, Any]) -> Callable[[list[Any]], list[Any]]:
    feeds, extra = options.get("feed_dict") or {}, list(options.get("fetches") or ())
    operations = [tf.group(u[0].assign(u[1])) if isinstance(u, tuple) else u for u in updates]

    def run(given: list[Any]) -> list[Any]:
        fed = dict(zip(inputs, given, strict=True))
        return session_of(outputs).run([*outputs, *operations, *extra], {**feeds, **fed})[:len(outputs)]

    return run


def session_of(tensors: Sequence[Any] = ()) -> Any:
    """The session that runs tensors: the default one, the one that was set, or a new one with all variables started."""
    default = sessions.get_default_session()
    if default is None:
        graphs = [x.graph for x in tensors if isinstance(x, GraphTensor)]
        graph = graphs[0] if graphs else mode.graph_of_v1()
        if not _set or (graph is not None and _set[0].graph is not graph):
            _set[:] = [sessions.Session(graph=graph)]
        default = _set[0]
    _start_variables(default)
    return default


_set: list[Any] = []
_started: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
"""How many of a graph's variables each session has."""


def _start_variables(session: Any) -> None:
    """Give the graph's variables that have no value in the session their initial ones."""
    held = session.graph.get_collection("variables")
    new = [v for v in held[_started.get(session, 0):] if getattr(v, "_in_sessions_alone", False)]
    _started[session] = len(held)
    if new:
        with session.graph.as_default(), session.graph.control_dependencies(None):
            known = session.run([v.is_initialized() for v in new])
            session.run([v.initializer for v, there in zip(new, known, strict=True) if not there])


@on_clear_session
def _forget_session() -> None:
    _set.clear()


@old("tf.compat.v1.Session")
def get_session(op_input_list: Any = ()) -> Any:
    """The session of TensorFlow 1 that Keras works in: the default one, the one that `set_session` gave, or a new one.
    """
    return session_of(tree.flatten(op_input_list))


@old("tf.compat.v1.Session")
def set_session(session: Any) -> None:
    """Let Keras work in this session of TensorFlow 1."""
    _set[:] = [session]


@old(None)
def manual_variable_initialization(value: bool) -> None:
    """Nothing: variables have their values when they are made; those of a graph are initialized by the program."""
