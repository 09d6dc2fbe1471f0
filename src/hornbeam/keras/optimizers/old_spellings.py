"""What optimizers of Keras 2 were asked for: `lr=`, `decay=`, `epsilon=None`, `minimize`, `get_updates`.

Each says once in a warning what it is called now, unless it is the same as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import hornbeam as tf
from hornbeam.keras.config.settings import epsilon
from hornbeam.keras.old_names import warn_of_old_spelling

_WITHOUT_EFFECT = ("jit_compile", "is_legacy_optimizer")


def learning_rate_and_decay(learning_rate: Any, arguments: dict[str, Any]) -> tuple[Any, float]:
    """The learning rate and its decay a step, with Keras 2's spellings taken out of `arguments`."""
    for name in _WITHOUT_EFFECT:
        arguments.pop(name, None)
    if "lr" in arguments:
        warn_of_old_spelling("The optimizer argument `lr` is now `learning_rate`.")
        learning_rate = arguments.pop("lr")
    decay = arguments.pop("decay", None) or 0.0
    if decay:
        warn_of_old_spelling(f"The optimizer argument `decay={decay}` is now `learning_rate=keras.optimizers.schedules."
                             f"InverseTimeDecay(learning_rate, decay_steps=1, decay_rate={decay})`.")
    return learning_rate, float(decay)


def small_number(given: float | None) -> float:
    """An optimizer's `epsilon`; None stood for `keras.config.epsilon()`."""
    return epsilon() if given is None else given


def _listed(variables: Any) -> list[Any]:
    given: Any = variables() if callable(variables) else variables
    return list(given)


class OldSpellings:
    """Methods and attributes that optimizers had in Keras 2."""

    variables: list[Any]
    learning_rate: Any

    @property
    def lr(self) -> Any:
        """Keras 2's spelling of `learning_rate`."""
        warn_of_old_spelling("`optimizer.lr` is now `optimizer.learning_rate`.")
        return self.learning_rate

    @lr.setter
    def lr(self, value: Any) -> None:
        warn_of_old_spelling("`optimizer.lr` is now `optimizer.learning_rate`.")
        self.learning_rate = value

    @property
    def weights(self) -> list[Any]:
        """Keras 2's spelling of `variables`."""
        return self.variables

    def get_weights(self) -> list[Any]:
        """The values of the variables, as NumPy arrays."""
        return [variable.numpy() for variable in self.variables]

    def compute_gradients(self, loss: Any, var_list: Any, tape: Any = None) -> list[tuple[Any, Any]]:
        """Pairs (gradient, variable): of a function without arguments, of a tensor on `tape`, or of a graph's tensor.

        var_list: variables, or a function that gives them. Raises ValueError for a tensor that no tape has seen.
        """
        if callable(loss):
            with tf.GradientTape() as tape:
                value = loss()
            variables = _listed(var_list)
            return list(zip(tape.gradient(value, variables), variables, strict=True))
        variables = _listed(var_list)
        if tape is not None:
            return list(zip(tape.gradient(loss, variables), variables, strict=True))
        if hasattr(loss, "numpy"):
            raise ValueError("`tape` is required when a `Tensor` loss is passed. "
                             f"Received: loss={loss}, tape={tape}.")
        return list(zip(tf.gradients(loss, variables), variables, strict=True))

    def minimize(self, loss: Any, var_list: Any, tape: Any = None) -> Any:
        """Make a step towards a smaller `loss`; in a TF1 graph, the operation that does. As `compute_gradients` and
        `apply_gradients` one after the other.
        """
        return self.apply_gradients(self.compute_gradients(loss, var_list, tape))

    def apply_gradients(self, grads_and_vars: Any) -> Any:
        """Make a step by pairs (gradient, variable)."""
        raise NotImplementedError

    def get_gradients(self, loss: Any, params: Sequence[Any]) -> list[Any]:
        """The gradients of a graph's tensor. Raises ValueError where a parameter has none."""
        found = tf.gradients(loss, list(params))
        if any(grad is None for grad in found):
            raise ValueError("An operation has `None` for gradient. Please make sure that all of your ops have a "
                             "gradient defined (i.e. are differentiable).")
        return found

    def get_updates(self, loss: Any, params: Sequence[Any]) -> list[Any]:
        """The operations of one step towards a smaller `loss` of a graph, for `K.function(..., updates=...)`."""
        return [self.apply_gradients(zip(self.get_gradients(loss, params), params, strict=True))]
