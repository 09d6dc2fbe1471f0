"""What one batch means for a model: `compile`, and the steps of training, testing and predicting.

Each step is plain code on tensors; `programs.py` traces it, `trainer.py` repeats it. Models override what they want.
"""

from __future__ import annotations

import contextlib
import inspect
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import hornbeam as tf
from hornbeam.keras import ops, optimizers
from hornbeam.keras.conventions import Conventions
from hornbeam.keras.graph_scopes import at_once
from hornbeam.keras.metrics.means import Mean
from hornbeam.keras.old_names import taking_old_arguments
from hornbeam.keras.optimizers.loss_scale_optimizer import LossScaleOptimizer
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object
from hornbeam.keras.trainers.compile_loss import CompileLoss
from hornbeam.keras.trainers.compile_metrics import CompileMetrics
from hornbeam.keras.trainers.data.batch import unpack_x_y_sample_weight
from hornbeam.keras.trainers.old_methods import metrics_in_third_place, names_of_results
from hornbeam.keras.tree import structures as tree

if TYPE_CHECKING:
    from hornbeam.keras.layers.layer import Layer as OfLayer
else:
    OfLayer = object


class Steps(OfLayer):
    """The part of `Model` that says what happens to one batch."""

    _not_in_files = frozenset(("loss", "history", "_compile_loss", "_compile_metrics", "_loss_tracker", "_programs",
                               "_compile_arguments", "_trainable_when_compiled"))
    """Attributes whose objects are not saved with the model."""

    _trainable_when_compiled: dict[int, Any]
    _told_of_changes: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._compiled = False
        self.loss: Any = None
        self.optimizer: Any = None
        self._compile_loss: CompileLoss | None = None
        self._compile_metrics: CompileMetrics | None = None
        self._loss_tracker: Any = None
        self._compile_arguments: dict[str, Any] = {}
        self.run_eagerly = False
        self.jit_compile: Any = "auto"
        self.steps_per_execution: Any = 1
        self.stop_training = False
        self._programs: dict[Any, Any] = {}

    # Compiling ------------------------------------------------------------------------------------

    @at_once
    @taking_old_arguments("sample_weight_mode", "target_tensors")
    def compile(self, optimizer: Any = "rmsprop", loss: Any = None, loss_weights: Any = None, metrics: Any = None,
                weighted_metrics: Any = None, run_eagerly: bool = False, steps_per_execution: Any = 1,
                jit_compile: Any = "auto", auto_scale_loss: bool = True) -> None:
        """Say how the model is trained.

        optimizer: one, or its name. loss: one, its name, a function of targets and predictions, or a structure that
        fits the outputs; loss_weights: numbers in the same structure. metrics: a list of metrics or their names
        (`"accuracy"` fits itself to the outputs), or a structure of lists; weighted_metrics: such as see
        `sample_weight`. run_eagerly: run step by step in Python. steps_per_execution: batches between two calls of
        callbacks, a number or `"auto"`. jit_compile: accepted; steps are always compiled. auto_scale_loss: under the
        policy `mixed_float16` the optimizer becomes a `LossScaleOptimizer`. Raises ValueError for anything else.
        """
        loss_weights, metrics = metrics_in_third_place(loss_weights, metrics)
        self._untracked_set("optimizer", self._scaled(optimizers.get(optimizer), auto_scale_loss))
        names = getattr(self, "output_names", None)
        if steps_per_execution != "auto" and (not isinstance(steps_per_execution, int) or steps_per_execution < 1):
            raise ValueError(f"`steps_per_execution` is a number from 1 on, or 'auto'. Received: {steps_per_execution}")
        self._untracked_set("loss", loss)
        self._untracked_set("_compile_loss", None if loss is None else CompileLoss(loss, loss_weights, names))
        self._untracked_set("_compile_metrics", None if metrics is None and weighted_metrics is None else
                            CompileMetrics(metrics, weighted_metrics, names))
        self._untracked_set("_loss_tracker", Mean(name="loss"))
        if run_eagerly and jit_compile is True:
            warnings.warn("If `run_eagerly` is True, then `jit_compile` cannot also be True. Disabling `jit_compile`.",
                          stacklevel=3)
            jit_compile = False
        self.run_eagerly, self.jit_compile = run_eagerly, jit_compile
        self.steps_per_execution = steps_per_execution
        self.stop_training = False
        self._compiled = True
        self._told_of_changes = ()
        self._untracked_set("_programs", {})
        self._untracked_set("_trainable_when_compiled", {id(layer): (layer, layer.trainable)
                                                         for layer in self._flatten_layers()})
        self._untracked_set("_compile_arguments", {
            "optimizer": self.optimizer, "loss": loss,
            "loss_weights": loss_weights, "metrics": metrics, "weighted_metrics": weighted_metrics,
            "run_eagerly": run_eagerly, "steps_per_execution": steps_per_execution, "jit_compile": bool(jit_compile)
            if jit_compile != "auto" else False})

    def _untracked_set(self, name: str, value: Any) -> None:
        """Set an attribute that the layer does not count among its own variables, metrics and layers."""
        object.__setattr__(self, name, value)

    def _scaled(self, optimizer: Any, auto_scale_loss: bool) -> Any:
        if auto_scale_loss and optimizer is not None and not isinstance(optimizer, LossScaleOptimizer) and \
                getattr(self.dtype_policy, "name", None) == "mixed_float16":
            return LossScaleOptimizer(optimizer, name="loss_scale_optimizer")
        return optimizer

    @property
    def compiled(self) -> bool:
        """Whether `compile` was called."""
        return self._compiled

    def _assert_compile_called(self, method_name: str | None = None) -> None:
        if not self._compiled:
            raise ValueError("You must call `compile()` before using the model.")
        held = self._trainable_when_compiled.values()
        changed = tuple(layer.name for layer, before in held if layer.trainable != before)
        if changed and changed != self._told_of_changes:
            warnings.warn("A layer's `trainable` state has changed since the model was compiled, which has no effect "
                          "on training until `compile()` is called again (model.compile(...)). Changed layers: "
                          f"{list(changed)}", stacklevel=4)
        self._told_of_changes = changed

    @contextlib.contextmanager
    def _trainable_as_compiled(self) -> Iterator[None]:
        """Within the block every layer is trainable or not as it was when the model was compiled."""
        changed = [(layer, layer.trainable, before) for layer, before in self._trainable_when_compiled.values()
                   if layer.trainable != before]
        for layer, _, before in changed:
            layer.trainable = before
        try:
            yield
        finally:
            for layer, now, _ in changed:
                layer.trainable = now

    def get_compile_config(self) -> dict[str, Any]:
        """The arguments of `compile` as a configuration; empty before it was called."""
        return serialize_keras_object(self._compile_arguments) if self._compiled else {}

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compile as `get_compile_config` said. A model with a `compile` of its own is left alone, with a warning."""
        if type(self).compile is not Steps.compile:
            warnings.warn("`compile()` was not called as part of model loading because the model's `compile()` method "
                          "is custom. Override `get_compile_config()` and `compile_from_config(config)` too, or call "
                          "`compile()` after loading.", stacklevel=2)
            return
        self.compile(**deserialize_keras_object(config))
        if self.optimizer is not None and self.built:
            self.optimizer.build(self.trainable_variables)

    # Metrics --------------------------------------------------------------------------------------

    @property
    def metrics(self) -> list[Any]:
        """The metrics: the mean of the loss, those of `compile`, then those that layers hold."""
        own = [self._loss_tracker, self._compile_metrics, *(self._compile_loss.metrics if self._compile_loss else ())]
        found = [m for m in own if m is not None] if self._compiled else []
        found += self._metrics
        for layer in self._flatten_layers(include_self=False):
            if not isinstance(layer, Steps):
                found += layer.metrics
        return found

    @property
    def metrics_names(self) -> list[str]:
        """The names of the metrics."""
        return names_of_results(self) if Conventions.keras_2 and self.compiled else [m.name for m in self.metrics]

    @at_once
    def reset_metrics(self) -> None:
        """Every metric as before its first batch."""
        for metric in self.metrics:
            metric.reset_state()

    @at_once
    def get_metrics_result(self) -> dict[str, Any]:
        """The results of all metrics by name."""
        found: dict[str, Any] = {}
        for metric in self.metrics:
            if metric is self._compile_metrics and not metric.built:
                continue
            result = metric.result()
            if isinstance(result, dict):
                found.update(result)
            else:
                found[metric.name] = result
        return found

    # Steps ----------------------------------------------------------------------------------------

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None,
                     training: bool = True) -> Any:
        """The number that training makes smaller: the losses of `compile`, plus those that layers added.

        Raises ValueError where there is neither.
        """
        parts = [] if self._compile_loss is None else [self._compile_loss(y, y_pred, sample_weight)]
        parts += [ops.sum(loss) for loss in self.losses]
        if not parts:
            raise ValueError("No loss to compute. Provide a `loss` argument in `compile()`.")
        total = parts[0]
        for part in parts[1:]:
            total = total + ops.cast(part, total.dtype)
        return total

    def _loss_of(self, x: Any, y: Any, y_pred: Any, sample_weight: Any, training: bool) -> Any:
        takes_training = "training" in inspect.signature(self.compute_loss).parameters
        return self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight,
                                 **({"training": training} if takes_training else {}))

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Add a batch to the metrics of `compile`, and give all results by name."""
        if self._compile_metrics is not None:
            self._compile_metrics.update_state(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def _outputs_for(self, x: Any, training: bool) -> Any:
        return self(x, training=training) if self._call_has_training_arg else self(x)

    def _track_loss(self, loss: Any, x: Any) -> None:
        first = next(leaf for leaf in tree.flatten(x) if leaf is not None)
        self._loss_tracker.update_state(loss, sample_weight=ops.shape(first)[0] if len(first.shape) else 1)

    def train_step(self, data: Any) -> Any:
        """Train on one batch: `(x,)`, `(x, y)` or `(x, y, sample_weight)`. Returns the metrics by name."""
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self._outputs_for(x, True)
            loss = self._loss_of(x, y, y_pred, sample_weight, True)
            self._track_loss(loss, x)
            if self.optimizer is not None:
                loss = self.optimizer.scale_loss(loss)
        variables = self.trainable_weights
        if variables:
            if self.optimizer is None:
                raise ValueError("The model was compiled without an optimizer, and cannot be trained.")
            self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        else:
            warnings.warn("The model does not have any trainable weights.", stacklevel=2)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def test_step(self, data: Any) -> Any:
        """Measure one batch. Returns the metrics by name."""
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = self._outputs_for(x, False)
        self._track_loss(self._loss_of(x, y, y_pred, sample_weight, False), x)
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    def predict_step(self, data: Any) -> Any:
        """The outputs for one batch."""
        x, _, _ = unpack_x_y_sample_weight(data)
        return self._outputs_for(x, False)
