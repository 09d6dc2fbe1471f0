"""Optimizers that take weight decay apart from the gradient. Loshchilov and Hutter 2019."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hornbeam.graph.names import public
from hornbeam.train.adam import AdamOptimizer
from hornbeam.train.gradient_descent import MomentumOptimizer
from hornbeam.train.optimizer import Optimizer, cast
from hornbeam.v1.api import tf


@public(v1=("contrib.opt.DecoupledWeightDecayExtension",))
class DecoupledWeightDecayExtension:
    """In front of an optimizer's class: var ← var - weight_decay · var before each update.

    `minimize` and `apply_gradients` take `decay_var_list`: the variables that decay, by default all.
    """

    def __init__(self, weight_decay: Any, **kwargs: Any) -> None:
        self._weight_decay = weight_decay
        self._decaying: Sequence[Any] | None = None
        super().__init__(**kwargs)

    def minimize(self, loss: Any, global_step: Any = None, var_list: Any = None,
                 gate_gradients: int = Optimizer.GATE_OP, aggregation_method: Any = None,
                 colocate_gradients_with_ops: bool = False, name: str | None = None, grad_loss: Any = None,
                 decay_var_list: Sequence[Any] | None = None) -> Any:
        """An operation that makes one step towards a smaller `loss`."""
        self._decaying = decay_var_list
        return super().minimize(  # type: ignore[misc]
            loss, global_step, var_list, gate_gradients, aggregation_method, colocate_gradients_with_ops, name,
            grad_loss)

    def apply_gradients(self, grads_and_vars: Any, global_step: Any = None, name: str | None = None,
                        decay_var_list: Sequence[Any] | None = None) -> Any:
        """An operation that changes the variables by their gradients, and then counts `global_step`."""
        self._decaying = decay_var_list if decay_var_list is not None else self._decaying
        return super().apply_gradients(grads_and_vars, global_step, name)  # type: ignore[misc]

    def _prepare(self) -> None:
        self._decay_t = self._setting(self._weight_decay, "weight_decay")  # type: ignore[attr-defined]
        super()._prepare()  # type: ignore[misc]

    def _decayed(self, var: Any, rows: Any = None) -> list[Any]:
        """The decay of a variable, or of some of its rows."""
        if self._decaying is not None and not any(var is v for v in self._decaying):
            return []
        decay = cast(self._decay_t, var.dtype)
        if rows is None:
            return [tf.assign_sub(var, decay * var)]
        rows, _ = tf.unique(rows)
        return [tf.scatter_sub(var, rows, decay * tf.gather(var, rows))]

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        with tf.control_dependencies(self._decayed(var)):
            return super()._apply_dense(grad, var)  # type: ignore[misc]

    def _apply_sparse_duplicate_indices(self, grad: Any, var: Any) -> Any:
        with tf.control_dependencies(self._decayed(var, grad.indices)):
            return super()._apply_sparse_duplicate_indices(grad, var)  # type: ignore[misc]


@public(v1=("contrib.opt.extend_with_decoupled_weight_decay",))
def extend_with_decoupled_weight_decay(base_optimizer: type[Optimizer]) -> type[Optimizer]:
    """The class with weight decay, which it takes as its first argument."""
    class OptimizerWithDecoupledWeightDecay(DecoupledWeightDecayExtension, base_optimizer):  # type: ignore[misc]
        """An optimizer whose variables decay before each update."""

        def __init__(self, weight_decay: Any, *args: Any, **kwargs: Any) -> None:
            self._weight_decay, self._decaying = weight_decay, None
            base_optimizer.__init__(self, *args, **kwargs)

    return OptimizerWithDecoupledWeightDecay


@public(v1=("contrib.opt.AdamWOptimizer",))
class AdamWOptimizer(DecoupledWeightDecayExtension, AdamOptimizer):  # type: ignore[misc]
    """Adam with weight decay apart from the gradient."""

    def __init__(self, weight_decay: Any, learning_rate: Any = 0.001, beta1: Any = 0.9, beta2: Any = 0.999,
                 epsilon: Any = 1e-8, use_locking: bool = False, name: str = "AdamW") -> None:
        super().__init__(weight_decay, learning_rate=learning_rate, beta1=beta1, beta2=beta2, epsilon=epsilon,
                         use_locking=use_locking, name=name)


@public(v1=("contrib.opt.MomentumWOptimizer",))
class MomentumWOptimizer(DecoupledWeightDecayExtension, MomentumOptimizer):  # type: ignore[misc]
    """Momentum with weight decay apart from the gradient."""

    def __init__(self, weight_decay: Any, learning_rate: Any, momentum: Any, use_locking: bool = False,
                 name: str = "MomentumW", use_nesterov: bool = False) -> None:
        super().__init__(weight_decay, learning_rate=learning_rate, momentum=momentum, use_locking=use_locking,
                         name=name, use_nesterov=use_nesterov)
