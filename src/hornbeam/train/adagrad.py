"""Adagrad and its relatives: each coordinate's rate falls with the squares of its gradients so far."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import array, initializers, math, training, training_sparse
from hornbeam.runtime.graph_functions import control_dependencies
from hornbeam.train.optimizer import Optimizer, cast


def _positive(value: float) -> None:
    if value <= 0.0:
        raise ValueError(f"initial_accumulator_value must be positive: {value}")


def _constant_slot(optimizer: Optimizer, var: Any, value: float, slot: str) -> None:
    """A slot that starts from one value, given as a tensor."""
    optimizer._get_or_make_slot(var, filled_as(var, value), slot, optimizer.get_name())


def filled_as(var: Any, value: float) -> Any:
    """A constant of the variable's shape and dtype."""
    return array.constant(value, var.dtype.base_dtype, shape=TensorShape(var.shape))


@public(v1=("train.AdagradOptimizer",))
class AdagradOptimizer(Optimizer):
    """accum ← accum + gradient²;  var ← var - learning_rate · gradient / √accum. Duchi, Hazan and Singer 2011.

    initial_accumulator_value: where `accum` starts; must be positive (ValueError). Sparse gradients change their
    rows alone.
    """

    def __init__(self, learning_rate: Any, initial_accumulator_value: float = 0.1, use_locking: bool = False,
                 name: str = "Adagrad") -> None:
        _positive(initial_accumulator_value)
        super().__init__(use_locking, name)
        self._learning_rate, self._initial = learning_rate, initial_accumulator_value

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            dtype = var.dtype.base_dtype
            self._get_or_make_slot_with_initializer(var, initializers.Constant(self._initial, dtype), var.shape, dtype,
                                                    "accumulator", self._name)

    def _prepare(self) -> None:
        self._rate = self._setting(self._learning_rate, "learning_rate")

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        return training.apply_adagrad(var, self.get_slot(var, "accumulator"), cast(self._rate, var.dtype), grad,
                                      use_locking=self._use_locking)

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        return training_sparse.sparse_apply_adagrad(
            var, self.get_slot(var, "accumulator"), cast(self._rate, var.dtype), grad.values, grad.indices,
            use_locking=self._use_locking)


@public(v1=("train.ProximalAdagradOptimizer",))
class ProximalAdagradOptimizer(Optimizer):
    """Adagrad's step, then the proximal step of an L1 and an L2 penalty. Duchi and Singer 2009."""

    def __init__(self, learning_rate: Any, initial_accumulator_value: float = 0.1,
                 l1_regularization_strength: Any = 0.0, l2_regularization_strength: Any = 0.0,
                 use_locking: bool = False, name: str = "ProximalAdagrad") -> None:
        _positive(initial_accumulator_value)
        super().__init__(use_locking, name)
        self._learning_rate, self._initial = learning_rate, initial_accumulator_value
        self._l1, self._l2 = l1_regularization_strength, l2_regularization_strength

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            _constant_slot(self, var, self._initial, "accumulator")

    def _prepare(self) -> None:
        self._settings = [self._setting(value, name) for value, name in (
            (self._learning_rate, "learning_rate"), (self._l1, "l1_regularization_strength"),
            (self._l2, "l2_regularization_strength"))]

    def _arguments(self, var: Any) -> list[Any]:
        return [var, self.get_slot(var, "accumulator"), *(cast(s, var.dtype) for s in self._settings)]

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        return training.apply_proximal_adagrad(*self._arguments(var), grad, use_locking=self._use_locking)

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        return training_sparse.sparse_apply_proximal_adagrad(*self._arguments(var), grad.values, grad.indices,
                                                             use_locking=self._use_locking)


@public(v1=("train.AdagradDAOptimizer",))
class AdagradDAOptimizer(Optimizer):
    """Adagrad by dual averaging: the variable follows from the sums of gradients and of their squares alone.

    global_step: the variable that `minimize` counts; the L1 and L2 penalties grow with it. Duchi et al. 2011.
    """

    def __init__(self, learning_rate: Any, global_step: Any, initial_gradient_squared_accumulator_value: float = 0.1,
                 l1_regularization_strength: float = 0.0, l2_regularization_strength: float = 0.0,
                 use_locking: bool = False, name: str = "AdagradDA") -> None:
        if initial_gradient_squared_accumulator_value <= 0.0:
            raise ValueError("initial_gradient_squared_accumulator_value must be positive: "
                             f"{initial_gradient_squared_accumulator_value}")
        super().__init__(use_locking, name)
        self._learning_rate, self._global_step = learning_rate, global_step
        self._initial = initial_gradient_squared_accumulator_value
        self._l1, self._l2 = l1_regularization_strength, l2_regularization_strength

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            _constant_slot(self, var, 0.0, "gradient_accumulator")
            _constant_slot(self, var, self._initial, "gradient_squared_accumulator")

    def _prepare(self) -> None:
        self._rate = self._setting(self._learning_rate, "learning_rate")
        with control_dependencies(None):
            step = array.identity_op(array.convert(self._global_step))
            self._step = math.add_v2(cast(step, dtypes.int64), 1, name="add")

    def _arguments(self, grad: Any, var: Any, *indices: Any) -> list[Any]:
        dtype = var.dtype.base_dtype
        return [var, self.get_slot(var, "gradient_accumulator"), self.get_slot(var, "gradient_squared_accumulator"),
                grad, *indices, cast(self._rate, dtype), array.constant(self._l1, dtype, name="Cast/x"),
                array.constant(self._l2, dtype, name="Cast_1/x"), self._step]

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        return training.apply_adagrad_da(*self._arguments(grad, var), use_locking=self._use_locking)

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        return training_sparse.sparse_apply_adagrad_da(*self._arguments(grad.values, var, grad.indices),
                                                       use_locking=self._use_locking)


@public(v1=("train.AdadeltaOptimizer",))
class AdadeltaOptimizer(Optimizer):
    """Steps scaled by the ratio of the running root mean squares of steps and gradients. Zeiler 2012.

    accum ← rho · accum + (1 - rho) · gradient²;  step = √(accum_update + epsilon) / √(accum + epsilon) · gradient;
    accum_update ← rho · accum_update + (1 - rho) · step²;  var ← var - learning_rate · step.
    """

    def __init__(self, learning_rate: Any = 0.001, rho: Any = 0.95, epsilon: Any = 1e-8, use_locking: bool = False,
                 name: str = "Adadelta") -> None:
        super().__init__(use_locking, name)
        self._lr, self._rho, self._epsilon = learning_rate, rho, epsilon

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            self._zeros_slot(var, "accum", self._name)
            self._zeros_slot(var, "accum_update", self._name)

    def _prepare(self) -> None:
        self._settings = [self._setting(value, name) for value, name in (
            (self._lr, "lr"), (self._rho, "rho"), (self._epsilon, "epsilon"))]

    def _arguments(self, var: Any) -> list[Any]:
        return [var, self.get_slot(var, "accum"), self.get_slot(var, "accum_update"),
                *(cast(s, var.dtype) for s in self._settings)]

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        return training.apply_adadelta(*self._arguments(var), grad, use_locking=self._use_locking)

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        return training_sparse.sparse_apply_adadelta(*self._arguments(var), grad.values, grad.indices,
                                                     use_locking=self._use_locking)
