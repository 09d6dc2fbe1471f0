"""The variables of an optimizer: made, named after the weights they belong to, saved and loaded."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

from hornbeam.keras import initializers
from hornbeam.keras.scopes import name_scope
from hornbeam.keras.trackable import optimizer_children, optimizer_slots, resumed
from hornbeam.keras.variables import Variable


class OptimizerVariables:
    """The part of an optimizer that keeps its variables."""

    name: str
    built: bool
    _variables: list[Any]
    _trainable_variables_indices: dict[int, int]
    _belongs_in_checkpoints = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "build" in vars(cls):
            cls.build = resumed(cls.build)  # type: ignore[method-assign]

    def _trackable_children(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return optimizer_children(self)

    def _slot_variables_for_checkpoint(self, variables: Iterable[Any]) -> list[tuple[str, Any, Any]]:
        return optimizer_slots(self, variables)

    @property
    def variables(self) -> list[Any]:
        """The optimizer's variables: the number of steps, the learning rate where it is a number, those of the weights.
        """
        return self._variables[:]

    def add_variable(self, shape: Any, initializer: Any = "zeros", dtype: Any = None, aggregation: str = "none",
                     layout: Any = None, name: str | None = None) -> Any:
        """A variable of the optimizer."""
        self._check_super_called()
        with name_scope(self.name, caller=self):
            variable = Variable(initializers.get(initializer), shape=shape, dtype=dtype, trainable=False,
                                aggregation=aggregation, layout=layout, name=name)
        self._variables.append(variable)
        return variable

    def add_variable_from_reference(self, reference_variable: Any, name: str | None = None,
                                    initializer: Any = "zeros") -> Any:
        """A variable with the shape and dtype of a weight, named after it."""
        path = getattr(reference_variable, "path", None) or reference_variable.name
        return self.add_variable(tuple(reference_variable.shape), initializer, reference_variable.dtype,
                                 layout=getattr(reference_variable, "_layout", None),
                                 name=f"{re.sub('[/:]', '_', path)}_{name or 'var'}")

    def add_optimizer_variables(self, trainable_variables: Iterable[Any], name: Any, initializer: Any = "zeros") -> Any:
        """A variable for each weight (None for those that gradients replace); for a list of names, a list of each.

        Raises ValueError where there are not as many initializers as names.
        """
        names = [name] if isinstance(name, str) else list(name)
        given = list(initializer) if isinstance(initializer, (list, tuple)) else [initializer] * len(names)
        if len(names) != len(given):
            raise ValueError("The number of provided names must match the number of provided initializers.  Received "
                             f"name='{name}', initializer='{initializer}'")
        made: tuple[list[Any], ...] = tuple([] for _ in names)
        for variable in trainable_variables:
            for held, own_name, own_initializer in zip(made, names, given, strict=True):
                held.append(None if replaced_by_gradient(variable)
                            else self.add_variable_from_reference(variable, own_name, own_initializer))
        return made[0] if isinstance(name, str) else made

    def _var_key(self, variable: Any) -> int:
        return id(variable)

    def _get_variable_index(self, variable: Any) -> int:
        return self._trainable_variables_indices[id(variable)]

    def _of(self, held: Sequence[Any], variable: Any) -> Any:
        """The one of the optimizer's variables that goes with a weight."""
        return held[self._get_variable_index(variable)]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Give the optimizer's variables these values. Raises ValueError before `build` and for other shapes."""
        if not self.built:
            raise ValueError("You are calling `set_weights()` on an optimizer that has not yet been built. Please call "
                             "`optimizer.build(trainable_variables)` to create the optimizer weights before calling "
                             "`set_weights()`.")
        for variable, weight in zip(self._variables, weights, strict=False):
            if tuple(variable.shape) != tuple(weight.shape):
                raise ValueError(f"Optimizer variable {variable.path} has shape {variable.shape} not compatible with "
                                 f"provided weight shape {tuple(weight.shape)}.")
            variable.assign(weight)

    def save_own_variables(self, store: Any) -> None:
        """Put the variables' values into `store`, by their number."""
        for i, variable in enumerate(self.variables):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Take the variables' values from `store`; where their number differs, warn and leave them."""
        variables = self.variables
        if len(store.keys()) != len(variables):
            text = (f"Skipping variable loading for optimizer '{self.name}', because it has {len(variables)} variables "
                    f"whereas the saved optimizer has {len(store.keys())} variables. ")
            if not variables:
                text += "This is likely because the optimizer has not been called/built yet."
            warnings.warn(text, stacklevel=2)
            return
        for i, variable in enumerate(variables):
            variable.assign(store[str(i)])

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_programs": {}}  # a copy makes its own

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._trainable_variables_indices = {id(v): i for i, v in enumerate(state["_trainable_variables"])}

    def _check_super_called(self) -> None:
        if "_variables" not in self.__dict__:
            raise RuntimeError(f"In optimizer '{type(self).__name__}', you forgot to call `super().__init__()` as the "
                               "first statement in the `__init__()` method. Go add it!")

    def __setattr__(self, name: str, value: Any) -> None:
        if name != "_variables":
            self._check_super_called()
            if isinstance(value, Variable) and not any(value is v for v in self._variables):
                self._variables.append(value)
        super().__setattr__(name, value)


def replaced_by_gradient(variable: Any) -> bool:
    """Whether a variable takes its gradient as its value."""
    return getattr(variable, "overwrite_with_gradient", False)
