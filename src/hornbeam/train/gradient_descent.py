"""Gradient descent, plain, with momentum, and proximal."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.graph.names import public
from hornbeam.ops import math, scatter, training, training_sparse
from hornbeam.train.optimizer import Optimizer, cast


@public(v1=("train.GradientDescentOptimizer",))
class GradientDescentOptimizer(Optimizer):
    """var ← var - learning_rate · gradient."""

    def __init__(self, learning_rate: Any, use_locking: bool = False, name: str = "GradientDescent") -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate

    def _prepare(self) -> None:
        self._rate = self._setting(self._learning_rate, "learning_rate")

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        return training.apply_gradient_descent(var, cast(self._rate, var.dtype), grad, use_locking=self._use_locking)

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        steps = math.multiply(grad.values, cast(self._rate, var.dtype), name="mul")
        return scatter.scatter_sub_op(var, grad.indices, steps, use_locking=self._use_locking)


@public(v1=("train.MomentumOptimizer",))
class MomentumOptimizer(Optimizer):
    """accum ← momentum · accum + gradient; var ← var - learning_rate · accum. Sutskever et al. 2013.

    use_nesterov: step by gradient + momentum · accum.
    """

    def __init__(self, learning_rate: Any, momentum: Any, use_locking: bool = False, name: str = "Momentum",
                 use_nesterov: bool = False) -> None:
        super().__init__(use_locking, name)
        self._learning_rate, self._momentum, self._use_nesterov = learning_rate, momentum, use_nesterov

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            self._zeros_slot(var, "momentum", self._name)

    def _prepare(self) -> None:
        self._rate = self._setting(self._learning_rate, "learning_rate")
        self._decay = self._setting(self._momentum, "momentum")

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        return training.apply_momentum(var, self.get_slot(var, "momentum"), cast(self._rate, var.dtype), grad,
                                       cast(self._decay, var.dtype), use_locking=self._use_locking,
                                       use_nesterov=self._use_nesterov)

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        return training_sparse.sparse_apply_momentum(
            var, self.get_slot(var, "momentum"), cast(self._rate, var.dtype), grad.values, grad.indices,
            cast(self._decay, var.dtype), use_locking=self._use_locking, use_nesterov=self._use_nesterov)


@public(v1=("train.ProximalGradientDescentOptimizer",))
class ProximalGradientDescentOptimizer(Optimizer):
    """A gradient step, then the proximal step of an L1 and an L2 penalty. Duchi and Singer 2009."""

    def __init__(self, learning_rate: Any, l1_regularization_strength: Any = 0.0,
                 l2_regularization_strength: Any = 0.0, use_locking: bool = False,
                 name: str = "ProximalGradientDescent") -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._l1, self._l2 = l1_regularization_strength, l2_regularization_strength

    def _prepare(self) -> None:
        self._rate = self._setting(self._learning_rate, "learning_rate")
        self._l1_tensor = self._setting(self._l1, "l1_regularization_strength")
        self._l2_tensor = self._setting(self._l2, "l2_regularization_strength")

    def _penalties(self, var: Any) -> tuple[Any, Any, Any]:
        return (cast(self._rate, var.dtype), cast(self._l1_tensor, var.dtype), cast(self._l2_tensor, var.dtype))

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        return training.apply_proximal_gradient_descent(var, *self._penalties(var), grad,
                                                        use_locking=self._use_locking)

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        return training_sparse.sparse_apply_proximal_gradient_descent(
            var, *self._penalties(var), grad.values, grad.indices, use_locking=self._use_locking)
