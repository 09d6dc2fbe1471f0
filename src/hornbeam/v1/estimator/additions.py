"""More metrics for an estimator, and what its examples are parsed as."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.graph.names import public
from hornbeam.train.feature_columns.columns import NumericColumn
from hornbeam.v1.api import tf
from hornbeam.v1.estimator.estimator import Estimator, argument_names
from hornbeam.v1.estimator.spec import EstimatorSpec, ModeKeys

_ARGUMENTS = {"features", "labels", "predictions", "config", "self"}


@public(v1=("estimator.add_metrics", "contrib.estimator.add_metrics"))
def add_metrics(estimator: Estimator, metric_fn: Callable[..., dict[str, Any]]) -> Estimator:
    """An estimator that evaluates more metrics, with the same folder and settings.

    metric_fn: takes what it names of `features`, `labels`, `predictions` and `config`; returns (value, update) pairs
    by names, which replace those of the same name. Raises ValueError for other arguments.
    """
    wrong = set(argument_names(metric_fn)) - _ARGUMENTS
    if wrong:
        raise ValueError(f"metric_fn ({metric_fn}) has following not expected args: {sorted(wrong)}")

    def model_fn(features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
        spec = estimator.model_fn(features, labels, mode, config)
        if mode != ModeKeys.EVAL:
            return spec
        known = {"features": features, "labels": labels, "predictions": spec.predictions, "config": config}
        found = metric_fn(**{k: v for k, v in known.items() if k in argument_names(metric_fn)})
        return spec._replace(eval_metric_ops={**spec.eval_metric_ops, **(found or {})})

    return Estimator(model_fn, estimator.model_dir, estimator.config, warm_start_from=estimator._warm_start_settings)


def _parsed(feature_columns: Any, label_key: str, label: Any, weight_column: Any) -> dict[str, Any]:
    spec = dict(tf.feature_column.make_parse_example_spec(feature_columns))
    if not isinstance(label_key, str):
        raise ValueError(f"label_key should be string. Given: {label_key}")
    if label_key in spec:
        raise ValueError(f"label should not be used as feature. label_key: {label_key}, features: {list(spec)}")
    spec[label_key] = label
    if weight_column is None:
        return spec
    column = tf.feature_column.numeric_column(weight_column) if isinstance(weight_column, str) else weight_column
    if not isinstance(column, NumericColumn):
        raise ValueError("weight_column should be an instance of tf.feature_column.numeric_column. Given type: "
                         f"{type(column)} value: {column}")
    if column.key in spec:
        raise ValueError(f"Key {column.key} should not be used as feature or label. weight_column: {column.key}, "
                         f"features: {list(spec)}")
    return {**spec, **column.parse_example_spec}


@public(v1=("estimator.classifier_parse_example_spec",))
def classifier_parse_example_spec(feature_columns: Any, label_key: str, label_dtype: Any = None,
                                  label_default: Any = None, weight_column: Any = None) -> dict[str, Any]:
    """The features of examples with a class: those of columns, the label (int64 by default) and the weight.

    Raises ValueError where the label or the weight is a feature too.
    """
    label = tf.FixedLenFeature((1,), label_dtype or tf.int64, label_default)
    return _parsed(feature_columns, label_key, label, weight_column)


@public(v1=("estimator.regressor_parse_example_spec",))
def regressor_parse_example_spec(feature_columns: Any, label_key: str, label_dtype: Any = None,
                                 label_default: Any = None, label_dimension: int = 1,
                                 weight_column: Any = None) -> dict[str, Any]:
    """The features of examples with numbers: those of columns, the label (float32 by default) and the weight.

    Raises ValueError where the label or the weight is a feature too.
    """
    label = tf.FixedLenFeature((label_dimension,), label_dtype or tf.float32, label_default)
    return _parsed(feature_columns, label_key, label, weight_column)
