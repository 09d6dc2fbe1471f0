"""What Keras 2 did otherwise under a spelling that today's Keras has too.

`follow_keras_2()` is called for programs of its time that `hornbeam run` runs; elsewhere nothing of this holds:

- `model.metrics_names` names each number that `evaluate` gives: the loss, the losses of the outputs, metrics;
- `train_on_batch` and `test_on_batch` give the metrics of that batch alone;
- `predict` draws no progress bar;
- callbacks call the learning rate `lr` in what `fit` returns;
- `compute_output_shape` may ask for what `call` keeps, and layers take new variables after they are built;
- in `tensorflow.keras` of TensorFlow 1 metrics that were given by short names have their functions' (`"mae"`:
  `mean_absolute_error`), and `"accuracy"` is called `acc`;
- inputs and models made of them are called `input_1`, `dense_input` and `model`; in Keras beside TensorFlow all names
  are numbered from 1, and Adadelta, Adagrad, Adamax and Nadam have its learning rates by default.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from hornbeam.graph import mode
from hornbeam.keras.lookup import named
from hornbeam.keras.old_names import warn_of_old_spelling
from hornbeam.keras.utils.naming import Style

_RATES = {"Adadelta": 1.0, "Adagrad": 0.01, "Adamax": 0.002, "Nadam": 0.002}


class Conventions:
    """Which conventions hold in this process."""

    keras_2 = False
    full_metric_names = False


def follow_keras_2(beside_tensorflow: bool = True) -> None:
    """From now on, in this process, as Keras 2 did. beside_tensorflow: as `keras`, not as `tensorflow.keras`."""
    if Conventions.keras_2:
        return
    Conventions.keras_2 = True
    Conventions.full_metric_names = not beside_tensorflow and mode.v1_builds()
    Style.renamed = {"functional": "model", "input_layer": "input"}
    Style.numbered = None if beside_tensorflow else ("input",)
    if beside_tensorflow:
        for name, rate in _RATES.items():
            optimizer = named(f"optimizers.{name}")
            optimizer.__init__ = _with_rate(optimizer.__init__, name, rate)


def _with_rate(init: Callable[..., None], name: str, rate: float) -> Callable[..., None]:
    """The optimizer's `__init__` with Keras 2's learning rate where none is given."""
    @functools.wraps(init)
    def call(self: Any, *args: Any, **kwargs: Any) -> None:
        if not args and not {"learning_rate", "lr"} & set(kwargs):
            warn_of_old_spelling(f"`{name}()` is now `{name}(learning_rate={rate})`: today's default is another.")
            kwargs["learning_rate"] = rate
        init(self, *args, **kwargs)

    return call
