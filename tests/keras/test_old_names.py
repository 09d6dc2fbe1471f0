"""Names of Keras 2 are found with one warning that says today's."""

from __future__ import annotations

import importlib
import warnings

import numpy as np
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


KERAS_1 = [("Dense", {"output_dim": 3, "init": "he_normal", "W_regularizer": "l2"},
            {"units": 3, "kernel_initializer": "he_normal", "kernel_regularizer": "l2"}),
           ("Convolution2D", {"nb_filter": 2, "nb_row": 3, "nb_col": 2, "border_mode": "same", "subsample": (2, 2),
                              "dim_ordering": "th"},
            {"filters": 2, "kernel_size": (3, 2), "padding": "same", "strides": (2, 2),
             "data_format": "channels_first"}),
           ("LSTM", {"output_dim": 4, "inner_activation": "hard_sigmoid", "dropout_U": 0.5},
            {"units": 4, "recurrent_activation": "hard_sigmoid", "recurrent_dropout": 0.5}),
           ("MaxPooling1D", {"pool_length": 3, "stride": 1}, {"pool_size": 3, "strides": 1}),
           ("Dropout", {"p": 0.25}, {"rate": 0.25}), ("GaussianNoise", {"sigma": 0.1}, {"stddev": 0.1})]


@pytest.mark.parametrize(("layer", "old", "new"), KERAS_1, ids=[case[0] for case in KERAS_1])
def test_arguments_of_keras_1(layer, old, new):
    made = getattr(keras.layers, layer)
    with pytest.warns(DeprecationWarning, match="The arguments? `.*` of `.*` (is|are) now `") as seen:
        found = made(**old, name="layer").get_config()
    assert {w.filename for w in seen} == {__file__}
    assert all(any(f"now `{name}`" in str(w.message) for w in seen) for name in new)
    assert found == made(**new, name="layer").get_config()


def test_an_argument_of_keras_1_is_given_once():
    with pytest.raises(ValueError, match="`output_dim` and `units`, which are the same"):
        keras.layers.Dense(output_dim=3, units=3)


GONE = {"Highway": ({"activation": "relu"}, (2, 4), (2, 4)), "MaxoutDense": ({"output_dim": 3}, (2, 4), (2, 3)),
        "ThresholdedReLU": ({"theta": 0.5}, (2, 4), (2, 4)),
        "LocallyConnected1D": ({"filters": 3, "kernel_size": 2, "strides": 2}, (2, 6, 4), (2, 3, 3)),
        "LocallyConnected2D": ({"filters": 3, "kernel_size": 2}, (2, 5, 4, 2), (2, 4, 3, 3))}


@pytest.mark.parametrize("name", GONE)
def test_layers_of_keras_2(name, tmp_path):
    arguments, given, expected = GONE[name]
    with pytest.warns(DeprecationWarning, match=f"`keras.layers.{name}`"):
        layer = getattr(keras.layers, name)(**arguments)
    x = np.random.default_rng(0).normal(size=given).astype("float32")
    model = keras.Sequential([keras.Input(given[1:]), layer])
    assert model.output_shape == (None, *expected[1:])
    y = model.predict(x, verbose=0)
    assert y.shape == expected
    model.save(tmp_path / "model.keras")
    np.testing.assert_allclose(keras.models.load_model(tmp_path / "model.keras").predict(x, verbose=0), y, rtol=1e-6)


def test_what_the_layers_of_keras_2_compute():
    x = np.random.default_rng(0).normal(size=(2, 5, 4, 2)).astype("float32")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        local, flat = keras.layers.LocallyConnected2D(3, (2, 3)), keras.layers.ThresholdedReLU(0.5)
    same = keras.layers.Conv2D(3, (2, 3))
    y = same(x)
    local.build(x.shape)
    kernel, bias = same.get_weights()
    local.set_weights([np.stack([kernel.reshape(-1, 3)] * 8), np.zeros((4, 2, 3)) + bias])
    np.testing.assert_allclose(local(x), y, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(flat(x), np.where(x > 0.5, x, 0))


def test_a_model_of_input_and_output():
    x = keras.Input((3,))
    with pytest.warns(DeprecationWarning, match="The argument `(in|out)put` of `Model` is now `(in|out)puts`"):
        model = keras.Model(input=x, output=keras.layers.Dense(2)(x))
    assert model.output_shape == (None, 2)


def test_results_under_older_names():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
    with pytest.warns(DeprecationWarning, match="compile\\(optimizer, loss, metrics\\)` is now"):
        model.compile("sgd", "binary_crossentropy", ["accuracy", "mae"])
    seen = []
    rates = keras.callbacks.LearningRateScheduler(lambda epoch: 0.1)
    watch = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(logs.get("val_acc")))
    with pytest.warns(DeprecationWarning, match="The result `val_acc` is now `val_accuracy`"):
        history = model.fit(np.ones((4, 2)), np.ones(4), validation_split=0.5, callbacks=[rates, watch], verbose=0)
    assert list(history.history) == ["accuracy", "loss", "mae", "val_accuracy", "val_loss", "val_mae", "learning_rate"]
    assert seen == history.history["val_accuracy"]
    for old, now in [("acc", "accuracy"), ("lr", "learning_rate"), ("val_mean_absolute_error", "val_mae")]:
        assert old in history.history
        with pytest.warns(DeprecationWarning, match=f"The result `{old}` is now `{now}`"):
            assert history.history[old] == history.history[now]
    assert "val_lr" not in history.history
    with pytest.raises(KeyError):
        history.history["val_lr"]


def test_optimizers_of_tensorflow_1():
    import hornbeam.v1 as tf1

    with pytest.warns(DeprecationWarning, match="is now `keras.optimizers.SGD`"):
        found = keras.optimizers.get(tf1.train.MomentumOptimizer(0.5, 0.9, use_nesterov=True))
    assert (float(found.learning_rate), found.momentum, found.nesterov) == (0.5, 0.9, True)
    with pytest.raises(ValueError, match="Could not interpret optimizer identifier"):
        keras.optimizers.get(tf1.train.FtrlOptimizer(0.1))


def test_models_as_yaml():
    pytest.importorskip("yaml")
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="only")])
    with pytest.warns(DeprecationWarning, match="to_yaml"):
        text = model.to_yaml()
    with pytest.warns(DeprecationWarning, match="model_from_yaml` is now `keras.models.model_from_json`"):
        again = keras.models.model_from_yaml(text)
    assert again.to_json() == model.to_json()


def test_arrays_in_hdf5(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x"] = np.arange(20.0).reshape(10, 2)
    with pytest.warns(DeprecationWarning, match="HDF5Matrix` belongs to Keras 2"):
        x = keras.utils.HDF5Matrix(str(tmp_path / "data.h5"), "x", start=2, end=8, normalizer=lambda a: a + 1)
    assert (x.shape, len(x), x.ndim, x.size) == ((6, 2), 6, 2, 12)
    assert x[0].tolist() == [5, 6]
    assert x[[3, 1]].tolist() == [[11, 12], [7, 8]]
    assert x[4:].tolist() == [[13, 14], [15, 16]]
    with pytest.raises(IndexError):
        x[6]
