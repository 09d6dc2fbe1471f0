"""Names of Keras 2 are found with one warning that says today's."""

from __future__ import annotations

import importlib
import warnings

import pytest

from hornbeam import keras

OLD = [("losses", "mse", "losses.mean_squared_error"), ("losses", "KLD", "losses.kl_divergence"),
       ("losses", "logcosh", "losses.log_cosh"), ("losses", "cosine_proximity", "losses.cosine_similarity"),
       ("metrics", "mae", "losses.mean_absolute_error"), ("metrics", "MAPE", "losses.mean_absolute_percentage_error"),
       ("optimizers", "adam", "optimizers.Adam"), ("optimizers", "rmsprop", "optimizers.RMSprop"),
       ("constraints", "maxnorm", "constraints.MaxNorm"), ("constraints", "nonneg", "constraints.NonNeg")]


@pytest.mark.parametrize(("namespace", "name", "now"), OLD)
def test_old_names(namespace, name, now):
    module = importlib.import_module(f"hornbeam.keras.{namespace}")
    part, _, today = now.rpartition(".")
    with pytest.warns(DeprecationWarning, match=f"`keras.{namespace}.{name}` is now `keras.{now}`") as seen:
        found = getattr(module, name)
    assert found is getattr(getattr(keras, part), today)
    assert [w.filename for w in seen] == [__file__]
    assert name not in dir(module)


def test_an_import_warns_once():
    with pytest.warns(DeprecationWarning, match="`keras.losses.mse` is now") as seen:
        from hornbeam.keras.losses import mse  # noqa: F401
    assert [w.filename for w in seen] == [__file__]


def test_names_of_today_do_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        from hornbeam.keras.losses import mean_squared_error  # noqa: F401
        from hornbeam.keras.optimizers import SGD  # noqa: F401
    with pytest.raises(AttributeError, match="no attribute 'mean_square'"):
        _ = keras.losses.mean_square


def test_reductions():
    with pytest.warns(DeprecationWarning, match="Reduction` belongs to Keras 2"):
        reduction = keras.losses.Reduction
    assert keras.losses.MeanSquaredError(reduction=reduction.NONE).reduction == "none"
    with pytest.warns(DeprecationWarning, match=r"reduction=\"auto\"` is now") as seen:
        loss = keras.losses.MeanSquaredError(reduction=reduction.AUTO)
    assert loss.reduction == "sum_over_batch_size"
    assert seen[0].filename == __file__
    with pytest.raises(ValueError, match="Invalid value for argument `reduction`"):
        keras.losses.MeanSquaredError(reduction="average")


def test_a_name_before_the_shape_of_a_metrics_weight():
    with pytest.warns(DeprecationWarning, match="is now `add_weight"):
        assert keras.metrics.Metric().add_weight("hits", initializer="zeros").name == "hits"
