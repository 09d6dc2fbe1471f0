"""`contrib.eager.metrics`: metrics as objects that are called with each batch, and read with `result`."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.v1.api import tf


@public(v1=("contrib.eager.metrics.Metric",))
class Metric:
    """Base: define `build` (which makes variables), `call` (which updates them) and `result`.

    name: by default the class's, for the names of variables.
    """

    def __init__(self, name: str | None = None, use_global_variables: bool = False) -> None:
        self._name = name or type(self).__name__
        self._built = False
        self._vars: list[Any] = []
        self._initial_values: list[Any] = []

    @property
    def name(self) -> str:
        """The name of the metric."""
        return self._name

    @property
    def variables(self) -> list[Any]:
        """The variables that hold the state."""
        return self._vars

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Take in one batch; gives what `call` gives."""
        if not self._built:
            self.build(*args, **kwargs)
            self._built = True
        return self.call(*args, **kwargs)

    def init_variables(self) -> None:
        """Start again. Raises RuntimeError before the first call."""
        if not self._built:
            raise RuntimeError("init_variables() called before metric has been built: call it with a batch first")
        for variable, initial in zip(self._vars, self._initial_values, strict=True):
            variable.assign(initial)

    def add_variable(self, name: str, shape: Any = None, dtype: Any = None, initializer: Any = None) -> Any:
        """A variable of the state. Raises RuntimeError outside of `build`."""
        if self._built:
            raise RuntimeError("Can't call add_variable() except in build().")
        value = (initializer or tf.zeros_initializer())(shape, dtype=tf.as_dtype(dtype or dtypes.float32))
        self._vars.append(tf.Variable(value, name=f"{self._name}/{name}", trainable=False))
        self._initial_values.append(value)
        return self._vars[-1]

    def build(self, *args: Any, **kwargs: Any) -> None:
        """Make the variables, knowing the first batch."""

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Take in one batch: what a metric defines."""
        raise NotImplementedError("Metrics must define a call() member function")

    def result(self) -> Any:
        """The value so far: what a metric defines."""
        raise NotImplementedError("Metrics must define a result() member function")


@public(v1=("contrib.eager.metrics.Mean",))
class Mean(Metric):
    """The (weighted) mean of all values."""

    def __init__(self, name: str | None = None, dtype: Any = dtypes.float64,
                 use_global_variables: bool = False) -> None:
        super().__init__(name, use_global_variables)
        self.dtype = tf.as_dtype(dtype)

    def build(self, *args: Any, **kwargs: Any) -> None:
        """Make the two sums."""
        self.numer = self.add_variable("numer", (), self.dtype)
        self.denom = self.add_variable("denom", (), self.dtype)

    def call(self, values: Any, weights: Any = None) -> Any:
        """Take in values, with weights that broadcast against them."""
        kept = tf.cast(values, self.dtype)
        if weights is None:
            self.denom.assign_add(tf.cast(tf.size(kept), self.dtype))
        else:
            share = tf.cast(weights, self.dtype) * tf.ones_like(kept)
            self.denom.assign_add(tf.reduce_sum(share))
            kept = kept * share
        self.numer.assign_add(tf.reduce_sum(kept))
        return values if weights is None else (values, weights)

    def result(self) -> Any:
        """The mean so far."""
        return self.numer / self.denom


@public(v1=("contrib.eager.metrics.Accuracy",))
class Accuracy(Mean):
    """The share of predictions that equal their labels."""

    def __init__(self, name: str | None = None, dtype: Any = dtypes.float64) -> None:
        super().__init__(name, dtype)

    def call(self, labels: Any, predictions: Any, weights: Any = None) -> Any:  # type: ignore[override]
        """Take in labels and predictions of one shape."""
        super().call(self._matches(labels, predictions), weights)
        return (labels, predictions) if weights is None else (labels, predictions, weights)

    def _matches(self, labels: Any, predictions: Any) -> Any:
        labels, predictions = tf.convert_to_tensor(labels), tf.convert_to_tensor(predictions)
        labels.shape.assert_is_compatible_with(predictions.shape)
        return tf.cast(tf.equal(labels, tf.cast(predictions, labels.dtype)), self.dtype)


@public(v1=("contrib.eager.metrics.CategoricalAccuracy",))
class CategoricalAccuracy(Accuracy):
    """The share of rows whose largest prediction stands where the label's does."""

    def _matches(self, labels: Any, predictions: Any) -> Any:
        return super()._matches(tf.argmax(labels, -1), tf.argmax(predictions, -1))


@public(v1=("contrib.eager.metrics.SparseAccuracy",))
class SparseAccuracy(Accuracy):
    """The share of rows whose largest prediction stands at the class that the label names."""

    def _matches(self, labels: Any, predictions: Any) -> Any:
        labels = tf.convert_to_tensor(labels)
        if len(labels.shape) == len(tf.convert_to_tensor(predictions).shape):
            labels = tf.squeeze(labels, [-1])
        return super()._matches(labels, tf.cast(tf.argmax(predictions, -1), labels.dtype))


@public(v1=("contrib.eager.metrics.BinaryAccuracy",))
class BinaryAccuracy(Accuracy):
    """The share of predictions on the label's side of a threshold."""

    def __init__(self, threshold: float, name: str | None = None, dtype: Any = dtypes.float64) -> None:
        super().__init__(name, dtype)
        self.threshold = threshold

    def _matches(self, labels: Any, predictions: Any) -> Any:
        above = [tf.convert_to_tensor(x) > self.threshold for x in (labels, predictions)]
        return tf.cast(tf.equal(*above), self.dtype)
