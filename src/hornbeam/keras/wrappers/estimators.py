"""Models as estimators of scikit-learn: `SKLearnClassifier`, `SKLearnRegressor`, `SKLearnTransformer`.

scikit-learn is imported when the first of them is made: only then do they get its base classes, as an instance's class
is one below the public class that has those as well.
"""

from __future__ import annotations

import copy
import functools
import inspect
from typing import Any

import numpy as np

from hornbeam.keras.models.cloning import clone_model
from hornbeam.keras.models.model import Model
from hornbeam.keras.names import keras_export


class _Wrapped:
    """Base: an estimator around `model`, a compiled model or a function of X and y that makes one.

    warm_start: whether a given model is trained on, rather than a copy with weights of its own. model_kwargs: further
    arguments of that function. fit_kwargs: arguments of `Model.fit`; those given to `fit` come first. After `fit`,
    `model_` is the trained model and `history_` what `Model.fit` gave. Raises ImportError without scikit-learn,
    RuntimeError for a model that is not compiled.
    """

    _base = ""
    """The name of scikit-learn's base class of this kind."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        arguments = list(inspect.signature(cls.__init__).parameters.values())[1:]
        cls.__signature__ = inspect.Signature(arguments)  # type: ignore[attr-defined]  # `__new__` tells nothing

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return super().__new__(_with_bases(cls))

    def __reduce__(self) -> Any:
        return _empty, (type(self)._declared,), self.__dict__  # type: ignore[attr-defined]

    def __init__(self, model: Any, warm_start: bool = False, model_kwargs: dict[str, Any] | None = None,
                 fit_kwargs: dict[str, Any] | None = None) -> None:
        self.model, self.warm_start = model, warm_start
        self.model_kwargs, self.fit_kwargs = model_kwargs, fit_kwargs

    def __sklearn_clone__(self) -> Any:
        model = self.model if callable(self.model) else copy.deepcopy(self.model)
        return type(self)(model=model, warm_start=self.warm_start, model_kwargs=self.model_kwargs,
                          fit_kwargs=self.fit_kwargs)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.non_deterministic = True
        for own in (tags.classifier_tags, tags.regressor_tags):
            if own is not None:
                own.poor_score = True
        if tags.transformer_tags is not None:
            tags.transformer_tags.preserves_dtype = []
        return tags

    @property
    def epoch_(self) -> Any:
        """The numbers of the epochs of the last training; 0 before it."""
        return self.history_.epoch if hasattr(self, "history_") else 0

    def set_fit_request(self, **kwargs: Any) -> Any:
        """Which arguments of `fit` a pipeline passes on, where scikit-learn routes metadata.

        Raises RuntimeError where it does not.
        """
        import sklearn
        from sklearn.utils.metadata_routing import MetadataRequest

        if not sklearn.get_config().get("enable_metadata_routing"):
            raise RuntimeError("This method is only available when metadata routing is enabled. You can enable it "
                               "using sklearn.set_config(enable_metadata_routing=True).")
        self._metadata_request = MetadataRequest(owner=type(self).__name__)
        for name, alias in kwargs.items():
            self._metadata_request.fit.add_request(param=name, alias=alias)
        return self

    def fit(self, X: Any, y: Any, **kwargs: Any) -> Any:
        """Train a new model on samples [n, features] and targets [n] or [n, outputs]. kwargs: those of `Model.fit`."""
        from sklearn.utils.validation import validate_data

        X, y = validate_data(self, X, y)
        y = self._encoded(y)
        if isinstance(self.model, Model):
            model = self.model if self.warm_start else clone_model(self.model)
        else:
            model = self.model(X=X, y=y, **(self.model_kwargs or {}))
        if not model.compiled or not model.loss or not model.optimizer:
            raise RuntimeError("Given model needs to be compiled, and have a loss and an optimizer.")
        self.history_ = model.fit(X, y, **{**(self.fit_kwargs or {}), **kwargs})
        self.model_ = model
        return self

    def predict(self, X: Any) -> Any:
        """What the model says of samples [n, features], in the form of the targets."""
        return self._decoded(self._outputs(X))

    def _outputs(self, X: Any) -> Any:
        from sklearn.utils.validation import check_is_fitted, validate_data

        check_is_fitted(self)
        return self.model_.predict(validate_data(self, X, reset=False))

    def _encoded(self, y: Any) -> Any:
        """Targets as the model takes them: [n, outputs]."""
        _kind_of(y)
        self._rank = y.ndim
        return y.reshape(-1, 1) if y.ndim == 1 else y

    def _decoded(self, outputs: Any) -> Any:
        """Outputs of the model in the form of the targets."""
        return np.squeeze(outputs, axis=1) if self._rank == 1 and outputs.ndim == 2 else outputs


@functools.cache
def _with_bases(cls: type) -> type:
    """A class below `cls` and scikit-learn's base classes."""
    if hasattr(cls, "_declared"):
        return cls
    try:
        from sklearn import base
    except ImportError as error:
        raise ImportError(f"{cls.__name__} requires `scikit-learn` to be installed. Run `pip install scikit-learn` to "
                          "install it.") from error
    return type(cls.__name__, (cls, getattr(base, cls._base), base.BaseEstimator),  # type: ignore[attr-defined]
                {"_declared": cls, "__module__": cls.__module__, "__doc__": cls.__doc__})


def _empty(cls: type) -> Any:
    """An estimator without any state."""
    return object.__new__(_with_bases(cls))


@keras_export("wrappers.SKLearnClassifier")
class SKLearnClassifier(_Wrapped):
    """A model that gives a number for each class as a classifier of scikit-learn. It is trained on one-hot targets.

    model: a compiled model, or a function of X and y that makes one. The other arguments are as for
    `SKLearnRegressor`. After `fit`, `classes_` are the labels. Raises ValueError for targets that are no classes, or
    of one class.
    """

    _base = "ClassifierMixin"

    def decision_function(self, X: Any) -> Any:
        """What the model says of each class: [n, classes]."""
        return self._outputs(X)

    def _encoded(self, y: Any) -> Any:
        from sklearn.preprocessing import OneHotEncoder

        kind = _kind_of(y)
        if kind not in ("binary", "multiclass"):
            raise ValueError(f"Only binary and multiclass target types are supported. Target type: {kind}")
        y = super()._encoded(y)
        self._encoder = OneHotEncoder(sparse_output=False).fit(y)
        self.classes_ = np.unique(y)
        if len(self.classes_) == 1:
            raise ValueError("Classifier can't train when only one class is present.")
        return self._encoder.transform(y)

    def _decoded(self, outputs: Any) -> Any:
        return super()._decoded(self._encoder.inverse_transform(outputs))


@keras_export("wrappers.SKLearnRegressor")
class SKLearnRegressor(_Wrapped):
    __doc__ = (_Wrapped.__doc__ or "").replace("Base: an estimator around", "A regressor of scikit-learn around")

    _base = "RegressorMixin"


@keras_export("wrappers.SKLearnTransformer")
class SKLearnTransformer(_Wrapped):
    """A model as a transformer of scikit-learn: what it says of samples is what they become.

    The arguments are as for `SKLearnRegressor`.
    """

    _base = "TransformerMixin"

    def transform(self, X: Any) -> Any:
        """What the model says of samples [n, features]."""
        return self._outputs(X)


def _kind_of(y: Any) -> str:
    from sklearn.utils.multiclass import type_of_target

    kind = type_of_target(y)
    if kind == "unknown":
        raise ValueError(f"Unknown label type for data: {y!r}")
    return kind
