"""Training operations from a loss and an optimizer, and the loop around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from hornbeam.graph.names import public
from hornbeam.train.optimizer import Optimizer
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.framework.checking import with_dependencies

Gradients = Sequence[tuple[Any, Any]]
USE_GLOBAL_STEP = 0
"""Says that the graph's global step is taken: None says that none is."""


@public(v1=("contrib.training.add_gradients_summaries", "contrib.slim.learning.add_gradients_summaries"))
def add_gradients_summaries(grads_and_vars: Gradients) -> list[Any]:
    """A histogram and the norm of each gradient, as summaries."""
    summaries = []
    for grad, var in grads_and_vars:
        if grad is None:
            tf.logging.info("Var %s has no gradient", var.op.name)
            continue
        values = grad.values if isinstance(grad, tf.IndexedSlices) else grad
        summaries.append(tf.summary.histogram(f"{var.op.name}_gradient", values))
        summaries.append(tf.summary.scalar(f"{var.op.name}_gradient_norm", tf.global_norm([values])))
    return summaries


@public(v1=("contrib.training.clip_gradient_norms", "contrib.slim.learning.clip_gradient_norms"))
def clip_gradient_norms(gradients_to_variables: Gradients, max_norm: Any) -> list[tuple[Any, Any]]:
    """Each gradient with its own norm brought down to `max_norm`."""
    clipped = []
    for grad, var in gradients_to_variables:
        if isinstance(grad, tf.IndexedSlices):
            grad = tf.IndexedSlices(tf.clip_by_norm(grad.values, max_norm), grad.indices, grad.dense_shape)
        elif grad is not None:
            grad = tf.clip_by_norm(grad, max_norm)
        clipped.append((grad, var))
    return clipped


@public(v1=("contrib.training.clip_gradient_norms_fn",))
def clip_gradient_norms_fn(max_norm: Any) -> Callable[[Gradients], list[tuple[Any, Any]]]:
    """`clip_gradient_norms` as a function for `transform_grads_fn`."""
    return lambda pairs: clip_gradient_norms(pairs, max_norm)


@public(v1=("contrib.training.multiply_gradients", "contrib.slim.learning.multiply_gradients"))
def multiply_gradients(grads_and_vars: Gradients, gradient_multipliers: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    """Gradients times a factor, by variable or by its name. Raises ValueError for no list, no factors, no gradient."""
    if not isinstance(grads_and_vars, list):
        raise ValueError("`grads_and_vars` must be a list.")
    if not gradient_multipliers:
        raise ValueError("`gradient_multipliers` is empty.")
    if not isinstance(gradient_multipliers, dict):
        raise ValueError("`gradient_multipliers` must be a dict.")
    made = []
    for grad, var in grads_and_vars:
        key = var if var in gradient_multipliers else var.op.name
        if key in gradient_multipliers:
            if grad is None:
                raise ValueError("Requested multiple of `None` gradient.")
            factor = gradient_multipliers[key]
            if isinstance(grad, tf.IndexedSlices):
                grad = tf.IndexedSlices(grad.values * tf.cast(factor, grad.dtype), grad.indices, grad.dense_shape)
            else:
                grad = grad * tf.cast(factor, grad.dtype)
        made.append((grad, var))
    return made


@public(v1=("contrib.training.create_train_op",))
def create_train_op(total_loss: Any, optimizer: Any, global_step: Any = USE_GLOBAL_STEP,
                    update_ops: Iterable[Any] | None = None, variables_to_train: Sequence[Any] | None = None,
                    transform_grads_fn: Callable[[Gradients], Gradients] | None = None,
                    summarize_gradients: bool = False, gate_gradients: int = Optimizer.GATE_OP,
                    aggregation_method: Any = None, colocate_gradients_with_ops: bool = False,
                    check_numerics: bool = True) -> Any:
    """The loss, as a tensor whose evaluation trains one step.

    total_loss: a scalar. optimizer: an `Optimizer`. global_step: by default the graph's; None for none. update_ops: run
    before the loss; by default those of `UPDATE_OPS`. transform_grads_fn: changes the (gradient, variable) pairs.
    check_numerics: whether a loss that is no number is an error when it runs.
    """
    step = tf.train.get_or_create_global_step() if global_step is USE_GLOBAL_STEP else global_step
    collected = list(dict.fromkeys(tf.get_collection(tf.GraphKeys.UPDATE_OPS)))
    updates = collected if update_ops is None else list(dict.fromkeys(update_ops))
    if not set(collected) <= set(updates):
        tf.logging.warning("update_ops in create_train_op does not contain all the update_ops in GraphKeys.UPDATE_OPS")
    if updates:
        with tf.control_dependencies(updates):
            barrier = tf.no_op(name="update_barrier")
        total_loss = with_dependencies([barrier], total_loss)
    if variables_to_train is None:
        variables_to_train = tf.trainable_variables()
    else:
        trainable = {id(v) for v in tf.trainable_variables()}
        for v in variables_to_train:
            assert id(v) in trainable, f"{v} is not trainable"
    assert variables_to_train
    grads: Gradients = optimizer.compute_gradients(
        total_loss, variables_to_train, gate_gradients=gate_gradients, aggregation_method=aggregation_method,
        colocate_gradients_with_ops=colocate_gradients_with_ops)
    if transform_grads_fn:
        grads = transform_grads_fn(grads)
    if summarize_gradients:
        with tf.name_scope("summarize_grads"):
            add_gradients_summaries(grads)
    applied = optimizer.apply_gradients(grads, global_step=step)
    with tf.name_scope("train_op"):
        if check_numerics:
            total_loss = tf.check_numerics(total_loss, "LossTensor is inf or nan")
        train_op = with_dependencies([applied], total_loss)
    kept = tf.get_collection_ref(tf.GraphKeys.TRAIN_OP)
    if not any(train_op is other for other in kept):
        kept.append(train_op)
    return train_op


@public(v1=("contrib.training.train",))
def train(train_op: Any, logdir: str, master: str = "", is_chief: bool = True, scaffold: Any = None, hooks: Any = None,
          chief_only_hooks: Any = None, save_checkpoint_secs: float | None = 600,
          save_summaries_steps: int | None = 100, config: Any = None, max_wait_secs: int = 7200,
          run_metadata: Any = None) -> Any:
    """Run `train_op` in a `MonitoredTrainingSession` until a hook asks to stop; gives its last value.

    logdir: for checkpoints and summaries. Raises ValueError where nothing would stop the loop.
    """
    if logdir is None and is_chief and (save_summaries_steps or save_checkpoint_secs):
        raise ValueError("logdir cannot be None when save_summaries_steps or save_checkpoint_secs are not None")
    with tf.train.MonitoredTrainingSession(
            master=master, is_chief=is_chief, checkpoint_dir=logdir, scaffold=scaffold, hooks=hooks,
            chief_only_hooks=chief_only_hooks, save_checkpoint_secs=save_checkpoint_secs,
            save_summaries_steps=save_summaries_steps, config=config, max_wait_secs=max_wait_secs) as session:
        loss = None
        while not session.should_stop():
            loss = session.run(train_op)
    return loss
