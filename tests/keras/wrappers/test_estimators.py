"""Models as scikit-learn's estimators."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from hornbeam import keras

base = pytest.importorskip("sklearn.base")
X = np.random.RandomState(0).randn(40, 3).astype(np.float32)


def made(X: Any, y: Any, loss: str = "mse") -> Any:
    model = keras.Sequential([keras.Input((X.shape[1],)), keras.layers.Dense(y.shape[1])])
    model.compile(keras.optimizers.SGD(0.3), loss)
    return model


def test_a_classifier_is_one_of_scikit_learn() -> None:
    labels = np.where(X[:, 0] > 0, "up", "down")
    estimator = keras.wrappers.SKLearnClassifier(made, fit_kwargs={"epochs": 12, "verbose": 0})
    assert isinstance(estimator, (base.BaseEstimator, base.ClassifierMixin))
    assert sorted(estimator.get_params()) == ["fit_kwargs", "model", "model_kwargs", "warm_start"]
    again = base.clone(estimator).fit(X, labels)
    assert again.score(X, labels) > 0.9
    assert list(again.classes_) == ["down", "up"]
    assert again.decision_function(X).shape == (40, 2)
    kept = pickle.loads(pickle.dumps(again))
    assert isinstance(kept, keras.wrappers.SKLearnClassifier)
    assert list(kept.predict(X[:5])) == list(again.predict(X[:5]))
    with pytest.raises(ValueError, match="only one class"):
        estimator.fit(X, np.zeros(40))


def test_a_model_is_copied_unless_it_starts_warm() -> None:
    model = made(X, X[:, :1])
    before = model.get_weights()[0]
    keras.wrappers.SKLearnRegressor(model).fit(X, X[:, 0], verbose=0)
    assert np.array_equal(model.get_weights()[0], before)
    found = keras.wrappers.SKLearnRegressor(model, warm_start=True).fit(X, X[:, 0], verbose=0)
    assert found.model_ is model
    assert found.predict(X).shape == (40,)
    assert keras.wrappers.SKLearnTransformer(model).fit(X, X[:, 0], verbose=0).transform(X).shape == (40, 1)
    with pytest.raises(RuntimeError, match="needs to be compiled"):
        keras.wrappers.SKLearnRegressor(keras.Sequential([keras.layers.Dense(1)])).fit(X, X[:, 0])
