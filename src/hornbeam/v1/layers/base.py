"""`tf.layers.Layer`: variables by `get_variable` in a variable scope of the layer's own.

The first call decides the scope and makes the variables (`build`); later ones use them again. Updates and losses that a
call makes are kept by the layer and put in the graph's collections.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, mode, nest
from hornbeam.graph.call import convert_to_tensor, graph_for
from hornbeam.graph.names import public
from hornbeam.graph.operation import Operation
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import array, math
from hornbeam.runtime.collections import GraphKeys, home
from hornbeam.runtime.variable import VariableAggregation, VariableSynchronization
from hornbeam.runtime.variable_scope import VariableScope, get_variable, no_regularizer, variable_scope
from hornbeam.v1.layers import lookup
from hornbeam.v1.layers.input_spec import check_inputs

_NAME_COUNTS = ("__layer_names",)
_KERAS_ARGUMENTS = frozenset({"input_shape", "batch_input_shape", "batch_size", "weights", "autocast", "dynamic"})


def snake_case(name: str) -> str:
    """`Conv2DTranspose` → `conv2d_transpose`."""
    inner = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    snake = re.sub(r"([a-z])([A-Z])", r"\1_\2", inner).lower()
    return f"private{snake}" if snake.startswith("_") else snake


def _numbered(base: str) -> str:
    """`dense_1`, `dense_2`, …: the name of the next layer of a graph that gives none."""
    held = home().get_collection_ref(_NAME_COUNTS)
    if not held:
        held.append({})
    held[0][base] = held[0].get(base, 0) + 1
    return f"{base}_{held[0][base]}"


@public(v1=("layers.Layer",))
class Layer:
    """Base of layers: define `call(inputs)`, and `build(input_shape)` where there are variables.

    trainable: whether its variables go to the trainable ones. name: of its variable scope; by default the class's name
    in lower case, made unique there. dtype: of the variables; by default that of the first input.
    `_reuse`: True or AUTO_REUSE to use variables that exist. `_scope`: a variable scope to use as it is.
    Raises TypeError for other arguments.
    """

    def __init__(self, trainable: bool = True, name: Any = None, dtype: Any = None, **kwargs: Any) -> None:
        self._scope: Any = None
        self._reuse = kwargs.pop("_reuse", None)
        scope = kwargs.pop("_scope", None)
        self.activity_regularizer = lookup.regularizer_of(kwargs.pop("activity_regularizer", None))
        for key in kwargs:
            if key not in _KERAS_ARGUMENTS:
                raise TypeError("Keyword argument not understood:", key)
        self.trainable = trainable
        self.stateful, self.supports_masking = False, False
        self.built = False
        self.input_spec: Any = None
        self._dtype = None if dtype is None else dtypes.as_dtype(dtype).name
        self._base_name = snake_case(type(self).__name__)
        if isinstance(name, VariableScope):
            self._base_name, name = name.name, None
        elif name:
            self._base_name = name
        self._name = name or _numbered(snake_case(type(self).__name__))
        self._graph: Any = None
        self._trainable_weights: list[Any] = []
        self._non_trainable_weights: list[Any] = []
        self._updates: list[Any] = []
        self._losses: list[Any] = []
        self._regularized: list[tuple[Any, Any]] = []
        self._calls: list[tuple[Any, Any]] = []
        if scope:
            with variable_scope(scope) as captured:
                self._scope = captured

    # What it is ----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The name given, or the class's in lower case with a number."""
        return self._name

    @property
    def dtype(self) -> str | None:
        """The name of the dtype of the variables; None before the first call where none was given."""
        return self._dtype

    @property
    def graph(self) -> Any:
        """The graph of the calls so far. Raises RuntimeError in eager execution."""
        if _eager():
            raise RuntimeError("Layer.graph not supported when executing eagerly.")
        return self._graph

    @property
    def scope_name(self) -> str:
        """The name of the variable scope. Raises ValueError before the first call."""
        if self._scope is None:
            raise ValueError(f'No name available for layer scope because the layer "{self._name}" has not been used '
                             "yet. The scope name  is determined the first time the layer instance is called. You "
                             "must therefore call the layer before querying `scope_name`.")
        return self._scope.name

    def _nested(self) -> list[Layer]:
        """The layers that this one holds as attributes."""
        found: list[Layer] = []
        for value in vars(self).values():
            found += [x for x in nest.flatten(value) if isinstance(x, Layer)] if not callable(value) or isinstance(
                value, Layer) else []
        return found

    @property
    def trainable_weights(self) -> list[Any]:
        """The variables that are trained; none where `trainable` is false."""
        return _unique([*self._trainable_weights, *_all(self._nested(), "trainable_weights")]) if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Any]:
        """The variables that are not trained; all where `trainable` is false."""
        nested = self._nested()
        if self.trainable:
            return _unique([*self._non_trainable_weights, *_all(nested, "non_trainable_weights")])
        return _unique([*self._trainable_weights, *self._non_trainable_weights, *_all(nested, "weights")])

    @property
    def weights(self) -> list[Any]:
        """All variables, those that are trained first."""
        return [*self.trainable_weights, *self.non_trainable_weights]

    @property
    def variables(self) -> list[Any]:
        """All variables."""
        return self.weights

    @property
    def trainable_variables(self) -> list[Any]:
        """The variables that are trained."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Any]:
        """The variables that are not trained."""
        return self.non_trainable_weights

    @property
    def updates(self) -> list[Any]:
        """The operations that keep statistics; none where the layer is not trainable."""
        if not self.trainable and not self.stateful:
            return []
        return [*self._updates, *_all(self._nested(), "updates")]

    @property
    def losses(self) -> list[Any]:
        """The penalties of variables and outputs; evaluated anew in eager execution."""
        penalties = [r(v) for v, r in self._regularized] if _eager() else []
        return [*penalties, *self._losses, *_all(self._nested(), "losses")]

    def get_updates_for(self, inputs: Any) -> list[Any]:
        """The updates that follow from `inputs`; with None, those that follow from no input of this layer."""
        return self._depending(self.updates, inputs)

    def get_losses_for(self, inputs: Any) -> list[Any]:
        """The losses that follow from `inputs`; with None, those that follow from no input of this layer."""
        return self._depending(self.losses, inputs)

    def _depending(self, items: Sequence[Any], inputs: Any) -> list[Any]:
        if inputs is None:
            own = _tensors_of([given for given, _ in self._calls])
            return [x for x in items if not _reached(x, own)]
        wanted = _tensors_of(inputs)
        return [x for x in items if _reached(x, wanted)]

    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """Keep operations that update what the layer remembers; they go to `UPDATE_OPS` too. `inputs`: not used."""
        if _eager():
            return
        for update in updates if isinstance(updates, (list, tuple)) else (updates,):
            made = update() if callable(update) and not hasattr(update, "op") else update
            made = getattr(made, "op", made)
            self._updates.append(made)
            if self.trainable or self.stateful:
                _collect(GraphKeys.UPDATE_OPS, [made])

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """Keep penalties; they go to `REGULARIZATION_LOSSES` too. `inputs`: not used."""
        for loss in losses if isinstance(losses, (list, tuple)) else (losses,):
            made = convert_to_tensor(loss() if callable(loss) else loss)
            self._losses.append(made)
            if not _eager():
                _collect(GraphKeys.REGULARIZATION_LOSSES, [made])

    # Variables -----------------------------------------------------------------------------------

    def add_weight(self, name: str, shape: Any, dtype: Any = None, initializer: Any = None, regularizer: Any = None,
                   trainable: bool | None = None, constraint: Any = None, use_resource: bool | None = None,
                   synchronization: Any = VariableSynchronization.AUTO,
                   aggregation: Any = VariableAggregation.NONE, partitioner: Any = None, **kwargs: Any) -> Any:
        """The variable `name` of the layer's scope, as `get_variable` makes it.

        shape, dtype: of the variable; dtype by default the layer's. initializer, regularizer, constraint: or their
        names. trainable: false keeps it from optimizers. Raises TypeError for other arguments.
        """
        for key in kwargs:
            if key not in ("getter", "collections", "experimental_autocast"):
                raise TypeError("Unknown keyword argument:", key)
        if synchronization == VariableSynchronization.ON_READ:
            if trainable:
                raise ValueError("Synchronization value can be set to VariableSynchronization.ON_READ only for "
                                 "non-trainable variables. You have specified trainable=True and "
                                 "synchronization=VariableSynchronization.ON_READ.")
            trainable = False
        trained = trainable is None or trainable
        penalty = lookup.regularizer_of(regularizer)
        with mode.graph_first():
            self._set_scope()
            with variable_scope(self._scope, reuse=self.built or self._reuse, auxiliary_name_scope=False) as scope:
                penalty = penalty if penalty is not None else scope.regularizer
                known = {id(v) for v in _collection(GraphKeys.GLOBAL_VARIABLES)}
                with _names(scope):
                    made = get_variable(
                        name, shape=None if shape is None else TensorShape(shape), partitioner=partitioner,
                        dtype=dtypes.as_dtype(dtype or self._dtype or dtypes.float32), regularizer=no_regularizer,
                        initializer=lookup.initializer_of(initializer), trainable=trained and self.trainable,
                        constraint=lookup.constraint_of(constraint), use_resource=use_resource,
                        synchronization=synchronization, aggregation=aggregation)
                    if penalty is not None:
                        self._regularize(name, [v for v in _parts(made) if id(v) not in known], penalty)
        kept = self._trainable_weights if trained else self._non_trainable_weights
        kept += [v for v in _parts(made) if not any(v is held for held in kept)]
        return made

    add_variable = add_weight

    def _regularize(self, name: str, variables: Sequence[Any], penalty: Callable[[Any], Any]) -> None:
        """The penalties of new variables; eager execution evaluates them when it is asked for the losses."""
        graph = mode.current_graph()
        if graph is None:
            self._regularized += [(v, penalty) for v in variables]
            return
        for variable in variables:
            with graph.name_scope(f"{name}/Regularizer"):
                loss = penalty(variable)
            if loss is not None:
                self.add_loss(loss)

    def count_params(self) -> int:
        """How many numbers the variables hold. Raises ValueError before they are made."""
        if not self.built:
            raise ValueError(f"You tried to call `count_params` on {self.name}, but the layer isn't built. You can "
                             f"build it manually via: `{self.name}.build(batch_input_shape)`.")
        return sum(int(v.shape.num_elements() or 0) for v in self.weights)

    def get_weights(self) -> list[Any]:
        """The values of the variables: in eager execution, or in the default session."""
        if not self.weights:
            return []
        return [v.numpy() for v in self.weights] if _eager() else _session().run(self.weights)

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Give the variables these values, in the order of `weights`. Raises ValueError for other numbers or shapes."""
        own = self.weights
        if len(own) != len(weights):
            raise ValueError(f'You called `set_weights(weights)` on layer "{self.name}" with a  weight list of length '
                             f"{len(weights)}, but the layer was expecting {len(own)} weights.")
        for variable, value in zip(own, weights, strict=True):
            if tuple(np.shape(value)) != tuple(variable.shape.as_list()):
                raise ValueError(f"Layer weight shape {tuple(variable.shape.as_list())} not compatible with provided "
                                 f"weight shape {np.shape(value)}")
        for variable, value in zip(own, weights, strict=True):
            if _eager():
                variable.assign(value)
            else:
                variable.load(value, _session())

    # Calling -------------------------------------------------------------------------------------

    def build(self, input_shape: Any) -> None:
        """Make the variables, knowing the shape of the inputs."""
        self.built = True

    def call(self, inputs: Any, **kwargs: Any) -> Any:
        """The outputs: what a layer defines."""
        return inputs

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """`call`, in the layer's scope, after `build` at the first time.

        scope: the variable scope to use at the first call. Raises ValueError where the inputs do not fit.
        """
        with mode.graph_first():
            inputs = nest.map_structure(_as_tensor, inputs)
            self._enter_graph(inputs)
            self._set_scope(kwargs.pop("scope", None))
            check_inputs(self.input_spec, inputs, self.name) if self.input_spec is not None else None
            reuse = True if self.built else self._reuse
            with variable_scope(self._scope, reuse=reuse, auxiliary_name_scope=False) as scope:
                if "scope" in _parameters_of_call(type(self)):
                    kwargs["scope"] = scope
                with _names(scope):
                    return self._outputs(inputs, args, kwargs)

    def _outputs(self, inputs: Any, args: Any, kwargs: Any) -> Any:
        if not self.built:
            shapes = nest.map_structure(lambda x: TensorShape(x.shape), inputs)
            if self._dtype is None:
                first = next((x for x in nest.flatten(inputs) if hasattr(x, "dtype")), None)
                self._dtype = None if first is None else first.dtype.base_dtype.name
            self.build(shapes)
            self.built = True
            check_inputs(self.input_spec, inputs, self.name) if self.input_spec is not None else None
        outputs = self.call(inputs, *args, **kwargs)
        if outputs is None:
            raise ValueError("A layer's `call` method should return a Tensor or a list of Tensors, not None (layer: "
                             f"{self.name}).")
        if self.activity_regularizer is not None:
            self._penalize(outputs)
        if not mode.executing_eagerly():
            self._calls.append((inputs, outputs))
        return outputs

    def apply(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """The older name of calling the layer."""
        return self(inputs, *args, **kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> Layer:
        """A layer of the same settings; graphs, scopes and variables are shared."""
        shared = {"_graph", "_scope", "_trainable_weights", "_non_trainable_weights", "_updates", "_losses", "_calls",
                  "_regularized"}
        made = type(self).__new__(type(self))
        memo[id(self)] = made
        made.__dict__.update({k: (v.copy() if isinstance(v, list) else v) if k in shared else _copied(v, memo)
                              for k, v in vars(self).items()})
        return made

    def _penalize(self, outputs: Any) -> None:
        graph = mode.current_graph()
        with graph.name_scope("ActivityRegularizer") if graph is not None else nullcontext():
            for output in nest.flatten(outputs):
                total = self.activity_regularizer(output)
                batch = math.cast(array.shape(output)[0], total.dtype)
                self.add_loss(total / batch)

    def _enter_graph(self, inputs: Any) -> None:
        graph = graph_for(*nest.flatten(inputs))
        if graph is None:
            return
        if self._graph is not None and self._graph is not graph.outermost:
            raise ValueError(f"Input graph and Layer graph are not the same: {nest.flatten(inputs)} is not from the "
                             "passed-in graph.")
        self._graph = graph.outermost

    def _set_scope(self, scope: Any = None) -> None:
        if self._scope is not None:
            return
        if self._reuse:
            opened = variable_scope(scope if scope is not None else self._base_name)
        else:
            opened = variable_scope(scope, default_name=self._base_name)
        with opened as captured:
            self._scope = captured

    # Shapes --------------------------------------------------------------------------------------

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The static shape of what a call on such an input gives. Raises NotImplementedError where nobody says."""
        raise NotImplementedError(f"{type(self).__name__} does not say which shape it gives: define "
                                  "compute_output_shape")

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The mask of the outputs: the inputs', where the layer supports masks."""
        if not self.supports_masking:
            if mask is not None and any(m is not None for m in nest.flatten(mask)):
                raise TypeError(f"Layer {self.name} does not support masking, but was passed an input_mask: {mask}")
            return None
        return mask

    def _last_call(self, what: str) -> tuple[Any, Any]:
        if not self._calls:
            raise AttributeError(f"The layer has never been called and thus has no defined {what}."
                                 if "shape" in what else f"Layer {self.name} is not connected, no {what} to return.")
        return self._calls[-1]

    @property
    def input(self) -> Any:
        """The input of the last call in a graph. Raises AttributeError before any."""
        return self._last_call("input")[0]

    @property
    def output(self) -> Any:
        """The output of the last call in a graph. Raises AttributeError before any."""
        return self._last_call("output")[1]

    @property
    def input_shape(self) -> Any:
        """The shape of the input of the last call in a graph. Raises AttributeError before any."""
        return nest.map_structure(lambda x: tuple(x.shape.as_list()), self._last_call("input shape")[0])

    @property
    def output_shape(self) -> Any:
        """The shape of the output of the last call in a graph. Raises AttributeError before any."""
        return nest.map_structure(lambda x: tuple(x.shape.as_list()), self._last_call("output shape")[1])

    def get_config(self) -> dict[str, Any]:
        """The arguments that make such a layer again: those of its constructor that it keeps as attributes."""
        own = {k: getattr(self, k) for k in inspect.signature(type(self).__init__).parameters
               if k not in ("self", "kwargs", "args") and hasattr(self, k)}
        return {"name": self.name, "trainable": self.trainable, "dtype": self.dtype, **own}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Layer:
        """The layer that `get_config` described."""
        return cls(**config)


def _eager() -> bool:
    """Whether a call of `hornbeam.v1` runs at once here."""
    with mode.graph_first():
        return mode.executing_eagerly()


def _as_tensor(value: Any) -> Any:
    return convert_to_tensor(value) if isinstance(value, (np.ndarray, np.generic, float, int)) else value


def _parts(variable: Any) -> list[Any]:
    """A variable, or those that one in parts is made of."""
    return list(variable) if hasattr(variable, "partitions") else [variable]


def _copied(value: Any, memo: dict[int, Any]) -> Any:
    if isinstance(value, Layer):
        return memo.get(id(value)) or value.__deepcopy__(memo)
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        return type(value)(_copied(v, memo) for v in value)
    return dict(value) if isinstance(value, dict) else value


def _names(scope: VariableScope) -> AbstractContextManager[Any]:
    """The name scope of a layer, which is one for all its calls."""
    graph = mode.current_graph()
    return graph.name_scope(scope.original_name_scope) if graph is not None else nullcontext()


def _collection(key: str) -> list[Any]:
    return [] if _eager() else home().get_collection_ref(key)


def _collect(key: str, items: Sequence[Any]) -> None:
    held = home().get_collection_ref(key)
    held += [item for item in items if not any(item is other for other in held)]


def _all(layers: Sequence[Layer], attribute: str) -> list[Any]:
    return [x for layer in layers for x in getattr(layer, attribute)]


def _unique(items: Sequence[Any]) -> list[Any]:
    return list({id(x): x for x in items}.values())


def _tensors_of(structure: Any) -> set[int]:
    return {id(getattr(x, "op", x)) for x in nest.flatten(structure)}


def _reached(item: Any, sources: set[int]) -> bool:
    """Whether an operation or tensor follows from operations of these ids."""
    waiting, seen = [getattr(item, "op", item)], set[int]()
    while waiting:
        op = waiting.pop()
        if id(op) in sources:
            return True
        if id(op) not in seen and isinstance(op, Operation):
            seen.add(id(op))
            waiting += [t.op for t in op.inputs if isinstance(t, GraphTensor)]
    return False


@functools.cache
def _parameters_of_call(kind: type[Layer]) -> frozenset[str]:
    return frozenset(inspect.signature(kind.call).parameters)


def _session() -> Any:
    if not mode.state.sessions:
        raise ValueError("The values of a layer's variables need a session: open one with `with tf.Session():`.")
    return mode.state.sessions[-1]


def output_function(activation: Callable[..., Any] | None, outputs: Any) -> Any:
    """`activation` of the outputs, where there is one."""
    return outputs if activation is None else activation(outputs)
