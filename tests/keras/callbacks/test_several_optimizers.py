"""Callbacks that look at the optimizer know those inside a MultiOptimizer."""

from __future__ import annotations

import numpy as np
import pytest

from hornbeam import keras


def model_with(**first):
    optimizers = keras.optimizers
    a = optimizers.SGD(0.1, name="a", **first)
    b = optimizers.SGD(0.01, name="b")
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1, use_bias=False, name="one"),
                              keras.layers.Dense(1, use_bias=False, name="two")])
    model.compile(optimizers.MultiOptimizer(optimizers.OptimizerMap(b, {".*one/.*": a})), "mse")
    return model, a, b


def test_a_schedule_sets_each_rate(capsys):
    model, a, b = model_with()
    callback = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2, verbose=1)
    history = model.fit(np.ones((2, 1)), np.ones((2, 1)), callbacks=[callback], verbose=0)
    np.testing.assert_allclose([a.learning_rate, b.learning_rate], [0.05, 0.005])
    assert "LearningRateScheduler setting a learning rate to" in capsys.readouterr().out
    np.testing.assert_allclose(history.history["learning_rate_b"], [0.005])


def test_a_plateau_lowers_each_rate():
    model, a, b = model_with()
    callback = keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=1, min_lr=0.008)
    callback.set_model(model)
    callback.on_train_begin()
    for epoch in range(2):
        callback.on_epoch_end(epoch, {"val_loss": 1.0})
    np.testing.assert_allclose([a.learning_rate, b.learning_rate], [0.05, 0.008])


def test_averages_of_some():
    model, a, _ = model_with(use_ema=True)
    model.train_on_batch(np.ones((1, 1)), np.ones((1, 1)))
    a._model_variables_moving_average[0].assign([[9.0]])
    one, two = (layer.kernel.numpy() for layer in model.layers)
    callback = keras.callbacks.SwapEMAWeights()
    callback.set_model(model)
    callback.on_test_begin()
    assert [float(layer.kernel[0, 0]) for layer in model.layers] == [9.0, float(two[0, 0])]
    callback.on_test_end()
    assert float(model.layers[0].kernel[0, 0]) == float(one[0, 0])
    model, _, _ = model_with()
    callback.set_model(model)
    with pytest.raises(ValueError, match="at least one inner optimizer has `use_ema=True`"):
        callback.on_test_begin()
