"""`optimize_loss`: a training operation from a loss, with decay, clipping, noise and summaries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.names import register
from hornbeam.train.adagrad import AdagradOptimizer
from hornbeam.train.adam import AdamOptimizer
from hornbeam.train.ftrl import FtrlOptimizer
from hornbeam.train.gradient_descent import GradientDescentOptimizer, MomentumOptimizer
from hornbeam.train.moving_averages import assign_moving_average
from hornbeam.train.optimizer import Optimizer
from hornbeam.train.rmsprop import RMSPropOptimizer
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.framework.checking import with_dependencies
from hornbeam.v1.contrib.names import of_layers

Gradients = Sequence[tuple[Any, Any]]


def _momentum(learning_rate: Any) -> Optimizer:
    return MomentumOptimizer(learning_rate, momentum=0.9)


OPTIMIZER_CLS_NAMES: dict[str, Callable[..., Optimizer]] = {
    "Adagrad": AdagradOptimizer, "Adam": AdamOptimizer, "Ftrl": FtrlOptimizer, "Momentum": _momentum,
    "RMSProp": RMSPropOptimizer, "SGD": GradientDescentOptimizer}
OPTIMIZER_SUMMARIES = ["learning_rate", "loss", "gradients", "gradient_norm", "global_gradient_norm"]
_KINDS = ("subclass of Optimizer, instance of subclass of Optimizer or function with one argument")
for _name in ("OPTIMIZER_CLS_NAMES", "OPTIMIZER_SUMMARIES"):
    register(globals()[_name], v1=(f"contrib.layers.{_name}", f"contrib.slim.{_name}"))


@of_layers("optimize_loss")
def optimize_loss(loss: Any, global_step: Any, learning_rate: Any, optimizer: Any, gradient_noise_scale: Any = None,
                  gradient_multipliers: Mapping[Any, Any] | None = None, clip_gradients: Any = None,
                  learning_rate_decay_fn: Callable[..., Any] | None = None, update_ops: Iterable[Any] | None = None,
                  variables: Sequence[Any] | None = None, name: str | None = None,
                  summaries: Sequence[str] | None = None, colocate_gradients_with_ops: bool = False,
                  increment_global_step: bool = True) -> Any:
    """The loss, as a tensor whose evaluation trains one step.

    loss: a scalar. global_step: or None for the graph's. learning_rate: a float, a scalar tensor, or None where the
    optimizer has its own. optimizer: a name of `OPTIMIZER_CLS_NAMES`, a class, an object, or a function of the rate.
    gradient_noise_scale: the deviation of noise added to gradients. gradient_multipliers: factors by variable or name.
    clip_gradients: a float for the global norm, or a function of the (gradient, variable) pairs.
    learning_rate_decay_fn: gives the rate for (learning_rate, global_step). update_ops: run before; by default those of
    `UPDATE_OPS`. summaries: names of `OPTIMIZER_SUMMARIES`.
    Raises ValueError for arguments of the wrong kind.
    """
    loss = tf.convert_to_tensor(loss)
    tf.contrib.framework.assert_scalar(loss)
    if global_step is None:
        global_step = tf.train.get_global_step()
    else:
        tf.train.assert_global_step(global_step)
    with tf.variable_scope(name, "OptimizeLoss", [loss, global_step]):
        updates = list(dict.fromkeys(tf.get_collection(tf.GraphKeys.UPDATE_OPS) if update_ops is None else update_ops))
        if updates:
            loss = with_dependencies(updates, loss)
        told = _known_summaries(summaries)
        rate = _rate(learning_rate, learning_rate_decay_fn, global_step, "learning_rate" in told)
        made = _optimizer(optimizer, learning_rate, rate)
        gradients = made.compute_gradients(loss, tf.trainable_variables() if variables is None else variables,
                                           colocate_gradients_with_ops=colocate_gradients_with_ops)
        gradients = _changed(gradients, gradient_noise_scale, gradient_multipliers, clip_gradients, told)
        if "loss" in told:
            tf.summary.scalar("loss", loss)
        _summarize(gradients, told, clip_gradients is not None)
        step = made.apply_gradients(gradients, global_step=global_step if increment_global_step else None, name="train")
        return with_dependencies([step], loss)


def _known_summaries(summaries: Sequence[str] | None) -> Sequence[str]:
    if summaries is None:
        return ["loss", "learning_rate", "global_gradient_norm"]
    for item in summaries:
        if item not in OPTIMIZER_SUMMARIES:
            raise ValueError(f"Summaries should be one of [{', '.join(OPTIMIZER_SUMMARIES)}], you provided {item}.")
    return summaries


def _rate(given: Any, decay: Callable[..., Any] | None, step: Any, summary: bool) -> Any:
    """The learning rate as a tensor; None where none is given."""
    if given is None:
        return None
    if isinstance(given, (tf.Tensor, tf.Variable)) and given.shape.rank == 0:
        rate: Any = given
    elif isinstance(given, float):
        if given < 0.0:
            raise ValueError("Invalid learning_rate %s.", given)
        rate = tf.get_variable("learning_rate", [], trainable=False, initializer=tf.constant_initializer(given))
    else:
        raise ValueError(f"Learning rate should be 0d Tensor or float. Got {given} of type {type(given)}")
    if decay is not None:
        if step is None:
            raise ValueError("global_step is required for learning_rate_decay_fn.")
        rate = decay(rate, step)
        if summary:
            tf.summary.scalar("learning_rate", rate)
    return rate


def _optimizer(given: Any, learning_rate: Any, rate: Any) -> Optimizer:
    """The optimizer that a name, class, object or function stands for."""
    if isinstance(given, Optimizer):
        return given
    kind = "string" if isinstance(given, str) else None
    if isinstance(given, type) and issubclass(given, Optimizer):
        kind = "class"
    if kind and rate is None:
        raise ValueError(f"Learning rate is None, but should be specified if optimizer is {kind} ({given}).")
    if isinstance(given, str):
        if given not in OPTIMIZER_CLS_NAMES:
            raise ValueError(f"Optimizer name should be one of [{', '.join(OPTIMIZER_CLS_NAMES)}], you provided "
                             f"{given}.")
        return OPTIMIZER_CLS_NAMES[given](learning_rate=rate)
    if isinstance(given, type) and issubclass(given, Optimizer):
        return given(learning_rate=rate)  # type: ignore[call-arg]
    if not callable(given):
        raise ValueError(f"Unrecognized optimizer: should be string, {_KINDS}. Got {given}.")
    made = given() if learning_rate is None else given(rate)
    if not isinstance(made, Optimizer):
        raise ValueError(f"Unrecognized optimizer: function should return subclass of Optimizer. Got {made}.")
    return made


def _changed(gradients: Gradients, noise: Any, multipliers: Mapping[Any, Any] | None, clip: Any,
             told: Sequence[str]) -> Gradients:
    """The gradients with noise, factors and a bound."""
    if noise is not None:
        gradients = [(None if g is None else _plus_noise(g, noise), v) for g, v in gradients]
    if multipliers is not None:
        gradients = [(_times(g, multipliers[key]) if g is not None and key is not None else g, v)
                     for g, v in gradients
                     for key in (v if v in multipliers else v.name if v.name in multipliers else
                                 v.op.name if v.op.name in multipliers else None,)]
        if not gradients:
            raise ValueError("Empty list of (gradient, var) pairs encountered. This is most likely to be caused by an "
                             "improper value of gradient_multipliers.")
    if "global_gradient_norm" in told or "gradient_norm" in told:
        tf.summary.scalar("global_norm/gradient_norm", tf.global_norm([g for g, _ in gradients]))
    if isinstance(clip, float):
        clipped, _ = tf.clip_by_global_norm([g for g, _ in gradients], clip)
        return list(zip(clipped, [v for _, v in gradients], strict=True))
    if clip is None:
        return gradients
    if not callable(clip):
        raise ValueError(f"Unknown type {type(clip)} for clip_gradients")
    bounded: Any = clip(gradients)
    return bounded


def _values(gradient: Any) -> Any:
    return gradient.values if isinstance(gradient, tf.IndexedSlices) else gradient


def _plus_noise(gradient: Any, scale: Any) -> Any:
    shape = gradient.dense_shape if isinstance(gradient, tf.IndexedSlices) else gradient.shape
    return gradient + tf.truncated_normal(shape) * scale


def _times(gradient: Any, factor: Any) -> Any:
    values = _values(gradient)
    scaled = values * tf.cast(factor, values.dtype)
    if isinstance(gradient, tf.IndexedSlices):
        return tf.IndexedSlices(scaled, gradient.indices, gradient.dense_shape)
    return scaled


def _summarize(gradients: Gradients, told: Sequence[str], clipped: bool) -> None:
    for gradient, variable in gradients:
        if gradient is None:
            continue
        values, label = _values(gradient), variable.name.replace(":", "_")
        if "gradients" in told:
            tf.summary.histogram(f"gradients/{label}", values)
        if "gradient_norm" in told:
            tf.summary.scalar(f"gradient_norm/{label}", tf.global_norm([values]))
    if clipped and ("global_gradient_norm" in told or "gradient_norm" in told):
        tf.summary.scalar("global_norm/clipped_gradient_norm", tf.global_norm([g for g, _ in gradients]))


@of_layers("adaptive_clipping_fn")
def adaptive_clipping_fn(std_factor: float = 2.0, decay: float = 0.95, static_max_norm: float | None = None,
                         global_step: Any = None, report_summary: bool = False, epsilon: float = 1e-8,
                         name: str | None = None) -> Callable[[Gradients], Gradients]:
    """A function for `clip_gradients`: bounds the norm of gradients by what it has been lately.

    The bound is exp(mean + std_factor · deviation) of the norm's logarithm; larger gradients are brought to the mean.
    decay: of mean and deviation; smaller in the first steps where `global_step` is given. static_max_norm: a fixed
    bound besides.
    """
    def clip(grads_and_vars: Gradients) -> Gradients:
        grads, variables = [g for g, _ in grads_and_vars], [v for _, v in grads_and_vars]
        norm = tf.global_norm(grads)
        bound, usual = _usual_norm(norm, std_factor, decay, global_step, epsilon, name)
        if report_summary:
            tf.summary.scalar("global_norm/adaptive_max_gradient_norm", bound)
        factor = tf.where(norm < bound, tf.ones_like(norm), tf.exp(usual) / norm)
        if static_max_norm is not None:
            factor = tf.minimum(static_max_norm / norm, factor)
        return [(None if g is None else _times(g, factor), v) for g, v in zip(grads, variables, strict=True)]

    return clip


def _usual_norm(norm: Any, std_factor: float, decay: Any, step: Any, epsilon: float,
                name: str | None) -> tuple[Any, Any]:
    """The largest norm that passes, and the mean of the norm's logarithm; both move with the norm."""
    with tf.variable_scope(name, "AdaptiveMaxNorm", [norm]):
        log_norm = tf.log(norm + epsilon)
        if step is not None:
            n = tf.cast(step, dtypes.float32)
            decay = tf.minimum(decay, n / (n + 1.0))

        def moving(label: str, value: Any) -> Any:
            kept = tf.get_variable(label, value.shape, value.dtype, tf.zeros_initializer(), trainable=False)
            return assign_moving_average(kept, value, decay, zero_debias=False)

        mean, squares = moving("mean", log_norm), moving("sq_mean", tf.square(log_norm))
        deviation = tf.sqrt(tf.maximum(epsilon, squares - tf.square(mean)))
        return tf.exp(mean + std_factor * deviation), mean
