"""Optimizers beside those of `tf.train`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.graph.names import public
from hornbeam.ops import scatter, training
from hornbeam.train.adam import AdamOptimizer
from hornbeam.train.gradient_descent import MomentumOptimizer
from hornbeam.train.optimizer import Optimizer, cast
from hornbeam.v1.api import tf


@public(v1=("contrib.opt.NadamOptimizer",))
class NadamOptimizer(AdamOptimizer):
    """Adam with Nesterov's step: beta1 · m + (1 - beta1) · gradient in place of m. Dozat 2016."""

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        return training.apply_adam(*self._arguments(var), grad, use_locking=self._use_locking, use_nesterov=True)

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        return self._apply_dense(tf.convert_to_tensor(grad), var)


@public(v1=("contrib.opt.LazyAdamOptimizer",))
class LazyAdamOptimizer(AdamOptimizer):
    """Adam whose moments move only for the rows that have a gradient: faster for embeddings, and another result."""

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Any:
        _, m, v, power1, power2, rate, beta1, beta2, epsilon = self._arguments(var)
        rate = rate * tf.sqrt(1 - power2) / (1 - power1)
        rows, values = grad.indices, grad.values
        m_rows = beta1 * tf.gather(m, rows) + (1 - beta1) * values
        v_rows = beta2 * tf.gather(v, rows) + (1 - beta2) * tf.square(values)
        moved = scatter.scatter_sub_op(var, rows, rate * m_rows / (tf.sqrt(v_rows) + epsilon))
        return tf.group(moved, tf.scatter_update(m, rows, m_rows), tf.scatter_update(v, rows, v_rows))


@public(v1=("contrib.opt.AdaMaxOptimizer",))
class AdaMaxOptimizer(AdamOptimizer):
    """Adam with the largest recent gradient in place of the root of v. Kingma and Ba 2015, section 7.1."""

    def __init__(self, learning_rate: Any = 0.001, beta1: Any = 0.9, beta2: Any = 0.999, epsilon: Any = 1e-8,
                 use_locking: bool = False, name: str = "AdaMax") -> None:
        super().__init__(learning_rate, beta1, beta2, epsilon, use_locking, name)

    def _powers(self, graph: Any) -> tuple[Any, ...]:  # type: ignore[override]
        return (self._get_non_slot_variable("beta1_power", graph),)

    def _create_slots(self, var_list: list[Any]) -> None:
        first = min(var_list, key=lambda v: v.name)
        self._create_non_slot_variable(self._beta1, "beta1_power", first)
        for var in var_list:
            self._zeros_slot(var, "m", self._name)
            self._zeros_slot(var, "v", self._name)
        self._graph = first._graph

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        return training.apply_ada_max(*self._arguments(var), grad, use_locking=self._use_locking)

    def _finish(self, update_ops: Any, name_scope: str) -> Any:
        power = self._get_non_slot_variable("beta1_power", self._graph)
        before = power.value()
        with tf.control_dependencies(update_ops):
            following = tf.assign(power, before * self._beta1_t)
        return tf.group(*update_ops, following, name=name_scope)

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        return self._apply_dense(tf.convert_to_tensor(grad), var)


class _SignOptimizer(Optimizer):
    """Steps that grow where gradient and momentum agree in sign. Bello et al. 2017."""

    def __init__(self, learning_rate: Any, base: Any, beta: Any, sign_decay_fn: Callable[[Any], Any] | None,
                 use_locking: bool, name: str) -> None:
        super().__init__(use_locking, name)
        self._lr, self._base, self._beta, self._sign_decay_fn = learning_rate, base, beta, sign_decay_fn

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]], global_step: Any = None,
                        name: str | None = None) -> Any:
        """An operation that changes the variables by their gradients, and then counts `global_step`."""
        decay = 1.0 if self._sign_decay_fn is None else self._sign_decay_fn(global_step)
        self._sign_decay = tf.convert_to_tensor(decay, name="sign_decay")
        return super().apply_gradients(grads_and_vars, global_step, name)

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            self._zeros_slot(var, "m", self._name)

    def _prepare(self) -> None:
        self._settings = [self._setting(self._lr, "learning_rate"), self._setting(self._base, "base"),
                          self._sign_decay, self._setting(self._beta, "beta")]

    def _factor(self, base: Any, agreement: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not say how far it steps: define _factor")

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        rate, base, decay, beta = (cast(s, var.dtype) for s in self._settings)
        m = self.get_slot(var, "m")
        moved = tf.assign(m, beta * m + (1 - beta) * grad)
        factor = self._factor(base, decay * tf.sign(grad) * tf.sign(moved))
        return tf.group(tf.assign_sub(var, rate * factor * grad))

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        return self._apply_dense(tf.convert_to_tensor(grad), var)


@public(v1=("contrib.opt.AddSignOptimizer",))
class AddSignOptimizer(_SignOptimizer):
    """var ← var - learning_rate · (alpha + sign(g) · sign(m)) · g, m the running mean of g."""

    def __init__(self, learning_rate: Any = 0.1, alpha: Any = 1.0, beta: Any = 0.9,
                 sign_decay_fn: Callable[[Any], Any] | None = None, use_locking: bool = False,
                 name: str = "AddSignOptimizer") -> None:
        super().__init__(learning_rate, alpha, beta, sign_decay_fn, use_locking, name)

    def _factor(self, base: Any, agreement: Any) -> Any:
        return base + agreement


@public(v1=("contrib.opt.PowerSignOptimizer",))
class PowerSignOptimizer(_SignOptimizer):
    """var ← var - learning_rate · base^(sign(g) · sign(m)) · g, m the running mean of g."""

    def __init__(self, learning_rate: Any = 0.1, base: Any = 2.718281828459045, beta: Any = 0.9,
                 sign_decay_fn: Callable[[Any], Any] | None = None, use_locking: bool = False,
                 name: str = "PowerSignOptimizer") -> None:
        super().__init__(learning_rate, base, beta, sign_decay_fn, use_locking, name)

    def _factor(self, base: Any, agreement: Any) -> Any:
        return tf.pow(base, agreement)


@public(v1=("contrib.opt.LARSOptimizer",))
class LARSOptimizer(MomentumOptimizer):
    """Momentum whose rate follows, for each variable, the ratio of its norm to its gradient's. You et al. 2017.

    weight_decay: of the variables whose names hold none of `skip_list`; the others take plain momentum.
    """

    def __init__(self, learning_rate: Any, momentum: Any = 0.9, weight_decay: float = 0.0001, eeta: float = 0.001,
                 epsilon: float = 0.0, name: str = "LARSOptimizer", skip_list: Sequence[str] | None = None,
                 use_nesterov: bool = False) -> None:
        if momentum < 0.0:
            raise ValueError(f"momentum should be positive: {momentum}")
        if weight_decay < 0.0:
            raise ValueError(f"weight_decay should be positive: {weight_decay}")
        super().__init__(learning_rate, momentum, False, name, use_nesterov)
        self._weight_decay, self._eeta, self._epsilon, self._skip_list = weight_decay, eeta, epsilon, skip_list

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        rate = cast(self._rate, var.dtype)
        if not any(part in var.name for part in self._skip_list or ()):
            size, slope = tf.norm(var), tf.norm(grad)
            ratio = self._eeta * size / (slope + self._weight_decay * size + self._epsilon)
            rate = rate * tf.where(tf.logical_and(size > 0, slope > 0), ratio, tf.ones_like(ratio))
            grad = grad + self._weight_decay * var
        return training.apply_momentum(var, self.get_slot(var, "momentum"), tf.ones_like(rate), grad * rate,
                                       cast(self._decay, var.dtype), use_locking=False,
                                       use_nesterov=self._use_nesterov)


class _Around(Optimizer):
    """An optimizer around another: what it does not say itself, that one says."""

    def __init__(self, opt: Optimizer, name: str) -> None:
        super().__init__(False, name)
        self._optimizer = opt

    def compute_gradients(self, *args: Any, **kwargs: Any) -> list[tuple[Any, Any]]:
        """As the optimizer within."""
        return self._optimizer.compute_gradients(*args, **kwargs)

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]], global_step: Any = None,
                        name: str | None = None) -> Any:
        """As the optimizer within."""
        return self._optimizer.apply_gradients(grads_and_vars, global_step, name)

    def get_slot(self, var: Any, name: str) -> Any:
        """As the optimizer within."""
        return self._optimizer.get_slot(var, name)

    def get_slot_names(self) -> list[str]:
        """As the optimizer within."""
        return self._optimizer.get_slot_names()

    def variables(self) -> list[Any]:
        """As the optimizer within."""
        return self._optimizer.variables()


@public(v1=("contrib.opt.MovingAverageOptimizer",))
class MovingAverageOptimizer(_Around):
    """Another optimizer, with moving averages of the variables, which `swapping_saver` saves in their place.

    num_updates: as for `ExponentialMovingAverage`. sequential_update: averages move after the variables.
    """

    def __init__(self, opt: Optimizer, average_decay: Any = 0.9999, num_updates: Any = None,
                 sequential_update: bool = True) -> None:
        super().__init__(opt, opt.get_name())
        self._ema = tf.train.ExponentialMovingAverage(average_decay, num_updates=num_updates)
        self._sequential_update = sequential_update
        self._swapped: dict[str, str] | None = None

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]], global_step: Any = None,
                        name: str | None = None) -> Any:
        """The update of the variables and of their averages."""
        pairs = list(grads_and_vars)
        train_op = super().apply_gradients(pairs, global_step, name)
        averaged = [v for grad, v in pairs if grad is not None]
        with tf.control_dependencies([train_op] if self._sequential_update else []):
            moved = self._ema.apply(averaged)
        self._swapped = {v.op.name: self._ema.average(v).op.name for v in averaged}
        return tf.group(train_op, moved, name="train_with_avg")

    def swapping_saver(self, var_list: Any = None, name: str = "swapping_saver", **kwargs: Any) -> Any:
        """A Saver that stores each average under its variable's name, and the other way round.

        Raises RuntimeError before `apply_gradients` or `minimize`, ValueError where an average is missing in the list.
        """
        if self._swapped is None:
            raise RuntimeError("Must call apply_gradients or minimize before creating the swapping_saver")
        if var_list is None:
            var_list = tf.global_variables()
        found = dict(var_list) if isinstance(var_list, Mapping) else {v.op.name: v for v in var_list}
        swapped = dict(found)
        for variable, average in self._swapped.items():
            if average not in found:
                raise ValueError(f"Variable {variable} has an average {average} that is not in var_list.")
            if variable in found:
                swapped[variable], swapped[average] = found[average], found[variable]
        return tf.train.Saver(swapped, name=name, **kwargs)


@public(v1=("contrib.opt.VariableClippingOptimizer",))
class VariableClippingOptimizer(_Around):
    """Another optimizer; after each update variables are clipped: to the l2 norm `max_norm` over given dimensions.

    vars_to_clip_dims: from variables to the dimensions over which their norm is taken.
    """

    def __init__(self, opt: Optimizer, vars_to_clip_dims: Mapping[Any, Sequence[int]], max_norm: float,
                 use_locking: bool = False, colocate_clip_ops_with_vars: bool = False,
                 name: str = "VariableClipping") -> None:
        super().__init__(opt, name)
        self._dims, self._max_norm = vars_to_clip_dims, max_norm

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]], global_step: Any = None,
                        name: str | None = None) -> Any:
        """The update, then the clipping of the variables that had gradients."""
        pairs = list(grads_and_vars)
        with tf.name_scope(self._name):
            update = super().apply_gradients(pairs, global_step, name)
            with tf.control_dependencies([update]):
                clipped = [tf.assign(v, tf.clip_by_norm(tf.identity(v.read_value()), self._max_norm, self._dims[v]))
                           for grad, v in pairs if grad is not None and v in self._dims]
            with tf.control_dependencies([update, *clipped]):
                return tf.no_op()


@public(v1=("contrib.opt.clip_gradients_by_global_norm",))
def clip_gradients_by_global_norm(gradients_variables: Sequence[tuple[Any, Any]],
                                  clip_norm: float = 20.0) -> list[tuple[Any, Any]]:
    """Gradients whose global norm is at most `clip_norm`, with their variables."""
    gradients, variables = [g for g, _ in gradients_variables], [v for _, v in gradients_variables]
    clipped, _ = tf.clip_by_global_norm(gradients, clip_norm)
    return list(zip(clipped, variables, strict=True))
