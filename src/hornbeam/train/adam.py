"""Adam."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.graph.names import public
from hornbeam.ops import math, state, training, training_sparse
from hornbeam.runtime.graph_functions import control_dependencies, group
from hornbeam.train.optimizer import Optimizer, cast


@public(v1=("train.AdamOptimizer",))
class AdamOptimizer(Optimizer):
    """m, v ← running means of the gradient and its square;  var ← var - rate · m / (√v + epsilon).

    rate = learning_rate · √(1 - beta2ᵗ) / (1 - beta1ᵗ). Kingma and Ba 2015, in the form before its section 2.1.
    Sparse gradients count as zero outside their rows: all moments decay, and every row moves.
    Slots `m` and `v` (`var/Adam`, `var/Adam_1`); `beta1_power` and `beta2_power` hold the running powers.
    """

    def __init__(self, learning_rate: Any = 0.001, beta1: Any = 0.9, beta2: Any = 0.999, epsilon: Any = 1e-8,
                 use_locking: bool = False, name: str = "Adam",
                 use_own_namescope_for_non_slot_vars: bool = False) -> None:
        super().__init__(use_locking, name, use_own_namescope_for_non_slot_vars)
        self._lr, self._beta1, self._beta2, self._epsilon = learning_rate, beta1, beta2, epsilon

    def _powers(self, graph: Any) -> tuple[Any, Any]:
        return (self._get_non_slot_variable("beta1_power", graph), self._get_non_slot_variable("beta2_power", graph))

    def _create_slots(self, var_list: list[Any]) -> None:
        first = min(var_list, key=lambda v: v.name)
        self._create_non_slot_variable(self._call_if_callable(self._beta1), "beta1_power", first)
        self._create_non_slot_variable(self._call_if_callable(self._beta2), "beta2_power", first)
        for var in var_list:
            self._zeros_slot(var, "m", self._name)
            self._zeros_slot(var, "v", self._name)
        self._graph = first._graph

    def _prepare(self) -> None:
        self._lr_t = self._setting(self._lr, "learning_rate")
        self._beta1_t = self._setting(self._beta1, "beta1")
        self._beta2_t = self._setting(self._beta2, "beta2")
        self._epsilon_t = self._setting(self._epsilon, "epsilon")

    def _arguments(self, var: Any) -> list[Any]:
        settings = [*(p.value() for p in self._powers(var._graph)), self._lr_t, self._beta1_t, self._beta2_t,
                    self._epsilon_t]
        return [var, self.get_slot(var, "m"), self.get_slot(var, "v"), *(cast(s, var.dtype) for s in settings)]

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        return training.apply_adam(*self._arguments(var), grad, use_locking=self._use_locking)

    def _get_beta_accumulators(self) -> tuple[Any, Any]:
        """The running powers, for subclasses such as those that update rows lazily."""
        return self._powers(self._graph)

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        if type(self)._apply_sparse is not Optimizer._apply_sparse:
            return super()._apply_sparse_duplicate_indices(grad, var)
        return training_sparse.sparse_apply_adam(*self._arguments(var), grad.values, grad.indices,
                                                 use_locking=self._use_locking)

    def _finish(self, update_ops: Any, name_scope: str) -> Any:
        powers = self._powers(self._graph)
        before = [p.value() for p in powers]
        with control_dependencies(update_ops):
            following = [state.assign_op(p, math.multiply(b, beta, name="mul"), use_locking=self._use_locking)
                         for p, b, beta in zip(powers, before, (self._beta1_t, self._beta2_t), strict=True)]
        return group(*update_ops, *following, name=name_scope)
