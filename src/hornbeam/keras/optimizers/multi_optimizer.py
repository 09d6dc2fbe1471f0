"""Several optimizers in one, each for some of the weights."""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any

from hornbeam.keras.names import keras_export
from hornbeam.keras.optimizers.loss_scale_optimizer import LossScaleOptimizer
from hornbeam.keras.optimizers.optimizer import Optimizer
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object


@keras_export("optimizers.OptimizerMap")
class OptimizerMap(MutableMapping[str, Any]):
    """Which optimizer updates which weights: patterns of paths (regular expressions, of the whole path).

    default_optimizer: for all other weights. Raises TypeError for what is no optimizer or no dictionary.
    """

    def __init__(self, default_optimizer: Any, optimizer_map: dict[str, Any] | None = None) -> None:
        if not isinstance(default_optimizer, Optimizer):
            raise TypeError(f"default_optimizer must be a Keras Optimizer instance. Received: {default_optimizer}")
        if optimizer_map is not None and not isinstance(optimizer_map, dict):
            raise TypeError(f"optimizer_map must be a dictionary. Received: {optimizer_map}")
        self._default_optimizer = default_optimizer
        self._optimizer_map = optimizer_map or {}

    @property
    def default_optimizer(self) -> Any:
        """The optimizer of weights that no pattern fits."""
        return self._default_optimizer

    def __getitem__(self, key: str) -> Any:
        """The optimizer for a path. Raises ValueError where several patterns fit."""
        if key in self._optimizer_map:
            return self._optimizer_map[key]
        fitting = [pattern for pattern in self._optimizer_map if re.fullmatch(pattern, key)]
        if len(fitting) > 1:
            raise ValueError(f"Multiple optimizers assigned to variable {key}.")
        return self._optimizer_map[fitting[0]] if fitting else self.default_optimizer

    def __setitem__(self, key: str, optimizer: Any) -> None:
        if key in self._optimizer_map:
            raise ValueError(f"'{key}' already exists in the OptimizerMap with value {self._optimizer_map[key]}. "
                             "Please make sure to not use duplicated keys.")
        if not isinstance(key, str):
            raise ValueError(f"key must be a string. Received: {key}")
        if not isinstance(optimizer, Optimizer):
            raise ValueError(f"optimizer must be a Keras Optimizer instance. Received: {optimizer}")
        for kind in (LossScaleOptimizer, MultiOptimizer):
            if isinstance(optimizer, kind):
                raise ValueError(f"optimizer cannot be {kind.__name__}.")
        self._optimizer_map[key] = optimizer

    def __delitem__(self, key: str) -> None:
        del self._optimizer_map[key]

    def __len__(self) -> int:
        return len(self._optimizer_map)

    def __iter__(self) -> Iterator[str]:
        return iter(self._optimizer_map)

    def __call__(self, variable: Any) -> Any:
        """The optimizer of a weight."""
        return self[variable.path]

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the map from."""
        return {"default_optimizer": serialize_keras_object(self._default_optimizer),
                "optimizer_map": serialize_keras_object(self._optimizer_map)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> OptimizerMap:
        """The map that `get_config` described."""
        default, patterns = (deserialize_keras_object(config[key], custom_objects=custom_objects)
                             for key in ("default_optimizer", "optimizer_map"))
        return cls(default, patterns)


@keras_export("optimizers.MultiOptimizer")
class MultiOptimizer(Optimizer):
    """Updates each weight by the optimizer that `optimizer_map(weight)` gives: an `OptimizerMap` or a function.

    loss_scale_factor: of all of them. Raises ValueError at the first step where the map gives no optimizer, or one
    that cannot stand inside another.
    """

    def __init__(self, optimizer_map: Any, loss_scale_factor: float | None = None, name: str | None = None) -> None:
        super().__init__(learning_rate=0.0, loss_scale_factor=loss_scale_factor, name=name)
        self._optimizer_map = optimizer_map
        self._inner_optimizers: list[Any] = []
        known = list(optimizer_map.values()) if hasattr(optimizer_map, "values") else []
        for optimizer in (*known, getattr(optimizer_map, "default_optimizer", None)):
            if optimizer is not None:
                self._number_of(optimizer)

    def _number_of(self, optimizer: Any) -> int:
        """The place of an optimizer among the inner ones, which it joins where it is new."""
        for i, known in enumerate(self._inner_optimizers):
            if known is optimizer:
                return i
        optimizer.loss_scale_factor = self.loss_scale_factor
        self._inner_optimizers.append(optimizer)
        return len(self._inner_optimizers) - 1

    @property
    def optimizers(self) -> list[Any]:
        """The inner optimizers."""
        return self._inner_optimizers

    @property
    def variables(self) -> list[Any]:
        """The variables here, then those of the inner optimizers."""
        return [*self._variables, *(v for optimizer in self._inner_optimizers for v in optimizer.variables)]

    def build(self, var_list: Sequence[Any]) -> None:
        """Find each weight's optimizer, and make the variables of each."""
        if self.built:
            return
        self._var_to_optimizer_idx: dict[int, int] = {}
        for variable in var_list:
            optimizer = self._optimizer_map(variable)
            if not isinstance(optimizer, Optimizer):
                raise ValueError(f"Optimizer for variable {variable} is not an Optimizer instance.")
            for kind in (LossScaleOptimizer, MultiOptimizer):
                if isinstance(optimizer, kind):
                    raise ValueError(f"{kind.__name__} cannot be used inside an MultiOptimizer.")
            self._var_to_optimizer_idx[id(variable)] = self._number_of(optimizer)
        for i, optimizer in enumerate(self._inner_optimizers):
            own = [v for v in var_list if self._var_to_optimizer_idx[id(v)] == i]
            if own:
                optimizer.build(own)
        super().build(var_list)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if self.built:
            self._var_to_optimizer_idx = {id(v): self._number_of(self._optimizer_map(v))
                                          for v in self._trainable_variables}

    def _shares(self, variables: Sequence[Any]) -> list[tuple[Any, list[int]]]:
        """Each inner optimizer with the places of its weights, where it has any."""
        places = [[j for j, v in enumerate(variables) if self._var_to_optimizer_idx[id(v)] == i]
                  for i in range(len(self._inner_optimizers))]
        return [(o, own) for o, own in zip(self._inner_optimizers, places, strict=True) if own]

    def _variables_for(self, grads: Sequence[Any], given: Sequence[Any] | None) -> list[Any]:
        if not self.built and given is not None:  # the paths of inner variables begin with the inner optimizer's name
            self.build(list(given))
        variables = super()._variables_for(grads, given)
        if len(grads) != len(self._trainable_variables):
            raise ValueError(f"Gradients must match trainable variables one-to-one. Received {len(grads)} gradients "
                             f"and {len(self._trainable_variables)} variables.")
        return variables

    def _step(self, grads: list[Any], variables: list[Any]) -> None:
        for optimizer, own in self._shares(variables):
            optimizer.apply([grads[j] for j in own], [variables[j] for j in own])
        self._iterations.assign_add(1)

    def _can_be_compiled(self, variables: Sequence[Any]) -> bool:
        return all(o._can_be_compiled([variables[j] for j in own]) for o, own in self._shares(variables))

    def _settings_now(self) -> str:
        return repr([o._settings_now() for o in self._inner_optimizers])

    @property
    def learning_rate(self) -> Any:
        """Raises AttributeError: each inner optimizer has its own."""
        raise AttributeError("Learning rate cannot be accessed on a MultiOptimizer. Access the learning rate on the "
                             "individual sub-optimizers instead.")

    @learning_rate.setter
    def learning_rate(self, learning_rate: Any) -> None:
        raise AttributeError("Learning rate cannot be set on a MultiOptimizer. Set the learning rate on the individual "
                             "sub-optimizers instead.")

    @property
    def loss_scale_factor(self) -> float | None:
        """The factor of the loss, the same for all inner optimizers."""
        return self.__dict__.get("_loss_scale_factor")

    @loss_scale_factor.setter
    def loss_scale_factor(self, value: float | None) -> None:
        self._loss_scale_factor = value
        for optimizer in self.__dict__.get("_inner_optimizers", ()):
            optimizer.loss_scale_factor = value

    @property
    def iterations(self) -> Any:
        """How many steps were made."""
        return self._iterations

    def finalize_variable_values(self, var_list: Sequence[Any]) -> None:
        """As each weight's optimizer does."""
        for optimizer, own in self._shares(var_list):
            optimizer.finalize_variable_values([var_list[j] for j in own])

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Give the variables here and those of the inner optimizers these values. Raises ValueError before `build`."""
        own = len(self._variables)
        super().set_weights(weights[:own])
        for optimizer in self._inner_optimizers:
            number = len(optimizer.variables)
            optimizer.set_weights(weights[own:own + number])
            own += number

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the optimizer from."""
        return {"optimizer_map": serialize_keras_object(self._optimizer_map),
                "loss_scale_factor": self.loss_scale_factor, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """The optimizer that `get_config` described."""
        given = deserialize_keras_object(config["optimizer_map"], custom_objects=custom_objects)
        return cls(**{**config, "optimizer_map": given})
