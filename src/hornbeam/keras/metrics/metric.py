"""What metrics share: variables that add up over batches, and a result made of them. All of it stays on the device."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hornbeam.keras import dtype_policies, initializers, ops
from hornbeam.keras.config.settings import floatx
from hornbeam.keras.names import keras_export
from hornbeam.keras.old_names import warn_of_old_spelling
from hornbeam.keras.scopes import StatelessScope, name_scope
from hornbeam.keras.utils.naming import auto_name
from hornbeam.keras.variables import Variable


@keras_export("Metric", "metrics.Metric")
class Metric:
    """Base of metrics: a subclass makes its variables (`add_variable`), adds to them (`update_state`) and reads them
    (`result`). Calling a metric updates it and gives the result so far.

    dtype: a dtype or policy to compute in, by default `floatx`. name: by default the class's in snake_case.
    """

    _in_no_collection = True
    _direction: str | None = None
    """Whether a larger result is better (`"up"`) or worse (`"down"`), where that is known."""

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self._variables: list[Any] = []
        self._metrics: list[Metric] = []
        self.name = name or auto_name(type(self).__name__)
        self._dtype_policy = dtype_policies.get(dtype or floatx())
        self._dtype = self._dtype_policy.compute_dtype

    @property
    def dtype(self) -> str:
        """The dtype that values are cast to."""
        return self._dtype

    @property
    def variables(self) -> list[Any]:
        """The metric's variables, then those of metrics that it holds."""
        return [*self._variables, *(v for metric in self._metrics for v in metric.variables)]

    def add_variable(self, shape: Any, initializer: Any, dtype: Any = None, aggregation: str = "sum",
                     name: str | None = None) -> Any:
        """A variable of the metric, not trainable.

        aggregation: how several devices' values become one. Raises RuntimeError before `super().__init__()`.
        """
        self._check_super_called()
        with name_scope(self.name.replace("/", ">"), caller=self):
            variable = Variable(initializer=initializers.get(initializer), shape=shape, dtype=dtype, trainable=False,
                                aggregation=aggregation, synchronization="on_read", name=name)
        self._variables.append(variable)
        return variable

    def add_weight(self, shape: Any = (), initializer: Any = None, dtype: Any = None, name: str | None = None) -> Any:
        """As `add_variable`, a single number by default; without an initializer it is drawn (Glorot)."""
        if isinstance(shape, str):
            warn_of_old_spelling("`add_weight(name, ...)` of a metric is now `add_weight(name=name, ...)`.")
            shape, name = (), shape
        return self.add_variable(shape=shape, initializer=initializer, dtype=dtype, name=name)

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Add a batch."""
        raise NotImplementedError(f"Metric {type(self).__name__} does not define `update_state()`.")

    def result(self) -> Any:
        """The value so far: a tensor, or a dictionary of tensors."""
        raise NotImplementedError(f"Metric {type(self).__name__} does not define `result()`.")

    def reset_state(self) -> None:
        """All variables back to 0."""
        for variable in self.variables:
            variable.assign(ops.zeros(variable.shape, dtype=variable.dtype))

    def reset_states(self) -> None:
        """Keras 2's spelling of `reset_state`."""
        warn_of_old_spelling("`Metric.reset_states()` is now `Metric.reset_state()`.")
        self.reset_state()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._check_super_called()
        self.update_state(*args, **kwargs)
        return self.result()

    # Without side effects -------------------------------------------------------------------------

    def stateless_update_state(self, metric_variables: Sequence[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """The variables' values after `update_state`, from their values before. Raises ValueError for another number.
        """
        with StatelessScope(state_mapping=self._mapping(metric_variables)) as scope:
            self.update_state(*args, **kwargs)
        return self._values_in(scope)

    def stateless_result(self, metric_variables: Sequence[Any]) -> Any:
        """The result with these values of the variables. Raises ValueError for another number of them."""
        with StatelessScope(state_mapping=self._mapping(metric_variables)):
            return self.result()

    def stateless_reset_state(self) -> list[Any]:
        """The variables' values after `reset_state`."""
        with StatelessScope() as scope:
            self.reset_state()
        return self._values_in(scope)

    def _mapping(self, values: Sequence[Any]) -> list[tuple[Any, Any]]:
        variables = self.variables
        if len(values) != len(variables):
            raise ValueError("Argument `metric_variables` must be a list of tensors corresponding 1:1 to "
                             f"{type(self).__name__}().variables. Received list with length {len(values)}, but "
                             f"expected {len(variables)} variables.")
        return list(zip(variables, values, strict=True))

    def _values_in(self, scope: StatelessScope) -> list[Any]:
        found = ((v, scope.get_current_value(v)) for v in self.variables)
        return [variable if value is None else value for variable, value in found]

    # Configuration and tracking -------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the metric from."""
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The metric that `get_config` described."""
        return cls(**config)

    def _obj_type(self) -> str:
        return "Metric"

    def _trackable_children(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items()
                if name not in ("_variables", "_metrics", "_counters") and any(True for _ in _trackable(value))}

    def __setattr__(self, name: str, value: Any) -> None:
        if "_metrics" in self.__dict__ and name not in ("_metrics", "_variables"):
            for item in _trackable(value):
                held = self._metrics if isinstance(item, Metric) else self._variables
                if not any(item is other for other in held):
                    held.append(item)
        super().__setattr__(name, value)

    def _check_super_called(self) -> None:
        if "_metrics" not in self.__dict__:
            raise RuntimeError("You forgot to call `super().__init__()` in the `__init__()` method. Go add it!")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


def _trackable(value: Any) -> Iterable[Any]:
    """The variables and metrics in a value: itself, or what lists, tuples and dictionaries hold."""
    if isinstance(value, (Variable, Metric)):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _trackable(item)
    elif isinstance(value, dict):
        yield from _trackable(list(value.values()))
