"""CompileLoss: the losses of `compile`, each matched with its output, as one weighted sum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, final

from hornbeam.keras import losses, ops
from hornbeam.keras.config.settings import floatx
from hornbeam.keras.losses.loss import Loss, LossFunctionWrapper
from hornbeam.keras.metrics.means import Mean
from hornbeam.keras.trainers.outputs import Outputs, Path, at, has_class_numbers, is_binary
from hornbeam.keras.tree import structures as tree


class _Term(NamedTuple):
    """One loss of the sum: `path` is where what it looks at stands among the outputs."""

    path: Path
    loss: Any
    weight: float | None
    name: str


@final
class CompileLoss:
    """The weighted sum of losses. `metrics` keeps the mean of each where there are several.

    loss: a loss, or a structure of them that fits the outputs. loss_weights: a number for each. output_names: of a
    functional model. Raises ValueError and TypeError for what cannot be either.
    """

    def __init__(self, loss: Any, loss_weights: Any = None, output_names: Sequence[str] | None = None) -> None:
        if loss_weights is not None and not isinstance(loss_weights, (list, tuple, dict, float, int)):
            raise ValueError("Expected `loss_weights` argument to be a float (single output case) or a list, tuple, or "
                             f"dict (multiple output case). Received instead: loss_weights={loss_weights} of type "
                             f"{type(loss_weights)}")
        for leaf in tree.flatten(loss):
            if leaf is not None and not (callable(leaf) or isinstance(leaf, (str, dict))):
                raise ValueError(f"Could not interpret loss identifier: {leaf}")
        self.name = "compile_loss"
        self.metrics: list[Mean] = []
        self._loss, self._weights, self._names = loss, loss_weights, output_names
        self._outputs: Outputs | None = None
        self._terms: list[_Term] = []
        self._with_loss: set[Path] = set()

    @property
    def built(self) -> bool:
        """Whether the losses are matched with outputs."""
        return self._outputs is not None

    @property
    def variables(self) -> list[Any]:
        """Those of the means."""
        return [v for metric in self.metrics for v in metric.variables]

    def build(self, y_true: Any, y_pred: Any) -> None:
        """Match the losses with the outputs."""
        self._terms = []
        outputs = Outputs(y_pred, self._names)
        assigned = outputs.assigned_by_path(self._loss, "loss")
        self._with_loss = {path for path, found in assigned.items() if found}
        targets = self._targets(outputs, y_true, for_all=True)
        predictions = outputs.of_prediction(y_pred)
        weights = self._weights_for(outputs)
        places = {output.path: i for i, output in enumerate(outputs.all)}
        for path, found in assigned.items():
            place = places.get(path)
            for identifier in found:
                loss = as_loss(identifier, *((None, None) if place is None else (targets[place], predictions[place])))
                weight = weights[path].pop(0) if weights.get(path) else None
                self._terms.append(_Term(path, loss, weight, _name(path, outputs, place, loss.name)))
        if len(self._terms) > 1:
            self.metrics = [Mean(name=f"{term.name}_loss") for term in self._terms]
        self._outputs = outputs

    def _weights_for(self, outputs: Outputs) -> dict[Path, list[Any]]:
        count = len([leaf for leaf in tree.flatten(self._loss) if leaf is not None])
        given = [w for w in tree.flatten(self._weights) if w is not None]
        if tree.is_nested(self._weights) and tree.is_nested(self._loss) and count != len(given) and \
                not isinstance(self._weights, dict):
            raise ValueError(f"`loss_weights` must match the number of losses, got {count} losses and {len(given)} "
                             "weights.")
        return outputs.assigned_by_path(self._weights, "loss_weights")

    def _targets(self, outputs: Outputs, y_true: Any, for_all: bool = False) -> list[Any]:
        """Targets by output: for all of them, or for just those that have a loss."""
        try:
            return outputs.matched(y_true, "y_true", for_all)
        except ValueError:
            given = tree.flatten(y_true)
            places = [i for i, o in enumerate(outputs.all) if o.path in self._with_loss]
            if len(given) != len(places):
                raise
            found = [None] * len(outputs)
            for place, target in zip(places, given, strict=True):
                found[place] = target
            return found

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        if self._outputs is None:
            self.build(y_true, y_pred)
        outputs = self._outputs
        assert outputs is not None
        targets = self._targets(outputs, y_true)
        predictions = outputs.of_prediction(y_pred)
        weights = outputs.matched(sample_weight, "sample_weight", for_all=True)
        batch = ops.shape(predictions[0])[0] if len(predictions[0].shape) else 1
        values = []
        parts = {o.path: part for o, part in zip(outputs.all, zip(targets, predictions, weights, strict=True),
                                                 strict=True)}
        for i, (path, loss, weight, name) in enumerate(self._terms):
            if path not in parts:
                own = at(path, outputs.packed(weights)) if tree.is_nested(sample_weight) else sample_weight
                parts[path] = at(path, outputs.packed(targets)), at(path, y_pred), own
            y, prediction, own_weight = parts[path]
            if y is None:
                raise ValueError(f"The output {name!r} has a loss but no targets.")
            value = ops.cast(loss(y, prediction, own_weight), floatx())
            if self.metrics:
                self.metrics[i].update_state(value, sample_weight=batch)
            values.append(value if weight is None else value * weight)
        if not values:
            return ops.zeros((), floatx())
        total = values[0]
        for value in values[1:]:
            total = total + value
        return total


def _name(path: Path, outputs: Outputs, place: int | None, loss_name: str) -> str:
    """What a loss is called in logs: keys of the structure, the output's own name where it has one."""
    parts = [str(key) for key in path]
    if place is None:
        return "/".join(parts) or "_".join(str(name) for name in outputs.names)
    if not path or isinstance(path[-1], int):
        parts[-1:] = [outputs.names[place] or loss_name]
    return "/".join(parts)


def as_loss(identifier: Any, y_true: Any, y_pred: Any) -> Any:
    """The loss object that an argument of `compile` stands for. Raises ValueError for an unknown one."""
    if isinstance(identifier, str) and identifier.lower() in ("crossentropy", "ce"):
        found: Any = (losses.binary_crossentropy if is_binary(y_pred) else losses.sparse_categorical_crossentropy
                      if has_class_numbers(y_true, y_pred) else losses.categorical_crossentropy)
    else:
        found = losses.get(identifier)
    if isinstance(found, Loss):
        return found
    name = identifier if isinstance(identifier, str) else getattr(found, "__name__", type(found).__name__)
    return LossFunctionWrapper(found, name=name)
