"""Optimizers that programs derive as Keras 2 and TensorFlow 1 had it; losses recorded from Keras 2.3.1 on 1.15.5."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import keras
from hornbeam.keras import backend as K
from hornbeam.keras import layers, optimizers

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


class Momentum(optimizers.Optimizer):
    """Keras 2's way."""

    def __init__(self, lr: float = 0.01, momentum: float = 0.5, decay: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with K.name_scope(self.__class__.__name__):
            self.iterations = K.variable(0, dtype="int64", name="iterations")
            self.lr = K.variable(lr, name="lr")
        self.momentum, self.initial_decay = momentum, decay

    def get_updates(self, loss: Any, params: Any) -> Any:
        grads = self.get_gradients(loss, params)
        self.updates = [K.update_add(self.iterations, 1)]
        rate = self.lr / (1.0 + self.initial_decay * K.cast(self.iterations, K.floatx()))
        moments = [K.zeros(K.int_shape(p), dtype=K.dtype(p)) for p in params]
        self.weights = [self.iterations, *moments]
        for p, g, m in zip(params, grads, moments, strict=True):
            v = self.momentum * m - rate * g
            self.updates += [K.update(m, v), K.update(p, p + v)]
        return self.updates

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "lr": float(K.get_value(self.lr)), "momentum": self.momentum,
                "decay": self.initial_decay}


class Lazy(optimizers.Optimizer):
    """TensorFlow 1's way; rows without a gradient stay as they are."""

    def __init__(self, learning_rate: float = 0.01, beta: float = 0.5, name: str = "Lazy", **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self._set_hyper("learning_rate", kwargs.get("lr", learning_rate))
        self._set_hyper("decay", self._initial_decay)
        self._set_hyper("beta", beta)

    def _create_slots(self, var_list: Any) -> None:
        for var in var_list:
            self.add_slot(var, "m")

    def _resource_apply_dense(self, grad: Any, var: Any, apply_state: Any = None) -> Any:
        dtype = var.dtype.base_dtype
        m = self.get_slot(var, "m")
        m_t = m.assign(self._get_hyper("beta", dtype) * m + grad)
        return tf.group(var.assign_sub(self._decayed_lr(dtype) * m_t), m_t)

    def _resource_apply_sparse(self, grad: Any, var: Any, indices: Any) -> Any:
        return self._resource_scatter_add(var, indices, -self._decayed_lr(var.dtype.base_dtype) * grad)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "learning_rate": self._serialize_hyperparameter("learning_rate"),
                "beta": self._serialize_hyperparameter("beta")}


def expected(steps: int, counted_from: int, rate_in_momentum: bool) -> float:
    """A weight of 1 whose gradient is 2 (w - 3), as the optimizers above change it: rate 0.05, decay 0.1."""
    w, m = 1.0, 0.0
    for i in range(counted_from, counted_from + steps):
        rate, grad = 0.05 / (1 + 0.1 * i), 2 * (w - 3)
        m = 0.5 * m + (rate * grad if rate_in_momentum else grad)
        w -= m if rate_in_momentum else rate * m
    return w


def trained(optimizer: Any, steps: int) -> Any:
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, use_bias=False, kernel_initializer="ones")])
    model.compile(optimizer, "mse")
    x, y = np.ones((2, 1), "float32"), np.full((2, 1), 3, "float32")
    model.fit(np.concatenate([x] * 2), np.concatenate([y] * 2), batch_size=2, epochs=1, verbose=0)
    for _ in range(steps - 2):
        model.train_on_batch(x, y)
    return model


def test_keras_2() -> None:
    model = trained(Momentum(lr=0.05, decay=0.1), 5)
    # Where the counter was read after its update, it counts from 1.
    assert np.allclose(model.get_weights()[0], expected(5, 1, True), atol=1e-6)
    K.set_value(model.optimizer.lr, 0.0)
    model.optimizer.momentum = 0.0
    assert float(model.optimizer.learning_rate) == 0.0
    assert int(model.optimizer.iterations) == 5
    assert len(model.optimizer.weights) == 2
    assert Momentum.from_config(model.optimizer.get_config()).momentum == 0.0
    with pytest.raises(TypeError, match="Unexpected keyword argument passed to optimizer: rate"):
        Momentum(rate=1)


def test_tensorflow_1() -> None:
    model = trained(Lazy(lr=0.05, decay=0.1), 5)
    assert np.allclose(model.get_weights()[0], expected(5, 0, False), atol=1e-6)
    optimizer = model.optimizer
    optimizer.lr = 0.25
    assert optimizer.get_config() == {"name": "Lazy", "learning_rate": 0.25, "beta": 0.5}
    assert optimizer.get_slot_names() == ["m"]
    assert len(optimizer.weights) == 2
    assert Lazy.from_config(optimizer.get_config()).beta == 0.5


def test_rows_of_an_embedding() -> None:
    model = keras.Sequential([keras.Input((2,), dtype="int32"), layers.Embedding(4, 1, embeddings_initializer="ones")])
    model.compile(Lazy(0.5, clipvalue=0.25), "mse")
    model.train_on_batch(np.array([[0, 2]]), np.array([[[0.0], [3.0]]]))
    assert model.get_weights()[0][:, 0].tolist() == [0.875, 1.0, 1.125, 1.0]


def test_derived_from_keras_own() -> None:
    class Decaying(optimizers.SGD):
        def __init__(self, weight_decay_: float = 0.1, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self._set_hyper("weight_decay_", weight_decay_)

        def _resource_apply_dense(self, grad: Any, var: Any, apply_state: Any = None) -> Any:
            with tf.control_dependencies([var.assign_sub(self._get_hyper("weight_decay_", var.dtype) * var)]):
                return super()._resource_apply_dense(grad, var)

    w = np.float32(1.0)
    for _ in range(3):
        w = w * np.float32(0.9) - 0.05 * 2 * (w - 3)
    assert np.allclose(trained(Decaying(learning_rate=0.05), 3).get_weights()[0], w, atol=1e-6)
