"""Follow the regularised leader."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.graph.names import public
from hornbeam.ops import array, initializers, training, training_sparse
from hornbeam.train.optimizer import Optimizer, cast


@public(v1=("train.FtrlOptimizer",))
class FtrlOptimizer(Optimizer):
    """Follow the regularised leader, proximal form, with L1 and L2 penalties. McMahan et al. 2013.

    learning_rate_power: at most 0; the rate falls as accum^power, -0.5 by default. beta: added to √accum in the rate.
    l2_shrinkage_regularization_strength: a pull towards zero by the variable alone, not counted in `accum`.
    Slots `accum` and `linear`, named by `accum_name` and `linear_name`. Raises ValueError for settings out of range.
    """

    def __init__(self, learning_rate: Any, learning_rate_power: Any = -0.5, initial_accumulator_value: float = 0.1,
                 l1_regularization_strength: float = 0.0, l2_regularization_strength: float = 0.0,
                 use_locking: bool = False, name: str = "Ftrl", accum_name: str | None = None,
                 linear_name: str | None = None, l2_shrinkage_regularization_strength: float = 0.0,
                 beta: float | None = None) -> None:
        super().__init__(use_locking, name)
        for setting, value in (("initial_accumulator_value", initial_accumulator_value),
                               ("l1_regularization_strength", l1_regularization_strength),
                               ("l2_regularization_strength", l2_regularization_strength),
                               ("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength)):
            if value < 0.0:
                raise ValueError(f"{setting} {value} needs to be positive or zero")
        if not callable(learning_rate_power) and learning_rate_power > 0.0:
            raise ValueError(f"learning_rate_power {learning_rate_power} needs to be negative or zero")
        self._learning_rate, self._power, self._initial = learning_rate, learning_rate_power, initial_accumulator_value
        self._l1, self._l2, self._shrinkage = (l1_regularization_strength, l2_regularization_strength,
                                               l2_shrinkage_regularization_strength)
        self._beta = 0.0 if beta is None else beta
        self._accum_name, self._linear_name = accum_name, linear_name

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            dtype = var.dtype.base_dtype
            self._get_or_make_slot_with_initializer(var, initializers.Constant(self._initial, dtype), var.shape, dtype,
                                                    "accum", self._accum_name or self._name)
            self._zeros_slot(var, "linear", self._linear_name or self._name)

    def _prepare(self) -> None:
        self._rate = self._setting(self._learning_rate, "learning_rate")
        self._l1_tensor = self._setting(self._l1, "l1_regularization_strength")
        # The rate of TensorFlow's kernels is learning_rate / √accum; beta enters as a further L2 penalty.
        self._l2_tensor = self._setting(self._l2, "l2_regularization_strength")
        if self._beta:
            two_rates = array.convert(2.0) * cast(self._rate, self._l2_tensor.dtype)
            self._l2_tensor = self._l2_tensor + self._beta / two_rates
        self._shrinkage_tensor = self._setting(self._shrinkage, "l2_shrinkage_regularization_strength")
        self._power_tensor = self._setting(self._power, "learning_rate_power")

    def _arguments(self, grad: Any, var: Any, *indices: Any) -> list[Any]:
        settings = [self._rate, self._l1_tensor, self._l2_tensor]
        settings += [self._shrinkage_tensor] * (self._shrinkage > 0.0) + [self._power_tensor]
        return [var, self.get_slot(var, "accum"), self.get_slot(var, "linear"), grad, *indices,
                *(cast(s, var.dtype) for s in settings)]

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        apply = training.apply_ftrl_v2 if self._shrinkage > 0.0 else training.apply_ftrl
        return apply(*self._arguments(grad, var), use_locking=self._use_locking)

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        apply = training_sparse.sparse_apply_ftrl_v2 if self._shrinkage > 0.0 else training_sparse.sparse_apply_ftrl
        return apply(*self._arguments(grad.values, var, grad.indices), use_locking=self._use_locking)
