"""CompileMetrics: the metrics of `compile`, each matched with its output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, final

from hornbeam.keras import metrics as known
from hornbeam.keras.conventions import Conventions
from hornbeam.keras.metrics.means import MeanMetricWrapper
from hornbeam.keras.metrics.metric import Metric
from hornbeam.keras.trainers.outputs import Outputs, has_class_numbers, is_binary
from hornbeam.keras.tree import structures as tree


class _Entry(NamedTuple):
    """One metric, the place of the output it looks at, and the name before its own."""

    output: int
    metric: Any
    prefix: str | None

    @property
    def name(self) -> str:
        return f"{self.prefix}_{self.metric.name}" if self.prefix else self.metric.name


@final
class CompileMetrics(Metric):
    """All metrics of a model. `metrics` see every sample alike, `weighted_metrics` by its weight.

    Both are lists or dictionaries that fit the outputs. output_names: of a functional model. Raises ValueError for
    anything else.
    """

    def __init__(self, metrics: Any, weighted_metrics: Any, output_names: Sequence[str] | None = None) -> None:
        super().__init__(name="compile_metrics")
        for argument, value in (("metrics", metrics), ("weighted_metrics", weighted_metrics)):
            if value and not isinstance(value, (list, tuple, dict)):
                raise ValueError(f"Expected `{argument}` argument to be a list, tuple, or dict. Received instead: "
                                 f"{argument}={value} of type {type(value)}")
        self._user_metrics = (metrics, weighted_metrics)
        self._names = output_names
        self._outputs: Outputs | None = None
        self._plain: list[_Entry] = []
        self._weighted: list[_Entry] = []

    @property
    def built(self) -> bool:
        """Whether the metrics are matched with outputs."""
        return self._outputs is not None

    @property
    def metrics(self) -> list[Metric]:
        """The metrics, once they are matched with outputs."""
        return [e.metric for e in (*self._plain, *self._weighted)]

    @property
    def variables(self) -> list[Any]:
        """The variables of all metrics."""
        return [v for m in self.metrics for v in m.variables]

    def build(self, y_true: Any, y_pred: Any) -> None:
        """Match the metrics with the outputs."""
        self._plain, self._weighted = [], []
        outputs = Outputs(y_pred, self._names)
        targets = outputs.matched(y_true, "y_true", for_all=True)
        predictions = outputs.of_prediction(y_pred)
        several = len(outputs) > 1
        for spec, argument, entries in zip(self._user_metrics, ("metrics", "weighted_metrics"),
                                           (self._plain, self._weighted), strict=True):
            try:
                assigned = outputs.assigned(spec or None, argument)
                for place, found in enumerate(assigned):
                    entries += [_Entry(place, as_metric(m, targets[place], predictions[place]),
                                       outputs.names[place] if several else None) for m in found]
            except (ValueError, KeyError) as error:
                raise ValueError(f"Invalid `{argument}`: {error.args[0]}\nReceived: {argument}={spec}") from error
        self._outputs = outputs

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Add a batch."""
        if self._outputs is None:
            self.build(y_true, y_pred)
        outputs = self._outputs
        assert outputs is not None
        targets = outputs.matched(y_true, "y_true")
        predictions = outputs.of_prediction(y_pred)
        weights = outputs.matched(sample_weight, "sample_weight", for_all=True)
        for place, metric, _ in self._plain:
            metric.update_state(targets[place], predictions[place])
        for place, metric, _ in self._weighted:
            metric.update_state(targets[place], predictions[place], weights[place])

    def reset_state(self) -> None:
        """Every metric as before its first batch."""
        for metric in self.metrics:
            metric.reset_state()

    def result(self) -> dict[str, Any]:
        """The results by name. A name that is taken gets a number; a weighted metric's, `weighted_` first."""
        if self._outputs is None:
            raise ValueError("Cannot get result() since the metric has not yet been built.")
        found: dict[str, Any] = {}
        counts: dict[str, int] = {}
        for entry, weighted in (*((e, False) for e in self._plain), *((e, True) for e in self._weighted)):
            name = entry.name
            if name in counts and weighted:
                name = "_".join(filter(None, (entry.prefix, "weighted", entry.metric.name)))
            taken = counts.get(name, 0)
            counts[name] = taken + 1
            found[f"{name}_{taken}" if taken else name] = entry.metric.result()
        return found

    def get_config(self) -> dict[str, Any]:
        """The name alone: the model's `get_compile_config` says the rest."""
        return {"name": self.name}


def metric_name(identifier: str) -> str:
    """What a metric is called that was given by a name: so, but for programs of TensorFlow 1."""
    if not Conventions.full_metric_names:
        return identifier
    if identifier.lower() in ("accuracy", "acc"):
        return "acc"
    found = known.get(identifier)
    return getattr(found, "name", None) or getattr(found, "__name__", identifier)


def as_metric(identifier: Any, y_true: Any, y_pred: Any) -> Any:
    """The metric object that an argument of `compile` stands for. Raises ValueError for an unknown one."""
    lower = identifier.lower() if isinstance(identifier, str) else None
    if lower in ("accuracy", "acc"):
        found: Any = (known.BinaryAccuracy(name=identifier) if is_binary(y_pred) else
                      known.SparseCategoricalAccuracy(name=identifier) if has_class_numbers(y_true, y_pred) else
                      known.CategoricalAccuracy(name=identifier))
    elif lower in ("crossentropy", "ce"):
        found = (known.BinaryCrossentropy(name=identifier) if is_binary(y_pred) else
                 known.SparseCategoricalCrossentropy(name=identifier) if has_class_numbers(y_true, y_pred) else
                 known.CategoricalCrossentropy(name=identifier))
    else:
        found = known.get(identifier)
    if isinstance(identifier, str):
        name: Any = metric_name(identifier)
    else:
        name = getattr(found, "name", None) or getattr(found, "__name__", None) or type(found).__name__
    if not isinstance(found, Metric):
        return MeanMetricWrapper(found, name=name)
    if isinstance(identifier, str):
        found.name = name
    return found


def flat(metrics: Any) -> list[Any]:
    """The leaves of an argument of `compile`."""
    return tree.flatten(metrics)
