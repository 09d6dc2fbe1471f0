"""TensorFlow 1's optimizers as Keras's, for `model.compile(optimizer=tf.train.AdamOptimizer(...))`."""

from __future__ import annotations

from typing import Any

from hornbeam.keras.lookup import named
from hornbeam.keras.old_names import warn_of_old_spelling
from hornbeam.train import adagrad, adam, gradient_descent, rmsprop
from hornbeam.train.optimizer import Optimizer as TrainOptimizer


def of_tensorflow(optimizer: Any) -> Any:
    """Keras's optimizer with the settings of one of `tf.train`. Raises ValueError for kinds that Keras has not."""
    kind = type(optimizer)
    if kind not in _ARGUMENTS:
        raise ValueError(f"Could not interpret optimizer identifier: {optimizer}. Of `tf.train` Keras takes "
                         f"{', '.join(sorted(known.__name__ for known in _ARGUMENTS))}.")
    name, arguments = _ARGUMENTS[kind]
    warn_of_old_spelling(f"`tf.train.{kind.__name__}` in `compile` is now `keras.optimizers.{name}`.")
    given = {now: optimizer._call_if_callable(getattr(optimizer, held)) for now, held in arguments.items()}
    return named(f"optimizers.{name}")(**given)


_ARGUMENTS: dict[type[TrainOptimizer], tuple[str, dict[str, str]]] = {
    adam.AdamOptimizer: ("Adam", {"learning_rate": "_lr", "beta_1": "_beta1", "beta_2": "_beta2",
                                  "epsilon": "_epsilon"}),
    gradient_descent.GradientDescentOptimizer: ("SGD", {"learning_rate": "_learning_rate"}),
    gradient_descent.MomentumOptimizer: ("SGD", {"learning_rate": "_learning_rate", "momentum": "_momentum",
                                                 "nesterov": "_use_nesterov"}),
    rmsprop.RMSPropOptimizer: ("RMSprop", {"learning_rate": "_learning_rate", "rho": "_decay",
                                           "momentum": "_momentum", "epsilon": "_epsilon",
                                           "centered": "_centered"}),
    adagrad.AdagradOptimizer: ("Adagrad", {"learning_rate": "_learning_rate",
                                           "initial_accumulator_value": "_initial"}),
    adagrad.AdadeltaOptimizer: ("Adadelta", {"learning_rate": "_lr", "rho": "_rho", "epsilon": "_epsilon"}),
}
