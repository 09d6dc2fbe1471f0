"""What a layer holds: variables, inner layers, metrics, losses; their values, and how they are written to files."""

from __future__ import annotations

import math
from collections import deque
from typing import Any

import hornbeam as tf
from hornbeam.keras.graph_scopes import set_aside
from hornbeam.keras.keras_tensor import is_concrete
from hornbeam.keras.layers.tracking import Tracker, no_tracking
from hornbeam.keras.lookup import is_a
from hornbeam.keras.scopes import in_symbolic_scope, stateless_scope
from hornbeam.keras.state import thread
from hornbeam.keras.trackable import layer_children
from hornbeam.keras.tree import structures as tree
from hornbeam.keras.variables import Variable


def is_layer(value: Any) -> bool:
    """Whether `value` is a layer."""
    return isinstance(value, LayerState)


class LayerState:
    """The part of a layer that keeps state."""

    name: str
    built: bool
    _trainable: bool
    _losses: list[Any]
    _loss_ids: set[int]
    _losses_override: list[Any]
    _trainable_variables: list[Variable]
    _non_trainable_variables: list[Variable]
    _layers: list[Any]
    _metrics: list[Any]
    _belongs_in_checkpoints = True

    def _trackable_children(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return layer_children(self)

    _seed_generators: list[Any]
    _tracker: Tracker

    def _initialize_tracker(self) -> None:
        if "_tracker" in self.__dict__:
            return
        with no_tracking():
            stores: dict[str, list[Any]] = {n: [] for n in ("trainable_variables", "non_trainable_variables",
                                                            "metrics", "layers", "seed_generators")}
            belongs = {
                "trainable_variables": lambda x: isinstance(x, Variable) and x.trainable,
                "non_trainable_variables": lambda x: isinstance(x, Variable) and not x.trainable,
                "metrics": lambda x: is_a(x, "Metric"),
                "layers": is_layer,
                "seed_generators": lambda x: is_a(x, "random.SeedGenerator"),
            }
            object.__setattr__(self, "_tracker", Tracker([(n, belongs[n], s) for n, s in stores.items()]))
            for name, store in stores.items():
                object.__setattr__(self, f"_{name}", store)

    def _track_variable(self, variable: Variable) -> None:
        self._tracker.add("trainable_variables" if variable.trainable else "non_trainable_variables", variable)
        if not self.trainable:
            variable.trainable = False

    def _untrack_variable(self, variable: Variable) -> None:
        self._tracker.untrack(variable)

    # Variables ------------------------------------------------------------------------------------

    @property
    def trainable(self) -> bool:
        """Whether optimizers change the layer's variables. Setting it sets that of all inner layers."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        value = bool(value)
        self._trainable = value
        for variable in self._trainable_variables:
            variable.trainable = value
        for layer in self._layers:
            layer.trainable = value

    @property
    def variables(self) -> list[Variable]:
        """All state: weights and the states of random seeds, each once; the variables of metrics are not here."""
        own = [*self._trainable_variables, *self._non_trainable_variables]
        own += [generator.state for generator in self._seed_generators]
        return _each_once(own, (v for layer in self._layers for v in layer.variables))

    @property
    def trainable_variables(self) -> list[Variable]:
        """The variables that optimizers change."""
        return [v for v in self.variables if v.trainable] if self.trainable else []

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """The variables that optimizers leave alone."""
        return [v for v in self.variables if not v.trainable] if self.trainable else self.variables

    @property
    def weights(self) -> list[Variable]:
        """The variables of the layer and of inner layers, each once, without random states."""
        own = [*self._trainable_variables, *self._non_trainable_variables]
        return _each_once(own, (w for layer in self._layers for w in layer.weights))

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that optimizers change."""
        return [v for v in self.weights if v.trainable] if self.trainable else []

    @trainable_weights.setter
    def trainable_weights(self, value: list[Variable]) -> None:
        self._take_weights(self._trainable_variables, value, True)

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that optimizers leave alone."""
        return [v for v in self.weights if not v.trainable] if self.trainable else self.weights

    @non_trainable_weights.setter
    def non_trainable_weights(self, value: list[Variable]) -> None:
        self._take_weights(self._non_trainable_variables, value, False)

    def _take_weights(self, held: list[Variable], value: list[Variable], trainable: bool) -> None:
        """Layers of Keras 2 say in `build` which of their variables are weights: these, and no others of the kind."""
        inner = {id(w) for layer in self._layers for w in layer.weights}
        own = [v for v in value if id(v) not in inner]
        for variable in {id(v): v for v in (*held, *own)}.values():
            self._tracker.untrack(variable)
        for variable in own:
            variable.trainable = trainable
            self._track_variable(variable)

    @property
    def metrics(self) -> list[Any]:
        """The metrics of the layer and of inner layers."""
        return [*self._metrics, *(m for layer in self._layers for m in layer.metrics)]

    @property
    def metrics_variables(self) -> list[Variable]:
        """The variables of all metrics."""
        return [v for metric in self.metrics for v in metric.variables]

    def get_weights(self) -> list[Any]:
        """The weights' values as NumPy arrays."""
        return [v.numpy() for v in self.weights]

    def set_weights(self, weights: list[Any]) -> None:
        """Let the weights take these values. Raises ValueError where their number or a shape is another."""
        own = self.weights
        if len(own) != len(weights):
            raise ValueError(f"You called `set_weights(weights)` on layer '{self.name}' with a weight list of length "
                             f"{len(weights)}, but the layer was expecting {len(own)} weights.")
        for variable, value in zip(own, weights, strict=True):
            if tuple(variable.shape) != tuple(value.shape):
                raise ValueError(f"Layer {self.name} weight shape {variable.shape} is not compatible with provided "
                                 f"weight shape {tuple(value.shape)}.")
        for variable, value in zip(own, weights, strict=True):
            set_value(variable, value)

    def count_params(self) -> int:
        """The number of scalars in the weights. Raises ValueError for a layer that is not built."""
        if not self.built:
            raise ValueError(f"You tried to call `count_params` on layer '{self.name}', but the layer isn't built. You "
                             "can build it manually via: `layer.build(input_shape)`.")
        return count_params(self.weights)

    def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> list[Any]:
        """The layers within this one, each once, outer ones before inner ones."""
        found, seen = ([self] if include_self else []), set()
        waiting = deque(self._layers)
        while waiting:
            layer = waiting.popleft()
            if id(layer) not in seen:
                seen.add(id(layer))
                found.append(layer)
                if recursive:
                    waiting.extendleft(layer._layers)
        return found

    # Losses ---------------------------------------------------------------------------------------

    def add_loss(self, loss: Any, inputs: Any = None) -> None:
        """Add scalar losses that depend on the inputs, within `call`. Raises ValueError for what is no tensor.

        inputs: which ones; Keras 2 asked for them, and nothing follows from it.
        """
        losses = tree.flatten(loss)
        for x in losses:
            if not is_concrete(x):
                raise ValueError("`add_loss()` can only be called from inside `build()` or `call()`, on a tensor "
                                 f"input. Received invalid value: {x}")
        scope = stateless_scope()
        if scope is None:
            self._losses.extend(losses)
        elif scope.collect_losses:
            for x in losses:
                scope.add_loss(x)
                self._loss_ids.add(id(x))

    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """While training, let variables take values, within `call`: pairs (variable, value). Keras 2's way.

        What `K.update` and its like return has been done already. inputs: on which ones the values depend.
        """
        training = None if thread.call_context is None else thread.call_context.training
        if training is None or training is False:
            return
        for pair in updates if isinstance(updates, list) else [updates]:
            if isinstance(pair, tuple):
                variable, value = pair
                variable.assign(tf.where(training, value, variable) if tf.is_tensor(training) else value)

    def _get_own_losses(self) -> list[Any]:
        scope = stateless_scope()
        if scope is None:
            return list(self._losses)
        return [x for x in scope.losses if id(x) in self._loss_ids]

    def _get_regularization_losses(self) -> list[Any]:
        scope = None if in_symbolic_scope() else stateless_scope()
        found = []
        for variable in self.trainable_weights:
            if variable.regularizer is not None:
                held = None if scope is None else scope.get_current_value(variable)
                found.append(variable.regularizer(variable if held is None else held))
        return found

    @property
    def losses(self) -> list[Any]:
        """The scalar losses of the last call (`add_loss`, activity regularizers) and of weights' regularizers."""
        if self._losses_override:
            return self._losses_override
        losses = self._get_own_losses()
        for layer in self._flatten_layers(include_self=False):
            losses += layer._get_own_losses()
        return losses + self._get_regularization_losses()

    def _clear_losses(self) -> None:
        scope = stateless_scope()
        if scope is not None and scope.collect_losses:
            scope.losses[:] = [x for x in scope.losses if id(x) not in self._loss_ids]
        self._losses.clear()
        self._loss_ids.clear()
        for layer in self._layers:
            layer._clear_losses()

    # Files ----------------------------------------------------------------------------------------

    def save_own_variables(self, store: Any) -> None:
        """Put the layer's own variables into `store`, a dictionary of arrays."""
        for i, variable in enumerate([*self._trainable_variables, *self._non_trainable_variables]):
            store[f"{i}"] = variable

    def load_own_variables(self, store: Any) -> None:
        """Take the values of the layer's own variables from `store`. Raises ValueError where their number differs."""
        own = [*self._trainable_variables, *self._non_trainable_variables]
        count = len(store.keys())
        if count != len(own):
            if not own and not self.built:
                raise ValueError(
                    f"Layer '{self.name}' was never built and thus it doesn't have any variables. However the weights "
                    f"file lists {count} variables for this layer.\nIn most cases, this error indicates that either:"
                    "\n\n1. The layer is owned by a parent layer that implements a `build()` method, but calling the "
                    f"parent's `build()` method did NOT create the state of the child layer '{self.name}'. A `build()` "
                    "method must create ALL state for the layer, including the state of any children layers.\n\n2. "
                    "You need to implement the `def build_from_config(self, config)` method on layer "
                    f"'{self.name}', to specify how to rebuild it during loading, and maybe the method that generates "
                    "the build config at saving time, `def get_build_config(self)`.")
            raise ValueError(f"Layer '{self.name}' expected {len(own)} variables, but received {count} variables "
                             f"during loading. Expected: {[v.name for v in own]}")
        for i, variable in enumerate(own):
            set_value(variable, store[f"{i}"])


def count_params(weights: list[Any]) -> int:
    """The number of scalars in variables."""
    return sum(math.prod(v.shape) for v in weights)


def set_value(variable: Any, value: Any) -> None:
    """Let a variable take a value, in the default session where only the sessions of a TF1 graph keep one."""
    if getattr(variable, "_graph", None) is not None:
        variable.load(value)
    else:
        with set_aside():
            variable.assign(value)


def _each_once(own: list[Any], inner: Any) -> list[Any]:
    found, seen = [], set()
    for v in [*own, *inner]:
        if id(v) not in seen:
            seen.add(id(v))
            found.append(v)
    return found
