"""RMSProp."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.graph.names import public
from hornbeam.ops import initializers, training, training_sparse
from hornbeam.train.optimizer import Optimizer, cast


@public(v1=("train.RMSPropOptimizer",))
class RMSPropOptimizer(Optimizer):
    """rms ← running mean of gradient²;  mom ← momentum · mom + learning_rate · gradient / √(rms + epsilon);
    var ← var - mom. Tieleman and Hinton 2012.

    centered: the variance of the gradient takes the place of its mean square. Slots `rms` (starts from one),
    `momentum`, and `mg` where centered. Sparse gradients change their rows alone.
    """

    def __init__(self, learning_rate: Any, decay: Any = 0.9, momentum: Any = 0.0, epsilon: Any = 1e-10,
                 use_locking: bool = False, centered: bool = False, name: str = "RMSProp") -> None:
        super().__init__(use_locking, name)
        self._learning_rate, self._decay, self._momentum = learning_rate, decay, momentum
        self._epsilon, self._centered = epsilon, centered

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            self._get_or_make_slot_with_initializer(var, initializers.Ones(var.dtype.base_dtype), var.shape,
                                                    var.dtype.base_dtype, "rms", self._name)
            if self._centered:
                self._zeros_slot(var, "mg", self._name)
            self._zeros_slot(var, "momentum", self._name)

    def _prepare(self) -> None:
        self._settings = [self._setting(value, name) for value, name in (
            (self._learning_rate, "learning_rate"), (self._decay, "decay"), (self._momentum, "momentum"),
            (self._epsilon, "epsilon"))]

    def _arguments(self, var: Any) -> list[Any]:
        slots = ("mg", "rms", "momentum") if self._centered else ("rms", "momentum")
        return [var, *(self.get_slot(var, s) for s in slots), *(cast(s, var.dtype) for s in self._settings)]

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        apply = training.apply_centered_rms_prop if self._centered else training.apply_rms_prop
        return apply(*self._arguments(var), grad, use_locking=self._use_locking)

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        apply = (training_sparse.sparse_apply_centered_rms_prop if self._centered
                 else training_sparse.sparse_apply_rms_prop)
        return apply(*self._arguments(var), grad.values, grad.indices, use_locking=self._use_locking)
