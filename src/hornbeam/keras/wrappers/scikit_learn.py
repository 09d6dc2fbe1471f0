"""Keras 2's wrappers: models as scikit-learn's classifiers and regressors, without need of scikit-learn."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.keras.models.sequential import Sequential
from hornbeam.keras.old_names import warn_of_old_spelling
from hornbeam.keras.utils.numerical_utils import to_categorical

_ALSO = ("nb_epoch", "batch_size")


class BaseWrapper:
    """Base: `build_fn` makes a compiled model; `sk_params` are arguments of it, or of `fit`, `predict` and their kin.

    A subclass may define `__call__` instead of giving `build_fn`. Raises ValueError for arguments that none of these
    takes.
    """

    def __init__(self, build_fn: Callable[..., Any] | None = None, **sk_params: Any) -> None:
        warn_of_old_spelling(f"`keras.wrappers.scikit_learn.{type(self).__name__}` is now `keras.wrappers.SKLearn"
                             f"{type(self).__name__.removeprefix('Keras')}`, or that of the package scikeras.")
        self.build_fn, self.sk_params = build_fn, sk_params
        self.check_params(sk_params)

    def _builder(self) -> Callable[..., Any]:
        if self.build_fn is None:
            return self.__call__  # type: ignore[attr-defined]
        if inspect.isfunction(self.build_fn) or inspect.ismethod(self.build_fn):
            return self.build_fn
        return self.build_fn.__call__

    def check_params(self, params: dict[str, Any]) -> None:
        """Raise ValueError for a name that nothing here takes."""
        takers = [Sequential.fit, Sequential.predict, _predict_classes, Sequential.evaluate, self._builder()]
        known = {name for taker in takers for name in inspect.signature(taker).parameters}
        for name in params:
            if name not in known and name not in _ALSO:
                raise ValueError(f"{name} is not a legal parameter")

    def get_params(self, **params: Any) -> dict[str, Any]:
        """All arguments by name."""
        return {**copy.deepcopy(self.sk_params), "build_fn": self.build_fn}

    def set_params(self, **params: Any) -> BaseWrapper:
        """Change arguments."""
        self.check_params(params)
        self.sk_params.update(params)
        return self

    def filter_sk_params(self, fn: Callable[..., Any], override: dict[str, Any] | None = None) -> dict[str, Any]:
        """Those arguments that a function takes; `override` comes first."""
        taken = inspect.signature(fn).parameters
        return {**{name: value for name, value in self.sk_params.items() if name in taken}, **(override or {})}

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Make a model and train it. kwargs: those of `Sequential.fit`. Returns its `History`."""
        self.model = self._builder()(**self.filter_sk_params(self._builder()))
        if self.model.loss == "categorical_crossentropy" and np.ndim(y) != 2:
            y = to_categorical(y)
        return self.model.fit(x, y, **{**self.filter_sk_params(Sequential.fit), **kwargs})

    def __sklearn_tags__(self) -> Any:
        """What newer scikit-learn asks of an estimator."""
        from sklearn.utils import Tags, TargetTags

        return Tags(estimator_type=getattr(self, "_estimator_type", None), target_tags=TargetTags(required=True),
                    **self._tags())

    def _tags(self) -> dict[str, Any]:
        return {}


def _predict_classes(x: Any, batch_size: int | None = None, verbose: Any = 0) -> None:
    """The arguments of Keras 2's method."""


class KerasClassifier(BaseWrapper):
    """A model that gives class probabilities as a classifier of scikit-learn; labels may be of any kind."""

    _estimator_type = "classifier"

    def _tags(self) -> dict[str, Any]:
        from sklearn.utils import ClassifierTags

        return {"classifier_tags": ClassifierTags()}

    def fit(self, x: Any, y: Any, sample_weight: Any = None, **kwargs: Any) -> Any:
        """Make a model and train it. Raises ValueError for labels of more than two dimensions."""
        y = np.array(y)
        if y.ndim == 2 and y.shape[1] > 1:
            self.classes_ = np.arange(y.shape[1])
        elif y.ndim <= 2:
            self.classes_ = np.unique(y)
            y = np.searchsorted(self.classes_, y)
        else:
            raise ValueError(f"Invalid shape for y: {y.shape}")
        self.n_classes_ = len(self.classes_)
        if sample_weight is not None:
            kwargs["sample_weight"] = sample_weight
        return super().fit(x, y, **kwargs)

    def predict(self, x: Any, **kwargs: Any) -> np.ndarray:
        """The class of each sample."""
        found = self._probabilities(x, kwargs)
        places = found.argmax(axis=-1) if found.shape[-1] > 1 else (found > 0.5).astype("int32")
        return self.classes_[places]

    def predict_proba(self, x: Any, **kwargs: Any) -> np.ndarray:
        """The probabilities [samples, classes], of two classes too."""
        found = self._probabilities(x, kwargs)
        return np.hstack([1 - found, found]) if found.shape[1] == 1 else found

    def _probabilities(self, x: Any, kwargs: dict[str, Any]) -> np.ndarray:
        return np.asarray(self.model.predict(x, **self.filter_sk_params(_predict_classes, kwargs)))

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        """The accuracy. Raises ValueError for a model compiled without it."""
        places = np.searchsorted(self.classes_, y)
        if self.model.loss == "categorical_crossentropy" and np.ndim(places) != 2:
            places = to_categorical(places, self.n_classes_)
        found = self.model.evaluate(x, places, return_dict=True,
                                    **{"verbose": 0, **self.filter_sk_params(Sequential.evaluate, kwargs)})
        for name in ("accuracy", "acc"):
            if name in found:
                return found[name]
        raise ValueError('The model is not configured to compute accuracy. You should pass `metrics=["accuracy"]` to '
                         "the `model.compile()` method.")


class KerasRegressor(BaseWrapper):
    """A model that gives numbers as a regressor of scikit-learn."""

    _estimator_type = "regressor"

    def _tags(self) -> dict[str, Any]:
        from sklearn.utils import RegressorTags

        return {"regressor_tags": RegressorTags()}

    def predict(self, x: Any, **kwargs: Any) -> np.ndarray:
        """The number for each sample."""
        found = np.asarray(self.model.predict(x, **self.filter_sk_params(Sequential.predict, kwargs)))
        return np.squeeze(found, axis=-1) if found.ndim > 1 and found.shape[-1] == 1 else found

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        """Minus the loss, as greater is better."""
        found = self.model.evaluate(x, y, **{"verbose": 0, **self.filter_sk_params(Sequential.evaluate, kwargs)})
        return -found[0] if isinstance(found, list) else -found
