"""SavedModels as layers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hornbeam import keras

X = np.arange(6, dtype=np.float32).reshape(2, 3) / 6


def test_a_saved_model_is_a_layer_that_trains_and_is_saved(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2), keras.layers.BatchNormalization()])
    model.export(tmp_path / "m", verbose=False)
    layer = keras.layers.TFSMLayer(tmp_path / "m")
    np.testing.assert_allclose(layer(X), model(X), atol=1e-6)
    assert (len(layer.trainable_weights), len(layer.non_trainable_weights)) == (4, 2)
    served = keras.layers.TFSMLayer(tmp_path / "m", call_endpoint="serving_default")
    np.testing.assert_allclose(served(X)["output_0"], model(X), atol=1e-6)

    whole = keras.Sequential([keras.Input((3,)), layer])
    whole.compile("sgd", "mse")
    before = np.array(layer.trainable_weights[0])
    whole.fit(X, np.ones((2, 2)), verbose=0)
    assert not np.allclose(layer.trainable_weights[0], before)
    whole.save(tmp_path / "whole.keras")
    with pytest.raises(ValueError, match="Requested the deserialization of a `TFSMLayer`"):
        keras.models.load_model(tmp_path / "whole.keras")
    again = keras.models.load_model(tmp_path / "whole.keras", safe_mode=False)
    np.testing.assert_allclose(again(X), whole(X), atol=1e-6)


def test_an_endpoint_that_is_not_there_is_refused(tmp_path: Path) -> None:
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).export(tmp_path / "m", verbose=False)
    with pytest.raises(ValueError, match=r"The endpoint 'other' is neither .* Available endpoints .*'serve'"):
        keras.layers.TFSMLayer(tmp_path / "m", call_endpoint="other")
    with pytest.raises(ValueError, match="TFSMLayer"):
        keras.models.load_model(tmp_path / "m")
