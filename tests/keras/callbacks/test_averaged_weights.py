"""SwapEMAWeights: averages stand in for the weights while a model is tested and saved, and stay when training ends."""

from __future__ import annotations

import numpy as np
import pytest

from hornbeam import keras


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.random((32, 3), np.float32), rng.random((32, 2), np.float32)


def model(optimizer: keras.Optimizer) -> keras.Model:
    made = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, kernel_initializer="ones", use_bias=False)])
    made.compile(optimizer, "mse")
    return made


def averaged() -> keras.Optimizer:
    return keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9)


@pytest.mark.parametrize("optimizer", [averaged, lambda: keras.optimizers.LossScaleOptimizer(averaged())])
def test_the_averages_are_left_in_the_model(data, optimizer):
    one = model(optimizer())
    losses = one.fit(*data, epochs=2, verbose=0, callbacks=[keras.callbacks.SwapEMAWeights()],
                     validation_data=data).history["val_loss"]
    assert one.evaluate(*data, verbose=0) == pytest.approx(losses[-1], rel=1e-6)


def test_what_is_saved_at_the_end_of_an_epoch_are_the_averages(data, tmp_path):
    one = model(averaged())
    one.fit(*data, epochs=2, verbose=0, validation_data=data, callbacks=[
        keras.callbacks.SwapEMAWeights(swap_on_epoch=True),
        keras.callbacks.ModelCheckpoint(tmp_path / "{epoch:1d}.keras")])
    other = keras.saving.load_model(tmp_path / "2.keras")
    np.testing.assert_array_equal(one.get_weights()[0], other.get_weights()[0])
    plain = model(averaged())
    plain.fit(*data, epochs=2, verbose=0)
    np.testing.assert_allclose(one.get_weights()[0], plain.get_weights()[0], rtol=1e-6)
